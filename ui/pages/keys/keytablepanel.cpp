// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytablepanel.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/keys/keycolumns.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/pages/keys/keyreplay.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/rowselection.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/label.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/tableview.h"

#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

using core::keys::KeySort;
using core::keys::RowSet;

namespace ui {

namespace {
    // Indexed by column.
    constexpr KeySort::By sorts[KeyTableModel::ColumnCount] = {KeySort::By::Key, KeySort::By::Expiry, KeySort::By::Memory, KeySort::By::Type, KeySort::By::Kind};

    int columnOf(KeySort::By by)
    {
        return static_cast<int>(std::ranges::find(sorts, by) - std::begin(sorts));
    }
}

KeyTablePanel::KeyTablePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_model(new KeyTableModel(this))
    , m_table(new TableView(tr("Keys")))
    , m_selection(new RowSelection(m_model, this))
{
    setupTable();
    m_columns = new KeyColumns(m_table, workspace->store(), this);
    connect(m_columns, &KeyColumns::saveFailed, this, &KeyTablePanel::saveFailed);
    connectTable();
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    card->body()->addWidget(makeFooter());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(card);
}

void KeyTablePanel::setupTable()
{
    m_table->setModel(m_model);
    delete m_table->selectionModel();
    m_table->setSelectionModel(m_selection);
    m_table->setChosenRows([this] {
        TableView::RowRanges ranges;
        for (const RowSet::Interval& interval : m_selection->rows().intervals())
            ranges.append({int(interval.first), int(interval.last)});
        return ranges;
    });
    m_table->setItemDelegateForColumn(KeyTableModel::Ttl, new TtlDelegate(m_table));
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    m_table->horizontalHeader()->setSortIndicator(KeyTableModel::Key, Qt::AscendingOrder);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), m_table);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &KeyTablePanel::planSelected);
}

void KeyTablePanel::connectTable()
{
    connect(m_table, &QWidget::customContextMenuRequested, this, &KeyTablePanel::openMenu);
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &KeyTablePanel::onSortChosen);
    connect(m_selection, &RowSelection::rowsChanged, this, &KeyTablePanel::selectionChanged);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &KeyTablePanel::reportVisible);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, &KeyTablePanel::reportVisible);
    connect(m_model, &QAbstractItemModel::modelReset, this, &KeyTablePanel::reportVisible, Qt::QueuedConnection);
    connect(m_model, &KeyTableModel::gone, this, &KeyTablePanel::gone);
    connect(m_model, &KeyTableModel::refusedChanged, this, [this] { emit refused(m_model->refused()); });
}

QWidget* KeyTablePanel::makeFooter()
{
    auto* footer = new QWidget;
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(12, 8, 12, 8);
    m_progress = new ProgressBar;
    m_progress->setAccessibleName(tr("Scan"));
    m_progress->setFixedWidth(scaled(96));
    m_footer = new ElidedLabel(Type::Small, Token::Text2);
    m_footer->setFigures(true);
    row->addWidget(m_progress);
    row->addWidget(m_footer, 1);
    return footer;
}

void KeyTablePanel::setFooter(const QString& text)
{
    m_progress->hide();
    m_footer->setText(text);
}

void KeyTablePanel::setFooter(const QString& text, qint64 done, qint64 total)
{
    m_progress->show();
    m_progress->setProgress(done, total);
    m_footer->setText(text);
}

void KeyTablePanel::setSession(core::redis::Session* session)
{
    m_model->setSession(session);
}

void KeyTablePanel::setRoutes(const core::cache::RouteTable& routes)
{
    m_model->setRoutes(routes);
}

void KeyTablePanel::show(const KeyView& view, bool keepsPlace)
{
    const int place = keepsPlace ? m_table->verticalScrollBar()->value() : 0;
    m_model->setPrefix(view.prefix);
    m_model->setKeys(view.snapshot.store, view.rows, view.byKey);
    selectRows(view.chosen);
    m_table->verticalScrollBar()->setValue(place);
}

void KeyTablePanel::clear()
{
    ++m_collected; // what is being collected is of the server or database that was left
    m_model->clear();
}

qint64 KeyTablePanel::rowCount() const
{
    return m_model->rowCount();
}

bool KeyTablePanel::lists(const QByteArray& key) const
{
    return m_model->rowOf(key) >= 0;
}

void KeyTablePanel::setSort(const KeySort& sort)
{
    m_sort = sort;
    m_table->horizontalHeader()->setSortIndicator(columnOf(sort.by), sort.descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

QString KeyTablePanel::columnName(KeySort::By by) const
{
    return by == KeySort::By::Key ? tr("Key") : m_model->headerData(columnOf(by), Qt::Horizontal).toString();
}

void KeyTablePanel::onSortChosen()
{
    const QHeaderView* header = m_table->horizontalHeader();
    const int column = header->sortIndicatorSection();
    if (column < 0 || column >= KeyTableModel::ColumnCount)
        return;
    const KeySort wanted {sorts[column], header->sortIndicatorOrder() == Qt::DescendingOrder};
    if (wanted != m_sort) // else setSort() put it there
        emit sortChosen(wanted);
}

// For the keyboard, which does not reach the header.
void KeyTablePanel::addSortActions(QMenu* menu)
{
    QMenu* by = menu->addMenu(tr("Sort by"));
    const auto add = [this, by](const QString& text, bool checked, const KeySort& wanted) {
        QAction* action = by->addAction(text);
        action->setCheckable(true);
        action->setChecked(checked);
        connect(action, &QAction::triggered, this, [this, wanted] { emit sortChosen(wanted); });
    };
    for (const KeySort::By column : sorts)
        add(columnName(column), m_sort.by == column, {column, m_sort.descending});
    by->addSeparator();
    add(tr("Descending"), m_sort.descending, {m_sort.by, !m_sort.descending});
}

void KeyTablePanel::setSeen(bool seen)
{
    m_isSeen = seen;
    if (seen)
        reportVisible();
    else
        m_model->setVisibleRows(0, -1);
}

void KeyTablePanel::refreshVisible()
{
    m_model->refreshVisible();
}

void KeyTablePanel::reportVisible()
{
    const int first = m_table->rowAt(0);
    const int bottom = m_table->rowAt(m_table->viewport()->height() - 1);
    const int last = bottom < 0 ? m_model->rowCount() - 1 : bottom;
    if (first < 0)
        return;
    m_selection->setWindow(first, last);
    if (m_isSeen)
        m_model->setVisibleRows(first, last);
}

bool KeyTablePanel::selectKey(const QByteArray& key, bool scrolls)
{
    const int row = m_model->rowOf(key);
    if (row < 0)
        return false;
    const int place = m_table->verticalScrollBar()->value();
    // Not selectRow(), which asks for the keys that are held down.
    m_selection->setCurrentIndex(m_model->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (scrolls)
        m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
    else
        m_table->verticalScrollBar()->setValue(place);
    return true;
}

void KeyTablePanel::selectRows(const std::shared_ptr<const RowSet>& rows)
{
    if (!rows->isEmpty())
        m_selection->setCurrentIndex(m_model->index(int(rows->intervals().front().first), 0), QItemSelectionModel::NoUpdate);
    m_selection->setRows(rows);
}

qint64 KeyTablePanel::selectedCount() const
{
    return m_selection->rows().count();
}

QByteArray KeyTablePanel::selectedKey() const
{
    const RowSet& rows = m_selection->rows();
    return rows.count() == 1 ? m_model->keyAt(int(rows.intervals().front().first)) : QByteArray();
}

ChosenKeys KeyTablePanel::chosen() const
{
    return m_model->chosen(m_selection->sharedRows());
}

void KeyTablePanel::planSelected()
{
    collect(m_selection->sharedRows(), &KeyTablePanel::planWanted);
}

void KeyTablePanel::exportSelected()
{
    collect(m_selection->sharedRows(), &KeyTablePanel::exportWanted);
}

void KeyTablePanel::exportListed()
{
    collect(std::make_shared<const RowSet>(0, rowCount() - 1), &KeyTablePanel::exportWanted);
}

void KeyTablePanel::compareSelected()
{
    collect(m_selection->sharedRows(), &KeyTablePanel::compareWanted);
}

void KeyTablePanel::collect(const std::shared_ptr<const RowSet>& rows, void (KeyTablePanel::*wanted)(const core::keys::KeyList&))
{
    if (rows->isEmpty())
        return;
    core::onFinished(m_model->keysOf(rows), this, [this, wanted, act = ++m_collected](const core::Result<core::keys::KeyList>& keys) {
        if (keys && act == m_collected) // else another one was asked for meanwhile
            emit(this->*wanted)(*keys);
    });
}

// Of several what fits them all is said with their number, what fits only one goes into a menu with its name.
void KeyTablePanel::addKeyActions(QMenu* menu, const QByteArray& key)
{
    constexpr qsizetype longestTitle = 40;
    const qint64 chosen = selectedCount();
    QMenu* ofOne = menu;
    if (chosen > 1) {
        connect(menu->addAction(tr("Copy %1").arg(keysText(chosen))), &QAction::triggered, m_table, [this] { m_table->copyColumns({KeyTableModel::Key}); });
        const QString name = key.isEmpty() ? tr("(empty key)") : core::shortDisplayText(key, longestTitle);
        ofOne = menu->addMenu(tr("Only %1").arg(name).replace(u'&', QStringLiteral("&&")));
    }
    addCopyActions(ofOne, m_workspace, key);
    KeyReplay::addAction(ofOne, this, [this, key] { emit replayWanted(key); });
    menu->addSeparator();
    const QString count = core::formatCount(chosen);
    connect(menu->addAction(chosen > 1 ? tr("Delete %1 selected…").arg(count) : tr("Delete selected…")), &QAction::triggered, this, &KeyTablePanel::planSelected);
    connect(menu->addAction(chosen > 1 ? tr("Export %1 selected…").arg(count) : tr("Export selected…")), &QAction::triggered, this, &KeyTablePanel::exportSelected);
    QAction* compare = menu->addAction(chosen > 1 ? tr("Fresh or stale: %1 selected").arg(count) : tr("Fresh or stale"));
    compare->setEnabled(m_workspace->client());
    connect(compare, &QAction::triggered, this, &KeyTablePanel::compareSelected);
}

void KeyTablePanel::openMenu(const QPoint& at)
{
    const QModelIndex index = m_table->indexAt(at);
    if (!index.isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addKeyActions(menu, m_model->keyAt(index.row()));
    menu->addSeparator();
    addSortActions(menu);
    m_columns->addTo(menu->addMenu(tr("Columns")));
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

}
