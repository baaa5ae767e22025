// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

Q_LOGGING_CATEGORY(logRedis, "cachelight.redis", QtCriticalMsg)
Q_LOGGING_CATEGORY(logHttp, "cachelight.http", QtCriticalMsg)
Q_LOGGING_CATEGORY(logSettings, "cachelight.settings", QtCriticalMsg)
Q_LOGGING_CATEGORY(logDemo, "cachelight.demo", QtCriticalMsg)
Q_LOGGING_CATEGORY(logUi, "cachelight.ui", QtCriticalMsg)
