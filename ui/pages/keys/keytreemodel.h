// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keytree.h"
#include "core/keys/memoryestimate.h"
#include "core/redis/session.h"

#include <QAbstractItemModel>
#include <QHash>
#include <QPersistentModelIndex>
#include <QPointer>
#include <QTimer>

#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ui {

// Endpoint class, path, query; levels at the delimiters for other keys; a row for all keys first. Rows are made when a node is
// opened: at once where they are few, else on a pool with a row "…" meanwhile. A new tree takes the place of the old one when what
// is open has been made in it too: open, current and selected rows stay by their names.
class KeyTreeModel final : public QAbstractItemModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTreeModel)
public:
    enum Column { Name, Keys, Memory, ColumnCount };

    explicit KeyTreeModel(QObject* parent = nullptr);
    ~KeyTreeModel() override;

    void setSession(core::redis::Session* session); // null: no memory is asked for
    void setTree(core::keys::KeyTree tree);
    void clear();
    const core::keys::KeyTree& tree() const { return m_tree; } // the one that is shown

    // What the row stands for; all keys for none and for "…".
    core::keys::TreeRef refOf(const QModelIndex& index) const;
    bool isLeaf(const QModelIndex& index) const;
    bool isWaiting(const QModelIndex& index) const; // "…"
    // The row and those above it, outermost first; and the row that this names in the tree that is shown, as deep as rows are made.
    QList<core::keys::TreeRef> pathOf(const QModelIndex& index) const;
    QModelIndex indexOf(const QList<core::keys::TreeRef>& path) const;
    // Rows on screen: asks for the memory of those that it is not known of, once a tree.
    void setVisible(const QModelIndexList& rows);
    // Asks anew, also after a refusal.
    void refreshMemory();

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    // tree() is another one. What was current may be gone from it.
    void treeChanged();

private:
    using Id = quintptr; // never used twice: an index that outlived its rows finds nothing
    using Rows = std::vector<core::keys::TreeNode>;
    // The rows below a node that was opened. An index holds the id of the branch that its row is in.
    enum class Stage { Wanted, Waiting, Filled }; // Waiting: "…" is shown
    struct Branch {
        core::keys::TreeNode node;
        Id parent = 0;
        int row = -1; // of the node in its parent's rows
        Rows rows;
        Stage stage = Stage::Wanted;
        QHash<int, Id> open;
    };
    struct Reopened;

    const Branch* branchAt(Id id) const;
    const Branch* branchBelow(const QModelIndex& index) const;
    const core::keys::TreeNode* nodeAt(const QModelIndex& index) const;
    const core::keys::TreeNode& parentNode(const QModelIndex& index) const;
    Id addBranch(Branch branch);
    void makeRows(Id id);
    void fill(Id id, Rows rows);
    QModelIndex indexOfBranch(Id id) const;
    std::vector<Reopened> openBranches() const;
    void remake();
    void adopt(core::keys::KeyTree tree, std::vector<Reopened> branches);
    QHash<Id, Id> replaceBranches(std::vector<Reopened> branches);

    QString labelOf(const QModelIndex& index, const core::keys::TreeNode& node) const;
    QString rangeLabel(const core::keys::TreeNode& node) const;
    QVariant nameData(const QModelIndex& index, const core::keys::TreeNode& node, int role) const;
    QVariant memoryData(const core::keys::TreeNode& node, int role) const;
    QString toolTip(const core::keys::TreeNode& node) const;
    const core::keys::MemoryEstimate* estimateFor(const core::keys::TreeNode& node) const;
    void askMemory();
    void onMemory(const QList<core::keys::KeySpan>& spans, const core::Result<QList<core::keys::MemoryEstimate>>& estimates);
    void emitMemoryChanged();

    core::keys::KeyTree m_tree;
    std::unordered_map<Id, Branch> m_branches;
    Id m_top = 0; // 0: no keys
    Id m_lastId = 0;
    std::shared_ptr<std::atomic_bool> m_loads; // set to true, the rows of this tree are no longer made
    std::optional<core::keys::KeyTree> m_next; // not yet shown
    std::shared_ptr<std::atomic_bool> m_remaking; // of m_next

    QPointer<core::redis::Session> m_session;
    QList<QPersistentModelIndex> m_visible;
    QHash<quint64, std::optional<core::keys::MemoryEstimate>> m_memory; // by span; empty while asked
    std::optional<core::Error> m_refused;
    QTimer m_ask; // after the rows have come to rest
    quint64 m_generation = 0; // answers for another tree are dropped
};

}
