// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytreemodel.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"

using core::keys::KeyFilter;
using core::keys::TreeNode;

namespace ui {

void KeyTreeModel::setTree(TreeNode root)
{
    beginResetModel();
    m_items.clear();
    m_top.clear();
    m_total = root.keys;
    TreeNode all;
    all.level = TreeNode::Level::Root;
    all.keys = root.keys;
    if (root.keys > 0)
        m_top << flatten(all, -1, 0);
    for (const TreeNode& child : root.children)
        m_top << flatten(child, -1, static_cast<int>(m_top.size()));
    endResetModel();
}

int KeyTreeModel::flatten(const TreeNode& node, int parent, int row)
{
    const int number = static_cast<int>(m_items.size());
    Item item;
    item.node = {node.level, node.label, node.prefix, node.keys, {}, node.cut};
    item.parent = parent;
    item.row = row;
    m_items << item;
    for (qsizetype i = 0; i < node.children.size(); ++i) {
        const int child = flatten(node.children.at(i), number, static_cast<int>(i));
        m_items[number].children << child;
    }
    return number;
}

const KeyTreeModel::Item* KeyTreeModel::itemAt(const QModelIndex& index) const
{
    return index.isValid() ? &m_items.at(static_cast<qsizetype>(index.internalId())) : nullptr;
}

KeyFilter KeyTreeModel::filterOf(const TreeNode& node)
{
    KeyFilter filter;
    filter.onePart = node.level == TreeNode::Level::OnePart;
    if (!node.prefix.isEmpty())
        filter.prefixes = {node.prefix};
    return filter;
}

KeyFilter KeyTreeModel::filterOf(const QModelIndex& index) const
{
    const Item* item = itemAt(index);
    return item ? filterOf(item->node) : KeyFilter();
}

bool KeyTreeModel::isSum(const QModelIndex& index) const
{
    const Item* item = itemAt(index);
    return item && item->node.level == TreeNode::Level::Others;
}

QModelIndex KeyTreeModel::indexOf(const KeyFilter& filter) const
{
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        const Item& item = m_items.at(i);
        const KeyFilter own = filterOf(item.node);
        if (own.prefixes == filter.prefixes && own.onePart == filter.onePart && item.node.level != TreeNode::Level::Others)
            return createIndex(item.row, 0, static_cast<quintptr>(i));
    }
    return {};
}

QModelIndex KeyTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const QList<int>& rows = parent.isValid() ? itemAt(parent)->children : m_top;
    return createIndex(row, column, static_cast<quintptr>(rows.at(row)));
}

QModelIndex KeyTreeModel::parent(const QModelIndex& child) const
{
    const Item* item = itemAt(child);
    if (!item || item->parent < 0)
        return {};
    return createIndex(m_items.at(item->parent).row, 0, static_cast<quintptr>(item->parent));
}

int KeyTreeModel::rowCount(const QModelIndex& parent) const
{
    if (parent.column() > 0)
        return 0;
    return static_cast<int>(parent.isValid() ? itemAt(parent)->children.size() : m_top.size());
}

int KeyTreeModel::columnCount(const QModelIndex&) const
{
    return 2;
}

QString KeyTreeModel::labelOf(const Item& item) const
{
    switch (item.node.level) {
    case TreeNode::Level::Root:
        return tr("All keys");
    case TreeNode::Level::Others:
        return tr("others");
    case TreeNode::Level::OnePart:
        return tr("other keys");
    default:
        return core::displayText(item.node.label);
    }
}

QVariant KeyTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Item& item = *itemAt(index);
    const bool count = index.column() == 1;
    switch (role) {
    case Qt::DisplayRole:
        return count ? core::formatCount(item.node.keys) : labelOf(item);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(count ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    case ShareRole:
        return count || m_total == 0 || item.node.level == TreeNode::Level::Root ? QVariant() : QVariant(static_cast<double>(item.node.keys) / static_cast<double>(m_total));
    case BytesRole:
        return count || item.node.prefix.isEmpty() ? QVariant() : QVariant(item.node.label);
    default:
        return {};
    }
}

QVariant KeyTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section > 1)
        return {};
    if (role == Qt::DisplayRole)
        return section == 0 ? tr("Endpoint") : tr("Keys");
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section == 1 ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    return {};
}

}
