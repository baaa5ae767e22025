// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectioncheck.h"

namespace core::replay {

enum class CollectionOutcome { Passed, Failed, Skipped };
QString collectionOutcomeName(CollectionOutcome outcome); // passed failed skipped

struct CollectionResult {
    qsizetype index = -1; // of the request in the collection
    CollectionOutcome outcome = CollectionOutcome::Skipped;
    std::optional<Error> skipped; // why nothing was sent
    QList<CollectionCheck> checks; // none of a skipped one
    ReplayResult replay; // without target of a skipped one
};

// The requests of a collection one after another, each judged as Replay does and held against what is expected. Made, used and signalling
// in the session's thread.
class CollectionRun final : public Job {
    Q_OBJECT
public:
    struct Options {
        Variables variables {};
        bool methodsConfirmed = false; // else requests other than GET, which may change data and purge, are skipped
        std::shared_ptr<SeenKeys> seen {}; // as in Replay
        http::Sending sending {}; // of each request
    };
    // Pointers must outlive the job. `session` may be null or closed: what is expected of Redis then fails. A request that fails is a
    // result; the job itself fails when the server cannot be reached three times in a row.
    CollectionRun(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Collection collection, Options options,
        QObject* parent = nullptr);
    ~CollectionRun() override;
    const Collection& collection() const;

    struct Counts {
        qint64 passed = 0, failed = 0, skipped = 0;
    };
    const Counts& counts() const;

signals:
    // In order, handed out and not kept. Those behind a cancel or a failure of the job do not come.
    void resultReady(const core::replay::CollectionResult& result);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void sendNext();
    void onExchanged();
    bool take(const CollectionResult& result);
    class Private;
    std::unique_ptr<Private> d;
};

}
