// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/replay/freshexchange.h"

namespace core::replay {

// Compares what the cache would serve for each target with a fresh answer of the app (specification C11.41). GET only. An entry that
// it makes the app store is deleted again; entries that are compared stay, but with FreshWay::Unlink: one at a time, whatever the
// concurrency, never where Redis is full and evicts nothing, and never one more after one that was not stored again. After a cancel, what
// was begun in Redis is ended first, within about two seconds. Made, used and signalling in the session's thread; no other database is selected meanwhile.
class FreshCheck final : public Job {
    Q_OBJECT
public:
    struct Options {
        QList<QByteArray> targets {};
        int concurrency = 1;
        double requestsPerS = 0; // 0: no cap
    };
    // `source` without its routes, which are copied from `routes`. A target without an answer is a result; the job itself fails on what
    // no target would survive: no connection, a bad header or parameter name, both addresses the same, no server three times.
    FreshCheck(FreshSource source, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~FreshCheck() override;

    struct Counts {
        qint64 same = 0, stale = 0, notCached = 0, noAnswer = 0, unknown = 0;
        qint64 probesLeft = 0; // entries of ours that may still be there
        qint64 deletionFlaws = 0; // see FreshResult
        qint64 deleted = 0; // by FreshWay::Unlink
        qint64 notStoredAgain = 0; // of them
    };
    const Counts& counts() const;
    // The entry that was deleted and not stored again: the job ended there, without an error.
    const std::optional<FreshResult>& lost() const;

signals:
    // Handed out and not kept.
    void resultReady(const core::replay::FreshResult& result);
    // A cancel waits, so many milliseconds at most, for the app's answer to what must be cleaned up by it.
    void endingWithin(int ms);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void askMemory();
    void sendMore();
    void startOne(qsizetype index);
    void onEnded(FreshExchange* exchange);
    void stop(const Error& why);
    void endIfDone();
    class Private;
    std::unique_ptr<Private> d;
};

}
