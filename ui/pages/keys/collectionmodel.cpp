// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/collectionmodel.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"

#include <algorithm>
#include <limits>

namespace ui {

using core::values::StreamEntry;
using core::values::Value;

namespace {
    constexpr qsizetype longestShown = 500; // bytes in a cell

    int rowsOf(const Value& value)
    {
        return static_cast<int>(std::min<qint64>(value.rows(), std::numeric_limits<int>::max()));
    }
    QString shown(const QByteArray& bytes)
    {
        const QString rest = bytes.size() > longestShown ? QString(QStringLiteral(" … ") + core::formatBytes(bytes.size())) : QString();
        return core::displayText(bytes.left(longestShown)) + rest;
    }
}

void CollectionModel::setValue(const Value& value, bool goesOn)
{
    const int before = rowsOf(m_value);
    const int after = rowsOf(value);
    if (!goesOn || value.type != m_value.type || after < before) {
        beginResetModel();
        m_value = value;
        endResetModel();
        return;
    }
    if (after == before)
        return;
    beginInsertRows({}, before, after - 1);
    m_value = value;
    endInsertRows();
}

CollectionModel::Member CollectionModel::member(int row) const
{
    if (m_value.type == "list")
        return {{}, m_value.members.at(row)};
    const qsizetype at = static_cast<qsizetype>(row) * m_value.stride;
    return {m_value.members.at(at), m_value.stride == 2 ? m_value.members.at(at + 1) : QByteArray()};
}

int CollectionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : rowsOf(m_value);
}

int CollectionModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : 2;
}

QByteArray CollectionModel::cell(int row, int column) const
{
    if (m_value.type == "stream")
        return m_value.entries.at(row).id;
    if (m_value.stride == 1)
        return m_value.members.at(row);
    const int part = m_value.type == "zset" ? 1 - column : column; // the score stands first
    return m_value.members.at(static_cast<qsizetype>(row) * m_value.stride + part);
}

QString CollectionModel::fieldsText(const StreamEntry& entry) const
{
    QStringList parts;
    qsizetype size = 0;
    for (qsizetype i = 0; i + 1 < entry.fields.size() && size < longestShown; i += 2) {
        parts += shown(entry.fields.at(i)) + QStringLiteral(" = ") + shown(entry.fields.at(i + 1));
        size += parts.last().size();
    }
    if (parts.size() < entry.fields.size() / 2)
        parts += QStringLiteral("…");
    return parts.join(QStringLiteral(", "));
}

bool CollectionModel::isPlace(int column) const
{
    return column == 0 && m_value.stride == 1 && m_value.type != "stream";
}

bool CollectionModel::isFigure(int column) const
{
    return isPlace(column) || (m_value.type == "zset" && column == 0);
}

QVariant CollectionModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const bool isFields = m_value.type == "stream" && index.column() == 1;
    switch (role) {
    case Qt::DisplayRole:
        if (isPlace(index.column()))
            return core::formatCount(index.row());
        return isFields ? fieldsText(m_value.entries.at(index.row())) : shown(cell(index.row(), index.column()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(isFigure(index.column()) ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    case BytesRole:
        return isFields || isFigure(index.column()) ? QVariant() : QVariant(cell(index.row(), index.column()));
    default:
        return {};
    }
}

QVariant CollectionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(isFigure(section) ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    if (m_value.type == "hash")
        return section == 0 ? tr("Field") : tr("Value");
    if (m_value.type == "stream")
        return section == 0 ? tr("ID") : tr("Fields");
    if (m_value.type == "zset")
        return section == 0 ? tr("Score") : tr("Member");
    return section == 0 ? tr("Index") : m_value.type == "list" ? tr("Element") : tr("Member");
}

}
