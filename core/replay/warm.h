// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/redis/session.h"

#include <QElapsedTimer>

namespace core::replay {

enum class WarmState { Warmed, AlreadyWarm, NotVerified, NotCached, WrongKey, Failed };
QString warmStateName(WarmState state); // warmed already-warm not-verified not-cached wrong-key failed

struct WarmResult {
    QByteArray target;
    WarmState state = WarmState::Failed;
    std::optional<QByteArray> key;
    qint64 ttlMs = -2;
    int status = 0;
    QString reason;
};

// GET of each target (never HEAD), then proof in Redis: key present, JSON equal, TTL within the policy.
class Warm final : public Job {
    Q_OBJECT
public:
    struct Options {
        QList<QByteArray> targets;
        http::Headers headers;
        int concurrency = 1;
        double requestsPerS = 0; // 0: no cap
        bool secondPass = false;
        std::optional<qint64> skipTtlAboveMs;
    };
    Warm(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~Warm() override;
    const QList<WarmResult>& results() const;

signals:
    void resultReady(int index);

protected:
    void onStart() override;
    void onCancel() override;

private:
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
