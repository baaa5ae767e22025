// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP engine against wrk and against a bare libcurl multi loop, 16 connections each to the same nginx; then whole exchanges with
// their looks at a Redis.
#include "app/demo/redisprocess.h"
#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/replay/exchange.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/barehttp.h"
#include "tests/bench/benchreport.h"
#include "tests/support/cacheserver.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

#include <cstdio>
#include <functional>

using namespace core;

namespace {

constexpr int inFlight = 16;
constexpr double wrkLimit = 1 / 0.5, bareLimit = 1 / 0.8, cpuLimit = 1.5, verdictLimit = 1 / 0.25;

const char* configuration = R"(daemon off;
master_process off;
pid FOLDER/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/temp;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  default_type application/json;
  server { listen 127.0.0.1:PORT; location / { root FOLDER; try_files /cache/answer =404; } }
}
)";

const QByteArray answer = "[\"" + QByteArray(296, 'a') + "\"]";

constexpr int keys = 500;
QByteArray target(int number)
{
    return "/books/" + QByteArray::number(number % keys);
}

// `begin(done)` starts one and calls done() at its end; so many are kept running.
Figures measure(int count, const std::function<void(std::function<void()>)>& begin)
{
    const Stopwatch watch;
    QEventLoop loop;
    int started = 0, ended = 0;
    std::function<void()> next = [&] {
        if (started < count) {
            ++started;
            begin([&] {
                if (++ended == count)
                    loop.quit();
                next();
            });
        }
    };
    for (int i = 0; i < inFlight; ++i)
        next();
    if (ended < count)
        loop.exec();
    return watch.figures(count);
}

Figures engine(http::Client& client, int count)
{
    QObject context;
    return measure(count, [&](std::function<void()> done) {
        client.send({.target = "/books/1"}, &context, [done = std::move(done)](const Result<http::Response>& response) {
            if (!response || response->body.size() != answer.size())
                stopBench(response ? QStringLiteral("another answer") : oneLine(response.error()));
            done();
        });
    });
}

Figures exchanges(const replay::Place& place, int count)
{
    QObject context;
    int number = 0;
    return measure(count, [&](std::function<void()> done) {
        auto* exchange = new replay::Exchange(place, {.target = target(++number)}, &context);
        QObject::connect(exchange, &replay::Exchange::finished, &context, [exchange, done = std::move(done)] {
            if (!exchange->result().storedAfter.startsWith(answer) || exchange->result().verdict.bodyEqualsCached != true)
                stopBench(exchange->result().verdict.sentence);
            exchange->deleteLater();
            done();
        }, Qt::QueuedConnection);
        exchange->start();
    });
}

// Seconds a request; 0 where it is not installed.
double wrk(const QString& url, int seconds)
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("wrk"));
    if (program.isEmpty())
        return 0;
    QProcess process;
    process.start(program, {QStringLiteral("-t1"), QStringLiteral("-c%1").arg(inFlight), QStringLiteral("-d%1s").arg(seconds), url + QStringLiteral("/books/1")});
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        stopBench(QStringLiteral("wrk failed"));
    for (const QByteArray& line : process.readAllStandardOutput().split('\n')) {
        if (line.startsWith("Requests/sec:"))
            return 1 / line.mid(13).trimmed().toDouble();
    }
    stopBench(QStringLiteral("wrk said nothing"));
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

}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    const int count = size.smoke ? 20'000 : 60'000, rounds = size.smoke ? 3 : 5;
    test::CacheServer nginx;
    if (const auto started = nginx.startNginxAndWait(configuration); !started)
        stopBench(oneLine(started.error()));
    if (!nginx.writeFile(QStringLiteral("cache/answer"), answer))
        stopBench(QStringLiteral("no room for the answer"));
    demo::RedisProcess redis;
    if (const auto started = redis.startAndWait({}); !started)
        stopBench(oneLine(started.error()));
    redis::Session session(redis.endpoint());
    waitFor(session.open());
    cache::RouteTable routes;
    cache::Route route;
    route.className = "Book";
    route.route = "/books";
    route.ttlS = 86'400;
    routes.add(route);
    QList<QByteArray> targets;
    for (int i = 0; i < keys; ++i) {
        targets << target(i);
        waitFor(session.call({"SETEX", "lightapi:Book:" + target(i) + ":", "86400", answer}));
    }

    http::Client client({.baseUrl = nginx.baseUrl(), .maxConnections = inFlight});
    replay::SeenKeys seen;
    replay::Place place {&session, &client, &routes, &seen};
    const auto witness = replay::beginWitness(place, targets);
    engine(client, 2'000); // connections are there, pages touched
    QList<double> toWrk, toBare, cpu, judged;
    for (int i = 0; i < rounds; ++i) {
        const auto bareRun = [&] { return bareHttp(nginx.baseUrl().toUtf8() + "/books/1", inFlight, count); };
        Figures bare, ours;
        if (i % 2 == 0)
            bare = bareRun();
        ours = engine(client, count);
        if (i % 2 == 1)
            bare = bareRun();
        const double peer = wrk(nginx.baseUrl(), size.smoke ? 1 : 2);
        const Figures verdicts = exchanges(place, count / 10);
        std::fprintf(stderr, "requests/s: engine %.0f (%.1f us CPU), bare multi %.0f (%.1f us), wrk %.0f, with verdicts %.0f (%.1f us)\n", 1 / ours.seconds,
            ours.cpuSeconds * 1e6, 1 / bare.seconds, bare.cpuSeconds * 1e6, peer > 0 ? 1 / peer : 0.0, 1 / verdicts.seconds, verdicts.cpuSeconds * 1e6);
        toBare << ours.seconds / bare.seconds;
        cpu << ours.cpuSeconds / bare.cpuSeconds;
        judged << verdicts.seconds / bare.seconds;
        if (peer > 0)
            toWrk << ours.seconds / peer;
    }
    BenchReport report;
    if (toWrk.isEmpty())
        std::fprintf(stderr, "skipped: wrk is not installed\n");
    else
        report.add("replay to wrk", "x", toWrk, wrkLimit, BenchReport::Bound::Goal);
    report.add("replay to bare multi", "x", toBare, bareLimit, BenchReport::Bound::Goal);
    report.add("CPU to bare multi", "x", cpu, cpuLimit, BenchReport::Bound::Goal);
    report.add("verdicts to bare multi", "x", judged, verdictLimit, BenchReport::Bound::Goal);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
