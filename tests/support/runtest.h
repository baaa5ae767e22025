// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/audit.h"
#include "core/invalidate/run.h"
#include "tests/support/redistest.h"

#include <QTemporaryDir>

// What the tests of runs share: a server, a session, plans made by hand.
namespace runtest {

inline core::invalidate::Plan planOf(const core::redis::Session& session, QList<QByteArray> keys, QList<QByteArray> tagKeys = {})
{
    core::invalidate::Plan plan;
    plan.id = QStringLiteral("plan");
    plan.server = core::endpointLabel(session.endpoint());
    plan.runId = session.facts().runId;
    plan.database = session.endpoint().database;
    plan.keys = core::keys::KeyList(keys);
    plan.tagKeys = std::move(tagKeys);
    return plan;
}

inline bool finishes(core::Job& job)
{
    if (job.state() == core::Job::State::Ready)
        job.start();
    return QTest::qWaitFor([&] { return job.isFinished(); }, redistest::patienceMs);
}

inline QList<QByteArray> numbered(const QByteArray& prefix, int count)
{
    QList<QByteArray> keys;
    for (int i = 0; i < count; ++i)
        keys << prefix + QByteArray::number(i);
    return keys;
}

// SET of all these keys; false when the server did not take them.
inline bool store(core::redis::Session& session, const QList<QByteArray>& keys)
{
    core::redis::Pipeline make;
    for (const QByteArray& key : keys)
        make << core::redis::Command {"SET", key, "value", "EX", "1000"};
    return redistest::wait(session.send(make)).has_value();
}

inline qint64 keyCount(core::redis::Session& session)
{
    return redistest::ask(session, {"DBSIZE"}).integer;
}

// Calls of one command as the server counted them; 0 when it was never called.
inline qint64 callsOf(core::redis::Session& session, const QByteArray& command)
{
    const QByteArray start = "cmdstat_" + command + ":calls=";
    for (const QByteArray& line : redistest::ask(session, {"INFO", "commandstats"}).bytes.split('\n')) {
        if (line.startsWith(start))
            return line.mid(line.indexOf('=') + 1).split(',').first().toLongLong();
    }
    return 0;
}

inline QByteArray jsonList(const QList<QByteArray>& names)
{
    return "[\"" + names.join("\", \"") + "\"]";
}

}
