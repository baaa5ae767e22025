// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/notchecked.h"

#include "core/base/errortext.h"
#include "core/base/format.h"

namespace core::replay {

std::optional<QString> whyNotChecked(const ReplayResult& result)
{
    if (result.verdict.sureness == Sureness::Exact) // of a method that is never cached, too
        return std::nullopt;
    if (result.redisError)
        return oneLine(*result.redisError);
    if (!result.predictedKey)
        return QStringLiteral("The route is not known, so no key was asked for.");
    return std::nullopt;
}

void RedisLosses::add(const ReplayResult& result)
{
    if (!result.response || !(result.redisError || result.predictedKey)) // no answer to judge, or nothing to ask
        return;
    ++m_wanted;
    if (!result.redisError || !whyNotChecked(result))
        return;
    ++m_count;
    if (m_firstN > 0 && m_firstN < result.n) // results come in the order of their ends
        return;
    m_firstN = result.n;
    m_error = *result.redisError;
}

QString RedisLosses::sentence() const
{
    if (m_count == 0)
        return {};
    return QStringLiteral("Redis could not be asked about %1 of %2, number %3 first. %4")
        .arg(formatCount(m_count), m_wanted == 1 ? QStringLiteral("1 request") : QStringLiteral("%1 requests").arg(formatCount(m_wanted)),
            formatCount(m_firstN), oneLine(m_error));
}

}
