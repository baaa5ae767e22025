// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyspage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/invalidate/plan.h"
#include "core/redis/session.h"
#include "core/replay/keytargets.h"
#include "ui/pages/archive/exportdialog.h"
#include "ui/pages/archive/importdialog.h"
#include "ui/pages/keys/keyreplay.h"
#include "ui/pages/keys/keytablepanel.h"
#include "ui/pages/keys/keytreepanel.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

using core::keys::KeyIndex;
using core::keys::KeySort;
using core::replay::KeyTargets;

namespace ui {

namespace {
    // Margins, a tree that can be read, a key with its expiry beside it, the value.
    constexpr int threeParts = 940;
    const QString filterStrip = QStringLiteral("filter");
    const QString sortStrip = QStringLiteral("sort");
    const QString compareStrip = QStringLiteral("compare");
    constexpr qsizetype mostCompared = 5'000; // each is requested at least once; the command line takes more
    constexpr qsizetype longestShownKey = 120;
}

KeysPage::KeysPage(Workspace* workspace, QWidget* parent)
    : IndexedPage(PageId::Keys, tr("Keys"), QStringLiteral("keys"), workspace, parent)
    , m_parts(new QSplitter(Qt::Horizontal))
    , m_treeButton(makeButton({}, QStringLiteral("tree")))
    , m_tree(new KeyTreePanel(workspace))
    , m_table(new KeyTablePanel(workspace))
    , m_value(new ValuePane(workspace))
    , m_search(new SearchField)
    , m_replay(new KeyReplay(workspace, strips(), this))
    , m_delete(makeButton(tr("Delete selected…"), QStringLiteral("trash"), ButtonKind::DangerText))
    , m_files(makeIconButton(tr("Export, import, compare"), QStringLiteral("more"), ButtonKind::Normal))
    , m_listing(new KeyListing(workspace, this))
{
    addAction(m_value->newKeyButton());
    addAction(m_delete);
    addAction(m_files);
    connect(m_files, &QToolButton::clicked, this, &KeysPage::openFileMenu);
    connect(m_value, &ValuePane::wanted, this, [this] {
        m_treeButton->setChecked(false);
        faces()->showFilled();
    });
    connect(m_value, &ValuePane::shapeChanged, this, &KeysPage::showFace);
    connect(m_value, &ValuePane::keyShown, this, &KeysPage::onTreeKey);
    connect(m_delete, &QPushButton::clicked, m_table, &KeyTablePanel::planSelected);
    setupSearch();
    setupTree();
    setupTable();
    setupShortcuts();
    setupParts();
    setupListing();
    setFaces(new FaceStack(m_parts));
    connect(this, &IndexedPage::scanProgressed, this, &KeysPage::showCounts);
    connect(this, &IndexedPage::aged, this, &KeysPage::showFact);
    connect(workspace, &Workspace::routesChanged, this, [this] {
        m_table->setRoutes(this->workspace()->routes());
        m_search->setRoutes(this->workspace()->routes());
        m_listing->renew();
    });
    onKeySelection();
}

void KeysPage::setupTree()
{
    connect(m_tree, &KeyTreePanel::nodeChanged, this, &KeysPage::search);
    connect(m_tree, &KeyTreePanel::named, this, &KeysPage::nameTreeButton);
    connect(m_tree, &KeyTreePanel::keyChosen, this, &KeysPage::onTreeKey);
    // Where the tree stands in the value's place.
    connect(m_tree, &KeyTreePanel::valueWanted, this, [this] { m_treeButton->setChecked(false); });
    connect(m_tree, &KeyTreePanel::saveFailed, this, [this](const core::Error& error) { strips()->showError(QStringLiteral("delimiters"), error); });
}

void KeysPage::setupTable()
{
    connect(m_table, &KeyTablePanel::selectionChanged, this, [this] {
        if (!m_isShowing) // chosen by the user, who wants nothing else any more
            m_wantedKey.clear();
        onKeySelection();
        if (!m_isShowing) // else what was chosen is not all said yet
            showCounts();
    });
    connect(m_table, &KeyTablePanel::planWanted, this, &KeysPage::plan);
    connect(m_table, &KeyTablePanel::exportWanted, this, [this](const core::keys::KeyList& keys) {
        if (workspace()->isOpen())
            (new ExportDialog(workspace(), keys, this))->open();
    });
    connect(m_table, &KeyTablePanel::compareWanted, this, &KeysPage::compare);
    connect(m_table, &KeyTablePanel::saveFailed, this, [this](const core::Error& error) { strips()->showError(QStringLiteral("columns"), error); });
    connect(m_table, &KeyTablePanel::sortChosen, this, [this](const KeySort& sort) {
        strips()->remove(sortStrip);
        m_listing->sortBy(sort);
    });
    connect(m_table, &KeyTablePanel::gone, this, [this](const core::keys::KeyList& keys) {
        if (index())
            index()->markDeleted(keys);
    });
    connect(m_table, &KeyTablePanel::refused, this, [this](const std::optional<core::Error>& error) {
        if (error)
            strips()->showError(QStringLiteral("refused"), *error);
        else
            strips()->remove(QStringLiteral("refused"));
    });
}

void KeysPage::openFileMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& text, bool enabled, auto act) {
        QAction* action = menu->addAction(text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, act);
    };
    const qint64 selected = m_table->selectedCount();
    const qint64 listed = m_table->rowCount();
    const bool open = workspace()->isOpen();
    add(tr("Export %1 selected…").arg(core::formatCount(selected)), open && selected > 0, [this] { m_table->exportSelected(); });
    add(tr("Export all %1 listed…").arg(core::formatCount(listed)), open && listed > 0, [this] { m_table->exportListed(); });
    menu->addSeparator();
    add(tr("Import…"), open, [this] {
        if (workspace()->isOpen())
            (new ImportDialog(workspace(), this))->open();
    });
    menu->addSeparator();
    add(tr("Fresh or stale: %1 selected").arg(core::formatCount(selected)), open && workspace()->client() && selected > 0, [this] { m_table->compareSelected(); });
    menu->popup(m_files->mapToGlobal(QPoint(0, m_files->height())));
}

void KeysPage::setupListing()
{
    m_listing->setChosen([this] { return m_table->chosen(); });
    connect(m_listing, &KeyListing::shown, this, &KeysPage::showView);
    connect(m_listing, &KeyListing::failed, this, &KeysPage::showFailure);
    connect(m_listing, &KeyListing::held, this, &KeysPage::showHeld);
    connect(m_listing, &KeyListing::asking, this, &KeysPage::showCounts);
    connect(m_listing, &KeyListing::sortChanged, this, [this] { m_table->setSort(m_listing->sort()); });
    connect(m_listing, &KeyListing::sortLost, this, [this](const KeySort& was) {
        const QString column = m_table->columnName(was.by);
        strips()->show(sortStrip, {Tone::Info, tr("Sorted by key again."), tr("The keys were scanned anew, so “%1” is known of the rows on screen only.").arg(column),
                                      {{tr("Sort by it again"), [this, was] {
                                          strips()->remove(sortStrip);
                                          m_listing->sortBy(was);
                                      }}}});
    });
}

void KeysPage::setupParts()
{
    m_parts->setHandleWidth(12);
    m_parts->addWidget(m_tree);
    m_parts->addWidget(m_table);
    m_parts->addWidget(m_value);
    m_parts->setCollapsible(1, false);
    m_parts->setStretchFactor(0, 2);
    m_parts->setStretchFactor(1, 4);
    m_parts->setStretchFactor(2, 3);
    // The lists decide, not what their empty faces would like to have.
    m_parts->widget(0)->setMinimumWidth(scaled(150));
    m_parts->widget(1)->setMinimumWidth(scaled(396)); // a key of 240, its expiry, the scroll bar
    m_value->setMinimumWidth(std::max(scaled(312), m_value->actsWidth())); // eight bytes of hex, its three acts in any font
    m_parts->setSizes({226, 482, 316});
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
    m_treeButton->setText(m_treeButton->fontMetrics().elidedText(m_tree->name(), Qt::ElideMiddle, scaled(160)).replace(u'&', QStringLiteral("&&")));
}

void KeysPage::resizeEvent(QResizeEvent* event)
{
    IndexedPage::resizeEvent(event);
    layoutParts();
}

void KeysPage::setupSearch()
{
    addFilter(m_treeButton);
    addFilter(m_search, 1);
    setFilterField(m_search->field());
    connect(m_search, &SearchField::searched, this, &KeysPage::search);
    connect(m_search, &SearchField::edited, m_listing, &KeyListing::interrupt);
}

void KeysPage::setupShortcuts()
{
    auto* replay = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_R), this);
    replay->setContext(Qt::WidgetWithChildrenShortcut);
    connect(replay, &QShortcut::activated, this, [this] { m_replay->open(m_value->key()); });
    connect(m_tree, &KeyTreePanel::replayWanted, m_replay, &KeyReplay::open);
    connect(m_table, &KeyTablePanel::replayWanted, m_replay, &KeyReplay::open);
    connect(m_value, &ValuePane::replayWanted, m_replay, &KeyReplay::open);
    auto* copyValue = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this);
    copyValue->setContext(Qt::WidgetWithChildrenShortcut);
    connect(copyValue, &QShortcut::activated, this, [this] { QGuiApplication::clipboard()->setText(m_value->valueText()); });
}

void KeysPage::pageConnected()
{
    m_table->setSession(workspace()->session());
    m_tree->setSession(workspace()->session());
    m_table->setRoutes(workspace()->routes());
    m_search->setRoutes(workspace()->routes());
    IndexedPage::pageConnected();
}

void KeysPage::pageShown()
{
    IndexedPage::pageShown();
    m_table->setSeen(true);
    m_tree->reportVisible();
}

void KeysPage::pageHidden()
{
    m_table->setSeen(false);
    IndexedPage::pageHidden();
}

void KeysPage::refresh()
{
    IndexedPage::refresh();
    m_table->refreshVisible();
    m_tree->refreshMemory();
    if (m_value->hasKey())
        m_value->refresh();
}

bool KeysPage::cancel()
{
    if (m_value->cancel())
        return true;
    if (m_listing->cancelAsking())
        return true;
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

QString KeysPage::unsaved() const
{
    return m_value->unsaved();
}

void KeysPage::openHint(const PageHint& hint)
{
    if (!hint.filter.isEmpty())
        m_search->lookFor(hint.filter);
    if (hint.key.isEmpty())
        return;
    m_search->clear();
    m_treeButton->setChecked(false);
    m_tree->chooseAll();
    m_wantedKey = hint.key;
    m_value->showKey(hint.key);
    selectKey(hint.key);
}

void KeysPage::indexCleared()
{
    m_listing->clear();
    m_tree->clear();
    m_table->clear();
    m_value->clear();
    onKeySelection();
    for (const QString& strip : {sortStrip, filterStrip, compareStrip}) // what they offer is of the server or database that was left
        strips()->remove(strip);
    m_wantedKey.clear();
    m_waiting.clear();
    search();
}

void KeysPage::indexChanged()
{
    const KeyIndex::Snapshot snapshot = index()->snapshot();
    if (!isScanning() && !m_waiting.isEmpty())
        strips()->remove(std::exchange(m_waiting, {}));
    m_tree->setKeys(snapshot);
    m_listing->setKeys(snapshot);
}

void KeysPage::search()
{
    const core::keys::ParsedQuery asked = m_search->query();
    if (asked)
        m_listing->find(*asked, m_tree->node());
    else
        showFilterError(asked.error().error);
}

void KeysPage::showFilterError(const core::Error& error)
{
    if (m_waiting == filterStrip)
        m_waiting.clear();
    strips()->showError(filterStrip, error);
}

void KeysPage::showView()
{
    const KeyView& view = *m_listing->view();
    if (m_search->query()) // not while another one is being corrected
        strips()->remove(filterStrip);
    {
        const QScopedValueRollback<bool> showing(m_isShowing, true);
        m_table->show(view, std::exchange(m_shownWish, view.wish) == view.wish);
    }
    if (!m_wantedKey.isEmpty())
        selectKey(m_wantedKey);
    else if (view.chosen->isEmpty() && m_value->hasKey())
        selectKey(m_value->key());
    onKeySelection(); // a reset drops the selection without a word
    checkShownKey(view);
    showCounts();
    showFace();
}

// The list stays as it was: to show no row would say that no key matches.
void KeysPage::showFailure(const core::Error& failure)
{
    showFilterError(failure);
    m_search->refuse({0, m_search->field()->text().size()}, core::oneLine(failure));
}

void KeysPage::showHeld(const KeyListing::Held& held)
{
    using Why = KeyListing::Held::Why;
    const QString keys = keysText(held.keys);
    const QString id = held.term ? filterStrip : sortStrip;
    const auto ask = [this, held, id] {
        strips()->remove(id);
        m_listing->ask(held);
    };
    StripText text;
    if (held.why == Why::Scanning)
        text = {Tone::Info, tr("Keys are still being read."), tr("TTL, size and type of all keys can be asked for when the scan has ended.")};
    else if (held.why == Why::Cost)
        text = {Tone::Warn, tr("The server has to be asked about %1.").arg(keys), tr("This is production: three commands a key, with a rest after each batch."),
            {{tr("Ask gently"), ask}}};
    else if (held.error.code == core::Code::Cancelled)
        text = {Tone::Warn, tr("Stopped after %1 of %2.").arg(core::formatCount(held.done), keys), held.term ? tr("The list shows what it showed before. The answers are kept.") : tr("The list stays sorted as it was. The answers are kept."),
            {{tr("Go on"), ask}}};
    else
        text = stripForError(held.error, {{tr("Ask again"), ask}});
    strips()->show(id, text);
    m_waiting = held.why == Why::Scanning ? id : QString();
    if (held.term)
        m_search->refuse(*held.term, text.what);
}

// The value beside the list may be of a key that the list does not have: hidden by the filter, deleted, or not scanned yet.
void KeysPage::checkShownKey(const KeyView& view)
{
    const QByteArray& key = m_value->key();
    const bool known = core::keys::findKey(*view.snapshot.store, *view.snapshot.order, key) >= 0;
    m_value->setListed(!known || m_table->lists(key));
    if (!known && !isScanning())
        m_value->check(); // no proof: it may be younger than the scan
}

// A form stands beside the list, even one without rows.
void KeysPage::showFace()
{
    if (m_value->hasForm() || (index() && !index()->snapshot().order->empty()))
        faces()->showFilled();
    else
        showWithoutKeys();
}

void KeysPage::showCounts()
{
    showFact();
    const KeyFigures& figures = m_listing->figures();
    const auto done = core::formatCount(figures.done()), total = keysText(figures.total());
    if (figures.isAsking())
        m_table->setFooter(tr("asking for expiry, size and type: %1 of %2").arg(done, total), figures.done(), figures.total());
    else if (isScanning())
        m_table->setFooter(scanText() + QStringLiteral(", ") + countText(), index()->seen(), index()->dbsize());
    else if (m_listing->isBehind())
        m_table->setFooter(tr("sorting, %1 so far").arg(countText()));
    else if (const qint64 selected = m_table->selectedCount(); selected > 1)
        m_table->setFooter(tr("%1, %2 selected").arg(countText(), core::formatCount(selected)));
    else
        m_table->setFooter(countText());
}

bool KeysPage::listsAll() const
{
    return m_search->isEmpty() && m_tree->node().isAll();
}

// The list may be of an older order than what was handed out last: header and list tell the same number.
qint64 KeysPage::shownKeys() const
{
    return m_listing->view() && listsAll() && !m_listing->isBuilding() ? m_table->rowCount() : IndexedPage::shownKeys();
}

QString KeysPage::countText() const
{
    const qint64 shown = m_table->rowCount();
    if (listsAll())
        return keysText(shown);
    const QString text = tr("%1 match").arg(core::formatCount(shown));
    const double ms = m_listing->view() ? m_listing->view()->filterMs : -1;
    if (ms < 0)
        return text;
    return tr("%1 in %2").arg(text, ms < 1000 ? core::formatMs(ms) : core::formatDuration(qint64(ms)));
}

void KeysPage::showFact()
{
    const QString age = ageText();
    if (!isScanning() && m_listing->isBehind())
        setFact(tr("%1, sorting").arg(scanText()));
    else if (age.isEmpty())
        setFact(scanText());
    else
        setFact(tr("%1 when %2; F5 scans again").arg(scanText(), age));
}

void KeysPage::onTreeKey(const QByteArray& key)
{
    m_wantedKey = key;
    m_value->showKey(key);
    if (!m_listing->isBuilding())
        selectKey(key);
}

void KeysPage::onKeySelection()
{
    const qint64 rows = m_table->selectedCount();
    m_delete->setEnabled(rows > 0);
    m_delete->setToolTip(rows == 0 ? tr("Select keys first") : tr("Makes a plan; nothing is deleted yet"));
    if (rows == 1)
        m_value->showKey(m_table->selectedKey());
}

void KeysPage::selectKey(const QByteArray& key)
{
    const bool isWanted = !m_wantedKey.isEmpty() && key == m_wantedKey;
    if (m_table->selectKey(key, isWanted) && isWanted)
        m_wantedKey.clear();
}

void KeysPage::compare(const core::keys::KeyList& keys)
{
    strips()->remove(compareStrip);
    if (keys.size() > mostCompared)
        return strips()->show(compareStrip, {Tone::Warn, tr("%1 are too many to compare at once.").arg(keysText(keys.size())),
                                                tr("Select at most %1: each is requested from the app.").arg(core::formatCount(mostCompared))});
    const auto reading = QtConcurrent::run([keys, routes = workspace()->routes()] {
        const std::atomic_bool goesOn {false}; // some milliseconds, not worth a way to stop them
        return core::Result<KeyTargets>(core::replay::targetsOfKeys(keys.toList(), routes, goesOn));
    });
    core::onFinished(reading, this, [this, session = QPointer(workspace()->session())](const core::Result<KeyTargets>& found) {
        if (found && session && session == workspace()->session()) // else they are of a server that was left
            openCompared(*found);
    });
}

void KeysPage::openCompared(const KeyTargets& found)
{
    if (found.left > 0) {
        const QString what = found.targets.isEmpty() ? tr("None of the selected keys has a request of its own.") : tr("%1 left out of the comparison.").arg(keysText(found.left));
        strips()->show(compareStrip, {Tone::Info, what, tr("%1: %2").arg(core::shortDisplayText(found.skipped.first().key, longestShownKey), core::displayText(found.skipped.first().why))});
    }
    if (found.targets.isEmpty())
        return;
    PageHint hint;
    hint.targets = found.targets;
    hint.compare = true;
    workspace()->openPage(PageId::Replay, hint);
}

void KeysPage::plan(const core::keys::KeyList& keys)
{
    if (!workspace()->isOpen())
        return;
    PageHint hint;
    hint.list = keys;
    if (keys.size() == 1)
        hint.selection = {{core::invalidate::Selector::Kind::Key, keys.key(0)}};
    else
        hint.selection = {{core::invalidate::Selector::Kind::List, tr("selected in Keys").toUtf8()}};
    workspace()->openPage(PageId::Invalidate, hint);
}

}
