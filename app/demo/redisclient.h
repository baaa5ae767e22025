// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <memory>
#include <optional>

struct redisContext;

namespace demo {

// What the demo's API sees of a reply; arrays are flattened in order.
struct RedisAnswer {
    bool isNil = false;
    qint64 integer = 0;
    QByteArray text;
    QByteArrayList items;
};

// A blocking connection by Unix socket, one for each worker thread of the API, as redis-py is in LightAPI. Not thread-safe.
// Connects when first used and again after a loss; every failure is "no answer", which LightAPI takes for a miss.
class RedisClient final {
public:
    explicit RedisClient(QString socketPath);
    ~RedisClient();
    Q_DISABLE_COPY_MOVE(RedisClient)

    // Nothing: not connected, time-out (1 s, as LightAPI 0.4.0 cache.py), or an error reply.
    std::optional<RedisAnswer> command(const QByteArrayList& arguments);

private:
    bool connected();

    struct Closer {
        void operator()(redisContext* context) const;
    };
    QString m_socketPath;
    std::unique_ptr<redisContext, Closer> m_context;
};

}
