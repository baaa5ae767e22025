// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

// The steady clock of the process: what was measured in one place counts in another.
namespace core {

inline qint64 monotonicNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline qint64 monotonicMs()
{
    return monotonicNs() / 1'000'000;
}

}
