// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/collisions.h"
#include "core/cache/releases.h"
#include "core/http/client.h"
#include "core/redis/session.h"
#include "core/replay/seenkeys.h"
#include "core/replay/verdict.h"

namespace core::replay {

struct ReplayResult {
    int n = 0; // 1…
    QByteArray target;
    cache::RequestForecast forecast; // its route is null: the table may be gone before the result
    QList<cache::Collision> collisions; // other requests that make the predicted key
    QList<cache::ReleaseRange> otherReleases; // that would have stored the answer where it was found; empty: the set one, or none known
    std::optional<qint64> policyTtlS;
    Result<http::Response> response = fail(Code::Cancelled);
    std::optional<QByteArray> predictedKey; // of several predictions the one that was seen in Redis, else the first
    QString scheme; // of predictedKey
    std::optional<Error> redisError; // why Redis could not be asked; none also where there was nothing to ask
    Snapshot before, after;
    QByteArray storedAfter;
    Verdict verdict;
    QList<cache::Effect> purged; // what a request other than GET did, counted before and after
    qint64 purgedKeys = 0;
    bool purgeCounted = false; // false: Redis could not be asked, or the database is too large to look through
};

// Requests one after another (concurrency comes later), each with a snapshot before and after. Knows keys it has seen, so that an
// entry which ran out is called EXPIRED. Made, used and signalling in the session's thread; large bodies are compared on a pool thread.
class Replay final : public Job {
    Q_OBJECT
public:
    struct Options {
        QList<QByteArray> targets {};
        QByteArray method = "GET";
        http::Headers headers {};
        QByteArray body {};
        http::Sending sending {};
        int repeat = 1; // of each target, one after another
        int intervalMs = 0; // between requests
        bool methodConfirmed = false; // any method but GET may change data and purges: else Reason::MethodRefused
        std::shared_ptr<SeenKeys> seen {}; // shared by the runs of one session and database; null: of this run alone
    };
    // Pointers must outlive the job. `session` may be null or closed: verdicts then rest on headers alone. A target that fails is a
    // result with its error; the job itself fails on what no request would survive (HEAD, a bad header, no server three times).
    Replay(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~Replay() override;
    qint64 unfinished() const; // sent, and stopped before its result was known
    qint64 notSent() const;

signals:
    // Results are handed out and not kept: a body may have megabytes, a run a million requests.
    void resultReady(const core::replay::ReplayResult& result);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void sendNext();
    void onExchanged();
    class Private;
    std::unique_ptr<Private> d;
};

}
