// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/rowselection.h"

#include <algorithm>

using core::keys::RowSet;

namespace ui {

namespace {
    RowSet rowsOf(const QItemSelection& selection)
    {
        RowSet rows;
        for (const QItemSelectionRange& range : selection) {
            if (range.isValid())
                rows.add(range.top(), range.bottom());
        }
        return rows;
    }

    std::shared_ptr<const RowSet> none()
    {
        static const auto empty = std::make_shared<const RowSet>();
        return empty;
    }

    // Where a row's state differs from that of the row before.
    std::vector<std::int64_t> changesOf(const RowSet& rows)
    {
        std::vector<std::int64_t> changes;
        changes.reserve(rows.intervals().size() * 2);
        for (const RowSet::Interval& interval : rows.intervals())
            changes.insert(changes.end(), {interval.first, interval.last + 1});
        return changes;
    }

    // Rows of one of both.
    RowSet toggled(const RowSet& a, const RowSet& b)
    {
        std::vector<std::int64_t> changes;
        std::ranges::set_symmetric_difference(changesOf(a), changesOf(b), std::back_inserter(changes));
        RowSet rows;
        for (std::size_t i = 0; i + 1 < changes.size(); i += 2)
            rows.add(changes[i], changes[i + 1] - 1);
        return rows;
    }

    RowSet applied(RowSet rows, const RowSet& change, QItemSelectionModel::SelectionFlags command)
    {
        if (command & QItemSelectionModel::Toggle)
            return toggled(rows, change);
        for (const RowSet::Interval& interval : change.intervals()) {
            if (command & QItemSelectionModel::Select)
                rows.add(interval.first, interval.last);
            else if (command & QItemSelectionModel::Deselect)
                rows.remove(interval.first, interval.last);
        }
        return rows;
    }
}

RowSelection::RowSelection(QAbstractItemModel* model, QObject* parent)
    : QItemSelectionModel(model, parent)
    , m_settled(none())
    , m_rows(none())
{
}

void RowSelection::setRows(std::shared_ptr<const RowSet> rows)
{
    m_settled = std::move(rows);
    m_current = {};
    apply();
}

void RowSelection::setWindow(int first, int last)
{
    if (first == m_first && last == m_last)
        return;
    m_first = first;
    m_last = last;
    showWindow();
}

// As QItemSelectionModel does it: with Current a command takes the place of the one before, else it comes on top.
void RowSelection::select(const QItemSelection& selection, SelectionFlags command)
{
    if (command == NoUpdate)
        return;
    if (command & Clear) {
        m_settled = none();
        m_current = {};
    }
    if (!(command & Current)) {
        m_settled = both();
        m_current = {};
    }
    if (command & (Select | Deselect | Toggle)) {
        m_command = command;
        m_current = rowsOf(selection);
    }
    apply();
}

// Also by reset(), with signals blocked.
void RowSelection::clear()
{
    m_settled = none();
    m_current = {};
    m_rows = none();
    QItemSelectionModel::clear();
    emit rowsChanged();
}

std::shared_ptr<const RowSet> RowSelection::both() const
{
    return m_current.isEmpty() ? m_settled : std::make_shared<const RowSet>(applied(*m_settled, m_current, m_command));
}

void RowSelection::apply()
{
    auto rows = both();
    const bool isOther = rows != m_rows && *rows != *m_rows;
    if (isOther)
        m_rows = std::move(rows);
    showWindow();
    if (isOther)
        emit rowsChanged();
}

void RowSelection::showWindow()
{
    const int last = std::min(m_last, model()->rowCount() - 1);
    const int right = model()->columnCount() - 1;
    QItemSelection seen;
    const auto& intervals = m_rows->intervals();
    for (auto at = std::ranges::lower_bound(intervals, m_first, {}, &RowSet::Interval::last); at != intervals.end() && at->first <= last; ++at) {
        const int top = std::max(m_first, int(at->first)), bottom = int(std::min<std::int64_t>(last, at->last));
        seen.append(QItemSelectionRange(model()->index(top, 0), model()->index(bottom, right)));
    }
    QItemSelectionModel::select(seen, ClearAndSelect);
}

}
