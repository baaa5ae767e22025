// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyspage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/invalidate/plan.h"
#include "core/keys/keymatcher.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/label.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/tableview.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <algorithm>

using core::keys::KeyIndex;
using core::keys::KeyQuery;
using core::keys::Order;

namespace ui {

namespace {
    // Margins, a tree that can be read, a key with its expiry beside it, the value.
    constexpr int threeParts = 940;
    constexpr int memoryColumn = 132;
    constexpr int treeWithMemory = 330;
    const char delimitersChoice[] = "tree/delimiters";
}

KeysPage::KeysPage(Workspace* workspace, QWidget* parent)
    : IndexedPage(PageId::Keys, tr("Keys"), QStringLiteral("keys"), workspace, parent)
    , m_treeModel(new KeyTreeModel(this))
    , m_tableModel(new KeyTableModel(this))
    , m_parts(new QSplitter(Qt::Horizontal))
    , m_treeButton(makeButton({}, QStringLiteral("tree")))
    , m_value(new ValuePane(workspace))
    , m_search(new SearchField)
    , m_delete(makeButton(tr("Delete selected…"), QStringLiteral("trash"), ButtonKind::DangerText))
{
    addAction(m_delete);
    connect(m_delete, &QPushButton::clicked, this, &KeysPage::planSelected);
    setupFilter();
    setupParts();
    setFaces(new FaceStack(m_parts));
    connect(this, &IndexedPage::scanProgressed, this, &KeysPage::showCounts);
    connect(this, &IndexedPage::aged, this, &KeysPage::showFact);
    connect(workspace, &Workspace::routesChanged, this, [this] {
        m_tableModel->setRoutes(this->workspace()->routes());
        m_search->setRoutes(this->workspace()->routes());
        showTree();
        rebuild();
    });
    connect(m_tableModel, &KeyTableModel::refusedChanged, this, [this] {
        if (m_tableModel->refused())
            strips()->showError(QStringLiteral("refused"), *m_tableModel->refused());
        else
            strips()->remove(QStringLiteral("refused"));
    });
    onKeySelection();
}

void KeysPage::setupParts()
{
    m_parts->setHandleWidth(12);
    m_parts->addWidget(makeTree());
    m_parts->addWidget(makeTable());
    m_parts->addWidget(m_value);
    m_parts->setCollapsible(1, false);
    m_parts->setStretchFactor(0, 2);
    m_parts->setStretchFactor(1, 4);
    m_parts->setStretchFactor(2, 3);
    // The lists decide, not what their empty faces would like to have.
    m_parts->widget(0)->setMinimumWidth(scaled(150));
    m_parts->widget(1)->setMinimumWidth(scaled(396)); // a key of 240, its expiry, the scroll bar
    m_value->setMinimumWidth(std::max(scaled(312), m_value->actsWidth())); // eight bytes of hex, its three acts in any font
    m_parts->setSizes({234, 474, 316});
    m_treeButton->setCheckable(true);
    m_treeButton->setToolTip(tr("Shows the tree of endpoints in the place of the value"));
    connect(m_treeButton, &QPushButton::toggled, this, &KeysPage::layoutParts);
    nameTreeButton();
}

// Where three have no room side by side the tree folds into a button that says what it shows; asked for, it takes the value's place.
void KeysPage::layoutParts()
{
    const bool narrow = width() < scaled(threeParts);
    const bool asked = m_treeButton->isChecked();
    m_treeButton->setVisible(narrow);
    m_parts->widget(0)->setVisible(!narrow || asked);
    m_value->setVisible(!narrow || !asked);
}

void KeysPage::nameTreeButton()
{
    const QModelIndex current = m_treeModel->indexOf(m_current);
    const QString name = current.isValid() ? current.data().toString() : tr("All keys");
    m_treeButton->setText(m_treeButton->fontMetrics().elidedText(name, Qt::ElideMiddle, scaled(160)).replace(u'&', QStringLiteral("&&")));
}

void KeysPage::resizeEvent(QResizeEvent* event)
{
    IndexedPage::resizeEvent(event);
    layoutParts();
}

void KeysPage::setupFilter()
{
    addFilter(m_treeButton);
    addFilter(m_search, 1);
    setFilterField(m_search->field());
    connect(m_search, &SearchField::searched, this, &KeysPage::rebuild);
    connect(m_search, &SearchField::edited, this, [this] {
        if (m_building)
            *m_building = true; // typing cancels the filter that runs
    });
}

QWidget* KeysPage::makeTree()
{
    m_tree = new TreeView(tr("Endpoints"));
    m_tree->setModel(m_treeModel);
    QHeaderView* header = m_tree->header();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(KeyTreeModel::Name, QHeaderView::Stretch);
    header->setSectionResizeMode(KeyTreeModel::Keys, QHeaderView::ResizeToContents);
    header->setSectionResizeMode(KeyTreeModel::Memory, QHeaderView::Fixed);
    header->resizeSection(KeyTreeModel::Memory, scaled(memoryColumn));
    connect(header, &QHeaderView::sectionResized, this, &KeysPage::layoutTree, Qt::QueuedConnection);
    setupTreeActions();
    auto* card = new Card;
    card->body()->addWidget(m_tree, 1);
    return card;
}

void KeysPage::setupTreeActions()
{
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &KeysPage::onTreeSelection);
    connect(m_treeModel, &KeyTreeModel::treeChanged, this, &KeysPage::onTreeChanged);
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, this, &KeysPage::reportVisibleNodes);
    connect(m_tree->verticalScrollBar(), &QScrollBar::rangeChanged, this, &KeysPage::reportVisibleNodes, Qt::QueuedConnection);
    for (const auto signal : {&QTreeView::expanded, &QTreeView::collapsed})
        connect(m_tree, signal, this, &KeysPage::reportVisibleNodes, Qt::QueuedConnection);
    const auto showValue = [this](const QModelIndex& index) {
        if (m_treeModel->isLeaf(index))
            m_treeButton->setChecked(false); // where the tree stands in the value's place
    };
    connect(m_tree, &QAbstractItemView::clicked, this, showValue);
    connect(m_tree, &QAbstractItemView::activated, this, showValue);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &KeysPage::openTreeMenu);
}

QWidget* KeysPage::makeTable()
{
    m_table = new TableView(tr("Keys"));
    m_table->setModel(m_tableModel);
    m_table->setItemDelegateForColumn(KeyTableModel::Ttl, new TtlDelegate(m_table));
    m_table->setColumnWidths({180, 136, 80, 64, 64});
    m_table->setStretchColumn(KeyTableModel::Key, 240);
    m_table->setHideOrder({KeyTableModel::Type, KeyTableModel::Kind, KeyTableModel::Memory, KeyTableModel::Ttl});
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &KeysPage::openMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &KeysPage::onKeySelection);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &KeysPage::reportVisibleRows);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, &KeysPage::reportVisibleRows);
    connect(m_tableModel, &QAbstractItemModel::modelReset, this, &KeysPage::reportVisibleRows, Qt::QueuedConnection);
    setupTableActions();
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    card->body()->addWidget(makeFooter());
    return card;
}

void KeysPage::setupTableActions()
{
    auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), m_table);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &KeysPage::planSelected);
    auto* replay = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_R), this);
    replay->setContext(Qt::WidgetWithChildrenShortcut);
    connect(replay, &QShortcut::activated, this, [this] {
        if (const auto target = targetOfKey(m_value->key(), workspace()->routes())) {
            PageHint hint;
            hint.targets = {*target};
            hint.key = m_value->key();
            workspace()->openPage(PageId::Replay, hint);
        }
    });
    auto* copyValue = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this);
    copyValue->setContext(Qt::WidgetWithChildrenShortcut);
    connect(copyValue, &QShortcut::activated, this, [this] { QGuiApplication::clipboard()->setText(m_value->valueText()); });
}

QWidget* KeysPage::makeFooter()
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

void KeysPage::pageConnected()
{
    m_tableModel->setSession(workspace()->session());
    m_treeModel->setSession(workspace()->session());
    m_tableModel->setRoutes(workspace()->routes());
    m_search->setRoutes(workspace()->routes());
    IndexedPage::pageConnected();
}

void KeysPage::pageShown()
{
    IndexedPage::pageShown();
    reportVisibleRows();
    reportVisibleNodes();
}

void KeysPage::refresh()
{
    IndexedPage::refresh();
    m_tableModel->refreshVisible();
    m_treeModel->refreshMemory();
    if (m_value->hasKey())
        m_value->refresh();
}

bool KeysPage::cancel()
{
    if (!m_search->isEmpty()) {
        m_search->clear();
        return true;
    }
    if (isScanning()) {
        index()->cancel();
        return true;
    }
    return false;
}

void KeysPage::openHint(const PageHint& hint)
{
    if (!hint.filter.isEmpty())
        m_search->lookFor(hint.filter);
    if (hint.key.isEmpty())
        return;
    m_search->clear();
    m_treeButton->setChecked(false);
    m_tree->setCurrentIndex(m_treeModel->index(0, 0));
    m_wantedKey = hint.key;
    m_value->showKey(hint.key);
    selectKey(hint.key);
}

void KeysPage::indexCleared()
{
    if (m_building)
        *m_building = true;
    m_node = {};
    m_current.clear();
    m_treeModel->clear();
    nameTreeButton();
    m_tableModel->clear();
    m_value->clear();
    onKeySelection();
    // Else the filter would go on listing the keys of the server or database that was left.
    m_snapshot = {};
    m_again = false;
    m_wantedKey.clear();
    ++m_wanted;
}

void KeysPage::indexChanged()
{
    m_snapshot = index()->snapshot();
    ++m_wanted;
    showTree();
    rebuild();
}

void KeysPage::rebuild()
{
    if (!m_snapshot.store || !workspace()->isOpen())
        return;
    if (m_building && !*m_building) { // one at a time; the newest wish is carried out when this one ends
        m_again = true;
        return;
    }
    const core::keys::ParsedQuery asked = m_search->query();
    if (!asked) {
        strips()->showError(QStringLiteral("filter"), asked.error().error);
        return;
    }
    if (asked->needsMeta()) {
        const QString what = tr("TTL and size are known of the rows on screen only.");
        const QString why = tr("The command line asks the server about every key: cachelight keys --query.");
        m_search->refuse(*asked->metaPlace(), what);
        strips()->show(QStringLiteral("filter"), {Tone::Warn, what, why});
        return;
    }
    startBuild(*asked);
}

void KeysPage::startBuild(const KeyQuery& query)
{
    auto cancelled = std::make_shared<std::atomic_bool>(false);
    m_building = cancelled;
    m_again = false;
    const auto run = [snapshot = m_snapshot, node = m_node, query, cancelled, routes = workspace()->routes(),
                         version = m_wanted]() -> core::Result<View> {
        View view {snapshot, core::keys::keysOf(*snapshot.store, snapshot.order, node), version, node.prefix};
        if (!query.isEmpty()) {
            QElapsedTimer clock;
            clock.start();
            const auto rows = core::keys::filtered(*snapshot.store, *view.rows, query, routes, *cancelled);
            view.filterMs = double(clock.nsecsElapsed()) / 1e6;
            view.rows = rows.value_or(nullptr);
            if (!rows)
                view.failure = rows.error();
        }
        if (*cancelled)
            return core::fail(core::Code::Cancelled);
        return view;
    };
    core::onFinished(QtConcurrent::run(run), this, [this, cancelled](const core::Result<View>& view) {
        if (m_building == cancelled)
            m_building.reset();
        if (view && !*cancelled)
            showView(*view);
        if (m_again)
            rebuild();
    });
}

void KeysPage::showView(const View& view)
{
    m_shown = view.version;
    if (view.failure)
        return showFailure(*view.failure);
    strips()->remove(QStringLiteral("filter"));
    m_filterMs = view.filterMs;
    const int scrolled = m_table->verticalScrollBar()->value();
    m_tableModel->setPrefix(view.prefix);
    m_tableModel->setKeys(view.snapshot.store, view.rows);
    if (!m_wantedKey.isEmpty())
        selectKey(m_wantedKey);
    else if (m_value->hasKey())
        selectKey(m_value->key());
    if (m_wantedKey.isEmpty())
        m_table->verticalScrollBar()->setValue(scrolled);
    onKeySelection(); // a reset drops the selection without a word
    checkShownKey(view.snapshot);
    showCounts();
    showFace(view.snapshot);
}

// The list stays as it was: to show no row would say that no key matches.
void KeysPage::showFailure(const core::Error& failure)
{
    strips()->showError(QStringLiteral("filter"), failure);
    m_search->refuse({0, m_search->field()->text().size()}, core::oneLine(failure));
}

// The value beside the list may be of a key that the list does not have: hidden by the filter, deleted, or not scanned yet.
void KeysPage::checkShownKey(const KeyIndex::Snapshot& snapshot)
{
    const QByteArray& key = m_value->key();
    const bool known = core::keys::findKey(*snapshot.store, *snapshot.order, key) >= 0;
    m_value->setListed(!known || m_tableModel->rowOf(key) >= 0);
    if (!known && !isScanning())
        m_value->check(); // no proof: it may be younger than the scan
}

void KeysPage::showTree()
{
    if (!m_snapshot.store)
        return;
    const QString setting = workspace()->store()->choice(QString::fromLatin1(delimitersChoice));
    m_treeModel->setTree({m_snapshot.store, m_snapshot.order, {workspace()->routes(), core::keys::delimitersFromText(setting)}});
}

// What is current may be gone from the tree: then what was above it is.
void KeysPage::onTreeChanged()
{
    QModelIndex current = m_treeModel->indexOf(m_current);
    if (!current.isValid())
        current = m_treeModel->index(0, 0);
    m_restoring = true;
    m_tree->setCurrentIndex(current);
    m_restoring = false;
    if (current.isValid())
        chooseNode(current);
    reportVisibleNodes();
}

void KeysPage::showFace(const KeyIndex::Snapshot& snapshot)
{
    if (!snapshot.order->empty())
        faces()->showFilled();
    else if (!isScanning())
        faces()->showEmpty({QStringLiteral("keys"), tr("This database is empty"), tr("SCAN found no key in database %1.").arg(snapshot.database), Tone::Accent,
            {{tr("Scan again"), [this] { startScan(); }}}});
}

void KeysPage::showCounts()
{
    showFact();
    m_progress->setVisible(isScanning());
    if (isScanning())
        m_progress->setProgress(index()->seen(), index()->dbsize());
    const qint64 shown = m_tableModel->rowCount();
    const bool all = m_search->isEmpty() && m_node.isAll();
    QString text = all ? tr("%1 keys").arg(core::formatCount(shown)) : tr("%1 match").arg(core::formatCount(shown));
    if (!all && m_filterMs >= 0)
        text = tr("%1 in %2").arg(text, m_filterMs < 1000 ? core::formatMs(m_filterMs) : core::formatDuration(qint64(m_filterMs)));
    if (isScanning())
        text = scanText() + QStringLiteral(", ") + text;
    else if (isBehind())
        text = tr("sorting, %1 so far").arg(text);
    m_footer->setText(text);
}

void KeysPage::showFact()
{
    const QString age = ageText();
    if (!isScanning() && isBehind())
        setFact(tr("%1, sorting").arg(scanText()));
    else if (age.isEmpty())
        setFact(scanText());
    else
        setFact(tr("%1 when %2; F5 scans again").arg(scanText(), age));
}

bool KeysPage::isBehind() const
{
    return m_building && m_shown != m_wanted;
}

void KeysPage::onTreeSelection()
{
    const QModelIndex current = m_tree->currentIndex();
    if (m_restoring || m_treeModel->isWaiting(current))
        return;
    const bool isKey = m_treeModel->isLeaf(current);
    if (isKey)
        m_wantedKey = m_treeModel->refOf(current).prefix;
    chooseNode(current);
    if (!isKey)
        return;
    m_value->showKey(m_wantedKey);
    if (!m_building)
        selectKey(m_wantedKey);
}

// Lists the keys of the node; of a key those beside it.
void KeysPage::chooseNode(const QModelIndex& index)
{
    m_current = m_treeModel->pathOf(index);
    nameTreeButton();
    const core::keys::TreeRef node = m_treeModel->refOf(m_treeModel->isLeaf(index) ? index.parent() : index);
    if (node == m_node)
        return;
    m_node = node;
    rebuild();
}

// Memory has a column where there is room beside the names.
void KeysPage::layoutTree()
{
    m_tree->setColumnHidden(KeyTreeModel::Memory, m_tree->viewport()->width() < scaled(treeWithMemory));
    reportVisibleNodes();
}

void KeysPage::reportVisibleNodes()
{
    QModelIndexList nodes;
    const bool seen = isShown() && m_tree->isVisible() && !m_tree->isColumnHidden(KeyTreeModel::Memory);
    const int height = m_tree->viewport()->height();
    for (QModelIndex at = seen ? m_tree->indexAt({0, 0}) : QModelIndex(); at.isValid() && m_tree->visualRect(at).top() < height; at = m_tree->indexBelow(at))
        nodes << at;
    m_treeModel->setVisible(nodes);
}

void KeysPage::openTreeMenu(const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QModelIndex index = m_tree->indexAt(at);
    if (m_treeModel->isLeaf(index)) {
        addCopyActions(menu, workspace(), m_treeModel->refOf(index).prefix);
        menu->addSeparator();
    }
    const QList<QByteArray> chosen = core::keys::delimitersFromText(workspace()->store()->choice(QString::fromLatin1(delimitersChoice)));
    QList<QByteArray> offered {":", "/", ".", "|", "-", "_", "#"};
    for (const QByteArray& delimiter : chosen) {
        if (!offered.contains(delimiter))
            offered << delimiter;
    }
    QMenu* levels = menu->addMenu(tr("Levels end at"));
    for (const QByteArray& delimiter : std::as_const(offered)) {
        QAction* action = levels->addAction(core::displayText(delimiter).replace(u'&', QStringLiteral("&&")));
        action->setCheckable(true);
        action->setChecked(chosen.contains(delimiter));
        connect(action, &QAction::triggered, this, [this, chosen, delimiter](bool on) {
            QList<QByteArray> delimiters = chosen;
            on ? delimiters.append(delimiter) : static_cast<void>(delimiters.removeAll(delimiter));
            setDelimiters(delimiters);
        });
    }
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

void KeysPage::setDelimiters(const QList<QByteArray>& delimiters)
{
    QStringList words;
    for (const QByteArray& delimiter : delimiters)
        words << core::argumentFromBytes(delimiter);
    const auto saved = workspace()->store()->setChoice(QString::fromLatin1(delimitersChoice), words.join(u' '));
    if (!saved)
        strips()->showError(QStringLiteral("delimiters"), saved.error());
    showTree();
}

void KeysPage::onKeySelection()
{
    const QItemSelection selection = m_table->selectionModel()->selection();
    const qint64 rows = selectedRowCount(selection);
    m_delete->setEnabled(rows > 0);
    m_delete->setToolTip(rows == 0 ? tr("Select keys first") : tr("Makes a plan; nothing is deleted yet"));
    if (rows == 1)
        m_value->showKey(m_tableModel->keyAt(selection.first().top()));
}

void KeysPage::reportVisibleRows()
{
    if (!isShown())
        return;
    const int first = m_table->rowAt(0);
    const int last = m_table->rowAt(m_table->viewport()->height() - 1);
    if (first >= 0)
        m_tableModel->setVisibleRows(first, last < 0 ? m_tableModel->rowCount() - 1 : last);
}

void KeysPage::selectKey(const QByteArray& key)
{
    const int row = m_tableModel->rowOf(key);
    if (row < 0)
        return;
    m_table->selectRow(row);
    if (!m_wantedKey.isEmpty() && key == m_wantedKey) {
        m_table->scrollTo(m_tableModel->index(row, 0), QAbstractItemView::PositionAtCenter);
        m_wantedKey.clear();
    }
}

core::keys::RowSet KeysPage::selectedRows() const
{
    core::keys::RowSet rows;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection())
        rows.add(range.top(), range.bottom());
    return rows;
}

void KeysPage::planSelected()
{
    const core::keys::RowSet rows = selectedRows();
    if (rows.isEmpty())
        return;
    PageHint hint;
    hint.list = m_tableModel->keysOf(rows);
    if (hint.list.size() == 1)
        hint.selection = {{core::invalidate::Selector::Kind::Key, hint.list.key(0)}};
    else
        hint.selection = {{core::invalidate::Selector::Kind::List, tr("selected in Keys").toUtf8()}};
    workspace()->openPage(PageId::Invalidate, hint);
}

void KeysPage::openMenu(const QPoint& at)
{
    const QModelIndex index = m_table->indexAt(at);
    if (!index.isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addCopyActions(menu, workspace(), m_tableModel->keyAt(index.row()));
    menu->addSeparator();
    QAction* remove = menu->addAction(tr("Delete selected…"));
    connect(remove, &QAction::triggered, this, &KeysPage::planSelected);
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

}
