// SPDX-License-Identifier: GPL-3.0-or-later
// Browse of all keys against a bare hiredis loop over SCAN that discards them, in pairs that take turns: stored, and as the window has
// them, sorted with the first level of the tree. Also against redis-cli --scan.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/keys/keyindex.h"
#include "core/keys/keytree.h"
#include "core/redis/session.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>

#include <cstdio>
#include <memory>

using namespace core;
using namespace core::keys;

namespace {

constexpr int scanCount = 500;
constexpr double browseLimit = 1.10;
constexpr double sortedLimit = 1.15;
constexpr double peerLimit = 1.0 / 3;
constexpr double bytesLimit = 50;
constexpr int rounds = 5;
constexpr int peerRounds = 3;

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

    // Returns the children of the root.
    std::size_t browseSorted()
    {
        KeyIndex index(&m_session);
        QEventLoop loop;
        QObject::connect(&index, &KeyIndex::finished, &loop, &QEventLoop::quit);
        index.start();
        loop.exec();
        if (index.state() != KeyIndex::State::Complete)
            stopBench(QStringLiteral("the index is not complete"));
        const KeyTree tree(index.snapshot().store, index.snapshot().order);
        std::vector<TreeNode> children;
        tree.children(tree.root(), 0, KeyTree::maxRows, children);
        m_indexed = qint64(index.snapshot().order->size());
        return children.size();
    }
    qint64 indexed() const { return m_indexed; }

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
    qint64 m_indexed = 0;
};

double bytesPerKey(const KeyStore& store)
{
    const std::atomic_bool never = false;
    const auto order = sortedOrder(store, store.size(), never);
    return double(store.bytesUsed() + order->capacity() * sizeof(KeyId)) / double(order->size());
}

template <typename Act>
double timed(Act act)
{
    QElapsedTimer timer;
    timer.start();
    act();
    return double(timer.nsecsElapsed()) / 1e9;
}

struct Round {
    double stored, sorted; // to the bare loop
    double bytes;
};

// The loop runs in the middle: neither way has the better place over the rounds.
Round measure(BareClient& bare, Product& product, int keys, bool storedFirst)
{
    std::unique_ptr<KeyStore> store;
    double stored = 0, sorted = 0;
    const auto store1 = [&] { stored = timed([&] { store = product.browse(); }); };
    const auto sort1 = [&] { sorted = timed([&] { product.browseSorted(); }); };
    storedFirst ? store1() : sort1();
    const double theirs = timed([&] { bare.browse(scanCount); });
    storedFirst ? sort1() : store1();
    if (store->size() < KeyId(keys) || product.indexed() != keys)
        stopBench(QStringLiteral("only %1 and %2 keys of %3").arg(store->size()).arg(product.indexed()).arg(keys));
    std::fprintf(stderr, "browse %.3f s, sorted %.3f s, bare loop %.3f s\n", stored, sorted, theirs);
    return {stored / theirs, sorted / theirs, bytesPerKey(*store)};
}

// Its COUNT is the server's, 10.
double peerScan(const QString& socket)
{
    return timed([&] {
        QProcess peer;
        peer.setStandardOutputFile(QProcess::nullDevice());
        peer.start(QStringLiteral("redis-cli"), {QStringLiteral("-s"), socket, QStringLiteral("--scan")});
        if (!peer.waitForFinished(-1) || peer.exitCode() != 0)
            stopBench(QStringLiteral("redis-cli --scan failed"));
    });
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

    QList<double> stored, sorted, bytes, peers;
    for (int i = 0; i < rounds; ++i) {
        const Round round = measure(bare, product, size.keys, i % 2 == 1);
        stored << round.stored;
        sorted << round.sorted;
        bytes << round.bytes;
    }
    for (int i = 0; i < peerRounds; ++i) {
        const double ours = timed([&] { product.browse(); });
        const double theirs = peerScan(server.socketPath());
        std::fprintf(stderr, "browse %.3f s, redis-cli --scan %.3f s\n", ours, theirs);
        peers << ours / theirs;
    }
    BenchReport report;
    report.add("browse, stored", "x", stored, browseLimit);
    report.add("browse, sorted, tree", "x", sorted, sortedLimit);
    report.add("... to redis-cli --scan", "x", peers, peerLimit);
    report.add("store, 40-byte keys", "B/key", bytes, bytesLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
