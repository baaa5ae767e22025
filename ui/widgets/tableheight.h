// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/theme.h"

namespace ui {

// Of TableView, in px.
inline int tableRowHeight()
{
    return scaled(28);
}

inline int tableHeaderHeight()
{
    return scaled(30);
}

// Of a table with its header that shows so many rows.
inline int tableHeight(int rows)
{
    constexpr int rest = 4; // so that the last row is whole
    return tableHeaderHeight() + rows * tableRowHeight() + rest;
}

}
