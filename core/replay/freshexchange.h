// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/redis/session.h"
#include "core/replay/freshcompare.h"
#include "core/replay/freshway.h"

#include <QPointer>

#include <functional>
#include <memory>

namespace core::replay {

// What became of the entry that FreshWay::Parameter makes the app store.
struct FreshProbe {
    enum class State {
        Removed, // deleted, and seen absent afterwards
        NotStored, // nothing was there under its key
        MayBeLeft, // could not be deleted, or the app may store it still
    };
    QByteArray key;
    State state = State::MayBeLeft;
    std::optional<Error> error;
};
QString probeStateName(FreshProbe::State state); // removed not-stored may-be-left

struct FreshResult {
    qsizetype index = -1; // of the target in FreshCheck::Options::targets: results come in the order of their end
    QByteArray target;
    std::optional<FreshWay> way; // none: it did not come to that
    std::optional<QByteArray> key;
    QString scheme;
    qint64 ttlMs = -2; // left when the entry was read; -1: no expiry, -2: no entry
    std::optional<qint64> ageMs; // since it was stored, where the time to live it began with is known
    int status = 0; // of the fresh answer, or of the one for which nothing was deleted; 0: none
    FreshComparison comparison;
    std::optional<Error> error; // why there is no answer, or why the entry could not be read
    std::optional<FreshProbe> probe;
    bool entryDeleted = false; // by FreshWay::Unlink; what the request stored then stays
    std::optional<bool> storedAgain; // after that; none: not known. What is not seen stored is told in comparison.reason too
    std::optional<Error> deletionFlaw; // see RemoveEntry; told in comparison.reason too

    FreshState state() const { return comparison.state; }
    // Of what was deleted: whether the cache is poorer by it, as far as is known.
    bool isLost() const { return entryDeleted && (storedAgain == false || (!storedAgain && error)); }
};

// Deletes exactly this key, logged, by a plan that the user has confirmed. `removed`: whether it was there, or why it may be there still;
// `flaw`: it is gone, but its line in the log is not whole (Code::File) or what followed was not seen.
using RemoveEntry = std::function<void(const QByteArray& key, std::function<void(Result<bool> removed, std::optional<Error> flaw)> then)>;

// Where fresh answers come from. All pointers must live when an exchange begins. Session and client may die in the middle of it: what then
// cannot be asked is told in the result.
struct FreshSource {
    redis::Session* session = nullptr;
    http::Client* client = nullptr;
    http::Client* otherClient = nullptr; // of the app without its cache
    const cache::RouteTable* routes = nullptr;
    std::optional<FreshWay> way {}; // none: the other app where there is one, else the parameter; never Unlink by itself
    QByteArray parameter = defaultFreshParameter;
    http::Headers headers {};
    // Names of those that an identity added: secret, whatever they are called (IdentityKind::Headers).
    QList<QByteArray> identityFields {};
    bool headersToOther = false; // those that carry credentials, and the identity's, go to the other app too
    QList<QByteArray> ignored {}; // paths, see isIgnored()
    RemoveEntry remove {}; // for FreshWay::Unlink
};

// One target: the entry, a fresh answer, and what differs. Own lookups: PTTL and GET, once more where they differ. FreshWay::Unlink asks the
// app twice: what it does not answer with 200 while the entry is there it would not store again, and nothing is deleted.
class FreshExchange final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FreshExchange)
public:
    FreshExchange(const FreshSource& source, QByteArray target, QObject* parent = nullptr);
    ~FreshExchange() override;

    void start();
    // False when it must go on to its end: an entry was deleted, or one of its own must be. True: finished() does not come.
    bool abort();
    // After that: gives the running request this long at most.
    void hurry();
    static constexpr int mostCleanUpMs = 2000, mostRestoreMs = 1000; // where an entry of ours is to be deleted; where one was deleted
    const FreshResult& result() const { return m_result; }

signals:
    void finished();

private:
    cache::Request asked() const;
    void findKeys();
    bool chooseWay();
    void findEntry();
    void onFound(const Result<redis::Replies>& replies);
    void readEntry(std::function<void(const Result<redis::Replies>&)> then);
    void onRead(const Result<redis::Replies>& replies);
    void getAnswer();
    void askBeforeDeletion();
    void onAnswerBefore(const Result<http::Response>& response);
    void deleteEntry();
    void onDeleted(const Result<bool>& removed, const std::optional<Error>& flaw);
    using Answered = void (FreshExchange::*)(const Result<http::Response>& response);
    void sendRequest(http::Client* client, const QByteArray& target, Answered then = &FreshExchange::onAnswer);
    void onAnswer(const Result<http::Response>& response);
    void removeProbe(bool mayComeLater);
    void onProbeRemoved(const Result<redis::Replies>& replies, bool mayComeLater);
    static QByteArray codingOf(const http::Response& response);
    void compare();
    bool mayBeEntryItself() const;
    void onCompared(FreshComparison comparison);
    void onReadAgain(const Result<redis::Replies>& replies);
    void end(FreshState state, const QString& reason, std::optional<Error> error = {});
    void endNow();
    void lookForNewEntry();
    void addReason(const QString& sentence);
    void tellDeletion();

    FreshSource m_source;
    QPointer<redis::Session> m_session;
    QPointer<http::Client> m_client;
    FreshResult m_result;
    QList<cache::Prediction> m_predictions;
    std::optional<qint64> m_policyTtlS;
    QByteArray m_stored;
    bool m_lookedForNew = false;
    QByteArray m_nonce;
    QByteArray m_probeKey;
    std::optional<Error> m_probeRefusal; // why it could not be deleted
    QByteArray m_body; // of the fresh answer
    QByteArray m_coding; // of it, where it could not be undone
    bool m_mustEnd = false;
    bool m_probeIsDue = false;
    bool m_lookedAgain = false;
    bool m_isTooLate = false; // see hurry()
    bool m_isOver = false;
    QFuture<Result<http::Response>> m_transfer;
};

}
