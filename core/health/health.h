// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/http/client.h"
#include "core/redis/session.h"

#include <QList>

namespace core::health {

struct Check {
    enum class Status { Ok, Warn, Fail, Skipped };
    QString id; // "connect", "ping", "info", "write", "read", "ttl", "delete", "absent", "memory", "replication", "healthz" …
    QString name;
    Status status = Status::Skipped;
    double ms = -1;
    QString detail, advice; // English source text
    std::optional<Error> error;
};
QString statusName(Check::Status status); // ok warn fail skipped

// The steps of a health check, each timed; stops at the first hard failure, cleans up its probe key. In a read-only session the
// writing steps are skipped and the verdict says so.
class HealthCheck final : public Job {
    Q_OBJECT
public:
    // `client` may be null: LightAPI's /healthz is then skipped.
    HealthCheck(redis::Session* session, http::Client* client, QObject* parent = nullptr);
    ~HealthCheck() override;
    const QList<Check>& checks() const;
    Check::Status verdict() const; // worst; skipped does not count
    QString sentence() const;
    // The removal of the probe key was not answered: where the key was written it ends by itself within 30 s.
    bool mayHaveLeftProbe() const;

signals:
    void checkAdded(int index);

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

// Memory, eviction and persistence advice from INFO alone (specification 31); for Health and Dashboard.
QList<Check> adviceFromInfo(const QHash<QByteArray, QByteArray>& info);

}
