// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/batchsender.h"

#include <functional>
#include <optional>

namespace core::invalidate {

// Asks keys one by one how large they are, which also says whether they are there: MEMORY USAGE is the one such command that
// Redis does not count as a hit or miss. Where it is not permitted, `presenceOnly` falls back to EXISTS (counted as ours).
class MemoryPass final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MemoryPass)
public:
    using Found = std::function<void(qsizetype index, std::optional<qint64> bytes)>; // none: absent; 0 with EXISTS: there
    using Ended = std::function<void(Result<void>)>;

    MemoryPass(redis::Session* session, QList<QByteArray> keys, bool presenceOnly, QObject* parent);
    void start(Found found, Ended ended);
    void stop(); // ended follows with Code::Cancelled

private:
    void run();
    BatchSender::Batch nextBatch();
    void onAnswer(qint64 from, const Result<redis::Replies>& replies);
    bool isDenied(const redis::Reply& reply);
    void giveUp(const Error& error);
    void onEnded();

    redis::Session* m_session;
    QList<QByteArray> m_keys;
    bool m_presenceOnly;
    bool m_useExists = false;
    bool m_denied = false;
    qsizetype m_next = 0;
    Found m_found;
    Ended m_ended;
    Result<void> m_outcome;
    BatchSender* m_sender = nullptr;
};

}
