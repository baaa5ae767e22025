// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keylist.h"
#include "core/redis/session.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace core::keys {

// The keys of a session's database: one scan that Keys, Tags, Locks and the class chips share. Lives in the main thread and
// never blocks it: the scan runs in the I/O thread, sorting on a pool.
//
// During a first scan ordered keys are shown again and again as they come. A re-scan leaves the old ones shown until the new
// ones are complete. A lost line ends a scan as Interrupted (a cursor is not trusted across it); what was shown stays, and
// start() scans again. Nothing is ever scanned without start().
class KeyIndex final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyIndex)
public:
    enum class State {
        Empty, // nothing scanned yet, or clear()
        Scanning,
        Paused,
        Complete, // the shown keys are all that SCAN guarantees to return
        Cancelled, // the last scan was cancelled, see snapshot().complete for what is shown
        Interrupted, // the last scan failed, lastError() says why
    };
    Q_ENUM(State)

    // What there is to show. Readers keep the pointers they read from; the index moves on to others and never changes these
    // (a deleted key gets its mark in the store, and a new order without it follows). When many ids of a store are of keys that are not
    // shown any more, those that are move to another store.
    struct Snapshot {
        std::shared_ptr<KeyStore> store; // never null
        std::shared_ptr<const Order> order; // never null
        bool complete = false; // of a whole scan
        int database = 0;
        QDateTime scannedAt; // start of its scan, UTC; invalid while there is none
    };

    // `session` must outlive the index.
    explicit KeyIndex(redis::Session* session, QObject* parent = nullptr);
    ~KeyIndex() override;

    State state() const { return m_state; }
    bool isScanning() const { return m_state == State::Scanning || m_state == State::Paused; }
    Snapshot snapshot() const;
    // Of the running or last scan: keys received, repeats included, and DBSIZE at its start (-1 while unknown).
    qint64 seen() const { return m_seen; }
    qint64 dbsize() const { return m_dbsize; }
    // Age of what is shown, counted from the start of its scan; -1 while there is nothing.
    qint64 ageMs() const;
    // The line was lost since the shown keys were scanned: the server may be another one, a re-scan is due.
    bool lineWasLost() const { return m_lineLost; }
    const std::optional<Error>& lastError() const { return m_lastError; }
    // The running scan for the job strip; nullptr when none runs, also while isScanning() only as the last keys are sorted.
    Job* job() const { return m_scan; }

    // Scans, or scans again. No effect while a scan runs. `gentle`: small COUNT with pauses, production's default.
    void start(bool gentle = false);
    void cancel();
    void setPaused(bool paused);
    // Forgets everything, for another database; a running scan is ended, with finished(). Done by itself when the session
    // selects another database.
    void clear();
    // Takes keys that we have deleted out of what is shown; orderChanged() follows soon. A key that the running scan meets after this
    // is shown again.
    void markDeleted(const KeyList& keys);
    // The same for those that another deleted or that expired; orderChanged() follows when it is due, as a busy server has some of them
    // all the time.
    void markGone(const KeyList& keys);
    // Adds those that are not shown yet, which another has written; orderChanged() follows when it is due. Dropped while a scan
    // runs: its order would not know which of them came first.
    void add(const KeyList& keys);

signals:
    void stateChanged(core::keys::KeyIndex::State state);
    void progressed(qint64 seen, qint64 dbsize);
    // snapshot() has another order, and after a re-scan or clear(), and now and then after deletions, another store.
    void orderChanged();
    // Once for each start(), after the last orderChanged() of that scan; state() says how it ended.
    void finished();

private:
    struct Layer;
    struct Work;
    struct Sorted;

    void setState(State state);
    void tick();
    bool sortIsDue() const;
    bool changesAreDue() const;
    void noteDeleted(const KeyList& keys, bool byUs);
    void sort(const std::shared_ptr<Layer>& layer);
    void handleSorted(const std::shared_ptr<Layer>& layer, const Result<Sorted>& sorted);
    void sortNext();
    void handleProgress(qint64 seen, qint64 dbsize);
    void handleScanEnd();
    void endScan();
    void dropScan();
    void handleSession();

    redis::Session* m_session;
    redis::KeyScan* m_scan = nullptr;
    std::shared_ptr<Layer> m_shown; // never null
    std::shared_ptr<Layer> m_building; // while a scan runs: m_shown itself in a first scan
    std::optional<State> m_ending; // the scan is over and its last order is being made
    std::shared_ptr<std::atomic_bool> m_sorting; // set while a sort is in flight; true cancels it
    QTimer m_timer;
    QElapsedTimer m_sinceSort;
    qint64 m_sortCostMs = 0;
    State m_state = State::Empty;
    qint64 m_seen = 0;
    qint64 m_dbsize = -1;
    bool m_lineLost = false;
    std::optional<Error> m_lastError;
};

}
