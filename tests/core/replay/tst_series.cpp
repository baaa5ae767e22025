// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runningserver.h"
#include "tests/support/stagetest.h"
#include "core/base/errortext.h"
#include "core/replay/seriesexport.h"
#include "core/replay/seriespace.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <thread>

using namespace core;
using namespace core::replay;

namespace {

// Answers at once, but for the first request, which takes `stall`.
class StallingServer final {
public:
    explicit StallingServer(std::chrono::milliseconds stall)
    {
        m_running.server.set_pre_routing_handler([this, stall](const httplib::Request& request, httplib::Response& response) {
            {
                const std::scoped_lock lock(m_mutex);
                m_methods.insert(QByteArray::fromStdString(request.method));
            }
            if (m_requests++ == 0)
                std::this_thread::sleep_for(stall);
            response.set_content("{}", "application/json");
            return httplib::Server::HandlerResponse::Handled;
        });
        m_running.start();
    }
    QString url() const { return m_running.url(); }
    int requests() const { return m_requests; }
    QSet<QByteArray> methods()
    {
        const std::scoped_lock lock(m_mutex);
        return m_methods;
    }

private:
    std::atomic<int> m_requests = 0;
    std::mutex m_mutex; // guards m_methods
    QSet<QByteArray> m_methods;
    RunningServer<> m_running;
};

struct Ran {
    SeriesStatistics statistics;
    QList<SeriesSample> samples; // in the order of their ends
    QList<ReplayResult> results;
    Result<void> outcome;
};

}

class TestSeries final : public StageTest {
    Q_OBJECT

    static Ran run(redis::Session* session, const http::Client* client, SeriesOptions options, int cancelAfter = -1)
    {
        Series job(session, client, CachingApi::routes(), std::move(options));
        Ran ran;
        connect(&job, &Series::resultReady, &job, [&](const ReplayResult& result, const SeriesSample& sample) {
            ran.results << result;
            ran.samples << sample;
            if (ran.samples.size() == cancelAfter)
                job.cancel();
        });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        if (finished.isEmpty() && !finished.wait(15'000))
            qWarning("the series did not end");
        ran.statistics = job.statistics();
        ran.outcome = job.outcome();
        return finished.size() == 1 ? ran : Ran();
    }
    Ran judged(SeriesOptions options, int cancelAfter = -1) { return run(m_stage->session.get(), m_stage->client.get(), std::move(options), cancelAfter); }
    static Ran load(const QString& url, SeriesOptions options)
    {
        const http::Client client({.baseUrl = url});
        options.verdicts = false;
        return run(nullptr, &client, std::move(options));
    }

private slots:
    void percentiles_data();
    void percentiles();
    void manyValuesTakeLittle();
    void bins();
    void aTimelineStaysSmall();
    void statisticsStaySmall();
    void targetsInTurn();
    void speedupRestsOnAHandful();
    void coldAgainstWarm();
    void overlappingRequestsAreNotTold();
    void withoutVerdictsRedisIsLeftAlone();
    void latencyCountsFromTheIntendedTime();
    void lateOnesAreDroppedAndCounted();
    void aClosedLoopWaits();
    void aSlowOneHoldsBackWhatIsTooFarAhead();
    void forATime_data();
    void forATime();
    void thePaceOfARun();
    void cancelKeepsWhatWasDone();
    void noServer();
    void failuresAreCounted();
    void badOptions_data();
    void badOptions();
    void theLoadIsSaidBefore_data();
    void theLoadIsSaidBefore();
    void exports();
};

void TestSeries::percentiles_data()
{
    QTest::addColumn<int>("count"); // values 1 … count
    QTest::addColumn<double>("p50");
    QTest::addColumn<double>("p90"); // 0: none
    QTest::addColumn<double>("p95");
    QTest::addColumn<double>("p99");
    QTest::addColumn<double>("p999");
    QTest::newRow("none") << 0 << 0.0 << 0.0 << 0.0 << 0.0 << 0.0;
    QTest::newRow("one") << 1 << 1.0 << 0.0 << 0.0 << 0.0 << 0.0;
    QTest::newRow("two: the lower is the median") << 2 << 1.0 << 0.0 << 0.0 << 0.0 << 0.0;
    QTest::newRow("nine") << 9 << 5.0 << 0.0 << 0.0 << 0.0 << 0.0;
    QTest::newRow("ten") << 10 << 5.0 << 9.0 << 0.0 << 0.0 << 0.0;
    QTest::newRow("20") << 20 << 10.0 << 18.0 << 19.0 << 0.0 << 0.0;
    QTest::newRow("99: no p99") << 99 << 50.0 << 90.0 << 95.0 << 0.0 << 0.0;
    QTest::newRow("100") << 100 << 50.0 << 90.0 << 95.0 << 99.0 << 0.0;
    QTest::newRow("101: ranks round up") << 101 << 51.0 << 91.0 << 96.0 << 100.0 << 0.0;
    QTest::newRow("999: no p99.9") << 999 << 500.0 << 900.0 << 950.0 << 990.0 << 0.0;
    QTest::newRow("1000") << 1000 << 500.0 << 900.0 << 950.0 << 990.0 << 999.0;
}

void TestSeries::percentiles()
{
    QFETCH(int, count);
    LatencyRecord record;
    for (int i = count; i >= 1; --i) {
        record.add(i);
        if (i % 7 == 0)
            record.latency(); // a chart asked meanwhile
    }
    const Latency latency = record.latency();
    QTEST(latency.p50.value_or(0), "p50");
    QTEST(latency.p90.value_or(0), "p90");
    QTEST(latency.p95.value_or(0), "p95");
    QTEST(latency.p99.value_or(0), "p99");
    QTEST(latency.p999.value_or(0), "p999");
    QCOMPARE(latency.count, count);
    QCOMPARE(latency.max.value_or(0), double(count));
    QCOMPARE(latency.min.has_value(), count > 0);
    QCOMPARE(latency.mean.value_or(0), count > 0 ? (count + 1) / 2.0 : 0);
}

void TestSeries::manyValuesTakeLittle()
{
    LatencyRecord record;
    const int count = 400'000;
    for (int i = 1; i <= count; ++i)
        record.add((qint64(i) * 7919 % count) / 100.0); // 0 … 3999.99 ms, mixed
    QVERIFY(!record.isExact());
    QVERIFY2(record.bytesHeld() < 1'000'000, qPrintable(QString::number(record.bytesHeld())));
    const Latency latency = record.latency();
    const auto near = [](std::optional<double> value, double wanted) { return value && std::abs(*value - wanted) <= wanted / 200; };
    QVERIFY(near(latency.p50, 2000) && near(latency.p75, 3000) && near(latency.p95, 3800) && near(latency.p99, 3960) && near(latency.p999, 3996));
    QCOMPARE(*latency.max, 3999.99);
    QCOMPARE(*latency.min, 0.0);
    record.add(std::numeric_limits<double>::quiet_NaN());
    record.add(-5);
    QCOMPARE(record.count(), count + 2);
}

void TestSeries::bins()
{
    LatencyRecord record;
    QVERIFY(record.bins().isEmpty());
    for (const double ms : {1.0, 1.1, 2.0, 10.0, 0.0})
        record.add(ms);
    const QList<LatencyBin> bins = record.bins();
    qint64 sum = 0;
    for (qsizetype i = 0; i < bins.size(); ++i) {
        sum += bins[i].count;
        QVERIFY(bins[i].fromMs < bins[i].toMs);
        QVERIFY(i == 0 || qFuzzyCompare(bins[i].fromMs, bins[i - 1].toMs));
    }
    QCOMPARE(sum, 5);
    QCOMPARE(bins.first().fromMs, 0.0);
    QCOMPARE(bins.first().count, 1);
    QCOMPARE(bins.last().fromMs, 10.0);
    QCOMPARE(bins[bins.size() - 11].count, 2); // 1 ms to 1.26 ms
}

void TestSeries::aTimelineStaysSmall()
{
    SeriesTimeline timeline;
    for (int i = 0; i < 100'000; ++i)
        timeline.add(i % 2 == 0 ? SeriesTimeline::Hit : SeriesTimeline::Miss, i * 10.0, i == 77'776 ? 999.0 : i == 4 ? 0.5 : 1.0 + i % 3);
    const auto hits = timeline.points(SeriesTimeline::Hit);
    QVERIFY(hits.size() > SeriesTimeline::maxSlots / 4 && hits.size() <= SeriesTimeline::maxSlots);
    QCOMPARE(std::ranges::max(hits, {}, &SeriesTimeline::Point::highMs).highMs, 999.0);
    QCOMPARE(std::ranges::min(hits, {}, &SeriesTimeline::Point::lowMs).lowMs, 0.5);
    QVERIFY(std::ranges::is_sorted(hits, {}, &SeriesTimeline::Point::atMs));
    QVERIFY(timeline.points(SeriesTimeline::Other).isEmpty());
}

void TestSeries::statisticsStaySmall()
{
    SeriesStatistics statistics;
    for (qint64 n = 1; n <= SeriesStatistics::maxRows + 10; ++n)
        statistics.add({.n = n, .latencyMs = double(n % 1000), .status = n % 3 == 0 ? 0 : 200, .reason = Reason::ApiTimeout});
    QCOMPARE(statistics.rows().size(), std::size_t(SeriesStatistics::maxRows));
    QCOMPARE(statistics.failures().size(), std::size_t(SeriesStatistics::maxSamples));
    QCOMPARE(statistics.slowest().size(), std::size_t(SeriesStatistics::maxSamples));
    QVERIFY(std::ranges::all_of(statistics.slowest(), [](const SeriesSample& sample) { return sample.latencyMs == 999; }));
    QCOMPARE(statistics.count(), SeriesStatistics::maxRows + 10);
    QCOMPARE(statistics.errorsBy().value(QStringLiteral("timeout")), statistics.errors());
    QCOMPARE(statistics.first()->n, 1);
}

void TestSeries::targetsInTurn()
{
    const Ran ran = judged({.targets = {"/books/1", "/books/2"}, .count = 4});
    QVERIFY(ran.outcome);
    QList<QByteArray> targets;
    for (const ReplayResult& result : ran.results)
        targets << result.target;
    QCOMPARE(targets, (QList<QByteArray> {"/books/1", "/books/2", "/books/1", "/books/2"}));
    QCOMPARE(ran.statistics.verdicts().value(http::Verdict::Miss), 2);
    QCOMPARE(ran.statistics.verdicts().value(http::Verdict::Hit), 2);
    QCOMPARE(ran.statistics.statuses().value(200), 4);
    QVERIFY(ran.statistics.first()->connectMs > 0);
    QVERIFY(!ran.statistics.speedup());
}

// The first request, and connecting, are slow for other reasons than a MISS.
void TestSeries::speedupRestsOnAHandful()
{
    SeriesStatistics statistics;
    qint64 n = 0;
    const auto add = [&](http::Verdict verdict, double serviceMs, double connectMs) {
        statistics.add({.n = ++n, .latencyMs = serviceMs, .serviceMs = serviceMs, .connectMs = connectMs, .status = 200, .verdict = verdict});
    };
    add(http::Verdict::Miss, 900, 100);
    for (int i = 0; i < SeriesStatistics::fewestToCompare - 1; ++i)
        add(http::Verdict::Miss, 30, 10);
    for (int i = 0; i < SeriesStatistics::fewestToCompare; ++i)
        add(http::Verdict::Hit, 15, 10);
    QVERIFY(!statistics.speedup());
    QCOMPARE(statistics.comparedMisses().count(), SeriesStatistics::fewestToCompare - 1);
    QVERIFY(seriesSummary(statistics, {}).value(QStringLiteral("speedup")).isNull());
    add(http::Verdict::Miss, 30, 10);
    QCOMPARE(statistics.speedup(), std::optional(4.0));
}

void TestSeries::coldAgainstWarm()
{
    const Ran ran = judged({.targets = {"/books/1", "/books/2", "/books/3", "/books/4", "/books/5", "/books/6"}, .count = 12, .concurrency = 3, .coldFirst = true});
    QVERIFY(ran.outcome);
    QCOMPARE(ran.samples.size(), 12);
    double coldEnd = 0;
    for (const SeriesSample& sample : ran.samples) {
        QCOMPARE(sample.verdict, sample.n <= 6 ? http::Verdict::Miss : http::Verdict::Hit);
        if (sample.n <= 6)
            coldEnd = std::max(coldEnd, sample.startMs + sample.serviceMs);
    }
    for (const SeriesSample& sample : ran.samples)
        QVERIFY(sample.n <= 6 || sample.startMs >= coldEnd);
    QVERIFY(ran.statistics.speedup());
    // Everything is warm: no MISS, no speed-up.
    const Ran warm = judged({.targets = {"/books/1"}, .count = 3});
    QVERIFY(!warm.statistics.speedup());
}

void TestSeries::overlappingRequestsAreNotTold()
{
    const Ran ran = judged({.targets = {"/books"}, .count = 4, .concurrency = 4});
    QVERIFY(ran.outcome);
    QCOMPARE(ran.statistics.misses().count(), 0);
    QVERIFY(ran.statistics.verdicts().value(http::Verdict::Unknown) >= 1);
    for (const ReplayResult& result : ran.results) {
        QVERIFY(result.verdict.sureness != Sureness::Exact || result.verdict.verdict != http::Verdict::Hit);
        if (result.verdict.verdict == http::Verdict::Unknown)
            QVERIFY2(result.verdict.sentence.contains(QStringLiteral("another request of this run")), qPrintable(result.verdict.sentence));
    }
}

void TestSeries::withoutVerdictsRedisIsLeftAlone()
{
    const auto processed = [this] {
        const QByteArray info = m_stage->ask({"INFO", "commandstats"})->bytes;
        const qsizetype at = info.indexOf("cmdstat_pttl:calls=");
        return at < 0 ? 0 : info.mid(at + 19, info.indexOf(',', at) - at - 19).toInt();
    };
    const int before = processed();
    const qint64 lookups = m_stage->session->ownLookups();
    const Ran ran = judged({.targets = {"/books"}, .count = 20, .concurrency = 4, .verdicts = false});
    QCOMPARE(ran.statistics.count(), 20);
    QCOMPARE(ran.statistics.verdicts().value(http::Verdict::Unknown), 20);
    QCOMPARE(processed(), before);
    QCOMPARE(m_stage->session->ownLookups(), lookups);
}

void TestSeries::latencyCountsFromTheIntendedTime()
{
    using namespace std::chrono_literals;
    StallingServer server(400ms);
    const Ran ran = load(server.url(), {.targets = {"/a"}, .count = 30, .requestsPerS = 100});
    QVERIFY(ran.outcome);
    QCOMPARE(ran.samples.size(), 30);
    QCOMPARE(ran.statistics.dropped(), 0);
    // The second was due after 10 ms and could be sent after 400.
    const SeriesSample& second = ran.samples[1];
    QCOMPARE(second.intendedMs, 10.0);
    QVERIFY(second.startMs >= 395);
    QVERIFY2(second.latencyMs >= 380, qPrintable(QString::number(second.latencyMs)));
    QVERIFY2(second.serviceMs < 200, qPrintable(QString::number(second.serviceMs)));
    QCOMPARE(second.latencyMs, second.startMs - second.intendedMs + second.serviceMs);
    QVERIFY(*ran.statistics.all().latency().p50 > *ran.statistics.service().latency().p50 + 100);
    QCOMPARE(server.methods(), QSet<QByteArray> {"GET"});
}

void TestSeries::lateOnesAreDroppedAndCounted()
{
    using namespace std::chrono_literals;
    StallingServer server(400ms);
    const Ran ran = load(server.url(), {.targets = {"/a"}, .count = 60, .requestsPerS = 100, .maxLateMs = 100});
    QVERIFY(ran.outcome);
    // Due in the first 300 ms of the stall: some 30.
    QVERIFY2(ran.statistics.dropped() >= 25, qPrintable(QString::number(ran.statistics.dropped())));
    QCOMPARE(ran.statistics.dropped() + ran.statistics.count(), 60);
    QCOMPARE(server.requests(), ran.statistics.count());
    for (qsizetype i = 0; i < ran.samples.size(); ++i)
        QCOMPARE(ran.samples[i].n, i + 1);
}

// Who shows them in their order keeps a bounded number.
void TestSeries::aSlowOneHoldsBackWhatIsTooFarAhead()
{
    StallingServer server(std::chrono::milliseconds(400));
    const Ran ran = load(server.url(), {.targets = {"/a"}, .count = 200, .concurrency = 3, .maxAhead = 10});
    QVERIFY(ran.outcome);
    QCOMPARE(ran.samples.size(), 200);
    const auto slow = std::ranges::max_element(ran.samples, {}, &SeriesSample::serviceMs);
    const qsizetype endedBefore = std::count_if(ran.samples.begin(), slow, [&](const SeriesSample& sample) { return sample.n > slow->n; });
    QVERIFY2(endedBefore <= 10, QByteArray::number(endedBefore).constData());
}

void TestSeries::aClosedLoopWaits()
{
    using namespace std::chrono_literals;
    StallingServer server(200ms);
    const Ran ran = load(server.url(), {.targets = {"/a"}, .count = 10});
    QCOMPARE(ran.statistics.count(), 10);
    QVERIFY(ran.samples[0].latencyMs >= 195);
    QVERIFY(ran.samples[1].latencyMs < 150);
    QCOMPARE(ran.statistics.dropped(), 0);
    QVERIFY(*ran.statistics.throughputPerS() < 50.5);
}

void TestSeries::forATime_data()
{
    QTest::addColumn<double>("perS");
    QTest::addColumn<int>("concurrency");
    QTest::newRow("closed") << 0.0 << 4;
    QTest::newRow("constant") << 50.0 << 2;
    QTest::newRow("a fraction: one, then none in time") << 0.5 << 1;
}

void TestSeries::forATime()
{
    QFETCH(double, perS);
    QFETCH(int, concurrency);
    StallingServer server(std::chrono::milliseconds(0));
    const Ran ran = load(server.url(), {.targets = {"/a"}, .durationMs = 300, .concurrency = concurrency, .requestsPerS = perS});
    QVERIFY(ran.outcome);
    QVERIFY(ran.statistics.count() > 0);
    QVERIFY(ran.statistics.elapsedMs() < 2000);
    for (const SeriesSample& sample : ran.samples)
        QVERIFY(sample.intendedMs < 300);
    if (perS > 0)
        QCOMPARE(ran.statistics.count() + ran.statistics.dropped(), qint64(std::ceil(perS * 0.3)));
    else
        QVERIFY(ran.statistics.elapsedMs() >= 299);
}

void TestSeries::thePaceOfARun()
{
    SeriesPace pace({.targets = {"/a", "/b"}, .count = 5, .requestsPerS = 10, .maxLateMs = 1000, .coldFirst = true});
    QCOMPARE(pace.expected(), 5);
    QCOMPARE(pace.nextDueMs(0), 0.0);
    QCOMPARE(pace.take(), 0);
    QCOMPARE(pace.nextDueMs(0), 100.0);
    QCOMPARE(pace.dropLate(9000), 0); // each target is wanted once
    QCOMPARE(pace.take(), 1);
    QVERIFY(pace.waitsForCold());
    pace.startWarm(9000);
    QVERIFY(!pace.waitsForCold());
    QCOMPARE(pace.nextDueMs(0), 9000.0);
    QCOMPARE(pace.dropLate(10'150), 2); // due at 9000 and 9100
    QCOMPARE(pace.take(), 4);
    QVERIFY(pace.isOver(0));
    QCOMPARE(pace.dropLate(99'999), 0);

    SeriesPace timed({.targets = {"/a"}, .durationMs = 1000, .requestsPerS = 3});
    QCOMPARE(timed.expected(), 3);
    QCOMPARE(timed.take(), 0);
    QVERIFY(timed.isOver(1000) && !timed.isOver(999));
    QCOMPARE(timed.dropRest(), 2);
    QCOMPARE(SeriesPace({.targets = {"/a"}, .durationMs = 1000}).expected(), -1);
}

void TestSeries::cancelKeepsWhatWasDone()
{
    const Ran ran = judged({.targets = {"/books"}, .count = 5000, .concurrency = 2}, 6);
    QVERIFY(!ran.outcome);
    QCOMPARE(ran.outcome.error().code, Code::Cancelled);
    QCOMPARE(ran.statistics.count(), 6);
    QCOMPARE(ran.samples.size(), 6);
    const Ran open = judged({.targets = {"/books"}, .count = 5000, .requestsPerS = 500, .verdicts = false}, 3);
    QCOMPARE(open.statistics.count(), 3);
}

void TestSeries::noServer()
{
    const Ran ran = load(QStringLiteral("http://127.0.0.1:1"), {.targets = {"/a"}, .count = 1000, .concurrency = 2});
    QVERIFY(!ran.outcome);
    QCOMPARE(ran.outcome.error().reason, Reason::ApiUnreachable);
    QCOMPARE(ran.statistics.count(), 4);
    QCOMPARE(ran.statistics.errorsBy().value(QStringLiteral("unreachable")), 4);
    QCOMPARE(ran.statistics.all().count(), 0);
    QVERIFY(!ran.statistics.speedup() && !ran.statistics.throughputPerS());
}

void TestSeries::failuresAreCounted()
{
    const Ran ran = judged({.targets = {"/books", "/fails", "bad target"}, .count = 6});
    QVERIFY(ran.outcome);
    QCOMPARE(ran.statistics.statuses().value(500), 2);
    QCOMPARE(ran.statistics.errors(), 2);
    QCOMPARE(ran.statistics.errorsBy().size(), 1);
    QCOMPARE(ran.statistics.failures().size(), std::size_t(2));
    QCOMPARE(ran.statistics.all().count(), 4);
}

void TestSeries::badOptions_data()
{
    QTest::addColumn<QList<QByteArray>>("targets");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<qint64>("durationMs");
    QTest::addColumn<int>("concurrency");
    QTest::addColumn<double>("perS");
    QTest::addColumn<QString>("about"); // empty: good
    const QList<QByteArray> one {"/a"};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QTest::newRow("good") << one << 1LL << 0LL << 64 << 5000.0 << QString();
    QTest::newRow("no target") << QList<QByteArray>() << 1LL << 0LL << 1 << 0.0 << QStringLiteral("targets");
    QTest::newRow("neither how many nor how long") << one << 0LL << 0LL << 1 << 0.0 << QStringLiteral("requests");
    QTest::newRow("less than none") << one << -1LL << 0LL << 1 << 0.0 << QStringLiteral("requests");
    QTest::newRow("too many") << one << 100'000'001LL << 0LL << 1 << 0.0 << QStringLiteral("requests");
    QTest::newRow("time backwards") << one << 0LL << -1LL << 1 << 0.0 << QStringLiteral("time");
    QTest::newRow("more than a day") << one << 0LL << 86'400'001LL << 1 << 0.0 << QStringLiteral("time");
    QTest::newRow("no connection") << one << 1LL << 0LL << 0 << 0.0 << QStringLiteral("concurrency");
    QTest::newRow("too many connections") << one << 1LL << 0LL << 65 << 0.0 << QStringLiteral("concurrency");
    QTest::newRow("negative rate") << one << 1LL << 0LL << 1 << -1.0 << QStringLiteral("requests a second");
    QTest::newRow("too fast") << one << 1LL << 0LL << 1 << 5000.1 << QStringLiteral("requests a second");
    QTest::newRow("no number") << one << 1LL << 0LL << 1 << nan << QStringLiteral("requests a second");
}

void TestSeries::badOptions()
{
    QFETCH(QList<QByteArray>, targets);
    QFETCH(qint64, count);
    QFETCH(qint64, durationMs);
    QFETCH(int, concurrency);
    QFETCH(double, perS);
    QFETCH(QString, about);
    const SeriesOptions options {.targets = targets, .count = count, .durationMs = durationMs, .concurrency = concurrency, .requestsPerS = perS};
    const auto checked = checkSeries(options);
    QCOMPARE(bool(checked), about.isEmpty());
    if (checked)
        return;
    QCOMPARE(checked.error().code, Code::Usage);
    QCOMPARE(checked.error().subject, about);
    const int before = m_stage->api->requests();
    const Ran ran = judged(options);
    QVERIFY(!ran.outcome && ran.outcome.error() == checked.error());
    QCOMPARE(m_stage->api->requests(), before);
}

void TestSeries::theLoadIsSaidBefore_data()
{
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<qint64>("durationMs");
    QTest::addColumn<int>("concurrency");
    QTest::addColumn<double>("perS");
    const auto row = [](const char* text, qint64 count, qint64 ms, int concurrency, double perS) {
        QTest::newRow(text) << QString::fromLatin1(text) << count << ms << concurrency << perS;
    };
    row("1,000 GET requests, one after another, as fast as they are answered, with looks at Redis before and after each", 1000, 0, 1, 0);
    row("GET requests for 10 s, 4 at once, as fast as they are answered, with looks at Redis before and after each", 0, 10'000, 4, 0);
    row("2,000 GET requests at 200 /s for 10 s, at most 8 at once, with looks at Redis before and after each", 0, 10'000, 8, 200);
}

void TestSeries::theLoadIsSaidBefore()
{
    QFETCH(qint64, count);
    QFETCH(qint64, durationMs);
    QFETCH(int, concurrency);
    QFETCH(double, perS);
    QTEST(loadSentence({.targets = {"/a"}, .count = count, .durationMs = durationMs, .concurrency = concurrency, .requestsPerS = perS}), "sentence");
}

void TestSeries::exports()
{
    const SeriesOptions options {.targets = {"/books/1?q=\"a\"", "/books"}, .count = 5, .concurrency = 2};
    const Ran ran = judged(options);
    const QList<QByteArray> lines = seriesCsv(ran.statistics, options.targets).split('\n');
    QCOMPARE(lines.size(), 7); // head, five, the end
    QVERIFY(lines[0].startsWith("n,target,intended_ms,start_ms,latency_ms,service_ms"));
    QVERIFY2(lines[1].startsWith("1,\"/books/1?q=\"\"a\"\"\",0."), lines[1].constData());
    QVERIFY2(lines[2].startsWith("2,\"/books\","), lines[2].constData());
    QVERIFY(lines[5].startsWith("5,"));
    const QJsonObject summary = QJsonDocument::fromJson(seriesJson(ran.statistics, options)).object();
    QCOMPARE(summary.value(QStringLiteral("count")).toInt(), 5);
    QVERIFY(summary.value(QStringLiteral("latency_ms")).toObject().value(QStringLiteral("all")).toObject().value(QStringLiteral("p99")).isNull());
    QCOMPARE(summary.value(QStringLiteral("asked")).toObject().value(QStringLiteral("mode")).toString(), QStringLiteral("closed-loop"));
    QCOMPARE(summary.value(QStringLiteral("targets")).toArray().size(), 2);
    QCOMPARE(summary.value(QStringLiteral("first")).toObject().value(QStringLiteral("n")).toInt(), 1);

    SeriesStatistics failed;
    failed.add({.n = 1, .reason = Reason::ApiClosed});
    QVERIFY(seriesCsv(failed, {"/a"}).endsWith(",,,,closed\r\n"));
}

QTEST_GUILESS_MAIN(TestSeries)
#include "tst_series.moc"
