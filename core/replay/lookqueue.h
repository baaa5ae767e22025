// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/snapshots.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <vector>

namespace core::replay {

// The looks of many exchanges at one Redis: those asked for in one turn of the event loop go out as one pipeline, with the server's
// counters asked once. An exchange by itself asks what it would ask without this.
//
// A pipeline goes out one turn after its last look came in: what was asked of another line before (the write witness) is out first.
// In the session's thread.
class LookQueue final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LookQueue)
public:
    static LookQueue* of(redis::Session* session); // made when first asked for; dies with the session

    // As takeSnapshots().
    void takeSnapshots(const QList<QByteArray>& keys, QObject* context, std::function<void(Result<Snapshots>)> then);
    // GET, which resets the key's idle time; after the snapshots of its turn. An error reply stays a value.
    void readValue(const QByteArray& key, QObject* context, std::function<void(Result<redis::Reply>)> then);

private:
    struct Look {
        QPointer<QObject> context;
        QList<QByteArray> keys;
        std::function<void(Result<Snapshots>)> then;
    };
    struct Value {
        QPointer<QObject> context;
        QByteArray key;
        std::function<void(Result<redis::Reply>)> then;
    };
    struct Batch {
        std::vector<Look> looks;
        std::vector<Value> values;
        bool isEmpty() const { return looks.empty() && values.empty(); }
    };

    explicit LookQueue(redis::Session* session);
    Batch& open();
    void ask(const std::shared_ptr<Batch>& batch);
    static redis::PackedPipeline pipelineOf(const Batch& batch);
    static void tell(const Batch& batch, const Result<redis::Replies>& replies, qint64 startedMs);

    redis::Session* m_session;
    std::shared_ptr<Batch> m_open;
};

}
