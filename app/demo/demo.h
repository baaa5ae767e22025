// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace demo {

class ApiServer;
class RedisProcess;
class Traffic;

// The embedded demo: a private redis-server child on a Unix socket, a LightAPI-shaped API that really caches in it (api.h), and
// a little traffic. Lives in a thread with an event loop that lasts as long as the demo (redisprocess.h).
class Demo final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Demo)
public:
    explicit Demo(QObject* parent = nullptr);
    ~Demo() override; // stops

    // Without waiting; ready() or failed() follows. With `traffic` false nothing but the caller talks to the API.
    void start(bool traffic = true);
    // Ends everything and removes the private folder; waits for a running request (normally some ms, at most 3 s).
    void stop();

    bool isReady() const { return m_api != nullptr; }
    QString redisUrl() const; // "unix:///…/redis.sock?db=0"
    QString apiUrl() const; // "http://127.0.0.1:PORT"
    qint64 redisPid() const;
    // The API's endpoints as --endpoint arguments.
    static QStringList routes();

signals:
    // `pid` is this process: ending it ends the demo.
    void ready(const QString& redisUrl, const QString& apiUrl, qint64 pid);
    void failed(const core::Error& error);
    void redisEnded(); // the child died by itself; the API goes on without a cache, as LightAPI does

private:
    void onRedisReady();

    std::unique_ptr<RedisProcess> m_redis;
    std::unique_ptr<ApiServer> m_api;
    std::unique_ptr<Traffic> m_traffic;
    bool m_wantTraffic = true;
};

}
