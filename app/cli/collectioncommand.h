// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cli {

class Context;

// "replay --collection FILE".
void runCollection(Context& context);

}
