// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>

#include <functional>
#include <utility>

namespace core {

// Calls `then(Result<T>)` once in the thread of `context` when `future` has its answer; never after `context` has died.
// A cancelled or dropped future gives Code::Cancelled. The watcher belongs to `context`: QFuture::then(context, …) of
// Qt 6.4.2 aborts debug builds when the context dies first.
template <typename T, typename Function>
void onFinished(const QFuture<Result<T>>& future, QObject* context, Function then)
{
    auto* watcher = new QFutureWatcher<Result<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::move(then)]() mutable {
        const QFuture<Result<T>> done = watcher->future();
        watcher->deleteLater();
        if (done.isCanceled() || done.resultCount() == 0)
            then(Result<T>(fail(Code::Cancelled)));
        else
            then(done.resultAt(0));
    });
    watcher->setFuture(future);
}

// A future that already holds its answer.
template <typename T>
QFuture<Result<T>> readyFuture(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

}
