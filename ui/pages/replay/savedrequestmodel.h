// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectionrun.h"

#include <QAbstractTableModel>

namespace ui {

// The requests of a collection in their order, each with what its last run gave. A request that is edited is held against the answer
// that came; one that asks for something else loses it.
class SavedRequestModel final : public QAbstractTableModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SavedRequestModel)
public:
    enum Column { NameColumn, RequestColumn, ExpectedColumn, OutcomeColumn, TookColumn, ColumnCount };

    explicit SavedRequestModel(QObject* parent = nullptr);

    const core::replay::Collection& collection() const { return m_collection; }
    void setCollection(core::replay::Collection collection); // not edited by that; the results go
    void setName(const QString& name); // of the collection
    void append(const core::replay::SavedRequest& request);
    void replace(int row, const core::replay::SavedRequest& request);
    void removeAt(int row);
    bool move(int from, int to); // false: there is no such place

    // Null before the first run and for a request that it did not reach.
    const core::replay::CollectionResult* result(int row) const;
    // At the row of its index; its body is not kept.
    void setResult(core::replay::CollectionResult result);
    void clearResults();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override; // renames

signals:
    void edited(); // what would be saved is another now

private:
    QVariant text(const core::replay::SavedRequest& request, int row, int column) const;
    QVariant outcomeCell(int row, int role) const;
    void touch(int row);

    core::replay::Collection m_collection;
    QList<std::optional<core::replay::CollectionResult>> m_results; // one a request
};

// "200, HIT, 1 to 60 s left, at most 50 ms"; of none: "an answer".
QString expectationText(const core::replay::Expectations& expect);

}
