// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/redis/session.h"
#include "core/replay/seenkeys.h"

#include <memory>

namespace core::replay {

struct ReplayResult;

enum class WarmState { Warmed, AlreadyWarm, NotVerified, NotCached, WrongKey, Failed };
QString warmStateName(WarmState state); // warmed already-warm not-verified not-cached wrong-key failed

struct WarmResult {
    QByteArray target;
    qsizetype index = -1; // of the target in Warm::Options::targets: results come in the order of their end
    WarmState state = WarmState::Failed;
    std::optional<QByteArray> key;
    qint64 ttlMs = -2;
    int status = 0;
    QString reason;
    int attempts = 0; // requests that were sent for it; of a second pass its own
    bool redisAsked = true; // false: it could not be, so nothing is proven, and a run that is resumed asks again
};

// GET of each target (never HEAD), then proof in Redis: key present, JSON equal, TTL within the policy. Made, used and signalling in
// the session's thread; large bodies are compared on a pool thread.
class Warm final : public Job {
    Q_OBJECT
public:
    static constexpr qint64 maxWaitMs = 5 * 60'000; // a longer Retry-After is a failure
    struct Options {
        QList<QByteArray> targets {};
        http::Headers headers {};
        int concurrency = 1;
        double requestsPerS = 0; // 0: no cap
        bool secondPass = false; // all once more; an entry counts only when it then answers (HIT)
        std::optional<qint64> skipTtlAboveMs {}; // entries that live longer are left alone, without a request
        std::shared_ptr<SeenKeys> seen {}; // as in Replay
    };
    // Pointers must outlive the job. A target that fails is a result; the job itself fails (Reason::TooManyFailures) when more than
    // half of at least ten failed. 429 and 503 hold everything back as long as Retry-After says, else twice as long at each try
    // and never all alike; then the target is tried again, five times at most.
    Warm(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~Warm() override;
    const QList<WarmResult>& results() const; // in the order of their end
    qint64 unfinished() const; // targets that were requested, and stopped before the answer was known
    qint64 toldToWait() const; // targets that were answered with 429 or 503, and stopped before they were requested again
    // Nothing more is sent; what is on its way ends. Any time before the end.
    void setPaused(bool paused);
    bool isPaused() const;

signals:
    void resultReady(int index);
    // The server asked for it: nothing is sent for so long.
    void heldBack(qint64 waitMs);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void sendMore();
    void stopAll();
    void startOne(qsizetype index);
    void onExchanged(class Exchange* exchange, qsizetype index);
    bool isHeldBack(const ReplayResult& replayed, qsizetype index);
    void takeResult(WarmResult result);
    class Private;
    std::unique_ptr<Private> d;
};

// One target a line; '#' comments and blank lines dropped; NUL-separated and NDJSON ({"target":…}) recognised. Bad lines are
// errors with their number, collected and not hidden.
struct TargetList {
    QList<QByteArray> targets;
    QList<Error> errors;
};
TargetList targetsFromText(const QByteArray& text, bool nulSeparated = false);

}
