// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/async.h"

#include <QTest>

#include <optional>

// The answer to a question, waited for; nothing where none comes in ten seconds.
template <typename T> std::optional<core::Result<T>> answered(const QFuture<core::Result<T>>& future)
{
    QObject context;
    std::optional<core::Result<T>> out;
    core::onFinished(future, &context, [&out](const core::Result<T>& answer) { out = answer; });
    static_cast<void>(QTest::qWaitFor([&out] { return out.has_value(); }, 10'000));
    return out;
}
