// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/cache/tags.h"
#include "core/keys/keylist.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace core::invalidate {

// What to select. Different kinds intersect, repeats of one kind unite (CLI.md, invalidate). Of what is excepted, each selector
// holds by itself: excepting more than was meant deletes less, intersecting would delete what somebody named to be spared.
struct Selector {
    enum class Kind {
        Tag,
        Class,
        Path,
        PathPrefix,
        Prefix,
        Glob,
        Key,
        List, // a list of keys handed to the planner beside; the text says where it is from. At most one, not together with Key.
    };
    Kind kind = Kind::Key;
    QByteArray text;
    friend bool operator==(const Selector&, const Selector&) = default;
};
QString selectorKindName(Selector::Kind kind); // tag class path path-prefix prefix match key keys
QString selectorText(const Selector& selector); // "tag=table:products", bytes as displayText()
using Selection = QList<Selector>;
QString selectionText(const Selection& selection); // the first three, for labels

// The frozen list: exactly these keys are deleted and no other. A value; written to and read from a file as JSON.
struct Plan {
    QString id; // UUID
    QDateTime madeAt;
    QString server; // endpointLabel()
    QString runId;
    int database = 0;
    Selection selectors, except;
    keys::KeyList keys; // entries
    // Indexes that go with them: only where tags alone select and nothing is excepted. Else an index also names keys that stay,
    // or gains some while the plan runs, and those would be live but untagged without it.
    QList<QByteArray> tagKeys;
    qint64 bytes = -1; // MEMORY USAGE of all; -1 without the permission
    qint64 bytesSampled = 0; // keys that were asked; fewer than all: bytes is an estimate
    // Hex; over all that stands above: what --plan checks. Not a signature: it tells a slip from the plan that was shown, and who
    // may write the file can make another. Some 0.2 s for a million keys.
    QByteArray sha256() const;
    bool dangerous() const; // glob "*" or an empty prefix: everything
};

Result<void> savePlan(const Plan& plan, const QString& file); // 0600, atomically
Result<Plan> loadPlan(const QString& file); // FileDamaged, PlanChanged when the sha256 differs
// The same as bytes, for "-" (stdout, stdin).
QByteArray planToJson(const Plan& plan);
Result<Plan> planFromJson(const QByteArray& json, const QString& name);

// Makes a plan: SCAN for patterns, classes and paths; tags by their layout; then sizes in batches. Progress is keys scanned.
// Keys given by name or as a list are taken as they are, there or not; of a tag, the members that live. A tag that cannot be read is CorruptTag.
// Nothing selected, or a class, path or tag without a name: EmptySelection. A plan that matches no key is a plan.
// Made, used and signalling in the session's thread; keys are matched in its I/O thread and sorted on a pool thread. `session` must
// outlive it; the route table is copied.
class Planner final : public Job {
    Q_OBJECT
public:
    Planner(redis::Session* session, const cache::RouteTable& routes, Selection selectors, Selection except, QObject* parent = nullptr);
    ~Planner() override;
    // Before start(): naming of tags (a tag selector may hold a tag or its index key); a scan that leaves the server room.
    void setTagTemplate(const cache::TagTemplate& tagTemplate);
    void setGentle(bool gentle);
    // What Selector::Kind::List stands for.
    void setList(keys::KeyList list);
    const Plan& plan() const; // after finished() without error
    // Of the tags that select, those that are not there, as they were given.
    const QList<QByteArray>& absentTags() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
