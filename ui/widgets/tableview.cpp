// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tableview.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableheight.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace ui {

namespace {
    QString cellText(const QModelIndex& index)
    {
        const QVariant own = index.data(CopyRole);
        if (own.isValid())
            return own.toString();
        const QVariant bytes = index.data(BytesRole);
        if (!bytes.isValid())
            return index.data(Qt::DisplayRole).toString();
        return core::argumentFromBytes(bytes.toByteArray());
    }

    QList<int> visibleColumns(const QTableView& view)
    {
        QList<int> columns;
        for (int i = 0; i < view.horizontalHeader()->count(); ++i) {
            const int column = view.horizontalHeader()->logicalIndex(i);
            if (!view.isColumnHidden(column))
                columns += column;
        }
        return columns;
    }

    bool showToolTip(QAbstractItemView& view, QHelpEvent* help)
    {
        const QModelIndex index = view.indexAt(help->pos());
        const QString text = index.isValid() ? cellToolTip(view, index) : QString();
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, view.viewport(), view.visualRect(index));
        return true;
    }

    qint64 rowsIn(const TableView::RowRanges& ranges)
    {
        qint64 rows = 0;
        for (const auto& [first, last] : ranges)
            rows += last - first + 1;
        return rows;
    }

    void setupView(QAbstractItemView& view, const QString& name)
    {
        view.setAccessibleName(name);
        view.setFrameShape(QFrame::NoFrame);
        view.setTabKeyNavigation(false);
        view.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
        view.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
        view.setSelectionBehavior(QAbstractItemView::SelectRows);
        view.setSelectionMode(QAbstractItemView::ExtendedSelection);
        view.setEditTriggers(QAbstractItemView::NoEditTriggers);
        view.setMouseTracking(true);
        view.setItemDelegate(new CellDelegate(&view));
    }
}

// Elided cells show the whole text, or beginning and end and the size of a huge one; ExactRole and ToolTipRole come below it.
QString cellToolTip(const QAbstractItemView& view, const QModelIndex& index)
{
    QStringList lines;
    const auto add = [&lines](const QString& text) {
        for (const QString& line : core::shortened(text, 4 * core::longestShown).split(u'\n'))
            lines += toolTipLine(line); // text of models is display text already
    };
    const QString text = index.data(Qt::DisplayRole).toString();
    const QVariant bytes = index.data(BytesRole);
    const QFontMetrics metrics(bytes.isValid() ? font(Type::Mono) : view.font());
    if (text.size() > core::longestShown || metrics.horizontalAdvance(text) > view.visualRect(index).width() - 24)
        add(text);
    for (const int role : {static_cast<int>(ExactRole), static_cast<int>(Qt::ToolTipRole)}) {
        const QString more = index.data(role).toString();
        if (!more.isEmpty() && more != text)
            add(more);
    }
    if (const qsizetype size = bytes.toByteArray().size(); size > core::longestShown && !lines.isEmpty())
        lines += core::formatBytes(size);
    return lines.isEmpty() ? QString() : QStringLiteral("<qt>") + lines.join(QStringLiteral("<br>")) + QStringLiteral("</qt>");
}

QString copyRow(const QModelIndex& row, const QList<int>& columns)
{
    QStringList cells;
    for (const int column : columns)
        cells += cellText(row.siblingAtColumn(column));
    return cells.join(u'\t');
}

TableView::TableView(const QString& name, QWidget* parent)
    : QTableView(parent)
{
    setupView(*this, name);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(20); // CT_HeaderSection would raise the rows
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(tableRowHeight());
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setFixedHeight(tableHeaderHeight());
    horizontalHeader()->setMinimumSectionSize(40);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setAccessibleName(name);
    connect(this, &QAbstractItemView::activated, this, &TableView::rowActivated);
}

void TableView::setStretchColumn(int column, int minimum)
{
    m_stretch = column;
    m_stretchMinimum = minimum;
    horizontalHeader()->setStretchLastSection(false);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int section) {
        if (section != m_stretch)
            layoutColumns();
    });
    layoutColumns();
}

void TableView::setColumnWidths(const QList<int>& widths)
{
    for (qsizetype i = 0; i < widths.size(); ++i) {
        if (widths.at(i) > 0)
            setColumnWidth(static_cast<int>(i), scaled(widths.at(i)));
    }
    layoutColumns();
}

void TableView::setHideOrder(const QList<int>& columns)
{
    m_hideOrder = columns;
    layoutColumns();
}

void TableView::layoutColumns()
{
    if (m_layingOut || m_stretch < 0 || m_stretch >= horizontalHeader()->count())
        return;
    m_layingOut = true; // hiding and resizing tell of themselves
    const int room = viewport()->width() - m_stretchMinimum;
    for (const int column : std::as_const(m_hideOrder))
        setColumnHidden(column, false);
    int others = 0;
    for (const int column : visibleColumns(*this)) {
        if (column != m_stretch)
            others += columnWidth(column);
    }
    for (const int column : std::as_const(m_hideOrder)) {
        if (others <= room)
            break;
        others -= columnWidth(column);
        setColumnHidden(column, true);
    }
    setColumnWidth(m_stretch, qMax(m_stretchMinimum, viewport()->width() - others));
    m_layingOut = false;
}

TableView::RowRanges TableView::chosenRows() const
{
    if (m_chosen)
        return m_chosen();
    RowRanges ranges;
    for (const QItemSelectionRange& range : selectionModel() ? selectionModel()->selection() : QItemSelection())
        ranges.append({range.top(), range.bottom()});
    return ranges;
}

QString TableView::copyText(const QList<int>& wanted) const
{
    const RowRanges ranges = chosenRows();
    if (rowsIn(ranges) > maxCopiedRows)
        return {};
    QList<int> rows;
    for (const auto& [first, last] : ranges) {
        for (int row = first; row <= last; ++row)
            rows += row;
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    const QList<int> columns = !wanted.isEmpty() ? wanted : m_copyColumns.isEmpty() ? visibleColumns(*this) : m_copyColumns;
    QStringList lines;
    for (const int row : std::as_const(rows))
        lines += copyRow(model()->index(row, 0, rootIndex()), columns);
    return lines.join(u'\n');
}

void TableView::copyColumns(const QList<int>& columns)
{
    const qint64 rows = rowsIn(chosenRows());
    if (rows > maxCopiedRows) {
        emit copyRefused(rows);
        return;
    }
    const QString text = copyText(columns);
    if (!text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TableView::setHovered(int row)
{
    if (row == m_hovered)
        return;
    for (const int changed : {m_hovered, row}) {
        if (changed >= 0)
            viewport()->update(0, rowViewportPosition(changed), viewport()->width(), rowHeight(changed));
    }
    m_hovered = row;
}

void TableView::mouseMoveEvent(QMouseEvent* event)
{
    setHovered(rowAt(event->position().toPoint().y()));
    QTableView::mouseMoveEvent(event);
}

void TableView::leaveEvent(QEvent* event)
{
    setHovered(-1);
    QTableView::leaveEvent(event);
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

// Home and End go to the first and last row: rows are what is selected here, not cells.
QModelIndex TableView::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers)
{
    const bool ends = action == MoveHome || action == MoveEnd;
    return QTableView::moveCursor(action, ends ? modifiers | Qt::ControlModifier : modifiers);
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    layoutColumns();
}

bool TableView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip)
        return showToolTip(*this, static_cast<QHelpEvent*>(event));
    return QTableView::viewportEvent(event);
}

TreeView::TreeView(const QString& name, QWidget* parent)
    : QTreeView(parent)
{
    setupView(*this, name);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setExpandsOnDoubleClick(true);
    header()->setStretchLastSection(false);
    header()->setFixedHeight(scaled(30));
    header()->setAccessibleName(name);
}

QString TreeView::copyText() const
{
    QStringList lines;
    if (!selectionModel())
        return {};
    QList<int> columns;
    for (int i = 0; i < header()->count(); ++i)
        columns += i;
    const QModelIndexList rows = selectionModel()->selectedRows();
    for (const QModelIndex& row : rows)
        lines += copyRow(row, columns);
    return lines.join(u'\n');
}

void TreeView::mouseMoveEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->position().toPoint()).siblingAtColumn(0);
    if (index != m_hovered) {
        m_hovered = index;
        viewport()->update();
    }
    QTreeView::mouseMoveEvent(event);
}

void TreeView::leaveEvent(QEvent* event)
{
    m_hovered = QModelIndex();
    viewport()->update();
    QTreeView::leaveEvent(event);
}

void TreeView::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool selected = selectionModel() && selectionModel()->isSelected(index);
    const QRect row(0, option.rect.top(), viewport()->width(), option.rect.height());
    if (selected || m_hovered == index.siblingAtColumn(0))
        painter->fillRect(row, color(selected ? Token::Selected : Token::Hover));
    if (selected)
        painter->fillRect(QStyle::visualRect(layoutDirection(), row, QRect(0, row.top(), 3, row.height())), color(Token::Accent));
    QTreeView::drawRow(painter, option, index);
}

void TreeView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        const QString text = copyText();
        if (!text.isEmpty())
            QApplication::clipboard()->setText(text);
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

bool TreeView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip)
        return showToolTip(*this, static_cast<QHelpEvent*>(event));
    return QTreeView::viewportEvent(event);
}

}
