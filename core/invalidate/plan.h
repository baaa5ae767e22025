// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace core::invalidate {

// What to select. Different kinds intersect, repeats of one kind unite (CLI.md, invalidate).
struct Selector {
    enum class Kind { Tag, Class, Path, PathPrefix, Prefix, Glob, Key };
    Kind kind = Kind::Key;
    QByteArray text;
    friend bool operator==(const Selector&, const Selector&) = default;
};
QString selectorKindName(Selector::Kind kind); // tag class path path-prefix prefix match key
using Selection = QList<Selector>;

// The frozen list: exactly these keys are deleted and no other. A value; written to and read from a file as JSON.
struct Plan {
    QString id; // UUID
    QDateTime madeAt;
    QString server; // endpointLabel()
    QString runId;
    int database = 0;
    Selection selectors, except;
    QList<QByteArray> keys; // entries, sorted by bytes
    QList<QByteArray> tagKeys; // indexes that go with them (selected by tag)
    qint64 bytes = -1; // MEMORY USAGE of all; -1 without the permission
    qint64 bytesSampled = 0; // keys that were asked; fewer than all: bytes is an estimate
    QByteArray sha256() const; // over server run, database and the sorted lists: what --plan checks
    bool dangerous() const; // glob "*" or an empty prefix: everything
};

Result<void> savePlan(const Plan& plan, const QString& file); // 0600, atomically
Result<Plan> loadPlan(const QString& file); // FileDamaged, PlanChanged when the sha256 differs

// Makes a plan: SCAN for patterns, classes and paths; tags by their layout; then sizes in batches. Progress is keys scanned.
class Planner final : public Job {
    Q_OBJECT
public:
    Planner(redis::Session* session, const cache::RouteTable& routes, Selection selectors, Selection except, QObject* parent = nullptr);
    ~Planner() override;
    const Plan& plan() const; // after finished() without error

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
