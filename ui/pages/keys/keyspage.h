// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/rowset.h"
#include "ui/pages/indexed/indexedpage.h"
#include "ui/pages/keys/keylisting.h"

class QMenu;
class QPushButton;
class QSplitter;

namespace ui {

class ElidedLabel;
class KeyColumns;
class KeyTableModel;
class KeyTreePanel;
class ProgressBar;
class SearchField;
class TableView;
class ValuePane;

// All keys of the database: a tree by class, path and query beside a flat table that sorts by any column, a search over the whole set, the
// value of the selected key. KeyListing makes what the table shows.
class KeysPage final : public IndexedPage {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeysPage)
public:
    explicit KeysPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void indexChanged() override;
    void indexCleared() override;
    void pageShown() override;
    void pageConnected() override;
    void pageHidden() override;

private:
    void setupSearch();
    void setupTree();
    void setupListing();
    void setupParts();
    void layoutParts();
    void nameTreeButton();
    QWidget* makeTable();
    QWidget* makeFooter();
    void setupTableActions();
    void connectTable();
    // Looks for what the field says in the chosen node.
    void search();
    void showFailure(const core::Error& failure);
    void showHeld(const KeyListing::Held& held);
    void showView();
    void showSelection(const KeyView& view);
    void checkShownKey(const KeyView& view);
    void showFace(const core::keys::KeyIndex::Snapshot& snapshot);
    void showCounts();
    void showFact();
    QString countText() const;
    // The header's arrow was put elsewhere, by a click or the menu.
    void onSortChosen();
    void showSort();
    void addSortActions(QMenu* menu);
    void onTreeKey(const QByteArray& key);
    void onKeySelection();
    void reportVisibleRows();
    void selectKey(const QByteArray& key);
    void planSelected();
    void plan(const core::keys::KeyList& keys);
    void openMenu(const QPoint& at);
    core::keys::RowSet selectedRows() const;
    void selectRows(const core::keys::RowSet& rows);

    KeyTableModel* m_tableModel;
    QSplitter* m_parts;
    QPushButton* m_treeButton;
    KeyTreePanel* m_tree;
    TableView* m_table = nullptr;
    KeyColumns* m_columns = nullptr;
    ValuePane* m_value;
    SearchField* m_search;
    QPushButton* m_delete;
    ProgressBar* m_progress = nullptr;
    ElidedLabel* m_footer = nullptr;
    KeyListing* m_listing;
    quint64 m_shownWish = 0; // of the list that is shown
    quint64 m_plan = 0; // counts what was asked to be planned
    QByteArray m_wantedKey; // chosen by another page before it was known
};

}
