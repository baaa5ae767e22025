// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/hitrate.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace core::metrics {

namespace {

bool restarted(const Sample& from, const Sample& to)
{
    return from.runId != to.runId || to.uptimeS < from.uptimeS;
}

bool countersFell(const Sample& from, const Sample& to)
{
    constexpr std::array counters {&Sample::hits, &Sample::misses, &Sample::commands, &Sample::connections, &Sample::expired, &Sample::evicted};
    return std::ranges::any_of(counters, [&](auto counter) { return to.*counter < from.*counter; });
}

std::optional<double> rateOf(qint64 hits, qint64 misses)
{
    if (hits + misses <= 0)
        return {};
    return double(hits) / double(hits + misses);
}

qint64 openOf(const Sample& sample)
{
    return sample.ownLookups - sample.ownHits - sample.ownMisses;
}

}

Growth& Growth::operator+=(const Growth& other)
{
    hits += other.hits;
    misses += other.misses;
    ownHits += other.ownHits;
    ownMisses += other.ownMisses;
    open += other.open;
    lost += other.lost;
    return *this;
}

Growth& Growth::operator-=(const Growth& other)
{
    return *this += {-other.hits, -other.misses, -other.ownHits, -other.ownMisses, -other.open, -other.lost};
}

std::optional<Growth> growthBetween(const Sample& from, const Sample& to)
{
    if (restarted(from, to) || countersFell(from, to))
        return {};
    return Growth {
        .hits = to.hits - from.hits,
        .misses = to.misses - from.misses,
        .ownHits = to.ownHits - from.ownHits,
        .ownMisses = to.ownMisses - from.ownMisses,
        .open = openOf(to) - openOf(from),
        .lost = to.ownLookupsUnknown - from.ownLookupsUnknown,
    };
}

ForeignLookups foreignLookups(const Growth& growth)
{
    const qint64 hits = std::max<qint64>(0, growth.hits - growth.ownHits);
    const qint64 misses = std::max<qint64>(0, growth.misses - growth.ownMisses);
    const qint64 total = hits + misses;
    const qint64 open = std::clamp<qint64>(growth.open, 0, total);

    ForeignLookups out;
    out.own = growth.ownHits + growth.ownMisses + growth.open;
    out.uncertain = growth.open + growth.lost;
    const qint64 openHits = total > 0 ? qint64(std::llround(double(open) * double(hits) / double(total))) : 0;
    out.hits = hits - openHits;
    out.misses = misses - (open - openHits);
    if (out.hits + out.misses == 0)
        return out;
    out.rate = rateOf(hits, misses);
    out.lowest = rateOf(std::max<qint64>(0, hits - out.uncertain), misses).value_or(0);
    out.highest = rateOf(hits, std::max<qint64>(0, misses - out.uncertain)).value_or(1);
    return out;
}

QString rateText(const WindowRate& rate)
{
    if (!rate.hitRate)
        return QStringLiteral("no lookups");
    const QString lowest = formatPercent(rate.lowestRate.value_or(*rate.hitRate));
    const QString highest = formatPercent(rate.highestRate.value_or(*rate.hitRate));
    const QString estimate = formatPercent(*rate.hitRate);
    return lowest == highest ? estimate : QStringLiteral("%1 (%2 to %3)").arg(estimate, lowest, highest);
}

}
