// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/releases.h"

#include <algorithm>

namespace core::cache {

namespace {
    bool makes(const Request& request, const QByteArray& key, const RouteTable& routes)
    {
        for (const auto& scheme : allSchemes()) {
            const QList<Prediction> predictions = scheme->predict(request, routes);
            if (std::ranges::any_of(predictions, [&key](const Prediction& one) { return one.key == key; }))
                return true;
        }
        return false;
    }
}

const QList<ReleaseRange>& releaseRanges()
{
    // core.py of 0.1.3 to 0.1.6; cache_helper.py from 0.1.13 on; vary_on honoured from 0.3.0 on.
    static const QList<ReleaseRange> ranges {{{0, 1, 3}, {0, 1, 6}, QStringLiteral("md5-v1")},
        {{0, 1, 13}, {0, 2, 1}, QStringLiteral("lightapi-v2")}, {{0, 3, 0}, {0, 4, 0}, QStringLiteral("lightapi-v2")}};
    return ranges;
}

QVersionNumber newestRelease()
{
    return releaseRanges().last().last;
}

QList<ReleaseRange> otherReleasesFor(const Request& request, const QByteArray& storedKey, const RouteTable& routes)
{
    if (makes(request, storedKey, routes))
        return {};
    QList<ReleaseRange> out;
    RouteTable other = routes;
    for (const ReleaseRange& range : releaseRanges()) {
        other.setRelease(range.last);
        if (makes(request, storedKey, other))
            out << range;
    }
    return out;
}

}
