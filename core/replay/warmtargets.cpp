// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warmtargets.h"

#include "core/cache/keyscheme.h"

#include <QSet>

namespace core::replay {

namespace {
    std::optional<QByteArray> keyOf(const QByteArray& target, const cache::RouteTable& routes)
    {
        const auto forecast = cache::forecast({"GET", target, {}}, routes);
        return forecast.predictions.isEmpty() ? std::nullopt : std::optional(forecast.predictions.first().key);
    }
}

QList<QByteArray> CombinedTargets::targets() const
{
    QList<QByteArray> out;
    out.reserve(items.size());
    for (const WarmTarget& item : items)
        out << item.target;
    return out;
}

qint64 CombinedTargets::repeated() const
{
    qint64 out = 0;
    for (const Count& source : sources)
        out += source.given - source.taken;
    return out;
}

CombinedTargets combined(const QList<TargetSource>& sources, const cache::RouteTable& routes)
{
    CombinedTargets out;
    QSet<QByteArray> keys, targets;
    for (const TargetSource& source : sources) {
        CombinedTargets::Count count {source.name, source.targets.size(), 0};
        for (const QByteArray& target : source.targets) {
            auto key = keyOf(target, routes);
            QSet<QByteArray>& seen = key ? keys : targets;
            const QByteArray& mark = key ? *key : target;
            if (seen.contains(mark))
                continue;
            seen.insert(mark);
            ++count.taken;
            out.items << WarmTarget {target, static_cast<int>(out.sources.size()), std::move(key)};
        }
        out.sources << count;
    }
    return out;
}

}
