// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/roles.h"

#include <QAbstractTableModel>
#include <QList>

#include <functional>

namespace ui {

// A table of plain rows described by columns: for lists up to some 100,000 rows (tags, locks, results, activity). Keys have a
// model of their own. Sort and filter through QSortFilterProxyModel with SortRole.
template <typename Row>
class RowModel : public QAbstractTableModel {
public:
    struct Column {
        QString title;
        Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
        std::function<QString(const Row&)> text; // plain text for DisplayRole
        // Any further role: SortRole, BytesRole, TtlRole, ToneRole …; an invalid QVariant means "as by default".
        std::function<QVariant(const Row&, int role)> data; // no "= {}": GCC 12.2 dies of it in a template
    };

    explicit RowModel(QList<Column> columns, QObject* parent = nullptr)
        : QAbstractTableModel(parent)
        , m_columns(std::move(columns))
    {
    }

    const QList<Row>& rows() const { return m_rows; }
    const Row& row(int index) const { return m_rows.at(index); }

    void setRows(QList<Row> rows)
    {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    void append(const QList<Row>& rows)
    {
        if (rows.isEmpty())
            return;
        const int first = static_cast<int>(m_rows.size());
        beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
        m_rows.append(rows);
        endInsertRows();
    }
    void replace(int index, Row row)
    {
        m_rows[index] = std::move(row);
        emit dataChanged(this->index(index, 0), this->index(index, columnCount() - 1));
    }
    // The same rows with other facts: selection and scrolling stay.
    void updateRows(QList<Row> rows)
    {
        Q_ASSERT(rows.size() == m_rows.size());
        m_rows = std::move(rows);
        if (!m_rows.isEmpty())
            emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    void removeAt(int index)
    {
        beginRemoveRows({}, index, index);
        m_rows.removeAt(index);
        endRemoveRows();
    }
    void clear() { setRows({}); }
    // All cells of one column changed (a clock ticked).
    void touchColumn(int column)
    {
        if (!m_rows.isEmpty())
            emit dataChanged(index(0, column), index(rowCount() - 1, column));
    }

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_columns.size()); }

    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
            return {};
        const Column& column = m_columns.at(index.column());
        const Row& row = m_rows.at(index.row());
        if (column.data) {
            const QVariant value = column.data(row, role);
            if (value.isValid())
                return value;
        }
        if (role == Qt::DisplayRole || role == SortRole)
            return column.text ? QVariant(column.text(row)) : QVariant();
        if (role == Qt::TextAlignmentRole)
            return QVariant::fromValue(column.alignment);
        return {};
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
            return {};
        if (role == Qt::DisplayRole)
            return m_columns.at(section).title;
        if (role == Qt::TextAlignmentRole)
            return QVariant::fromValue(m_columns.at(section).alignment);
        return {};
    }

private:
    QList<Column> m_columns;
    QList<Row> m_rows;
};

}
