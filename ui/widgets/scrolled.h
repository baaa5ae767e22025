// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace ui {

// `inner` in an area that scrolls upwards and downwards where it needs more height than there is, without a frame. Takes ownership.
QWidget* scrolled(QWidget* inner);

}
