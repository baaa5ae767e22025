// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/freshcheck.h"
#include "ui/models/rowmodel.h"

namespace ui {

// How comparisons are shown. By SortRole of the column "Entry" stale ones come first, each kind in the order of the targets.
namespace fresh {
    inline constexpr int entryColumn = 1;
    int entryColumnWidth(); // of the widest word
    QList<RowModel<core::replay::FreshResult>::Column> resultColumns();
    QList<RowModel<core::values::PathChange>::Column> changeColumns();
    // Why it is what it is, with what became of entries that were made or deleted for it.
    QString reasonText(const core::replay::FreshResult& result);
    // "3 stale, 8 same"; zero counts are left out.
    QString countsText(const core::replay::FreshCheck::Counts& counts);
    qint64 compared(const core::replay::FreshCheck::Counts& counts);
}

}
