// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/invalidationfeed.h"

#include "core/base/async.h"

namespace core::redis {

namespace {
    constexpr int pingMs = 5000;
    const QByteArray channel = QByteArrayLiteral("__redis__:invalidate");

    // Of the replies to `names`, one command each: the first that is an error.
    Result<void> checkedAll(const Result<Replies>& replies, const QStringList& names)
    {
        if (!replies)
            return fail(replies.error());
        for (qsizetype i = 0; i < names.size(); ++i) {
            if (const Result<Reply> reply = checked(replies->at(i), names[i]); !reply)
                return fail(reply.error());
        }
        return {};
    }
}

InvalidationFeed::InvalidationFeed(Session* session, const QString& line, QList<QByteArray> prefixes, Sink sink, QObject* parent)
    : QObject(parent)
    , m_prefixes(std::move(prefixes))
    , m_line(session->subscriberLine(line, [sink = std::move(sink)](const Reply& message) { sink(message.items.last()); }))
{
    m_ping.setInterval(pingMs);
    connect(&m_ping, &QTimer::timeout, this, &InvalidationFeed::ping);
    onFinished(m_line->send({{"CLIENT", "ID"}}), this, [this](const Result<Replies>& replies) {
        if (const auto asked = checkedAll(replies, {QStringLiteral("CLIENT ID")}); !asked)
            emit refused(asked.error());
        else
            subscribe(QByteArray::number(replies->first().integer));
    });
}

void InvalidationFeed::subscribe(const QByteArray& clientId)
{
    Command track {"CLIENT", "TRACKING", "ON", "REDIRECT", clientId, "BCAST"};
    for (const QByteArray& prefix : std::as_const(m_prefixes))
        track << "PREFIX" << prefix;
    onFinished(m_line->send({track, {"SUBSCRIBE", channel}}), this, [this](const Result<Replies>& replies) {
        if (const auto asked = checkedAll(replies, {QStringLiteral("CLIENT TRACKING"), QStringLiteral("SUBSCRIBE")}); !asked) {
            emit refused(asked.error());
            return;
        }
        m_following = true;
        m_ping.start();
        emit following();
    });
}

// The line says nothing by itself when it is lost, as when Redis closes it for its full output buffer.
void InvalidationFeed::ping()
{
    afterAllSoFar(this, [this](const Result<void>& answered) {
        if (answered || !m_following)
            return;
        m_following = false;
        m_ping.stop();
        emit lost();
    });
}

void InvalidationFeed::afterAllSoFar(QObject* context, std::function<void(const Result<void>&)> then)
{
    if (m_askers.empty())
        QMetaObject::invokeMethod(this, &InvalidationFeed::askAll, Qt::QueuedConnection);
    m_askers.push_back({context, std::move(then)});
}

void InvalidationFeed::askAll()
{
    auto askers = std::make_shared<std::vector<Asker>>(std::exchange(m_askers, {}));
    onFinished(m_line->send({{"PING"}}), this, [askers](const Result<Replies>& replies) {
        const Result<void> answered = checkedAll(replies, {QStringLiteral("PING")});
        for (const Asker& asker : *askers) { // one of them may end this
            if (asker.context)
                asker.then(answered);
        }
    });
}

}
