// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/iothread.h"

namespace core::redis {

IoThread::IoThread()
{
    m_thread.setObjectName(QStringLiteral("redis-io"));
    m_thread.start();
}

IoThread::~IoThread()
{
    Q_ASSERT(QThread::currentThread() != &m_thread);
    m_thread.quit();
    m_thread.wait();
}

}
