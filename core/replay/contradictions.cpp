// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/replay/facts.h"

#include <cstdlib>

namespace core::replay {

namespace {
    constexpr qint64 ttlSlackS = 2; // specification C3.19

    bool redisDecided(const VerdictInput& input)
    {
        return input.redisReached && input.routeKnown && input.predictedKey && input.status != 0;
    }

    void addHitClaims(const VerdictInput& input, const Verdict& verdict, QList<Contradiction>& out)
    {
        if (!input.before.exists) {
            out << Contradiction {QStringLiteral("header-hit-without-entry"),
                QStringLiteral("The header says HIT, but Redis held no entry before the request")};
        } else if (verdict.verdict == http::Verdict::Bypass || verdict.verdict == http::Verdict::Expired
            || verdict.verdict == http::Verdict::Miss) {
            out << Contradiction {QStringLiteral("header-hit-not-used"),
                QStringLiteral("The header says HIT, but the entry in Redis was not used")};
        }
        if (verdict.bodyEqualsCached == false)
            out << Contradiction {QStringLiteral("hit-body-differs"), QStringLiteral("The header says HIT, but the body is not the stored one")};
    }

    void addKeyAndTtl(const VerdictInput& input, const Facts& facts, QList<Contradiction>& out)
    {
        const http::CacheLayer& layer = *facts.ownLayer;
        if (layer.key && *layer.key != *input.predictedKey) {
            out << Contradiction {QStringLiteral("header-key-differs"),
                QStringLiteral("The header names the key %1, predicted is %2").arg(displayText(*layer.key), displayText(*input.predictedKey))};
        }
        const Snapshot& after = input.after;
        if (!layer.ttlS || layer.ttlReckoned || !after.exists || after.pttlMs < 0)
            return;
        const qint64 differenceMs = std::llabs(*layer.ttlS * 1000 - after.pttlMs);
        if (differenceMs > ttlSlackS * 1000 + facts.elapsedMs) {
            out << Contradiction {QStringLiteral("header-ttl-differs"),
                QStringLiteral("The header says %1 s to live, Redis says %2 s").arg(*layer.ttlS).arg(after.pttlMs / 1000)};
        }
    }
}

QList<Contradiction> headerContradictions(const VerdictInput& input, const Facts& facts, const Verdict& verdict)
{
    QList<Contradiction> out;
    if (!redisDecided(input))
        return out;
    if (facts.ownLayer) {
        const http::Verdict claimed = facts.ownLayer->verdict;
        if (claimed == http::Verdict::Hit)
            addHitClaims(input, verdict, out);
        if (claimed == http::Verdict::Miss && verdict.verdict == http::Verdict::Hit) {
            out << Contradiction {QStringLiteral("header-miss-but-hit"),
                QStringLiteral("The header says MISS, but the answer came from the entry in Redis")};
        }
        addKeyAndTtl(input, facts, out);
    }
    const qint64 age = http::ageSeconds(input.headers).value_or(0);
    if (age > 0 && verdict.verdict == http::Verdict::Miss)
        out << Contradiction {QStringLiteral("age-with-miss"), QStringLiteral("Age says the answer is %1 s old, but it was stored just now").arg(age)};
    return out;
}

}
