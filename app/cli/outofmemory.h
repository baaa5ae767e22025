// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cli {

// Where memory runs out in spite of all limits (ulimit -v, a list of many millions), the process ends with a sentence and exit 6 in place of
// an abort. Once, at the start.
void tellWhenMemoryRunsOut();

}
