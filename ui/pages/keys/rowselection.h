// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/rowset.h"

#include <QItemSelectionModel>

#include <memory>

namespace ui {

// A selection of whole rows, of any size and however scattered. Qt's own goes through every row of a range when a header is painted and
// through every range for each cell, so it is given the rows on screen only; rows() is what counts.
class RowSelection final : public QItemSelectionModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RowSelection)
public:
    explicit RowSelection(QAbstractItemModel* model, QObject* parent = nullptr);

    const core::keys::RowSet& rows() const { return *m_rows; }
    // Never null. Every other row of ten million takes 80 MB: who keeps or gives them shares them.
    std::shared_ptr<const core::keys::RowSet> sharedRows() const { return m_rows; }
    void setRows(std::shared_ptr<const core::keys::RowSet> rows);
    // Rows on screen.
    void setWindow(int first, int last);

    using QItemSelectionModel::select;
    void select(const QItemSelection& selection, SelectionFlags command) override;
    void clear() override;

signals:
    // Not after a reset of the model, which selects nothing without a word.
    void rowsChanged();

private:
    std::shared_ptr<const core::keys::RowSet> both() const;
    void apply();
    void showWindow();

    std::shared_ptr<const core::keys::RowSet> m_settled; // by what was done before
    core::keys::RowSet m_current; // what is being dragged or extended, by `m_command`
    SelectionFlags m_command = NoUpdate;
    std::shared_ptr<const core::keys::RowSet> m_rows; // both
    int m_first = 0, m_last = -1;
};

}
