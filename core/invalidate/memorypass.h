// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/batchsender.h"

#include <QHash>

#include <functional>
#include <optional>

namespace core::invalidate {

// Asks keys one by one how large they are, which also says whether they are there: MEMORY USAGE is the one such command that
// Redis does not count as a hit or miss. Where it is not permitted, `presenceOnly` falls back to EXISTS (counted as ours).
class MemoryPass final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MemoryPass)
public:
    using Next = std::function<QList<QByteArray>(qsizetype count)>; // the next keys, at most `count`; none: there are no more
    using Found = std::function<void(const QByteArray& key, std::optional<qint64> bytes)>; // none: absent; 0 with EXISTS: there
    using Ended = std::function<void(Result<void>)>;

    MemoryPass(redis::Session* session, Next next, bool presenceOnly, QObject* parent);
    void start(Found found, Ended ended);
    void stop(); // ended follows with Code::Cancelled

private:
    struct Asked {
        QList<QByteArray> keys;
        bool byExists = false;
    };
    BatchSender::Batch nextBatch();
    void onAnswer(qint64 ticket, const Result<redis::Replies>& replies);
    bool isDenied(const redis::Reply& reply) const;
    void giveUp(const Error& error);

    Next m_next;
    bool m_presenceOnly;
    bool m_useExists = false;
    QHash<qint64, Asked> m_asked; // in flight, by ticket
    QList<QByteArray> m_again; // denied by MEMORY USAGE
    qint64 m_ticket = 0;
    Found m_found;
    Ended m_ended;
    Result<void> m_outcome;
    BatchSender* m_sender;
};

}
