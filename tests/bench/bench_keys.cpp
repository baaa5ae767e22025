// SPDX-License-Identifier: GPL-3.0-or-later
// Browse and store of all keys against a bare hiredis loop over SCAN that discards them, in pairs that take turns.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/keys/keystore.h"
#include "core/redis/session.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include <cstdio>
#include <memory>

using namespace core;
using namespace core::keys;

namespace {

constexpr int scanCount = 500;
constexpr double browseLimit = 1.15;
constexpr double bytesLimit = 50;
constexpr int pairs = 5;

// The product's way: Session, KeyScan, KeyStore.
class Product {
public:
    explicit Product(const Endpoint& endpoint)
        : m_session(endpoint)
    {
        waitFor(m_session.open());
        waitFor(m_session.call({"PING"}, redis::Session::Line::Bulk)); // connects the line, as the bare client is
    }

    std::unique_ptr<KeyStore> browse()
    {
        auto store = std::make_unique<KeyStore>();
        redis::KeyScan::Options options;
        options.count = scanCount;
        options.adapt = false;
        redis::KeyScan scan(&m_session, store.get(), options);
        QEventLoop loop;
        QObject::connect(&scan, &Job::finished, &loop, &QEventLoop::quit);
        scan.start();
        if (!scan.isFinished())
            loop.exec();
        if (!scan.outcome())
            stopBench(oneLine(scan.outcome().error()));
        return store;
    }

private:
    template <typename T>
    static void waitFor(const QFuture<Result<T>>& future)
    {
        while (!future.isFinished())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        if (!future.result())
            stopBench(oneLine(future.result().error()));
    }

    redis::Session m_session;
};

double bytesPerKey(const KeyStore& store)
{
    const std::atomic_bool never = false;
    const auto order = sortedOrder(store, store.size(), never);
    return double(store.bytesUsed() + order->capacity() * sizeof(KeyId)) / double(order->size());
}

struct Pair {
    double ratio;
    double bytes;
};

Pair measure(BareClient& bare, Product& product, int keys, bool productFirst)
{
    const auto timed = [](auto act) {
        QElapsedTimer timer;
        timer.start();
        act();
        return double(timer.nsecsElapsed()) / 1e9;
    };
    std::unique_ptr<KeyStore> store;
    double ours = 0;
    if (productFirst)
        ours = timed([&] { store = product.browse(); });
    const double theirs = timed([&] { bare.browse(scanCount); });
    if (!productFirst)
        ours = timed([&] { store = product.browse(); });
    if (store->size() < KeyId(keys))
        stopBench(QStringLiteral("only %1 keys of %2").arg(store->size()).arg(keys));
    std::fprintf(stderr, "browse %.3f s, bare loop %.3f s\n", ours, theirs);
    return {ours / theirs, bytesPerKey(*store)};
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(oneLine(started.error()));
    BareClient bare(server.socketPath());
    bare.fill(size.keys);
    Product product(server.endpoint());
    bare.browse(scanCount); // once for nothing: the first pass finds cold memory

    QList<double> ratios;
    QList<double> bytes;
    for (int i = 0; i < pairs; ++i) {
        const Pair pair = measure(bare, product, size.keys, i % 2 == 1);
        ratios << pair.ratio;
        bytes << pair.bytes;
    }
    BenchReport report;
    report.add("browse, stored", "x", ratios, browseLimit);
    report.add("store, 40-byte keys", "B/key", bytes, bytesLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
