// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/cache/routes.h"
#include "core/keys/keylist.h"
#include "core/keys/keyquery.h"
#include "core/keys/keystore.h"
#include "core/redis/keyscan.h"

#include <QObject>

#include <atomic>
#include <functional>
#include <memory>

namespace cli {

// Scans the database to its end and picks keys, each once and in byte order; the picking runs on a pool thread.
class KeysCollector final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeysCollector)
public:
    using Pick = std::function<bool(QByteArrayView)>; // called on a pool thread
    KeysCollector(Context& context, core::redis::KeyScan::Options options, Pick pick);
    // Picks what passes the query, all but its terms about TTL and size; the server filters where it can.
    KeysCollector(Context& context, core::redis::KeyScan::Options options, core::keys::KeyQuery query, core::cache::RouteTable routes);
    ~KeysCollector() override; // stops the pool's work and waits for it

    // `then` runs once, also after a failure or a cancel: what was seen up to then is there.
    void start(const QString& act, std::function<void()> then);
    const core::keys::KeyStore& store() const { return *m_store; }
    const core::keys::Order& picked() const { return *m_picked; }
    // What was picked, or a part of it; outlives the collector.
    core::keys::KeyList list() const { return {m_store, m_picked}; }
    core::keys::KeyList list(std::shared_ptr<const core::keys::Order> part) const { return {m_store, std::move(part)}; }
    QByteArray key(core::keys::KeyId id) const { return m_store->at(id).toByteArray(); }
    bool isComplete() const { return m_isPicked && !m_failure; }
    const std::optional<core::Error>& failure() const { return m_failure; }
    qint64 scanned() const { return m_scanned; } // keys the server walked over
    qint64 durationMs() const { return m_durationMs; }

private:
    using Picked = core::Result<std::shared_ptr<const core::keys::Order>>;
    using Filter = std::function<Picked(const core::keys::Order&)>; // called on a pool thread
    void onScanned();
    void onPicked(const Picked& picked);

    Context& m_context;
    std::shared_ptr<core::keys::KeyStore> m_store = std::make_shared<core::keys::KeyStore>();
    core::redis::KeyScan m_scan;
    bool m_filteredByServer;
    Filter m_filter;
    std::function<void()> m_then;
    std::atomic_bool m_cancelled {false};
    QFuture<Picked> m_work;
    std::shared_ptr<const core::keys::Order> m_picked = std::make_shared<const core::keys::Order>();
    bool m_isPicked = false;
    std::optional<core::Error> m_failure;
    qint64 m_scanned = 0;
    qint64 m_durationMs = 0;
};

}
