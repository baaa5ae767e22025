// SPDX-License-Identifier: GPL-3.0-or-later
// Browse and store of all keys against a bare hiredis loop over SCAN that discards them, in pairs that take turns.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/keys/keystore.h"
#include "core/redis/session.h"
#include "tests/bench/benchreport.h"

#include <hiredis/hiredis.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace core;
using namespace core::keys;

namespace {

constexpr int scanCount = 500;
constexpr double browseLimit = 1.15;
constexpr double bytesLimit = 50;
constexpr int keyBytes = 40;

struct Size {
    int keys = 1'000'000;
    int pairs = 5;
};

[[noreturn]] void stop(const QString& why)
{
    std::fprintf(stderr, "bench_keys: %s\n", qPrintable(why));
    std::exit(2);
}

// Shapes of LightAPI's keys and its example's, each of 40 bytes; numbers are mixed so that they do not come in order.
QByteArray keyOf(int number)
{
    const auto mixed = QByteArray::number(quint32(number) * 2654435761U).rightJustified(10, '0');
    const QByteArray numbers = QByteArray::number(number).rightJustified(8, '0');
    switch (number % 8) {
    case 0:
    case 1:
    case 2:
        return "lightapi:Book:/books:p=" + numbers.left(7) + mixed;
    case 3:
    case 4:
        return "CachedProduct:/products?" + numbers.left(6) + mixed;
    case 5:
    case 6:
        return QByteArray("item:") + mixed + QByteArray(17, 'i') + numbers;
    default:
        return "category:" + mixed + ":items:" + numbers + QByteArray(6, 'c');
    }
}

// hiredis by itself, blocking.
class BareClient {
public:
    explicit BareClient(const QString& socket)
        : m_context(redisConnectUnix(socket.toLocal8Bit().constData()), &redisFree)
    {
        if (!m_context || m_context->err)
            stop(QStringLiteral("cannot connect"));
    }

    void fill(int keys)
    {
        constexpr int batch = 1000;
        int waiting = 0;
        for (int i = 0; i < keys; ++i) {
            const QByteArray key = uniqueKey(i);
            redisAppendCommand(m_context.get(), "SET %b 1", key.constData(), std::size_t(key.size()));
            if (++waiting == batch)
                takeReplies(std::exchange(waiting, 0));
        }
        takeReplies(waiting);
    }

    // Returns how many keys came.
    qint64 browse()
    {
        QByteArray cursor("0");
        qint64 keys = 0;
        do {
            const auto reply = ask(cursor);
            cursor = QByteArray(reply->element[0]->str, qsizetype(reply->element[0]->len));
            keys += qint64(reply->element[1]->elements);
        } while (cursor != "0");
        return keys;
    }

    static QByteArray uniqueKey(int number)
    {
        const QByteArray key = keyOf(number);
        if (key.size() != keyBytes)
            stop(QStringLiteral("a key of %1 bytes").arg(key.size()));
        return key;
    }

private:
    using Answer = std::unique_ptr<redisReply, void (*)(redisReply*)>;
    static void release(redisReply* reply) { freeReplyObject(reply); }

    Answer ask(const QByteArray& cursor)
    {
        auto* reply = static_cast<redisReply*>(redisCommand(m_context.get(), "SCAN %s COUNT %d", cursor.constData(), scanCount));
        if (!reply || reply->type != REDIS_REPLY_ARRAY)
            stop(QStringLiteral("SCAN failed"));
        return {reply, &release};
    }

    void takeReplies(int count)
    {
        for (; count > 0; --count) {
            void* reply = nullptr;
            if (redisGetReply(m_context.get(), &reply) != REDIS_OK || !reply)
                stop(QStringLiteral("SET failed"));
            freeReplyObject(reply);
        }
    }

    std::unique_ptr<redisContext, decltype(&redisFree)> m_context;
};

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
            stop(oneLine(scan.outcome().error()));
        return store;
    }

private:
    template <typename T>
    static void waitFor(const QFuture<Result<T>>& future)
    {
        while (!future.isFinished())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        if (!future.result())
            stop(oneLine(future.result().error()));
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
    const double theirs = timed([&] { bare.browse(); });
    if (!productFirst)
        ours = timed([&] { store = product.browse(); });
    if (store->size() < KeyId(keys))
        stop(QStringLiteral("only %1 keys of %2").arg(store->size()).arg(keys));
    std::fprintf(stderr, "browse %.3f s, bare loop %.3f s\n", ours, theirs);
    return {ours / theirs, bytesPerKey(*store)};
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    Size size;
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments == QStringList {QStringLiteral("--smoke")})
        size.keys = 300'000;
    else if (arguments == QStringList {QStringLiteral("--full")})
        size.keys = 10'000'000;
    else if (!arguments.isEmpty())
        stop(QStringLiteral("usage: bench_keys [--smoke | --full]"));

    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stop(oneLine(started.error()));
    BareClient bare(server.socketPath());
    bare.fill(size.keys);
    Product product(server.endpoint());
    bare.browse(); // once for nothing: the first pass finds cold memory

    QList<double> ratios;
    QList<double> bytes;
    for (int i = 0; i < size.pairs; ++i) {
        const Pair pair = measure(bare, product, size.keys, i % 2 == 1);
        ratios << pair.ratio;
        bytes << pair.bytes;
    }
    BenchReport report;
    report.add("browse, stored", "x", ratios, browseLimit);
    report.add("store, 40-byte keys", "B/key", bytes, bytesLimit);
    return report.print() ? 0 : 1;
}
