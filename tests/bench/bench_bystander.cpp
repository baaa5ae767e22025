// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan of all keys does to others: how long one SCAN holds the server, and how long a bystander waits for his GET,
// over TCP as applications come.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/keys/keystore.h"
#include "core/redis/session.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

using namespace core;
using namespace core::keys;

namespace {

constexpr double callLimitMs = 1.2;
constexpr double waitLimit = 10; // of an idle server's
constexpr int rounds = 5;
constexpr qint64 watchedMs = 2000;
constexpr auto pause = std::chrono::microseconds(500); // between two GETs

// Asks again and again, until told to stop.
class Bystander {
public:
    explicit Bystander(const Endpoint& endpoint)
        : m_thread([this, endpoint] { watch(endpoint); })
    {
    }
    double p99Ms()
    {
        m_stopped = true;
        m_thread.join();
        if (m_waits.size() < 100)
            stopBench(QStringLiteral("too few answers"));
        const auto at = m_waits.begin() + std::ptrdiff_t(m_waits.size() * 99 / 100);
        std::nth_element(m_waits.begin(), at, m_waits.end());
        return *at;
    }

private:
    void watch(const Endpoint& endpoint)
    {
        BareClient client(endpoint.host, endpoint.port);
        while (!m_stopped) {
            m_waits.push_back(client.getMs(benchKey(0)));
            std::this_thread::sleep_for(pause);
        }
    }
    std::vector<double> m_waits;
    std::atomic_bool m_stopped = false;
    std::thread m_thread; // last: it uses the others
};

void wait(qint64 ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

// Whole scans as the product makes them by default.
void scanFor(redis::Session& session, qint64 ms)
{
    QElapsedTimer timer;
    timer.start();
    do {
        KeyStore store;
        redis::KeyScan scan(&session, &store, {});
        QEventLoop loop;
        QObject::connect(&scan, &Job::finished, &loop, &QEventLoop::quit);
        scan.start();
        if (!scan.isFinished())
            loop.exec();
        if (!scan.outcome())
            stopBench(oneLine(scan.outcome().error()));
    } while (timer.elapsed() < ms);
}

// "p50=800.767,p99=1052.671,p99.9=1200.127", in microseconds.
double p99Ms(const QByteArray& percentiles)
{
    for (const QByteArray& part : percentiles.split(',')) {
        if (part.startsWith("p99="))
            return part.mid(4).toDouble() / 1000;
    }
    stopBench(QStringLiteral("the server keeps no percentiles"));
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}); !started)
        stopBench(oneLine(started.error()));
    BareClient client(server.tcpEndpoint().host, server.tcpEndpoint().port);
    client.fill(size.keys);
    redis::Session session(server.tcpEndpoint());
    const auto opened = session.open();
    while (!opened.isFinished())
        wait(10);
    if (!opened.result())
        stopBench(oneLine(opened.result().error()));
    scanFor(session, 0); // once for nothing: the first pass finds cold memory

    QList<double> calls, waits;
    for (int i = 0; i < rounds; ++i) {
        Bystander idle(server.tcpEndpoint());
        wait(watchedMs);
        const double idleMs = idle.p99Ms();
        client.resetStatistics();
        Bystander busy(server.tcpEndpoint());
        scanFor(session, watchedMs);
        const double busyMs = busy.p99Ms();
        const double callMs = p99Ms(client.info("latencystats", "latency_percentiles_usec_scan"));
        std::fprintf(stderr, "p99: one SCAN %.2f ms; GET %.2f ms, idle %.2f ms\n", callMs, busyMs, idleMs);
        calls << callMs;
        waits << busyMs / idleMs;
    }
    BenchReport report;
    report.add("one SCAN, p99", "ms", calls, callLimitMs);
    report.add("a bystander's GET, p99", "x", waits, waitLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
