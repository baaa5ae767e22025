// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/collectioncheck.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/replay/notchecked.h"

namespace core::replay {

namespace {
    CollectionCheck verdictCheck(http::Verdict expected, const ReplayResult& result)
    {
        CollectionCheck check {QStringLiteral("verdict"), http::verdictName(expected), http::verdictName(result.verdict.verdict), {}, {}};
        // What a header claims, and UNKNOWN for want of Redis, hold nothing. A method that is never cached needs no look at it.
        const auto unchecked = whyNotChecked(result);
        if (unchecked)
            check.actual = QStringLiteral("not known");
        check.passed = !unchecked && expected == result.verdict.verdict;
        if (!check.passed)
            check.why = unchecked ? QStringLiteral("A verdict needs Redis. ") + *unchecked : result.verdict.sentence;
        return check;
    }

    QString ttlText(const Expectations& expect)
    {
        if (expect.minTtlS && expect.maxTtlS)
            return QStringLiteral("%1 to %2 s").arg(*expect.minTtlS).arg(*expect.maxTtlS);
        return expect.minTtlS ? QStringLiteral("at least %1 s").arg(*expect.minTtlS) : QStringLiteral("at most %1 s").arg(*expect.maxTtlS);
    }

    CollectionCheck ttlCheck(const Expectations& expect, const ReplayResult& result)
    {
        CollectionCheck check {QStringLiteral("ttl"), ttlText(expect), {}, false, {}};
        const qint64 ms = result.after.pttlMs;
        if (result.redisError) {
            check.actual = QStringLiteral("not known");
            check.why = oneLine(*result.redisError);
        } else if (!result.after.exists) {
            check.actual = QStringLiteral("no entry");
        } else if (ms < 0) {
            check.actual = QStringLiteral("no expiry");
            check.passed = !expect.maxTtlS;
        } else {
            check.actual = QStringLiteral("%1 s").arg(static_cast<double>(ms) / 1000, 0, 'f', 1);
            // Redis counts down from the whole second that it was given.
            check.passed = (!expect.minTtlS || ms + 999 >= *expect.minTtlS * 1000) && (!expect.maxTtlS || ms <= *expect.maxTtlS * 1000);
        }
        return check;
    }

    CollectionCheck headerCheck(const QByteArray& name, const QByteArray& expected, const http::Response& response)
    {
        CollectionCheck check {QStringLiteral("header ") + displayText(name), displayText(expected), QStringLiteral("none"), false, {}};
        for (const auto& [present, value] : response.headers) {
            if (present.compare(name, Qt::CaseInsensitive) != 0)
                continue;
            check.passed = check.passed || value == expected;
            check.actual = check.passed ? displayText(expected) : displayText(value);
        }
        return check;
    }
}

QList<CollectionCheck> checkExpectations(const Expectations& expect, const ReplayResult& result)
{
    if (!result.response)
        return {{QStringLiteral("answer"), QStringLiteral("one"), QStringLiteral("none"), false, oneLine(result.response.error())}};
    const http::Response& response = *result.response;
    QList<CollectionCheck> checks;
    checks << CollectionCheck {QStringLiteral("answer"), QStringLiteral("one"), QStringLiteral("one"), true, {}};
    if (expect.status)
        checks << CollectionCheck {QStringLiteral("status"), QString::number(*expect.status), QString::number(response.status), *expect.status == response.status, {}};
    if (expect.verdict)
        checks << verdictCheck(*expect.verdict, result);
    if (expect.minTtlS || expect.maxTtlS)
        checks << ttlCheck(expect, result);
    if (expect.maxLatencyMs)
        checks << CollectionCheck {QStringLiteral("latency"), QStringLiteral("at most %1 ms").arg(*expect.maxLatencyMs),
            QStringLiteral("%1 ms").arg(response.timing.total, 0, 'f', 1), response.timing.total <= *expect.maxLatencyMs, {}};
    for (const auto& [name, value] : expect.headers)
        checks << headerCheck(name, value, response);
    return checks;
}

}
