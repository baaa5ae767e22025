// SPDX-License-Identifier: GPL-3.0-or-later
// Searching all keys for a text against one bare memmem pass over the same memory, in pairs that take turns.
#include "core/keys/keymatcher.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <cstdio>
#include <cstring>
#include <functional>

using namespace core;
using namespace core::keys;

namespace {

constexpr double filterLimit = 1.5;
constexpr int pairs = 9;
const std::atomic_bool never = false;

// 40 bytes each, in no order.
QByteArray keyOf(int number)
{
    const QByteArray mixed = QByteArray::number(quint32(number) * 2654435761U).rightJustified(10, '0');
    return (number % 2 == 0 ? "lightapi:Book:/books:page=" : "category:item:detail:view=") + mixed + QByteArray::number(number % 10'000).rightJustified(4, '0');
}

std::size_t bareHits(const KeyStore& store, const QByteArray& needle)
{
    std::size_t hits = 0;
    const std::size_t runs = store.runCount(store.size());
    for (std::size_t i = 0; i < runs; ++i) {
        const KeyStore::Run run = store.run(i, store.size());
        const char* const end = run.data + run.bytes;
        const auto next = [&](const char* from) {
            return static_cast<const char*>(::memmem(from, std::size_t(end - from), needle.constData(), std::size_t(needle.size())));
        };
        for (const char* hit = next(run.data); hit; hit = next(hit + needle.size()))
            ++hits;
    }
    return hits;
}

double timed(const std::function<void()>& act)
{
    QElapsedTimer timer;
    timer.start();
    act();
    return double(timer.nsecsElapsed()) / 1e6;
}

QList<double> ratios(const KeyStore& store, const Order& order, const QByteArray& needle)
{
    const KeyQuery query(KeyFilter {.contains = needle});
    const cache::RouteTable routes;
    QList<double> all;
    std::size_t found = 0, bare = 0;
    for (int i = 0; i < pairs; ++i) {
        double ours = 0;
        const auto filter = [&] { ours = timed([&] { found = filtered(store, order, query, routes, never).value()->size(); }); };
        if (i % 2 == 1)
            filter();
        const double theirs = timed([&] { bare = bareHits(store, needle); });
        if (i % 2 == 0)
            filter();
        std::fprintf(stderr, "%s: %zu keys in %.2f ms, bare %.2f ms (%zu hits)\n", needle.constData(), found, ours, theirs, bare);
        all << ours / theirs;
    }
    if (found > bare) // a hit across two keys is none
        stopBench(QStringLiteral("%1 keys found, %2 hits").arg(found).arg(bare));
    return all;
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    KeyStore store;
    for (int i = 0; i < size.keys; ++i) {
        const QByteArray key = keyOf(i);
        store.key(key.constData(), std::size_t(key.size()));
    }
    store.batchEnd();
    const auto order = sortedOrder(store, store.size(), never);
    bareHits(store, "zzzz"); // once for nothing: the first pass finds cold memory
    BenchReport report;
    report.add("filter, no key passes", "x", ratios(store, *order, "zzzz"), filterLimit);
    report.add("filter, 0.01 % pass", "x", ratios(store, *order, QByteArray("0777")), filterLimit);
    report.add("filter, 1 % passes", "x", ratios(store, *order, QByteArray("=42")), filterLimit);
    report.add("filter, 10 % pass", "x", ratios(store, *order, QByteArray("77")), filterLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
