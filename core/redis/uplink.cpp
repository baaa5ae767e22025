// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/uplink.h"

namespace core::redis {

Uplink::Uplink(QObject* target, std::function<void(const Traffic&)> receive)
    : m_target(target)
    , m_receive(std::move(receive))
{
}

void Uplink::detach()
{
    const QMutexLocker lock(&m_mutex);
    m_target = nullptr;
}

void Uplink::post(std::function<void()> function)
{
    const QMutexLocker lock(&m_mutex);
    if (m_target)
        QMetaObject::invokeMethod(m_target, std::move(function), Qt::QueuedConnection);
}

void Uplink::flush()
{
    if (traffic.isEmpty())
        return;
    post([receive = m_receive, collected = std::exchange(traffic, {})] { receive(collected); });
}

}
