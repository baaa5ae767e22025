// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/redisprocess.h"
#include "core/redis/session.h"

#include <QFutureWatcher>
#include <QtTest>

// Short words for tests that talk to a real server. All waits run the event loop.
namespace redistest {

constexpr int patienceMs = 30'000; // far more than needed: the machine may be busy with other builds

// Goes through a watcher as the window does: what the session posted before the answer has arrived, too.
template <typename T>
core::Result<T> wait(const QFuture<core::Result<T>>& future, int timeoutMs = patienceMs)
{
    QFutureWatcher<core::Result<T>> watcher;
    QSignalSpy finished(&watcher, &QFutureWatcherBase::finished);
    watcher.setFuture(future);
    if (!finished.wait(timeoutMs))
        return core::fail(core::Code::Internal, core::Reason::None, QStringLiteral("test"), QStringLiteral("no answer"));
    if (future.isCanceled() || future.resultCount() == 0)
        return core::fail(core::Code::Cancelled);
    return future.resultAt(0);
}

// One command on the interactive line; without an answer an error reply "no reply".
core::redis::Reply ask(core::redis::Session& session, const core::redis::Command& command);
// Sum of keyspace hits and misses as the server counts them.
qint64 serverLookups(core::redis::Session& session);
QString told(const core::Error& error);

}

// Ends the test function with the error's words if the Result is one.
#define VERIFY_OK(result) \
    do { \
        const auto& checkedResult = (result); \
        QVERIFY2(checkedResult.has_value(), qPrintable(checkedResult ? QString() : redistest::told(checkedResult.error()))); \
    } while (false)
#define VERIFY_FAILED(result, expectedCode, expectedReason) \
    do { \
        const auto& checkedResult = (result); \
        QVERIFY(!checkedResult.has_value()); \
        QVERIFY2(checkedResult.error().code == (expectedCode) && checkedResult.error().reason == (expectedReason), \
            qPrintable(redistest::told(checkedResult.error()))); \
    } while (false)
