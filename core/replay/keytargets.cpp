// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/keytargets.h"

#include "core/cache/keyscheme.h"
#include "core/replay/requestsource.h"

#include <QSet>

namespace core::replay {

namespace {
    constexpr qsizetype mostSkipped = 10;

    // Why there is none.
    Result<QByteArray> targetOf(const QByteArray& key, const cache::RouteTable& routes)
    {
        const auto sourced = requestFromKey(key, routes);
        if (!sourced)
            return fail(sourced.error());
        const cache::ParsedKey parsed = cache::parseKey(key, routes);
        if (parsed.user && !parsed.user->isEmpty())
            return fail(Code::Input, Reason::KeyWithoutRequest, {}, QStringLiteral("It belongs to a user."));
        return sourced->request.target;
    }
}

KeyTargets targetsOfKeys(const QList<QByteArray>& keys, const cache::RouteTable& routes, const std::atomic_bool& cancelled)
{
    KeyTargets found;
    QSet<QByteArray> seen;
    for (const QByteArray& key : keys) {
        if (cancelled)
            break;
        const auto target = targetOf(key, routes);
        if (!target) {
            ++found.left;
            if (found.skipped.size() < mostSkipped)
                found.skipped << KeyTargets::Skipped {key, target.error().detail};
        } else if (!seen.contains(*target)) {
            seen.insert(*target);
            found.targets << *target;
        }
    }
    return found;
}

}
