// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/structuremodel.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"

#include <algorithm>

namespace ui {

using core::values::Structure;

namespace {
    constexpr qsizetype longestShown = 500; // bytes in a cell
}

void StructureModel::setStructure(Structure structure, bool asWritten)
{
    beginResetModel();
    m_structure = std::move(structure);
    m_asWritten = asWritten;
    m_items.clear();
    if (!m_structure.isEmpty()) {
        m_items += Item {};
        makeChildren(0);
    }
    endResetModel();
}

quint32 StructureModel::nextBatch(int above) const
{
    const Item& item = m_items.at(above);
    return std::min<quint32>(batch, m_structure.node(item.node).children - static_cast<quint32>(item.children.size()));
}

void StructureModel::makeChildren(int above)
{
    const int made = static_cast<int>(m_items.at(above).children.size());
    const quint32 count = nextBatch(above);
    quint32 node = made == 0 ? m_items.at(above).node + 1 : m_structure.node(m_items.at(m_items.at(above).children.last()).node).end;
    for (quint32 i = 0; i < count; ++i) {
        m_items[above].children += static_cast<int>(m_items.size());
        m_items += Item {node, above, made + static_cast<int>(i), {}};
        node = m_structure.node(node).end;
    }
}

QModelIndex StructureModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, static_cast<quintptr>(m_items.at(itemOf(parent)).children.at(row)));
}

QModelIndex StructureModel::parent(const QModelIndex& child) const
{
    if (!child.isValid())
        return {};
    const int parent = m_items.at(itemOf(child)).parent;
    return parent <= 0 ? QModelIndex() : createIndex(m_items.at(parent).row, 0, static_cast<quintptr>(parent));
}

int StructureModel::rowCount(const QModelIndex& parent) const
{
    return m_items.isEmpty() || parent.column() > 0 ? 0 : static_cast<int>(m_items.at(itemOf(parent)).children.size());
}

int StructureModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

bool StructureModel::hasChildren(const QModelIndex& parent) const
{
    return !m_items.isEmpty() && parent.column() <= 0 && m_structure.node(m_items.at(itemOf(parent)).node).children > 0;
}

bool StructureModel::canFetchMore(const QModelIndex& parent) const
{
    if (m_items.isEmpty() || parent.column() > 0)
        return false;
    const Item& item = m_items.at(itemOf(parent));
    return static_cast<quint32>(item.children.size()) < m_structure.node(item.node).children;
}

void StructureModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    const int above = itemOf(parent);
    const int made = rowCount(parent);
    beginInsertRows(parent, made, made + static_cast<int>(nextBatch(above)) - 1);
    makeChildren(above);
    endInsertRows();
}

QString StructureModel::nameText(const Item& item) const
{
    if (!m_structure.node(item.node).named)
        return core::formatCount(item.row);
    const QByteArrayView name = m_structure.name(item.node);
    const QByteArrayView shown = name.first(std::min(name.size(), longestShown));
    return m_asWritten ? core::displayText(QString::fromUtf8(shown)) : core::displayText(shown);
}

QString StructureModel::valueText(const Item& item) const
{
    const Structure::Node& node = m_structure.node(item.node);
    const QByteArrayView value = m_structure.value(item.node);
    const QByteArrayView part = value.first(std::min(value.size(), longestShown));
    const QString rest = part.size() < value.size() ? tr(" … %1").arg(core::formatBytes(value.size())) : QString();
    const QString shown = m_asWritten ? core::displayText(QString::fromUtf8(part)) : core::displayText(part);
    const QString count = core::formatCount(node.children);
    switch (node.kind) {
    case Structure::Kind::Map: return QStringLiteral("{%1}").arg(count);
    case Structure::Kind::List: return QStringLiteral("[%1]").arg(count);
    case Structure::Kind::Set: return QStringLiteral("set {%1}").arg(count);
    case Structure::Kind::Tuple: return QStringLiteral("(%1)").arg(count);
    case Structure::Kind::Object: return shown + QStringLiteral(" (%1)").arg(count);
    case Structure::Kind::String: return m_asWritten ? QString(shown + rest) : QString(u'"' + shown + u'"' + rest);
    case Structure::Kind::Bytes: return QString::fromLatin1(part.toByteArray().toHex(' ')) + rest;
    default: return shown + rest;
    }
}

QVariant StructureModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Item& item = m_items.at(itemOf(index));
    const bool isName = index.column() == NameColumn;
    if (role == Qt::DisplayRole)
        return isName ? nameText(item) : valueText(item);
    if (role == BytesRole && !Structure::isContainer(m_structure.node(item.node).kind))
        return (isName ? m_structure.name(item.node) : m_structure.value(item.node)).toByteArray();
    return {};
}

QVariant StructureModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Name") : tr("Value");
}

}
