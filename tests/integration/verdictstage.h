// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/redisprocess.h"
#include "core/http/client.h"
#include "core/redis/session.h"
#include "core/replay/exchange.h"
#include "core/replay/replay.h"
#include "core/replay/warm.h"
#include "tests/integration/relay.h"
#include "tests/support/lightapiprocess.h"

#include <memory>

// A LightAPI of one release and kind with a Redis of its own, and a Cachelight that asks it through a relay. All of it is made and used in
// one thread, which need not be the main one: several stages play at the same time.
struct VerdictStage {
    using Kind = test::LightApiProcess::Kind;
    using Words = QList<QByteArray>;

    QString release;
    Kind kind = Kind::Sync;
    demo::RedisProcess redis;
    test::LightApiProcess api;
    std::unique_ptr<Relay> relay;
    std::unique_ptr<core::redis::Session> session;
    std::unique_ptr<core::http::Client> client;
    core::cache::RouteTable routes;
    std::shared_ptr<core::replay::SeenKeys> seen;
    QString problem; // why a result cannot be trusted

    VerdictStage(QString releaseName, Kind engine);
    core::Result<void> build();
    bool reconnect(); // waits until the session is connected
    void clear(); // no keys, nothing seen, no acts

    // Past Cachelight and the relay, as somebody else; callable from the relay's thread.
    void other(const Words& command) const; // to Redis
    void prime(const QByteArray& target) const; // GET
    void otherRequest(const QByteArray& method, const QByteArray& target, const QByteArray& body = {}) const;
    void waitUntilGone(const QByteArray& key) const;

    QList<core::replay::ReplayResult> replay(core::replay::Replay::Options options);
    core::replay::ReplayResult one(const QByteArray& target);
    // As one(), with a limit for the whole request.
    core::replay::ReplayResult oneWithin(const QByteArray& target, int timeoutMs);
    QList<core::replay::WarmResult> warm(core::replay::Warm::Options options);
    qint64 serverLookups();

private:
    core::redis::Reply ask(const core::redis::Command& command);
};
