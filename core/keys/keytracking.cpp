// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytracking.h"

#include "core/base/async.h"

#include <QMutex>
#include <QSet>

#include <algorithm>
#include <utility>

using core::redis::Replies;
using core::redis::Reply;
using core::redis::Session;

namespace core::keys {

namespace {
    // At most 10,000 questions a second, 0.3 ms of the server's time each hundred: a busy server is not made busier than that.
    constexpr int paceMs = 100;
    constexpr qsizetype askedAtOnce = 1000;
    // About 20 MB of names; also what a scan may let wait.
    constexpr qsizetype waitingLimit = 200'000;
    constexpr int againMs = 1000;
}

// What the line has heard and nobody has asked about yet; shared with the I/O thread. The GUI thread takes and puts back few at a time.
struct KeyTracking::Inbox {
    QMutex mutex;
    QSet<QByteArray> names;
    bool everything = false;
    bool overrun = false;

    void take(const Reply& told)
    {
        const QMutexLocker lock(&mutex);
        if (told.isNil()) {
            everything = true;
            names.clear();
        }
        for (const Reply& name : told.items)
            names.insert(name.bytes);
        overrun = overrun || names.size() > waitingLimit;
        if (overrun)
            names.clear();
    }
    QList<QByteArray> some()
    {
        const QMutexLocker lock(&mutex);
        QList<QByteArray> taken;
        for (auto name = names.begin(); name != names.end() && taken.size() < askedAtOnce; name = names.erase(name))
            taken << *name;
        return taken;
    }
    void putBack(const QList<QByteArray>& taken)
    {
        const QMutexLocker lock(&mutex);
        for (const QByteArray& name : taken)
            names.insert(name);
    }
};

KeyTracking::KeyTracking(Session* session, KeyIndex* index, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_index(index)
{
    m_pace.setInterval(paceMs);
    connect(&m_pace, &QTimer::timeout, this, &KeyTracking::empty);
    m_again.setSingleShot(true);
    m_again.setInterval(againMs);
    connect(&m_again, &QTimer::timeout, this, &KeyTracking::restart);
    connect(session, &Session::stateChanged, this, &KeyTracking::handleSession);
    connect(index, &KeyIndex::stateChanged, this, &KeyTracking::handleIndex);
}

KeyTracking::~KeyTracking() = default;

void KeyTracking::setEnabled(bool enabled)
{
    if (m_enabled == enabled)
        return;
    m_enabled = enabled;
    drop();
    setState(enabled ? State::Starting : State::Off);
    if (enabled && m_session->state() == Session::State::Connected)
        begin();
}

bool KeyTracking::covers(const KeyIndex::Snapshot& shown) const
{
    return m_state == State::Following && shown.scannedAt.isValid() && m_since <= shown.scannedAt;
}

void KeyTracking::setState(State state, const Error& error)
{
    m_error = error;
    m_state = state;
    emit stateChanged();
}

void KeyTracking::handleSession()
{
    if (!m_enabled)
        return;
    const bool connected = m_session->state() == Session::State::Connected;
    if (connected && !m_feed)
        begin();
    else if (!connected && m_state != State::Starting)
        restart();
}

void KeyTracking::handleIndex()
{
    if (m_state == State::Overrun && m_index->isScanning())
        restart();
}

void KeyTracking::retry()
{
    if (m_state == State::Refused || m_state == State::Overrun)
        restart();
}

void KeyTracking::restart()
{
    drop();
    setState(State::Starting);
    if (m_session->state() == Session::State::Connected)
        begin();
}

void KeyTracking::drop()
{
    m_again.stop();
    m_pace.stop();
    if (m_feed) { // it may be what called us
        m_feed->disconnect(this);
        std::exchange(m_feed, nullptr)->deleteLater();
    }
    m_inbox.reset();
    m_since = {};
}

void KeyTracking::begin()
{
    m_inbox = std::make_shared<Inbox>();
    m_feed = new redis::InvalidationFeed(
        m_session, QStringLiteral("tracking"), {}, [inbox = m_inbox](const Reply& told) { inbox->take(told); }, this);
    connect(m_feed, &redis::InvalidationFeed::following, this, &KeyTracking::follow);
    connect(m_feed, &redis::InvalidationFeed::refused, this, &KeyTracking::noteFailure);
    connect(m_feed, &redis::InvalidationFeed::lost, this, &KeyTracking::restart);
}

void KeyTracking::follow()
{
    m_since = QDateTime::currentDateTimeUtc();
    m_pace.start();
    setState(State::Following);
}

void KeyTracking::refuse(const Error& why)
{
    drop();
    setState(State::Refused, why);
}

// Of a try to begin.
void KeyTracking::noteFailure(const Error& why)
{
    if (why.reason != Reason::Busy && why.reason != Reason::Loading && why.reason != Reason::MasterDown)
        return refuse(why);
    drop();
    setState(State::Starting, why);
    m_again.start();
}

void KeyTracking::empty()
{
    bool everything = false, overrun = false;
    QSet<QByteArray> unwanted;
    {
        const QMutexLocker lock(&m_inbox->mutex);
        everything = std::exchange(m_inbox->everything, false);
        overrun = m_inbox->overrun;
        if (!m_index->snapshot().scannedAt.isValid())
            m_inbox->names.swap(unwanted);
    }
    if (overrun) {
        drop();
        return setState(State::Overrun);
    }
    if (everything)
        handleEverything();
    askNext();
}

// FLUSHALL, or FLUSHDB in whichever database. An empty one is scanned at once; else what is shown is of before, as far as we know.
void KeyTracking::handleEverything()
{
    m_since = QDateTime::currentDateTimeUtc();
    emit stateChanged();
    onFinished(m_session->call({"DBSIZE"}), this, [this, inbox = m_inbox](const Result<Reply>& size) {
        if (inbox == m_inbox && size && size->integer == 0 && m_index->snapshot().scannedAt.isValid() && !m_index->isScanning())
            m_index->start();
    });
}

void KeyTracking::askNext()
{
    if (m_asking || m_index->isScanning())
        return;
    const QList<QByteArray> names = m_inbox->some();
    if (names.isEmpty())
        return;
    redis::Pipeline pipeline;
    for (const QByteArray& name : names)
        pipeline << redis::Command {"MEMORY", "USAGE", name};
    m_asking = true;
    const auto done = [this, names, inbox = m_inbox, database = m_index->snapshot().database](const Result<Replies>& sizes) {
        m_asking = false;
        if (inbox != m_inbox || database != m_index->snapshot().database)
            return;
        if (sizes)
            apply(names, *sizes);
        else
            m_inbox->putBack(names);
    };
    onFinished(m_session->send(std::move(pipeline), Session::Line::Bulk), this, done);
}

void KeyTracking::apply(const QList<QByteArray>& names, const Replies& sizes)
{
    if (m_index->isScanning()) // it began meanwhile, and would not know which of both came first
        return m_inbox->putBack(names);
    QList<QByteArray> present, gone, later;
    for (qsizetype i = 0; i < names.size(); ++i) {
        const Result<Reply> size = redis::checked(sizes.at(i), QStringLiteral("MEMORY USAGE"));
        if (size)
            (size->isNil() ? gone : present) << names.at(i);
        else if (!isRefused(size.error()))
            later << names.at(i); // the server is busy, or loading: this passes
        else if (!size.error().subject.contains(u'~')) // a key that this user may not see is told of, too
            return refuse(size.error());
    }
    m_inbox->putBack(later);
    m_index->markGone(KeyList(gone));
    m_index->add(KeyList(present));
}

}
