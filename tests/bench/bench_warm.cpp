// SPDX-License-Identifier: GPL-3.0-or-later
// Warming ten thousand targets, each key proven, against the same GETs without proof: of a server that really stores them.
#include "tests/support/cachingapi.h"
#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/replay/warm.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/barehttp.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QEventLoop>

#include <algorithm>
#include <cstdio>
#include <functional>

using namespace core;

namespace {

constexpr int inFlight = 16;
constexpr double limit = 1 / 0.7;

void clear(Stage& stage)
{
    if (!stage.ask({"FLUSHALL"}))
        stopBench(QStringLiteral("Redis is gone"));
}

Figures warm(Stage& stage, const QList<QByteArray>& targets)
{
    clear(stage);
    const Stopwatch watch;
    replay::Warm job(stage.session.get(), stage.client.get(), CachingApi::routes(), {.targets = targets, .concurrency = inFlight});
    QEventLoop loop;
    QObject::connect(&job, &Job::finished, &loop, &QEventLoop::quit);
    job.start();
    if (!job.isFinished())
        loop.exec();
    const Figures figures = watch.figures(int(targets.size()));
    const bool proven = std::ranges::all_of(job.results(), [](const auto& result) { return result.state == replay::WarmState::Warmed; });
    if (!job.outcome() || job.results().size() != targets.size() || !proven)
        stopBench(QStringLiteral("not all targets were proven"));
    return figures;
}

Figures plain(Stage& stage, const QList<QByteArray>& targets)
{
    clear(stage);
    const Stopwatch watch;
    QObject context;
    QEventLoop loop;
    qsizetype started = 0, ended = 0;
    std::function<void()> next = [&] {
        if (started == targets.size())
            return;
        onFinished(stage.client->send({.target = targets[started++]}), &context, [&](const Result<http::Response>& response) {
            if (!response || response->status != 200)
                stopBench(response ? QStringLiteral("another answer") : oneLine(response.error()));
            if (++ended == targets.size())
                loop.quit();
            next();
        });
    };
    for (int i = 0; i < inFlight; ++i)
        next();
    loop.exec();
    return watch.figures(int(targets.size()));
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    const int count = size.smoke ? 2'000 : 10'000, rounds = size.smoke ? 3 : 5;
    Stage stage;
    if (const auto built = stage.build(); !built)
        stopBench(oneLine(built.error()));
    QList<QByteArray> targets;
    for (int i = 0; i < count; ++i)
        targets << "/books/" + QByteArray::number(i);
    plain(stage, targets);
    QList<double> ratios;
    for (int i = 0; i < rounds; ++i) {
        Figures gets, proven;
        if (i % 2 == 0)
            gets = plain(stage, targets);
        proven = warm(stage, targets);
        if (i % 2 == 1)
            gets = plain(stage, targets);
        std::fprintf(stderr, "%d targets: GETs %.0f/s (%.1f us CPU with the server's), warming with proof %.0f/s (%.1f us)\n", count, 1 / gets.seconds,
            gets.cpuSeconds * 1e6, 1 / proven.seconds, proven.cpuSeconds * 1e6);
        ratios << proven.seconds / gets.seconds;
    }
    BenchReport report;
    report.add("warming to plain GETs", "x", ratios, limit, BenchReport::Bound::Goal);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
