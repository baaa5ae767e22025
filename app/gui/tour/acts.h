// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tour {

class Tour;

// The main act of each page by its widgets, each read back from outside. In the order in which they are called.
void emptyPages(Tour* tour);
void connections(Tour* tour);
void keys(Tour* tour);
void tags(Tour* tour);
void locks(Tour* tour);
void invalidate(Tour* tour);
void warm(Tour* tour);
void replay(Tour* tour);
void series(Tour* tour);
void fresh(Tour* tour);
void health(Tour* tour);
void activity(Tour* tour);
void dashboard(Tour* tour);
// Kills the demo's Redis and looks at every page.
void errorPages(Tour* tour);

}
