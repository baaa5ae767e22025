// SPDX-License-Identifier: GPL-3.0-or-later
// PTTL, TYPE and MEMORY USAGE of all keys against a bare double-buffered pipeline of hiredis, and, with the scan, against
// redis-cli --memkeys.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/keys/metacolumns.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>

#include <cstdio>

using namespace core;
using namespace core::keys;

namespace {

constexpr int scanCount = 500;
constexpr double bareLimit = 1 / 0.9; // of its time
constexpr double peerLimit = 0.25;

template <typename Act>
double timed(Act act)
{
    QElapsedTimer timer;
    timer.start();
    act();
    return double(timer.nsecsElapsed()) / 1e9;
}

void run(Job& job)
{
    QEventLoop loop;
    QObject::connect(&job, &Job::finished, &loop, &QEventLoop::quit);
    job.start();
    if (!job.isFinished())
        loop.exec();
    if (!job.outcome())
        stopBench(oneLine(job.outcome().error()));
}

template <typename T>
void waitFor(const QFuture<Result<T>>& future)
{
    while (!future.isFinished())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    if (!future.result())
        stopBench(oneLine(future.result().error()));
}

struct Keys {
    std::shared_ptr<KeyStore> store = std::make_shared<KeyStore>();
    std::shared_ptr<const Order> order;
};

Keys browse(redis::Session& session)
{
    Keys keys;
    redis::KeyScan::Options options;
    options.count = scanCount;
    options.adapt = false;
    redis::KeyScan scan(&session, keys.store.get(), options);
    run(scan);
    const std::atomic_bool never = false;
    keys.order = sortedOrder(*keys.store, keys.store->size(), never);
    return keys;
}

double product(redis::Session& session, const Keys& keys)
{
    return timed([&] {
        const auto columns = std::make_shared<MetaColumns>(keys.store->size());
        const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(&session, keys.store, keys.order, columns, {}));
        run(*pass);
        if (!columns->facts(keys.order->back()))
            stopBench(QStringLiteral("the last key is not known"));
    });
}

double bare(BareClient& client, const Keys& keys)
{
    return timed([&] {
        client.askMeta(qint64(keys.order->size()), [&](qint64 i) { return keys.store->at((*keys.order)[std::size_t(i)]); });
    });
}

double memkeys(const QString& socket)
{
    return timed([&] {
        QProcess peer;
        peer.setStandardOutputFile(QProcess::nullDevice());
        peer.start(QStringLiteral("redis-cli"), {QStringLiteral("-s"), socket, QStringLiteral("--memkeys")});
        if (!peer.waitForFinished(-1) || peer.exitCode() != 0)
            stopBench(QStringLiteral("redis-cli --memkeys failed"));
    });
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    const int rounds = size.keys > 1'000'000 ? 3 : 5; // ten million take minutes
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(oneLine(started.error()));
    BareClient client(server.socketPath());
    client.fill(size.keys);
    redis::Session session(server.endpoint());
    waitFor(session.open());
    waitFor(session.call({"PING"}, redis::Session::Line::Bulk));
    Keys keys = browse(session);

    QList<double> ratios;
    double ours = 0;
    for (int i = 0; i < rounds; ++i) {
        double theirs = i % 2 ? bare(client, keys) : 0;
        ours = product(session, keys);
        if (i % 2 == 0)
            theirs = bare(client, keys);
        std::fprintf(stderr, "figures of %d keys: %.3f s, bare pipeline %.3f s\n", size.keys, ours, theirs);
        ratios << ours / theirs;
    }
    const double scan = timed([&] { keys = browse(session); });
    const double peer = memkeys(server.socketPath());
    std::fprintf(stderr, "scan %.3f s and figures %.3f s, redis-cli --memkeys %.3f s\n", scan, ours, peer);

    BenchReport report;
    report.add("figures of all keys", "x", ratios, bareLimit);
    report.add("... to redis-cli --memkeys", "x", {(scan + ours) / peer}, peerLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
