// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/ownreads.h"
#include "core/replay/replay.h"
#include "core/replay/snapshots.h"
#include "core/replay/writewitness.h"

#include <QSet>

namespace core::replay {

// Where an exchange happens. All must outlive it.
struct Place {
    redis::Session* session = nullptr; // may be null
    http::Client* client = nullptr;
    const cache::RouteTable* routes = nullptr;
    SeenKeys* seen = nullptr;
    WriteWitness* witness = nullptr; // may be null: writes in between are then told by the snapshots alone
};

// The witness of a run over these targets, put into `place`; null where no key is predicted or no session is connected.
std::unique_ptr<WriteWitness> beginWitness(Place& place, const QList<QByteArray>& targets);

// One request between two looks at Redis, judged. The step that Replay and Warm share.
class Exchange final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Exchange)
public:
    Exchange(Place place, http::Request request, QObject* parent = nullptr);

    // Sends nothing when the entry lives longer than this.
    void setSkipTtlAboveMs(std::optional<qint64> ttlMs) { m_skipTtlAboveMs = ttlMs; }
    void start();
    // Ends the transfer; finished() does not come.
    void abort();

    const ReplayResult& result() const { return m_result; }
    bool wasSkipped() const { return m_skipped; }
    bool wasSent() const { return m_sent; } // whether or not it was answered

signals:
    void finished();

private:
    struct Where {
        QString runId;
        int database = 0;
        friend bool operator==(const Where&, const Where&) = default;
    };
    Where where() const { return {m_place.session->facts().runId, m_place.session->endpoint().database}; }
    bool redisIsUp() const;
    Error whyNotAsked() const;
    cache::Request asked() const;
    QList<QByteArray> predictedKeys() const;
    void lookBefore();
    void onLookedBefore();
    void askWitness();
    void onBefore();
    void onResponse(Result<http::Response> response);
    void onAfter(const Result<Snapshots>& snapshots);
    void choosePrediction(const QList<Snapshot>& after);
    void readStored();
    void sendRequest();
    void countPurge();
    void lookForOtherKeys();
    void afterWitness(std::function<void()> then);
    bool isFresh(const QByteArray& key, const redis::Reply& pttl, const redis::Reply& idle) const;
    void keepFresh(const QList<QByteArray>& keys, const redis::Replies& replies);
    void compareOthers(const redis::Replies& values);
    void judgeNow();
    void onJudged(Verdict verdict);
    void onCompared(qsizetype equal);
    void end();
    void giveUpRedis(const Error& error);
    VerdictInput verdictInput() const;
    void addKnownEnd(VerdictInput& input) const;
    void followEntry();

    Place m_place;
    http::Request m_request;
    std::optional<qint64> m_skipTtlAboveMs;
    bool m_skipped = false;
    bool m_askRedis = false;
    bool m_sent = false;
    QList<cache::Prediction> m_predictions; // at most four; for a class that is not cached its would-be key
    std::optional<Result<Snapshots>> m_lookedBefore;
    bool m_watchBegun = false;
    std::unique_ptr<KeyWatch> m_watch;
    bool m_witnessAsked = false; // and has not answered
    std::function<void()> m_afterWitness;
    std::optional<QSet<QByteArray>> m_written;
    std::unique_ptr<redis::OwnReads> m_ownReads;
    int m_readsBetween = 0; // of the predicted key
    QList<Snapshot> m_before;
    qint64 m_lookupsAtStart = 0;
    qint64 m_unknownAtStart = 0;
    redis::LookupSplit m_lookupsOfBefore;
    qsizetype m_chosen = 0;
    QSet<QByteArray> m_classBefore;
    bool m_classComplete = false;
    QList<QByteArray> m_newKeys;
    std::optional<QByteArray> m_storedElsewhere;
    std::optional<qint64> m_unreadBytes;
    std::optional<Error> m_unreadError;
    bool m_goneUnread = false;
    Where m_lookedAt; // by the first snapshot
    bool m_otherServer = false;
    http::Client::Ticket m_transfer;
    ReplayResult m_result;
};

}
