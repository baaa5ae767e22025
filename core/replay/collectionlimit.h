// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace core::replay {

constexpr qint64 maxCollectionBytes = 64'000'000; // of a file: a hundred thousand requests with bodies

}
