// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warmpreview.h"

#include "core/replay/snapshots.h"

#include <algorithm>
#include <cmath>

namespace core::replay {

namespace {
    constexpr qsizetype batch = 250;
}

QString warmthName(Warmth warmth)
{
    switch (warmth) {
    case Warmth::Warm: return QStringLiteral("warm");
    case Warmth::Absent: return QStringLiteral("absent");
    case Warmth::Unknown: break;
    }
    return QStringLiteral("unknown");
}

class WarmPreview::Private final {
public:
    redis::Session* session;
    CombinedTargets targets;
    QList<Preview> previews;
    qsizetype at = 0;

    // LightAPI takes a key of another type for a miss (specification A4).
    static Preview of(const Snapshot& snapshot)
    {
        const bool isEntry = snapshot.exists && (snapshot.type.isEmpty() || snapshot.type == "string");
        return {isEntry ? Warmth::Warm : Warmth::Absent, isEntry ? snapshot.pttlMs : -2};
    }
};

WarmPreview::WarmPreview(redis::Session* session, CombinedTargets targets, QObject* parent)
    : Job(QStringLiteral("preview"), {}, parent)
    , d(std::make_unique<Private>())
{
    d->session = session;
    d->targets = std::move(targets);
    d->previews.resize(d->targets.items.size());
}

WarmPreview::~WarmPreview() = default;

const CombinedTargets& WarmPreview::targets() const
{
    return d->targets;
}

const QList<Preview>& WarmPreview::previews() const
{
    return d->previews;
}

void WarmPreview::onStart()
{
    if (!d->session || d->session->state() != redis::Session::State::Connected)
        return finish();
    lookNext();
}

void WarmPreview::lookNext()
{
    const qsizetype from = d->at;
    QList<QByteArray> keys;
    QList<qsizetype> places;
    for (; d->at < d->previews.size() && keys.size() < batch; ++d->at) {
        if (const auto& key = d->targets.items[d->at].key) {
            keys << *key;
            places << d->at;
        }
    }
    setProgress(from, d->previews.size());
    if (keys.isEmpty())
        return finish();
    takeSnapshots(d->session, keys, this, [this, from, places](const Result<Snapshots>& snapshots) {
        if (state() != State::Running)
            return;
        if (!snapshots)
            return finish(fail(snapshots.error()));
        for (qsizetype i = 0; i < places.size(); ++i)
            d->previews[places[i]] = Private::of(snapshots->keys[i]);
        emit batchReady(from, d->at - from);
        if (state() == State::Running)
            lookNext();
    });
}

WarmPlan warmPlan(const QList<Preview>& previews, const WarmPace& pace)
{
    WarmPlan plan;
    plan.targets = previews.size();
    for (const Preview& preview : previews) {
        const bool isWarm = preview.warmth == Warmth::Warm;
        plan.alreadyWarm += isWarm ? 1 : 0;
        plan.leftAlone += isWarm && pace.skipTtlAboveMs && (preview.ttlMs == -1 || preview.ttlMs > *pace.skipTtlAboveMs) ? 1 : 0;
    }
    plan.requests = (plan.targets - plan.leftAlone) * (pace.secondPass ? 2 : 1);
    const auto requests = static_cast<double>(plan.requests);
    double ms = 0;
    if (pace.requestsPerS > 0)
        ms = requests * 1000 / pace.requestsPerS;
    if (pace.requestMs)
        ms = std::max(ms, requests * *pace.requestMs / std::max(1, pace.concurrency));
    if (pace.requestsPerS > 0 || pace.requestMs)
        plan.durationMs = static_cast<qint64>(std::ceil(ms));
    return plan;
}

}
