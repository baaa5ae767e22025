// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"

#include "core/http/layerdraft.h"

#include <algorithm>

namespace core::http {

namespace {
    // A stored answer carries the fields that it was stored with: what caches behind the one that answered say is of that request
    // (RFC 9211, 3). Told only inside one field, where the order is sure.
    void markAsStored(Drafts& drafts)
    {
        const auto isAnswer = [](const Draft& d) { return d.layer.verdict == Verdict::Hit || d.layer.verdict == Verdict::Stale; };
        const auto answer = std::find_if(drafts.rbegin(), drafts.rend(), isAnswer);
        if (answer == drafts.rend())
            return;
        for (auto inner = std::next(answer); inner != drafts.rend(); ++inner) {
            if (inner->field == answer->field)
                addDetail(inner->layer, QStringLiteral("said when %1 stored it").arg(answer->layer.name));
        }
    }

    bool names(const QByteArray& field, QByteArrayView word)
    {
        const auto isSame = [](char left, char right) { return (left >= 'A' && left <= 'Z' ? left + 0x20 : left) == right; };
        return std::ranges::search(field, word, isSame).begin() != field.end();
    }

    // Most heads name no cache at all, and a run has thousands. Cache-Control by itself makes no layer.
    bool speaksOfCaches(const Headers& headers)
    {
        return std::ranges::any_of(headers, [](const auto& field) {
            const QByteArray& name = field.first;
            const auto is = [&name](QByteArrayView whole) { return name.compare(whole, Qt::CaseInsensitive) == 0; };
            return (names(name, "cache") && !is("Cache-Control")) || names(name, "varnish") || is("Age") || is("Via");
        });
    }
}

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Hit: return QStringLiteral("HIT");
    case Verdict::Miss: return QStringLiteral("MISS");
    case Verdict::Expired: return QStringLiteral("EXPIRED");
    case Verdict::Stale: return QStringLiteral("STALE");
    case Verdict::Revalidated: return QStringLiteral("REVALIDATED");
    case Verdict::Bypass: return QStringLiteral("BYPASS");
    case Verdict::Unknown: break;
    }
    return QStringLiteral("UNKNOWN");
}

QList<CacheLayer> cacheLayers(const Headers& headers)
{
    if (!speaksOfCaches(headers))
        return {};
    const FieldTable fields(headers);
    const QList<ViaHop> via = viaHops(fields);
    Drafts drafts;
    readCacheStatus(fields, drafts);
    readXCache(fields, drafts);
    readWordFields(fields, drafts);
    readVarnish(fields, via, drafts);
    readSquidVersions(via, drafts);
    std::ranges::stable_sort(drafts, {}, &Draft::place);
    addSideFields(fields, drafts);
    orderByVia(via, drafts);
    addFreshness(fields, drafts);
    markAsStored(drafts);
    QList<CacheLayer> layers;
    layers.reserve(qsizetype(drafts.size()));
    for (Draft& draft : drafts)
        layers << std::move(draft.layer);
    return layers;
}

}
