// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace core::invalidate {

constexpr qint64 maxPlanBytes = 2'000'000'000; // of a file: more than ten million long keys

}
