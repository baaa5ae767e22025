// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"
#include "core/replay/warmtargets.h"

#include <memory>

namespace core::replay {

enum class Warmth { Unknown, Absent, Warm };
QString warmthName(Warmth warmth); // unknown absent warm

// What Redis holds of a target before it is warmed.
struct Preview {
    Warmth warmth = Warmth::Unknown; // Unknown: no key is predicted, or Redis was not asked
    qint64 ttlMs = -2; // -1: never expires
};

// Looks which of the targets are warm already, 250 in one pipeline and one pipeline at a time; their lookups are counted as ours. Without
// a session, or with one that is not connected, all stay Unknown and the job ends well. What was looked at stays after a cancel or
// a failure. Made, used and signalling in the session's thread.
class WarmPreview final : public Job {
    Q_OBJECT
public:
    // The session may be null, else it must outlive the job.
    WarmPreview(redis::Session* session, CombinedTargets targets, QObject* parent = nullptr);
    ~WarmPreview() override;

    const CombinedTargets& targets() const;
    const QList<Preview>& previews() const; // in the order of the targets' items

signals:
    void batchReady(qsizetype from, qsizetype count);

protected:
    void onStart() override;

private:
    void lookNext();
    class Private;
    std::unique_ptr<Private> d;
};

// How many requests a run will make, and how long it may take.
struct WarmPlan {
    qint64 targets = 0;
    qint64 alreadyWarm = 0;
    qint64 leftAlone = 0; // of those: they live long enough, so nothing is sent
    qint64 requests = 0; // at most: a second pass asks only for what was proven
    std::optional<qint64> durationMs; // none where neither a rate is set nor a request was measured
};
struct WarmPace {
    std::optional<qint64> skipTtlAboveMs {};
    bool secondPass = false;
    double requestsPerS = 0; // 0: no cap
    int concurrency = 1;
    std::optional<double> requestMs {}; // measured
};
WarmPlan warmPlan(const QList<Preview>& previews, const WarmPace& pace);

}
