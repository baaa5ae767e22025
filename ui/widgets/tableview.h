// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/theme.h"

#include <QStyledItemDelegate>
#include <QTableView>
#include <QTreeView>

#include <functional>
#include <utility>

namespace ui {

// Draws a cell of any model by the roles of ui/models/roles.h: text (or figures when right-aligned), mono for columns with
// BytesRole (elided in the middle), badge, icon, tone. The row's fill is drawn by the view.
// (Right-aligned text is taken for figures.)
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit CellDelegate(QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    static constexpr int inset = 12;
    // Selection, hover and accent bar of the cell's part of the row.
    static void paintRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index);
    // What the name in a tree's first column may take of the column beside it: counts rarely fill theirs.
    static int roomBeside(const QStyleOptionViewItem& option, const QModelIndex& index);
    static QColor textColour(const QModelIndex& index, Token fallback = Token::Text);
};

// TtlRole: bar 40x4 of rest against policy, then the text; 136 px wide.
class TtlDelegate final : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // "4 m 51 s", "no expiry", "gone", "…"
    static QString text(const struct TtlCell& cell);
};

// ShareRole: a bar with the cell's text beside it (hit rate, share of memory).
class HitBarDelegate final : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

// 28 px rows, no grid, no zebra; hover and selection fill the whole row with a 3 px accent bar at its start; Tab leaves the table;
// Ctrl+C copies the selected rows (tab-separated, exact text of keys where they are UTF-8, display text otherwise); tooltips show
// elided cells, ExactRole and ToolTipRole, all of them plain text that the view escapes. `name` is the accessible name.
class TableView final : public QTableView {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TableView)
public:
    explicit TableView(const QString& name, QWidget* parent = nullptr);
    // The column that takes the rest of the width (keys), never under `minimum`. Set after the model.
    void setStretchColumn(int column, int minimum = 240);
    // Columns that give way, first one first, where the stretching one would fall below its minimum. They come back with room.
    void setHideOrder(const QList<int>& columns);
    // Fixed widths of the other columns; 0 leaves one as it is. Set after the model.
    void setColumnWidths(const QList<int>& widths);
    // What Ctrl+C takes of each selected row; empty (the default): all visible columns.
    void setCopyColumns(const QList<int>& columns) { m_copyColumns = columns; }
    // First and last rows of ranges that Ctrl+C copies, where the selection model is told of the rows on screen only.
    using RowRanges = QList<std::pair<int, int>>;
    void setChosenRows(std::function<RowRanges()> chosen) { m_chosen = std::move(chosen); }
    int hoveredRow() const { return m_hovered; }
    // What Ctrl+C would copy, or only `columns` of it; empty above maxCopiedRows.
    QString copyText(const QList<int>& columns = {}) const;
    // As Ctrl+C, of these columns only.
    void copyColumns(const QList<int>& columns);
    // More would stop the window while they are written, and no clipboard is meant for them.
    static constexpr qint64 maxCopiedRows = 100'000;

signals:
    // Return, Enter or double click on a row.
    void rowActivated(const QModelIndex& index);
    // Nothing was copied: more than maxCopiedRows are selected. Every page says so in a strip.
    void copyRefused(qint64 rows);

public slots:
    void copySelection() { copyColumns({}); }

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void setHovered(int row);
    void layoutColumns();
    RowRanges chosenRows() const;

    int m_hovered = -1;
    int m_stretch = -1;
    int m_stretchMinimum = 240;
    QList<int> m_copyColumns;
    std::function<RowRanges()> m_chosen;
    QList<int> m_hideOrder;
    bool m_layingOut = false;
};

// The same manners for a tree: name left (share of the whole as a tint behind it: ShareRole), count right.
class TreeView final : public QTreeView {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TreeView)
public:
    explicit TreeView(const QString& name, QWidget* parent = nullptr);
    QString copyText() const;
    QModelIndex hoveredIndex() const { return m_hovered; }

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    QPersistentModelIndex m_hovered;
};

// The tip of a cell of these views, as rich text in which nothing of the model is markup; empty where there is none.
QString cellToolTip(const QAbstractItemView& view, const QModelIndex& index);
// One row of cells as Ctrl+C copies it: tab-separated; bytes that are no UTF-8 or hold what cannot be seen as "b64:…", exact either way.
QString copyRow(const QModelIndex& row, const QList<int>& columns);

}
