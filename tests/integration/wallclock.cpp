// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/wallclock.h"

#include <atomic>

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {
std::atomic<std::time_t> offsetS = 0;
}

void wallclock::setOffsetS(std::time_t seconds)
{
    offsetS = seconds;
}

// The program's own definitions come before the C library's, for Qt too.
extern "C" {
__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* out) noexcept
{
    const long failed = ::syscall(SYS_clock_gettime, clock, out);
    if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        out->tv_sec += offsetS;
    return int(failed);
}

__attribute__((visibility("default"))) int gettimeofday(timeval* out, void*) noexcept
{
    timespec now {};
    clock_gettime(CLOCK_REALTIME, &now);
    *out = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

__attribute__((visibility("default"))) std::time_t time(std::time_t* out) noexcept
{
    timespec now {};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
}
