// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyquery.h"
#include "core/keys/keytree.h"
#include "core/keys/rowset.h"
#include "ui/pages/indexed/indexedpage.h"

#include <atomic>
#include <memory>
#include <optional>

class QPushButton;
class QSplitter;

namespace ui {

class ElidedLabel;
class KeyTableModel;
class KeyTreeModel;
class ProgressBar;
class SearchField;
class TableView;
class TreeView;
class ValuePane;

// All keys of the database: a tree by class and path beside a flat table, a search over the whole set, the value of the
// selected key. Filter and tree are made on a pool; typing cancels what runs.
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

private:
    struct View { // what a pool run made of one snapshot
        core::keys::KeyIndex::Snapshot snapshot; // ids in `rows` mean keys of its store, whatever the index shows by now
        std::shared_ptr<const core::keys::Order> rows;
        std::optional<core::keys::TreeNode> tree;
        quint64 treeVersion = 0;
        double filterMs = -1; // none was asked for
        std::optional<core::Error> failure; // of the search: there are no rows
    };
    void setupFilter();
    void setupParts();
    void layoutParts();
    void nameTreeButton();
    QWidget* makeTree();
    QWidget* makeTable();
    QWidget* makeFooter();
    void setupTableActions();
    // Filters the order again, and counts the tree where it is not of this order and these routes.
    void rebuild();
    void startBuild(const core::keys::KeyQuery& query);
    void showFailure(const core::Error& failure);
    void showView(const View& view);
    void checkShownKey(const core::keys::KeyIndex::Snapshot& snapshot);
    void showTree(const View& view);
    void showFace(const core::keys::KeyIndex::Snapshot& snapshot);
    void showCounts();
    void showFact();
    // List and tree are of an older order than the index has.
    bool isBehind() const;
    void onTreeSelection();
    void onKeySelection();
    void reportVisibleRows();
    void selectKey(const QByteArray& key);
    void planSelected();
    void openMenu(const QPoint& at);
    core::keys::RowSet selectedRows() const;

    KeyTreeModel* m_treeModel;
    KeyTableModel* m_tableModel;
    QSplitter* m_parts;
    QPushButton* m_treeButton;
    TreeView* m_tree = nullptr;
    TableView* m_table = nullptr;
    ValuePane* m_value;
    SearchField* m_search;
    QPushButton* m_delete;
    ProgressBar* m_progress = nullptr;
    ElidedLabel* m_footer = nullptr;
    double m_filterMs = -1; // that the list took to find
    core::keys::KeyIndex::Snapshot m_snapshot;
    std::shared_ptr<std::atomic_bool> m_building; // set to true, a pool run stops
    quint64 m_treeWanted = 1, m_treeShown = 0; // versions: order and routes that the tree was counted from
    bool m_again = false;
    core::keys::KeyFilter m_node; // the keys of the node that is selected in the tree
    QByteArray m_wantedKey; // chosen by another page before it was known
};

}
