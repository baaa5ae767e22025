// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warmresult.h"

#include <QDateTime>
#include <QTest>

#include <functional>

using namespace core;
using namespace core::replay;

namespace {
// A request that stored its answer for 60 s.
ReplayResult stored()
{
    ReplayResult r;
    r.target = "/books";
    r.predictedKey = "k";
    r.policyTtlS = 60;
    http::Response response;
    response.status = 200;
    r.response = response;
    r.before.monotonicMs = 1000;
    r.after.monotonicMs = 1100;
    r.after.exists = true;
    r.after.pttlMs = 59'980;
    r.verdict.verdict = http::Verdict::Miss;
    r.verdict.sureness = Sureness::Exact;
    r.verdict.sentence = QStringLiteral("s");
    r.verdict.storedKey = "k";
    r.verdict.bodyEqualsCached = true;
    return r;
}
ReplayResult with(const std::function<void(ReplayResult&)>& change)
{
    ReplayResult r = stored();
    change(r);
    return r;
}
void absent(ReplayResult& r)
{
    r.after.exists = false;
    r.after.pttlMs = -2;
    r.verdict.verdict = http::Verdict::Bypass;
    r.verdict.storedKey.reset();
    r.verdict.bodyEqualsCached.reset();
}
}

class TestWarmResult final : public QObject {
    Q_OBJECT
private slots:
    void states_data()
    {
        QTest::addColumn<ReplayResult>("replayed");
        QTest::addColumn<QString>("state");
        const auto row = [](const char* name, const ReplayResult& r, const char* state) { QTest::newRow(name) << r << QString::fromLatin1(state); };
        row("stored", stored(), "warmed");
        row("stored, no policy known", with([](auto& r) { r.policyTtlS.reset(); }), "warmed");
        row("ran out and stored", with([](auto& r) { r.verdict.verdict = http::Verdict::Expired; }), "warmed");
        row("another body", with([](auto& r) { r.verdict.bodyEqualsCached = false; }), "not-verified");
        row("body not comparable", with([](auto& r) { r.verdict.bodyEqualsCached.reset(); }), "not-verified");
        row("too long a life", with([](auto& r) { r.after.pttlMs = 61'000; }), "not-verified");
        row("too short a life", with([](auto& r) { r.after.pttlMs = 30'000; }), "not-verified");
        row("no expiry", with([](auto& r) { r.after.pttlMs = -1; }), "not-verified");
        row("hit", with([](auto& r) { r.verdict.verdict = http::Verdict::Hit; }), "already-warm");
        row("own get()", with([](auto& r) { r.verdict.verdict = http::Verdict::Bypass; }), "not-cached");
        row("nothing stored", with(absent), "not-cached");
        row("replaced meanwhile", with([](auto& r) { r.verdict.verdict = http::Verdict::Unknown; }), "not-verified");
        row("another key", with([](auto& r) { r.verdict.storedKey = "other"; }), "wrong-key");
        row("404", with([](auto& r) { absent(r); r.response->status = 404; }), "failed");
        row("redirect", with([](auto& r) { absent(r); r.response->status = 307; }), "failed");
        row("no answer", with([](auto& r) { r.response = fail(Code::Api, Reason::ApiTimeout); }), "failed");
        row("Redis gone, header says HIT", with([](auto& r) { r.redisError = Error {Code::Lost, Reason::LineDropped, {}, {}}; r.verdict.verdict = http::Verdict::Hit; }), "not-verified");
        row("route not known", with([](auto& r) { r.predictedKey.reset(); r.verdict.storedKey.reset(); }), "not-verified");
    }
    void states()
    {
        QFETCH(ReplayResult, replayed);
        const WarmResult result = warmResultOf(replayed, false);
        QTEST(warmStateName(result.state), "state");
        QVERIFY(!result.reason.isEmpty());
    }

    void skippedIsWarm()
    {
        const WarmResult result = warmResultOf(with([](auto& r) { r.before.exists = true; r.before.pttlMs = 5000; r.response = fail(Code::Cancelled); }), true);
        QCOMPARE(result.state, WarmState::AlreadyWarm);
        QCOMPARE(result.ttlMs, 5000);
        QCOMPARE(result.status, 0);
    }

    void secondPassWantsAHit()
    {
        const WarmResult first = warmResultOf(stored(), false);
        const auto hit = with([](auto& r) { r.verdict.verdict = http::Verdict::Hit; r.after.pttlMs = 50'000; });
        QCOMPARE(secondPassResultOf(first, hit).state, WarmState::Warmed);
        QCOMPARE(secondPassResultOf(first, hit).ttlMs, 50'000);
        QCOMPARE(secondPassResultOf(first, stored()).state, WarmState::NotVerified);
        QCOMPARE(secondPassResultOf(first, with([](auto& r) { r.response = fail(Code::Api, Reason::ApiTimeout); })).state, WarmState::Failed);
    }

    void retryAfter_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("waitMs"); // -1: none
        const auto row = [](const char* name, int status, const char* value, qint64 waitMs) { QTest::newRow(name) << status << QByteArray(value) << waitMs; };
        row("seconds", 429, "3", 3000);
        row("503", 503, " 0 ", 0);
        row("date", 429, "Sun, 22 Nov 2026 10:00:05 GMT", 5000);
        row("past date", 429, "Sun, 22 Nov 2026 09:00:05 GMT", 0);
        row("huge", 429, "99999999999999", 1'000'000'000);
        row("negative", 429, "-1", -1);
        row("nonsense", 429, "soon", -1);
        row("empty", 429, "", -1);
        row("another status", 200, "3", -1);
    }
    void retryAfter()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, value);
        http::Response response;
        response.status = status;
        response.headers = {{"retry-after", value}};
        const QDateTime now(QDate(2026, 11, 22), QTime(10, 0), Qt::UTC);
        QTEST(retryAfterMs(response, now).value_or(-1), "waitMs");
    }

    void backOffGrowsAndSpreads()
    {
        QCOMPARE(backOffMs(1, 0), qint64(500));
        QCOMPARE(backOffMs(1, 1), qint64(250));
        QCOMPARE(backOffMs(2, 0), qint64(1000));
        QCOMPARE(backOffMs(4, 0.5), qint64(3000));
        QCOMPARE(backOffMs(40, 0), qint64(30'000));
    }
};

QTEST_GUILESS_MAIN(TestWarmResult)
#include "tst_warmresult.moc"
