// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/redis/session.h"
#include "core/replay/verdict.h"

namespace core::replay {

struct ReplayResult {
    int n = 0; // 1…
    QByteArray target;
    cache::RequestForecast forecast;
    Result<http::Response> response = fail(Code::Cancelled);
    Snapshot before, after;
    QByteArray storedAfter;
    Verdict verdict;
    QList<cache::Effect> purged; // what a request other than GET did, counted before and after
    qint64 purgedKeys = 0;
};

// Requests one after another (concurrency comes later), each with a snapshot before and after. Knows keys it has seen, so that an
// entry which ran out is called EXPIRED.
class Replay final : public Job {
    Q_OBJECT
public:
    struct Options {
        QList<QByteArray> targets;
        QByteArray method = "GET";
        http::Headers headers;
        QByteArray body;
        int repeat = 1;
        int intervalMs = 0; // between requests
    };
    // Pointers must outlive the job. `session` may be closed: verdicts then rest on headers alone.
    Replay(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~Replay() override;
    const QList<ReplayResult>& results() const;

signals:
    void resultReady(int index);

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
