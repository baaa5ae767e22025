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
    // What every key below `index` starts with; empty for all keys. None for a row that sums up others.
    QByteArray prefixOf(const QModelIndex& index) const;
    bool isSum(const QModelIndex& index) const;
    // The row with this prefix, to select it again after a new tree.
    QModelIndex indexOf(const QByteArray& prefix) const;

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

    QList<Item> m_items;
    QList<int> m_top;
    qint64 m_total = 0;
};

}
