// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>

// The clock on the wall, as this process and the libraries it loads read it, off by so much. The monotonic clock is left alone.
namespace wallclock {
void setOffsetS(std::time_t seconds);
}
