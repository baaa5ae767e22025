// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/invalidate/plan.h"
#include "core/replay/freshcheck.h"

#include <QHash>

namespace cli {

// What "replay --diff-fresh" was told.
struct FreshWishes {
    bool wanted = false;
    std::optional<core::replay::FreshWay> way {}; // none: as FreshSource chooses
    QString otherUrl {};
    QByteArray parameter = core::replay::defaultFreshParameter;
    bool headersToOther = false;
    QList<QByteArray> ignored {};
    QList<QByteArray> targets {}; // without repeats
    core::http::Headers headers {};
    int concurrency = 1;
    double requestsPerS = 0;

    bool writes() const { return wanted && way != core::replay::FreshWay::OtherApi; }
};
// The options that belong to it; targets, headers and pace are the request's.
core::Result<FreshWishes> freshWishesFrom(const CommandLine& line);

struct FreshFound {
    QHash<QByteArray, core::replay::FreshResult> byTarget;
    core::replay::FreshCheck::Counts counts;
};

// What the comparisons come to where none was stale. "No" (1) is an answer; that there was none is not.
struct FreshEnd {
    int exit = 0; // 0: all were compared; partly done (5) where some were, or where an entry of ours may be left
    std::optional<core::Error> error {}; // none was compared, and this is why
    QString sentence {}; // for people
};
FreshEnd freshEnd(const FreshFound& found);

// Compares before anything else is sent. With FreshWay::Unlink the entries are a plan that the guard must allow first.
class FreshRun final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FreshRun)
public:
    FreshRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes, FreshWishes wishes);
    void start(std::function<void(const FreshFound&)> then); // not after a failure, which ends the command

private:
    bool allowDeletion();
    void onEnd(const core::replay::FreshCheck& check, const std::function<void(const FreshFound&)>& then);
    void reportSoFar();
    QString comparedSentence() const;
    core::invalidate::Plan plan() const;

    Context& m_context;
    core::cache::RouteTable m_routes;
    FreshWishes m_wishes;
    core::replay::FreshSource m_source;
    std::unique_ptr<core::http::Client> m_other;
    FreshFound m_found;
};

}
