// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate/planmodel.h"

#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"
#include "ui/models/roles.h"

#include <algorithm>
#include <limits>

namespace ui {

namespace {
    constexpr int rowsAtOnce = 1'000'000;
}

PlanModel::PlanModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    connect(&m_more, &QTimer::timeout, this, &PlanModel::showMore);
}

void PlanModel::setPlan(const core::invalidate::Plan& plan, const core::cache::RouteTable& routes)
{
    beginResetModel();
    m_keys = plan.keys;
    m_tagKeys = plan.tagKeys;
    m_routes = routes;
    m_rows = std::min(total(), rowsAtOnce);
    endResetModel();
    m_more.start(0);
}

void PlanModel::showMore()
{
    const int end = m_rows + std::min(total() - m_rows, rowsAtOnce);
    if (end == m_rows)
        return m_more.stop();
    beginInsertRows({}, m_rows, end - 1);
    m_rows = end;
    endInsertRows();
}

int PlanModel::total() const
{
    return static_cast<int>(std::min<qsizetype>(m_tagKeys.size() + m_keys.size(), std::numeric_limits<int>::max()));
}

int PlanModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int PlanModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QByteArray PlanModel::keyAt(int row) const
{
    return isIndexKey(row) ? m_tagKeys.at(row) : m_keys.key(row - m_tagKeys.size());
}

QString PlanModel::textOf(int row, int column) const
{
    if (column == Key)
        return core::displayText(keyAt(row));
    if (isIndexKey(row))
        return column == Kind ? tr("tag index") : QString();
    const core::cache::ParsedKey parsed = core::cache::parseKey(keyAt(row), m_routes);
    return column == Kind ? core::cache::kindName(parsed.kind) : core::displayText(parsed.className.value_or(QByteArray()));
}

QVariant PlanModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return textOf(index.row(), index.column());
    case BytesRole:
        return index.column() == Key ? QVariant(keyAt(index.row())) : QVariant();
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    default:
        return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    return section == Key ? tr("Key") : section == Kind ? tr("Kind") : tr("Class");
}

}
