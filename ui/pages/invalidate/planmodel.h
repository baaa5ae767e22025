// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/invalidate/plan.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace ui {

// What a plan takes, tag indexes first: rows are made from the plan when they are painted, however many millions it holds. Many rows come
// a million a turn of the event loop, as a table's vertical header makes an item for each.
class PlanModel final : public QAbstractTableModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PlanModel)
public:
    enum Column { Key, Kind, Class, ColumnCount };
    explicit PlanModel(QObject* parent = nullptr);

    void setPlan(const core::invalidate::Plan& plan, const core::cache::RouteTable& routes);

    int rowCount(const QModelIndex& parent = {}) const override; // Qt counts rows in int: at most 2,147,483,647
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    int total() const;
    void showMore();
    bool isIndexKey(int row) const { return row < m_tagKeys.size(); }
    QByteArray keyAt(int row) const;
    QString textOf(int row, int column) const;

    core::keys::KeyList m_keys;
    QList<QByteArray> m_tagKeys;
    core::cache::RouteTable m_routes;
    int m_rows = 0;
    QTimer m_more;
};

}
