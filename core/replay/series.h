// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/replay/replay.h"
#include "core/replay/seriesstatistics.h"

#include <memory>

namespace core::replay {

struct SeriesOptions {
    static constexpr int maxConcurrency = 64;
    static constexpr double maxRequestsPerS = 5'000;
    static constexpr double minRequestsPerS = 0.001;
    static constexpr qint64 maxCount = 100'000'000;
    static constexpr qint64 maxDurationMs = 24LL * 3600 * 1000;

    QList<QByteArray> targets {}; // in turn
    http::Headers headers {};
    http::Sending sending {};
    qint64 count = 0; // of all requests; 0: by time
    qint64 durationMs = 0; // 0: by count. With both, what comes first
    int concurrency = 1; // connections
    // 0: closed loop, a connection sends as soon as it has its answer. Else constant rate: request i is due i / requestsPerS after the
    // start however slow the answers are, and its latency counts from then (a server that stalls is not asked less for it).
    double requestsPerS = 0;
    qint64 maxLateMs = 5'000; // a request that waited longer for a free connection is dropped and counted
    bool verdicts = true; // false: Redis is not looked at, for load
    // No request is sent while the first one that has no answer yet is so many behind: who shows them in their order keeps no more than
    // that. 0: no limit. What constant rates then pass over is dropped and counted.
    qint64 maxAhead = 0;
    bool coldFirst = false; // each target once; the rest when all of these have ended
    std::shared_ptr<SeenKeys> seen {}; // as in Replay
};
Result<void> checkSeries(const SeriesOptions& options); // Code::Usage, Reason::BadOption
// What load it will make, in English: "2,000 GET requests at 200 /s for 10 s …".
QString loadSentence(const SeriesOptions& options);

// What `result` says of the request: times, status, verdict. `sample` has n, target, intendedMs and startMs; its end is `nowMs`.
void measure(SeriesSample& sample, const ReplayResult& result, double nowMs);

// GET again and again over connections of its own, measured and judged. Never another method. Made, used and signalling in the session's
// thread. A cancel ends it at once; statistics() then hold what was done up to there.
//
// A connection is taken from before the first look at Redis until after the last: with verdicts, constant rates need more of them.
// Requests for one key that overlap cannot be told apart in Redis: no MISS or EXPIRED is claimed for them, and no HIT is exact.
class Series final : public Job {
    Q_OBJECT
public:
    // Timers are that precise: a request that started within it is not late.
    static constexpr double timerPrecisionMs = 2;

    // Pointers must outlive the job; of `client` the options are taken. `session` may be null or closed, as in Replay. Requests that fail
    // are results; the job fails on bad options and headers, and when the server cannot be reached some times in a row.
    Series(redis::Session* session, const http::Client* client, const cache::RouteTable& routes, SeriesOptions options, QObject* parent = nullptr);
    ~Series() override;
    const SeriesOptions& options() const;
    const SeriesStatistics& statistics() const; // while it runs too
    qint64 unfinished() const; // sent, and stopped before their result was known
    std::optional<qint64> notSent() const; // of a run that was stopped or failed; none: it was by time, or how many is not known
    // The same, for keeping; not written to any more after finished().
    std::shared_ptr<const SeriesStatistics> sharedStatistics() const;

signals:
    // In the order of their ends: `sample.n` is that of sending. Without verdicts the result has target and response alone.
    void resultReady(const core::replay::ReplayResult& result, const core::replay::SeriesSample& sample);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void sendMore();
    void startOne(double nowMs);
    void startExchange(qint64 n, http::Request request);
    void startTransfer(qint64 n, http::Request request);
    void onAnswered(qint64 n, ReplayResult result);
    void stopAll();
    void endIfDone();
    class Private;
    std::unique_ptr<Private> d;
};

}
