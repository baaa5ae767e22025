// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/redis/command.h"
#include "core/redis/reply.h"

#include <QDateTime>
#include <QFuture>
#include <QHash>
#include <QList>
#include <QObject>

#include <functional>
#include <memory>

namespace core::redis {

class ExclusiveLine;
class PackedPipeline;

// Facts of the server behind a session, read at connect and with every refreshFacts().
struct ServerFacts {
    QString version; // "7.0.15"
    QString runId;
    QString role; // "master", "slave"
    QString mode; // "standalone", "cluster", "sentinel"
    qint64 uptimeS = -1;
    int tcpPort = 0;
    int databases = 16; // from CONFIG GET where permitted, else 16
    QHash<int, qint64> keysPerDatabase;
    QString maxmemoryPolicy;
    QHash<QByteArray, QByteArray> info; // every field of INFO, by name
    QString aclUser; // ACL WHOAMI where known, else empty
};

// Leave to write in a read-only session; given by Session::permitWrites() alone, empty by default.
class WritePermit final {
public:
    WritePermit() = default;
    bool isGiven() const { return m_given; }

private:
    friend class Session;
    explicit WritePermit(bool given)
        : m_given(given)
    {
    }
    bool m_given = false;
};

// One line of the Activity page.
struct SentCommand {
    QDateTime at;
    QString text; // masked
    QString line; // "interactive", "bulk" …
    int lookups = 0;
    qint64 durationUs = 0;
    QString error; // first word of an error reply, or why no reply came
};

// The connections of one profile. Made and used in one thread (the caller's); the sockets live in an I/O thread. Every call
// returns at once; answers come through the future, in the order of sending within one line.
//
// Reconnects by itself with back-off and jitter after the first success. A command in flight when the line dropped (also because
// the server did not answer in time: lastError() tells) ends with Code::Lost, Reason::LineDropped, "unknown whether executed", and
// is never sent again. One that never left this machine ends with Reason::NotConnected: known not executed.
class Session final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Session)
public:
    // Interactive answers people and pages; Bulk carries scans and mass deletes, so that nobody waits behind them.
    enum class Line { Interactive, Bulk };
    enum class State { Closed, Connecting, Connected, Reconnecting };
    Q_ENUM(State)

    explicit Session(Endpoint endpoint, QObject* parent = nullptr);
    ~Session() override; // cancels and waits for the I/O thread's part, at most a few milliseconds

    const Endpoint& endpoint() const;
    State state() const;
    // Why the line is not up: empty while connected.
    const Error& lastError() const;
    // When the next attempt starts; invalid while connected or closed.
    QDateTime nextAttemptAt() const;
    int attempt() const;
    // Smoothed round trip of PING in microseconds; -1 before the first.
    qint64 roundTripUs() const;
    const ServerFacts& facts() const;

    // Starts connecting. The future has the facts of the first success or the first failure; after a failure of open() the
    // session stays Closed (no endless tries against a wrong address); after a later loss it reconnects.
    QFuture<Result<ServerFacts>> open();
    void close();
    // While waiting for the next attempt: makes it now. Otherwise no effect.
    void retryNow();
    // Another database on the same server: the interactive and bulk lines SELECT it; what is in flight is answered first, calls made
    // meanwhile wait for the answer and fail with it. A running KeyScan ends. DatabaseHeld while another select() or a hold is on.
    QFuture<Result<void>> select(int database);
    // No select() while the token lives: for acts whose later commands must not meet the same names in another database. Asked for
    // before the act looks at endpoint().database. DatabaseChanging while a select() is on, as what is sent then goes to the other one.
    Result<std::shared_ptr<void>> holdDatabase();
    QFuture<Result<ServerFacts>> refreshFacts();

    // Read-only sessions refuse what the table does not list as reading with Reason::ProfileReadOnly, before anything is sent.
    bool isReadOnly() const;
    void setReadOnly(bool readOnly);
    // For one act that the user has confirmed by name: what is sent with it is not refused, all else is as before.
    static WritePermit permitWrites() { return WritePermit(true); }

    // One command; an error reply becomes our Error.
    QFuture<Result<Reply>> call(Command command, Line line = Line::Interactive);
    // All commands in one write, replies in the same order; error replies stay values. Empty pipeline: empty list.
    // Refused as a whole if one command is not allowed. Lost with unknown execution if the line drops before the last reply.
    QFuture<Result<Replies>> send(Pipeline pipeline, Line line = Line::Interactive, WritePermit permit = {});
    // The same of shapes, for what is asked for thousands of times.
    QFuture<Result<Replies>> sendPacked(PackedPipeline pipeline, Line line = Line::Interactive);
    // A line of its own for WATCH/MULTI/EXEC: no other command gets between. Connects on first use, never
    // reconnects behind the caller's back: WATCH does not survive a reconnect. Dies with its last reference.
    std::shared_ptr<ExclusiveLine> exclusiveLine(const QString& name, WritePermit permit = {});
    // Such a line for SUBSCRIBE: `onMessage` takes each pushed ["message", channel, payload], in the I/O thread.
    std::shared_ptr<ExclusiveLine> subscriberLine(const QString& name, std::function<void(Reply message)> onMessage);

    // Keyspace lookups of ours that the server counted, and those sent whose reply was lost. All lines, since construction.
    qint64 ownLookups() const;
    // Those whose reply told a hit or a miss; the rest of ownLookups() stayed open, see lookupsplit.h.
    qint64 ownHits() const;
    qint64 ownMisses() const;
    qint64 ownLookupsUnknown() const;
    qint64 commandsSent() const;
    void flushLog();

signals:
    void stateChanged(core::redis::Session::State state);
    void roundTripChanged(qint64 us);
    void factsChanged(); // also after select(): endpoint().database
    void readOnlyChanged(bool readOnly);
    // For Activity; batched about ten times a second, newest last. PING is left out, a long pipeline or scan is summed up. Nothing
    // is put together while nobody is connected.
    // flushLog() brings the last ones at once, for who ends before the next batch.
    void commandsLogged(const QList<core::redis::SentCommand>& commands);

protected:
    void connectNotify(const QMetaMethod& signal) override;

private:
    class Private;
    friend class KeyScan;
    friend class BulkPass;
    std::unique_ptr<Private> d;
};

// Commands that must not be mixed with others', on a connection of their own. Keeps the session's read-only rule, also when that is
// switched later, unless it was made with a permit. May outlive the session, then answers NotConnected. Not to be released in a continuation without a context.
class ExclusiveLine {
public:
    virtual ~ExclusiveLine() = default;
    // As Session::send().
    virtual QFuture<Result<Replies>> send(Pipeline pipeline) = 0;
};

}
