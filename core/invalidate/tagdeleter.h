// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/tags.h"
#include "core/invalidate/ledger.h"
#include "core/invalidate/unlink.h"

#include <QPointer>
#include <QTimer>

#include <functional>

namespace core::invalidate {

// Deletes the members of one tag and its index so that no entry stays live but untagged, whoever writes meanwhile. Three ways:
//
// - A JSON list of up to 10,000 names, EVAL permitted: one Lua call reads the list, UNLINKs each name and the index. Nothing can
//   come between (naive GET, DEL…, DEL index lost 919 of 4,915 keys in a trial).
// - A longer list, or no EVAL: its names are UNLINKed in batches first, then, on a line of its own, WATCH, GET and one MULTI that
//   UNLINKs every name again with the index. The repetition is what makes it safe: a writer that stores an entry anew and finds
//   it listed does not touch the list, so that WATCH alone would not notice. A list that changes makes EXEC fail: what is new is
//   deleted and it is tried again, 20 times, then the index is kept and TagStillWritten says so.
// - A set, sorted set or hash: one pass of SSCAN over it, and of each part one MULTI that UNLINKs the names and takes them from
//   the index. The pass meets every name that was there when it began; what writers add behind it was stored after that, is fresh
//   and stays, tagged. Unlike SPOP or ZPOPMIN with UNLINK after them there is no moment in which a lost line or a crash leaves names popped
//   but their entries live.
class TagDeleter final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TagDeleter)
public:
    struct Options {
        int keysPerS = 0;
        Abilities abilities;
    };
    using Ended = std::function<void(Result<void>)>;

    TagDeleter(redis::Session* session, Ledger* ledger, Options options, QObject* parent);
    // `tag` as read just before: layout and count choose the way.
    void start(const cache::TagInfo& tag, Ended ended);
    void stop(); // ended follows after what is in flight; the index may be kept

signals:
    void progressed();

private:
    void deleteByScript();
    void onScript(const Result<redis::Replies>& replies);
    void onScriptDone(const redis::Reply& reply);

    void deleteByWatching();
    void watchList();
    void onWatched(const Result<redis::Replies>& replies);
    void deleteFirst(const QList<QByteArray>& names);
    void deleteAlone(const QList<QByteArray>& names, std::function<void()> then);
    void deleteListAndIndex(const QList<QByteArray>& names);
    void onListExec(const Result<redis::Replies>& replies);
    void tryAgain();

    redis::Command partCommand() const;
    void nextPart();
    void onPart(const redis::Reply& part);
    void deletePart(const QList<QByteArray>& names);
    void onPartExec(const Result<redis::Replies>& replies);
    void countRest();

    // Ends with the error if there is one in the replies.
    bool failedWith(const redis::Replies& replies, const QString& command);
    void lost(const QList<QByteArray>& inFlight, const Error& error);
    bool mustStop();
    bool mayUseMulti();
    void waitThen(qint64 ms, std::function<void()> step);
    void end(Result<void> outcome = {});

    // What one MULTI holds, to read EXEC's answer by.
    struct Transaction {
        Ledger::Split fresh;
        QList<QByteArray> repeated;
        qsizetype planned = 0; // commands for fresh.planned, sent twice: once to delete, once to see them absent
        qsizetype others = 0;
        qsizetype again = 0;
    };
    redis::Pipeline begin(Transaction& transaction) const;
    void settle(const Transaction& transaction, const redis::Replies& results);

    redis::Session* m_session;
    Ledger* m_ledger;
    Options m_options;
    cache::TagInfo m_tag;
    Ended m_ended;
    QPointer<Unlinker> m_unlinker;
    bool m_stopping = false;
    bool m_over = false;

    std::shared_ptr<redis::ExclusiveLine> m_line;
    QSet<QByteArray> m_processed; // names of the list that were UNLINKed already
    Transaction m_transaction;
    int m_tries = 0;
    QTimer m_wait;
    std::function<void()> m_afterWait;

    QByteArray m_cursor = "0";
    bool m_chained = false;
    qint64 m_partsLeft = 0;
};

}
