// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redistest.h"

namespace redistest {

core::redis::Reply ask(core::redis::Session& session, const core::redis::Command& command)
{
    const auto replies = wait(session.send({command}));
    return replies ? replies->first() : core::redis::Reply {core::redis::Reply::Type::Error, 0, "no reply", {}};
}

qint64 serverLookups(core::redis::Session& session)
{
    qint64 sum = 0;
    for (const QByteArray& line : ask(session, {"INFO", "stats"}).bytes.split('\n')) {
        if (line.startsWith("keyspace_hits:") || line.startsWith("keyspace_misses:"))
            sum += line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
    }
    return sum;
}

QString told(const core::Error& error)
{
    return core::codeName(error.code) + QStringLiteral(" reason ") + QString::number(static_cast<int>(error.reason)) + u' '
        + error.subject + QStringLiteral(": ") + error.detail;
}

}
