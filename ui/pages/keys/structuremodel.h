// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/structure.h"

#include <QAbstractItemModel>

namespace ui {

// What a structured value holds. Rows are made when they are looked at, a thousand at a time.
class StructureModel final : public QAbstractItemModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StructureModel)
public:
    enum Column { NameColumn, ValueColumn, ColumnCount };
    static constexpr int batch = 1000;

    using QAbstractItemModel::QAbstractItemModel;

    // Texts of JSON are tokens as written: their escapes and quotes stay.
    void setStructure(core::values::Structure structure, bool asWritten);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Item {
        quint32 node = 0;
        int parent = -1;
        int row = 0;
        QList<int> children; // those made so far
    };
    int itemOf(const QModelIndex& index) const { return index.isValid() ? static_cast<int>(index.internalId()) : 0; }
    quint32 nextBatch(int above) const;
    void makeChildren(int above);
    QString nameText(const Item& item) const;
    QString valueText(const Item& item) const;

    core::values::Structure m_structure;
    bool m_asWritten = false;
    QList<Item> m_items; // the first is the whole
};

}
