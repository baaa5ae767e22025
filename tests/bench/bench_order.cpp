// SPDX-License-Identifier: GPL-3.0-or-later
// Memory, sorting and tree of all keys, without a server: against a QStringList and std::sort over offsets into one arena.
#include "core/keys/keytree.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"
#include "tests/bench/processmemory.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <functional>
#include <numeric>
#include <random>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

using namespace core::keys;

namespace {

constexpr double peakLimit = 1.75; // of the raw key bytes
constexpr double listLimit = 0.40;
constexpr double sortLimit = 0.30;
constexpr double rootLimitMs = 1;
constexpr double childLimitNs = 100;
constexpr int rounds = 3;
constexpr std::size_t manyChildren = 10'000; // fewer are found by searching the order, which no child pays for alone
const std::atomic_bool never = false;

double timedNs(const std::function<void()>& act)
{
    QElapsedTimer timer;
    timer.start();
    act();
    return double(timer.nsecsElapsed());
}

// Of this thread's own time, for limits that are no ratio: other programs' turns do not count.
double ownNs(const std::function<void()>& act)
{
    const auto now = [] {
        timespec time {};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
    };
    const double before = now();
    act();
    return now() - before;
}

struct Memory {
    double rest, peak; // KiB
};

// In a process of its own: what another has freed would count for the next.
Memory inChild(const std::function<Memory()>& act)
{
    std::array<int, 2> pipe {};
    if (::pipe(pipe.data()) != 0)
        stopBench(QStringLiteral("no pipe"));
    const pid_t child = ::fork();
    if (child == 0) {
        const Memory memory = act();
        ::_exit(::write(pipe[1], &memory, sizeof memory) == ssize_t(sizeof memory) ? 0 : 1);
    }
    ::close(pipe[1]);
    Memory memory {};
    const bool told = child > 0 && ::read(pipe[0], &memory, sizeof memory) == ssize_t(sizeof memory);
    ::close(pipe[0]);
    if (!told || ::waitpid(child, nullptr, 0) != child)
        stopBench(QStringLiteral("the measuring process failed"));
    return memory;
}

// As SCAN returns them: in no order. The same in each run.
std::vector<int> arrival(int keys)
{
    std::vector<int> numbers(static_cast<std::size_t>(keys));
    std::iota(numbers.begin(), numbers.end(), 0);
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937(1));
    return numbers;
}

std::shared_ptr<KeyStore> filled(const std::vector<int>& numbers)
{
    auto store = std::make_shared<KeyStore>();
    for (const int number : numbers) {
        const QByteArray key = benchKey(number);
        store->key(key.constData(), std::size_t(key.size()));
    }
    store->batchEnd();
    return store;
}

Memory storeMemory(const std::vector<int>& numbers)
{
    const double before = residentKb();
    const auto store = filled(numbers);
    forgetPeak();
    const auto order = sortedOrder(*store, store->size(), never);
    return {residentKb() - before, peakKb() - before};
}

// As the scan goes: half of it is sorted, then the rest is sorted and merged with that.
Memory mergeMemory(const std::vector<int>& numbers)
{
    const double before = residentKb();
    const auto store = filled(numbers);
    forgetPeak();
    const KeyId half = store->size() / 2;
    auto order = sortedOrder(*store, half, never);
    order = extendedOrder(*store, *order, half, store->size(), never);
    return {residentKb() - before, peakKb() - before};
}

Memory listMemory(const std::vector<int>& numbers)
{
    const double before = residentKb();
    QStringList list;
    for (const int number : numbers)
        list << QString::fromLatin1(benchKey(number));
    const double after = residentKb();
    return {after - before, after - before};
}

// All keys in one piece, key i from its 32-bit offset to the next one's, and std::sort over them: what one would write first.
class Arena {
public:
    explicit Arena(const std::vector<int>& numbers)
        : m_offsets {0}
    {
        m_bytes.reserve(numbers.size() * benchKeyBytes);
        m_offsets.reserve(numbers.size() + 1);
        for (const int number : numbers) {
            const QByteArray key = benchKey(number);
            m_bytes.insert(m_bytes.end(), key.begin(), key.end());
            m_offsets.push_back(std::uint32_t(m_bytes.size()));
        }
    }

    double sortNs() const
    {
        std::vector<std::uint32_t> order(m_offsets.size() - 1);
        std::iota(order.begin(), order.end(), 0);
        return timedNs([&] { std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); }); });
    }

private:
    std::string_view key(std::uint32_t i) const { return {m_bytes.data() + m_offsets[i], m_offsets[i + 1] - m_offsets[i]}; }
    std::vector<char> m_bytes;
    std::vector<std::uint32_t> m_offsets;
};

struct TreeTimes {
    double rootMs = 0, childNs = 0; // the slowest node's
};

// The children of a node that has not many go into `next`.
std::size_t childCount(const KeyTree& tree, const TreeNode& node, std::vector<TreeNode>& next)
{
    std::vector<TreeNode> some;
    std::size_t count = 0;
    KeyId at = node.begin;
    do {
        some.clear();
        at = tree.children(node, at, manyChildren, some);
        count += some.size();
    } while (at < node.end && !some.empty());
    if (count < manyChildren)
        next.insert(next.end(), some.begin(), some.end());
    return count;
}

// Every node that has many children, three levels deep, as it is opened.
TreeTimes treeTimes(const std::shared_ptr<KeyStore>& store, const std::shared_ptr<const Order>& order)
{
    TreeTimes times;
    std::vector<TreeNode> level, next;
    std::unique_ptr<KeyTree> tree;
    times.rootMs = ownNs([&] {
        tree = std::make_unique<KeyTree>(store, order);
        tree->children(tree->root(), 0, KeyTree::maxRows, level);
    }) / 1e6;
    for (int depth = 0; depth < 3; ++depth, level = std::exchange(next, {})) {
        for (const TreeNode& node : level) {
            const std::size_t count = childCount(*tree, node, next);
            if (count < manyChildren)
                continue;
            const double ns = ownNs([&] { tree->rows(node, never); }) / double(count);
            std::fprintf(stderr, "%s: %zu children, %.0f ns each\n", tree->prefix(node).toByteArray().constData(), count, ns);
            times.childNs = std::max(times.childNs, ns);
        }
    }
    return times;
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    // Of fewer keys most stay in the cache, where std::sort waits for nothing; the limit is of those that do not.
    const int keys = std::max(size.keys, 1'000'000);
    const std::vector<int> numbers = arrival(keys);
    const double rawKb = double(keys) * benchKeyBytes / 1024;
    const Memory once = inChild([&] { return storeMemory(numbers); });
    const Memory merged = inChild([&] { return mergeMemory(numbers); });
    const Memory list = inChild([&] { return listMemory(numbers); });
    std::fprintf(stderr, "%d keys, %.1f MB of bytes: sorted store %.1f MB, peak %.1f MB (merged %.1f MB), QStringList %.1f MB\n", keys, rawKb / 1024,
        once.rest / 1024, once.peak / 1024, merged.peak / 1024, list.rest / 1024);

    const auto store = filled(numbers);
    const Arena arena(numbers);
    std::shared_ptr<const Order> order;
    QList<double> sorts, roots, children;
    for (int i = 0; i < rounds; ++i) {
        double theirs = i % 2 ? arena.sortNs() : 0;
        const double ours = timedNs([&] { order = sortedOrder(*store, store->size(), never); });
        if (i % 2 == 0)
            theirs = arena.sortNs();
        std::fprintf(stderr, "sorted in %.2f s, std::sort %.2f s\n", ours / 1e9, theirs / 1e9);
        sorts << ours / theirs;
        const TreeTimes times = treeTimes(store, order);
        roots << times.rootMs;
        children << times.childNs;
    }
    BenchReport report;
    report.add("peak to key bytes", "x", {once.peak / rawKb, merged.peak / rawKb}, peakLimit);
    report.add("store to a QStringList", "x", {once.rest / list.rest}, listLimit);
    report.add("sort to std::sort", "x", sorts, sortLimit);
    report.add("tree, root", "ms", roots, rootLimitMs);
    report.add("tree, a child", "ns", children, childLimitNs);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
