// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/typecommands.h"

#include <QStringBuilder>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace core::redis {

QByteArray lengthCommand(const QByteArray& type)
{
    static constexpr std::array<std::pair<const char*, const char*>, 6> commands {
        {{"string", "STRLEN"}, {"hash", "HLEN"}, {"list", "LLEN"}, {"set", "SCARD"}, {"zset", "ZCARD"}, {"stream", "XLEN"}}};
    const auto at = std::ranges::find_if(commands, [&](const auto& row) { return type == row.first; });
    return at == commands.end() ? QByteArray() : QByteArray(at->second);
}

QByteArray streamIdAfter(const QByteArray& id)
{
    const qsizetype dash = id.indexOf('-');
    const quint64 sequence = id.mid(dash + 1).toULongLong();
    if (sequence == std::numeric_limits<quint64>::max())
        return QByteArray::number(id.left(dash).toULongLong() + 1) + "-0";
    return id.left(dash + 1) + QByteArray::number(sequence + 1);
}

}
