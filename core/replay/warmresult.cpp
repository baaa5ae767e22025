// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warmresult.h"

#include "core/base/errortext.h"
#include "core/base/format.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace core::replay {

namespace {
    constexpr qint64 toleranceMs = 50;

    WarmResult with(WarmResult result, WarmState state, QString reason)
    {
        result.state = state;
        result.reason = std::move(reason);
        return result;
    }

    // The time to live must be the policy's, less what passed since.
    bool ttlFits(const ReplayResult& r)
    {
        if (r.after.pttlMs <= 0 || !r.policyTtlS)
            return r.after.pttlMs > 0;
        const qint64 policyMs = *r.policyTtlS * 1000;
        const qint64 slackMs = toleranceMs + r.before.roundTripMs + r.after.roundTripMs;
        const qint64 ageMs = r.after.monotonicMs - r.before.monotonicMs;
        return r.after.pttlMs <= policyMs + slackMs && r.after.pttlMs >= policyMs - ageMs - slackMs;
    }

    WarmResult ofStored(const WarmResult& base, const ReplayResult& r)
    {
        if (r.verdict.bodyEqualsCached != true)
            return with(base, WarmState::NotVerified, QStringLiteral("stored, but the stored body is not the answer"));
        if (!ttlFits(r)) {
            return with(base, WarmState::NotVerified,
                QStringLiteral("stored with %1 to live, not with the configured time").arg(formatDuration(r.after.pttlMs)));
        }
        return with(base, WarmState::Warmed, QStringLiteral("%1 to live").arg(formatDuration(r.after.pttlMs)));
    }

    WarmResult ofVerdict(WarmResult base, const ReplayResult& r)
    {
        base.redisAsked = !r.redisError;
        if (r.redisError)
            return with(base, WarmState::NotVerified, QStringLiteral("Redis could not be asked: %1").arg(describe(*r.redisError).what));
        if (!r.predictedKey)
            return with(base, WarmState::NotVerified, QStringLiteral("no key is predicted: the route is not known"));
        if (r.verdict.storedKey && r.verdict.storedKey != r.predictedKey)
            return with(base, WarmState::WrongKey, QStringLiteral("stored under another key than predicted"));
        switch (r.verdict.verdict) {
        case http::Verdict::Hit:
            return with(base, WarmState::AlreadyWarm, QStringLiteral("%1 left").arg(formatDuration(r.after.pttlMs)));
        case http::Verdict::Miss:
        case http::Verdict::Expired:
            return r.after.exists ? ofStored(base, r) : with(base, WarmState::NotCached, r.verdict.sentence);
        case http::Verdict::Bypass:
            return with(base, WarmState::NotCached, r.verdict.sentence);
        default:
            return with(base, WarmState::NotVerified, r.verdict.sentence);
        }
    }
}

QString warmStateName(WarmState state)
{
    switch (state) {
    case WarmState::Warmed: return QStringLiteral("warmed");
    case WarmState::AlreadyWarm: return QStringLiteral("already-warm");
    case WarmState::NotVerified: return QStringLiteral("not-verified");
    case WarmState::NotCached: return QStringLiteral("not-cached");
    case WarmState::WrongKey: return QStringLiteral("wrong-key");
    case WarmState::Failed: break;
    }
    return QStringLiteral("failed");
}

WarmResult warmResultOf(const ReplayResult& r, bool skipped)
{
    WarmResult out;
    out.target = r.target;
    out.key = r.verdict.storedKey ? r.verdict.storedKey : r.predictedKey;
    if (skipped) {
        out.ttlMs = r.before.pttlMs;
        return with(out, WarmState::AlreadyWarm, QStringLiteral("left alone: it lives long enough"));
    }
    out.ttlMs = r.after.exists ? r.after.pttlMs : -2;
    if (!r.response)
        return with(out, WarmState::Failed, oneLine(r.response.error()));
    out.status = r.response->status;
    if (out.status != 200)
        return with(out, WarmState::Failed, QStringLiteral("status %1").arg(out.status));
    return ofVerdict(out, r);
}

WarmResult secondPassResultOf(WarmResult first, const ReplayResult& r)
{
    const WarmResult second = warmResultOf(r, false);
    if (second.state == WarmState::Failed || !second.redisAsked)
        return second;
    if (second.state != WarmState::AlreadyWarm)
        return with(first, WarmState::NotVerified, QStringLiteral("the second request was no HIT but %1").arg(http::verdictName(r.verdict.verdict)));
    first.ttlMs = second.ttlMs;
    return first;
}

void tellAttempts(WarmResult& result, int attempts, const ReplayResult& last)
{
    result.attempts = attempts;
    if (attempts > 1)
        result.reason += QStringLiteral(", after %1 attempts").arg(attempts);
    const auto wait = last.response ? retryAfterMs(*last.response, QDateTime::currentDateTimeUtc()) : std::nullopt;
    if (wait && *wait > Warm::maxWaitMs)
        result.reason += QStringLiteral(", asked to wait %1 s, longer than the limit of %2 s").arg(*wait / 1000).arg(Warm::maxWaitMs / 1000);
}

bool asksToWait(const http::Response& response)
{
    return response.status == 429 || response.status == 503;
}

qint64 backOffMs(int tries, double spread)
{
    constexpr qint64 first = 500, longest = 30'000;
    const qint64 full = std::min(longest, first << std::clamp(tries - 1, 0, 10));
    return full - static_cast<qint64>(static_cast<double>(full) / 2 * std::clamp(spread, 0.0, 1.0));
}

std::optional<qint64> retryAfterMs(const http::Response& response, const QDateTime& now)
{
    const QByteArray value = response.header("Retry-After").trimmed();
    if (!asksToWait(response) || value.isEmpty())
        return std::nullopt;
    bool isNumber = false;
    const qint64 seconds = value.toLongLong(&isNumber);
    if (isNumber)
        return seconds >= 0 ? std::optional(std::min<qint64>(seconds, 1'000'000) * 1000) : std::nullopt;
    QDateTime at = QLocale::c().toDateTime(QString::fromLatin1(value), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"));
    at.setTimeSpec(Qt::UTC);
    return at.isValid() ? std::optional(std::max<qint64>(0, now.msecsTo(at))) : std::nullopt;
}

}
