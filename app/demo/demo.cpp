// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo.h"

#include "app/demo/apiserver.h"
#include "app/demo/redisprocess.h"
#include "app/demo/traffic.h"

#include "core/base/endpoint.h"

#include <QCoreApplication>

namespace demo {

Demo::Demo(QObject* parent)
    : QObject(parent)
{
}

Demo::~Demo()
{
    stop();
}

QStringList Demo::routes()
{
    return Api::routes();
}

void Demo::start(bool traffic)
{
    stop();
    m_wantTraffic = traffic;
    m_redis = std::make_unique<RedisProcess>();
    connect(m_redis.get(), &RedisProcess::ready, this, &Demo::onRedisReady);
    connect(m_redis.get(), &RedisProcess::failed, this, &Demo::failed);
    connect(m_redis.get(), &RedisProcess::ended, this, &Demo::redisEnded);
    RedisProcess::Options options;
    options.arguments = {QStringLiteral("--maxmemory"), QStringLiteral("64mb"), QStringLiteral("--maxmemory-policy"),
        QStringLiteral("allkeys-lru")};
    m_redis->start(options);
}

void Demo::onRedisReady()
{
    auto api = std::make_unique<ApiServer>(m_redis->socketPath());
    if (!api->start()) {
        emit failed({core::Code::Internal, core::Reason::None, QStringLiteral("demo"), QStringLiteral("no free loopback port")});
        return;
    }
    m_api = std::move(api);
    if (m_wantTraffic) {
        m_traffic = std::make_unique<Traffic>();
        m_traffic->start(m_api->port());
    }
    RedisClient redis(m_redis->socketPath());
    Api::leaveLock(redis);
    emit ready(redisUrl(), apiUrl(), QCoreApplication::applicationPid());
}

void Demo::stop()
{
    if (m_api)
        m_api->stop(); // first, so that the traffic's request in flight ends
    m_traffic.reset();
    m_api.reset();
    m_redis.reset();
}

QString Demo::redisUrl() const
{
    return m_redis ? core::endpointUrl(m_redis->endpoint()) : QString();
}

QString Demo::apiUrl() const
{
    return m_api ? QStringLiteral("http://127.0.0.1:%1").arg(m_api->port()) : QString();
}

qint64 Demo::redisPid() const
{
    return m_redis ? m_redis->pid() : 0;
}

}
