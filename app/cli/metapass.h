// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/keys/keymeta.h"
#include "core/keys/keyquery.h"

#include <QElapsedTimer>
#include <QObject>

#include <cstddef>
#include <deque>
#include <functional>

namespace cli {

// A key of which the server does not tell what the query asks for: it neither matches nor does not.
bool isUntold(const core::keys::KeyQuery& query, const core::keys::KeyMeta& meta);

// Asks the server about many keys, in batches of which two are in flight: it has the next one while we read the last. A production
// server is asked for one at a time, with a rest as long as its answer took. What is refused for a key is said of that key (an ACL
// user lists names of keys that it may not ask about), where core's pass over all keys ends. Ends with the context; a lost line ends
// the command.
class MetaPass final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MetaPass)
public:
    using KeyOf = std::function<QByteArray(std::size_t index)>;
    MetaPass(Context& context, std::size_t count, KeyOf keyOf);

    // `batch` gets the figures in the order of the keys, from number `first` on; `then` runs after the last. Nothing more comes after stop().
    void start(std::function<void(std::size_t first, const QList<core::keys::KeyMeta>& metas)> batch, std::function<void()> then);
    void stop() { m_stopped = true; }

private:
    void send();
    void deliver();
    void goOn();

    struct Batch {
        std::size_t first = 0;
        std::optional<QList<core::keys::KeyMeta>> metas; // none while in flight
    };
    Context& m_context;
    std::size_t m_count;
    KeyOf m_keyOf;
    bool m_gentle;
    QElapsedTimer m_sinceSent;
    std::function<void(std::size_t, const QList<core::keys::KeyMeta>&)> m_batch;
    std::function<void()> m_then;
    std::deque<std::shared_ptr<Batch>> m_inFlight;
    std::size_t m_sent = 0;
    bool m_stopped = false;
};

}
