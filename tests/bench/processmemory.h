// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Memory of this process in KiB, as the kernel counts it (Linux, proc(5)).
double residentKb();
// The most since forgetPeak().
double peakKb();
void forgetPeak();
