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

// All keys of the database: a tree by class, path and query beside a flat table, a search over the whole set, the value of the
// selected key. What the table shows is made on a pool; typing cancels what runs.
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
        quint64 version = 0; // of the order
        QByteArray prefix; // of the node that they are of
        double filterMs = -1; // none was asked for
        std::optional<core::Error> failure; // of the search: there are no rows
    };
    void setupFilter();
    void setupParts();
    void layoutParts();
    void nameTreeButton();
    QWidget* makeTree();
    void setupTreeActions();
    QWidget* makeTable();
    QWidget* makeFooter();
    void setupTableActions();
    // Filters the order again.
    void rebuild();
    void startBuild(const core::keys::KeyQuery& query);
    void showFailure(const core::Error& failure);
    void showView(const View& view);
    void checkShownKey(const core::keys::KeyIndex::Snapshot& snapshot);
    void showTree();
    void onTreeChanged();
    void layoutTree();
    void reportVisibleNodes();
    void openTreeMenu(const QPoint& at);
    void setDelimiters(const QList<QByteArray>& delimiters);
    void showFace(const core::keys::KeyIndex::Snapshot& snapshot);
    void showCounts();
    void showFact();
    // The list is of an older order than the index has.
    bool isBehind() const;
    void onTreeSelection();
    void chooseNode(const QModelIndex& index);
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
    quint64 m_wanted = 1, m_shown = 0; // versions of the order
    bool m_again = false;
    core::keys::TreeRef m_node; // whose keys are listed
    QList<core::keys::TreeRef> m_current; // the tree's current row and those above it
    bool m_restoring = false; // the tree's current row is set again by us
    QByteArray m_wantedKey; // chosen by another page before it was known
};

}
