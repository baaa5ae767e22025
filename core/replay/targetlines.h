// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <optional>

namespace core::replay {

// Targets one by one from lines (or, NUL-separated, items), as targetsFromText() says, so that a list of any length can go through.
class TargetLines final {
public:
    explicit TargetLines(bool nulSeparated = false)
        : m_nulSeparated(nulSeparated)
    {
    }
    // The next line; none where it holds no target. Reason::BadTarget with the number of the line.
    Result<std::optional<QByteArray>> take(QByteArray line);

private:
    bool m_nulSeparated;
    qint64 m_number = 0;
};

}
