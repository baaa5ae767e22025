// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

class QAbstractItemView;
class QLineEdit;
class QModelIndex;
class QTableView;
class QTreeView;
class QWidget;

namespace gui {
class Composition;
}
namespace ui {
class KeyListing;
}
namespace core::keys {
class KeyIndex;
struct KeySort;
}

// Turns the event loop until then; ends the benchmark when it takes too long.
void waitUntil(const char* what, const std::function<bool()>& done);

// A person at the Keys page of a connected window, one act at a time. The keys are those of benchKey().
class KeysReader final {
public:
    KeysReader(gui::Composition& composition, int keys);

    void scan(); // scrolling meanwhile
    void scroll(); // from the top to the bottom, and back at once
    void openTree(); // three levels
    void type(); // a search, letter by letter
    void select(); // all, all but some, scattered ones; and looks at them
    void sort(); // by each column; the figures are asked first

private:
    int rows() const;
    void scrollThrough(QAbstractItemView* view, int steps);
    void openBelow(const QModelIndex& parent, int levels);
    void sortBy(const core::keys::KeySort& sort);

    core::keys::KeyIndex* m_index;
    QWidget* m_page;
    ui::KeyListing* m_listing;
    int m_keys;
    QTableView* m_table = nullptr;
    QTreeView* m_tree = nullptr;
    QLineEdit* m_filter = nullptr;
};
