// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/valuereader.h"

#include <QAbstractTableModel>

namespace ui {

// What has been read of a list, set, sorted set, hash or stream in two columns: place and element, score and member, field and value,
// id and fields.
class CollectionModel final : public QAbstractTableModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CollectionModel)
public:
    using QAbstractTableModel::QAbstractTableModel;

    // Rows that were there stay where `value` goes on from what is held.
    void setValue(const core::values::Value& value, bool goesOn);

    // Of a row: field and value, member and score, or a member or an element alone.
    struct Member {
        QByteArray name;
        QByteArray value;
    };
    Member member(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QByteArray cell(int row, int column) const;
    QString fieldsText(const core::values::StreamEntry& entry) const;
    bool isPlace(int column) const;
    bool isFigure(int column) const;

    core::values::Value m_value;
};

}
