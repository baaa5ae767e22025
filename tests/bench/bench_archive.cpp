// SPDX-License-Identifier: GPL-3.0-or-later
// An import of strings against redis-cli --pipe with the same keys, values and ends.
#include "app/demo/redisprocess.h"
#include "core/archive/exporter.h"
#include "core/archive/importer.h"
#include "core/base/errortext.h"
#include "core/redis/wire.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QTemporaryDir>

#include <cstdio>

using namespace core;
using namespace core::archive;

namespace {

constexpr double peerLimit = 1 / 0.9; // of its time

double run(Job& job)
{
    QElapsedTimer timer;
    timer.start();
    QEventLoop loop;
    QObject::connect(&job, &Job::finished, &loop, &QEventLoop::quit);
    job.start();
    if (!job.isFinished())
        loop.exec();
    if (!job.outcome())
        stopBench(oneLine(job.outcome().error()));
    return double(timer.nsecsElapsed()) / 1e9;
}

template <typename T>
T waitFor(const QFuture<Result<T>>& future)
{
    while (!future.isFinished())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    if (!future.result())
        stopBench(oneLine(future.result().error()));
    return *future.result();
}

// The same keys as an archive and as commands.
void makeFiles(int count, const QString& archive, const QString& commands)
{
    const qint64 end = QDateTime::currentMSecsSinceEpoch() + 3'600'000;
    const QByteArray value = "[{\"id\":1,\"title\":\"" + QByteArray(60, 't') + "\"}]";
    ArchiveWriter writer(archive);
    QFile peer(commands);
    if (!writer.open({}) || !peer.open(QIODevice::WriteOnly))
        stopBench(QStringLiteral("no room for the files"));
    for (int i = 0; i < count; ++i) {
        const QByteArray key = "lightapi:Book:/books:page=" + QByteArray::number(i).rightJustified(14, '0');
        if (!writer.write(recordLine({.key = key, .type = "string", .endMs = end, .hasValue = true, .members = {value}})))
            stopBench(QStringLiteral("no room for the archive"));
        peer.write(redis::encoded({{"SET", key, value, "PXAT", QByteArray::number(end), "NX"}}));
    }
    if (!writer.finish(count))
        stopBench(QStringLiteral("no room for the archive"));
}

struct Ours {
    double check = 0, write = 0;
};

Ours product(redis::Session& session, const QString& file, int count)
{
    waitFor(session.call({"FLUSHALL"}));
    ImportCheck check(&session, file, {true, {}});
    Ours ours;
    ours.check = run(check);
    Importer importer(&session, check.archive(), {});
    ours.write = run(importer);
    if (importer.summary().written != count)
        stopBench(QStringLiteral("not all keys were written"));
    return ours;
}

double pipe(redis::Session& session, const QString& socket, const QString& file, int count)
{
    waitFor(session.call({"FLUSHALL"}));
    QElapsedTimer timer;
    timer.start();
    QProcess peer;
    peer.setStandardInputFile(file);
    peer.setStandardOutputFile(QProcess::nullDevice());
    peer.start(QStringLiteral("redis-cli"), {QStringLiteral("-s"), socket, QStringLiteral("--pipe")});
    if (!peer.waitForFinished(-1) || peer.exitCode() != 0)
        stopBench(QStringLiteral("redis-cli --pipe failed"));
    const double seconds = double(timer.nsecsElapsed()) / 1e9;
    if (waitFor(session.call({"DBSIZE"})).integer != count)
        stopBench(QStringLiteral("the peer did not write all keys"));
    return seconds;
}

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    const int rounds = size.keys > 1'000'000 ? 3 : 5; // ten million take minutes
    const QTemporaryDir folder;
    const QString archive = folder.filePath(QStringLiteral("a.ndjson")), commands = folder.filePath(QStringLiteral("a.resp"));
    makeFiles(size.keys, archive, commands);
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(oneLine(started.error()));
    redis::Session session(server.endpoint());
    waitFor(session.open());

    QList<double> ratios;
    for (int i = 0; i < rounds; ++i) {
        double theirs = i % 2 ? pipe(session, server.socketPath(), commands, size.keys) : 0;
        const Ours ours = product(session, archive, size.keys);
        if (i % 2 == 0)
            theirs = pipe(session, server.socketPath(), commands, size.keys);
        std::fprintf(stderr, "import of %d keys: check %.3f s, write %.3f s, redis-cli --pipe %.3f s\n", size.keys, ours.check, ours.write, theirs);
        ratios << ours.write / theirs;
    }
    BenchReport report;
    report.add("import to redis-cli --pipe", "x", ratios, peerLimit);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
