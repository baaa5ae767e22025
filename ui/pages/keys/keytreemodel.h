// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keytree.h"

#include <QAbstractItemModel>

namespace ui {

// Endpoint class, then path; ':' levels for other keys. The first row stands for all keys.
class KeyTreeModel final : public QAbstractItemModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTreeModel)
public:
    using QAbstractItemModel::QAbstractItemModel;

    void setTree(core::keys::TreeNode root);
    // The keys below `index`: those with its prefix, or those in one part; empty for all keys, and for a row that sums up others.
    core::keys::KeyFilter filterOf(const QModelIndex& index) const;
    bool isSum(const QModelIndex& index) const;
    // The row of these keys, to select it again after a new tree.
    QModelIndex indexOf(const core::keys::KeyFilter& filter) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    // Nodes in one list, each with its parent's number: an index holds a number, which no reset can leave dangling.
    struct Item {
        core::keys::TreeNode node; // without its children
        int parent = -1;
        int row = 0;
        QList<int> children;
    };
    int flatten(const core::keys::TreeNode& node, int parent, int row);
    const Item* itemAt(const QModelIndex& index) const;
    QString labelOf(const Item& item) const;
    static core::keys::KeyFilter filterOf(const core::keys::TreeNode& node);

    QList<Item> m_items;
    QList<int> m_top;
    qint64 m_total = 0;
};

}
