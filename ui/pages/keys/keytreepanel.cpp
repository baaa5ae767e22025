// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytreepanel.h"

#include "core/base/bytes.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/pages/keys/keyreplay.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/card.h"
#include "ui/widgets/tableview.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

using core::keys::KeyIndex;

namespace ui {

namespace {
    constexpr int memoryColumn = 132;
    constexpr int treeWithMemory = 330;
    const char delimitersChoice[] = "tree/delimiters";
}

KeyTreePanel::KeyTreePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_model(new KeyTreeModel(this))
    , m_tree(new TreeView(tr("Endpoints")))
{
    setupTree();
    connectTree();
    auto* card = new Card;
    card->body()->addWidget(m_tree, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(card);
    connect(workspace, &Workspace::routesChanged, this, &KeyTreePanel::showTree);
}

void KeyTreePanel::setupTree()
{
    m_tree->setModel(m_model);
    QHeaderView* header = m_tree->header();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(KeyTreeModel::Name, QHeaderView::Stretch);
    header->setSectionResizeMode(KeyTreeModel::Keys, QHeaderView::ResizeToContents);
    header->setSectionResizeMode(KeyTreeModel::Memory, QHeaderView::Fixed);
    header->resizeSection(KeyTreeModel::Memory, scaled(memoryColumn));
    connect(header, &QHeaderView::sectionResized, this, &KeyTreePanel::layoutColumns, Qt::QueuedConnection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &KeyTreePanel::openMenu);
}

void KeyTreePanel::connectTree()
{
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &KeyTreePanel::onCurrentChanged);
    connect(m_model, &KeyTreeModel::treeChanged, this, &KeyTreePanel::onTreeChanged);
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, this, &KeyTreePanel::reportVisible);
    connect(m_tree->verticalScrollBar(), &QScrollBar::rangeChanged, this, &KeyTreePanel::reportVisible, Qt::QueuedConnection);
    for (const auto signal : {&QTreeView::expanded, &QTreeView::collapsed})
        connect(m_tree, signal, this, &KeyTreePanel::reportVisible, Qt::QueuedConnection);
    const auto wantValue = [this](const QModelIndex& index) {
        if (m_model->isLeaf(index))
            emit valueWanted();
    };
    connect(m_tree, &QAbstractItemView::clicked, this, wantValue);
    connect(m_tree, &QAbstractItemView::activated, this, wantValue);
}

void KeyTreePanel::setSession(core::redis::Session* session)
{
    m_model->setSession(session);
}

void KeyTreePanel::setKeys(const KeyIndex::Snapshot& snapshot)
{
    m_snapshot = snapshot;
    showTree();
}

void KeyTreePanel::clear()
{
    m_snapshot = {};
    m_node = {};
    m_current.clear();
    m_model->clear();
    emit named();
}

void KeyTreePanel::chooseAll()
{
    m_tree->setCurrentIndex(m_model->index(0, 0));
}

QString KeyTreePanel::name() const
{
    const QModelIndex current = m_model->indexOf(m_current);
    return current.isValid() ? current.data().toString() : tr("All keys");
}

void KeyTreePanel::refreshMemory()
{
    m_model->refreshMemory();
}

void KeyTreePanel::showTree()
{
    if (!m_snapshot.store)
        return;
    const QString setting = m_workspace->store()->choice(QString::fromLatin1(delimitersChoice));
    m_model->setTree({m_snapshot.store, m_snapshot.order, {m_workspace->routes(), core::keys::delimitersFromText(setting)}});
}

// What is current may be gone from the tree: then what was above it is.
void KeyTreePanel::onTreeChanged()
{
    QModelIndex current = m_model->indexOf(m_current);
    if (!current.isValid())
        current = m_model->index(0, 0);
    m_restoring = true;
    m_tree->setCurrentIndex(current);
    m_restoring = false;
    if (current.isValid())
        choose(current);
    reportVisible();
}

void KeyTreePanel::onCurrentChanged()
{
    const QModelIndex current = m_tree->currentIndex();
    if (m_restoring || m_model->isWaiting(current))
        return;
    const bool isKey = m_model->isLeaf(current);
    const QByteArray key = m_model->refOf(current).prefix;
    choose(current);
    if (isKey)
        emit keyChosen(key);
}

void KeyTreePanel::choose(const QModelIndex& index)
{
    m_current = m_model->pathOf(index);
    emit named();
    const core::keys::TreeRef node = m_model->refOf(m_model->isLeaf(index) ? index.parent() : index);
    if (node == m_node)
        return;
    m_node = node;
    emit nodeChanged();
}

// Memory has a column where there is room beside the names.
void KeyTreePanel::layoutColumns()
{
    m_tree->setColumnHidden(KeyTreeModel::Memory, m_tree->viewport()->width() < scaled(treeWithMemory));
    reportVisible();
}

void KeyTreePanel::reportVisible()
{
    QModelIndexList nodes;
    const bool seen = m_tree->isVisible() && !m_tree->isColumnHidden(KeyTreeModel::Memory);
    const int height = m_tree->viewport()->height();
    for (QModelIndex at = seen ? m_tree->indexAt({0, 0}) : QModelIndex(); at.isValid() && m_tree->visualRect(at).top() < height; at = m_tree->indexBelow(at))
        nodes << at;
    m_model->setVisible(nodes);
}

void KeyTreePanel::openMenu(const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QModelIndex index = m_tree->indexAt(at);
    if (m_model->isLeaf(index)) {
        const QByteArray key = m_model->refOf(index).prefix;
        addCopyActions(menu, m_workspace, key);
        KeyReplay::addAction(menu, this, [this, key] { emit replayWanted(key); });
        menu->addSeparator();
    }
    const QList<QByteArray> chosen = core::keys::delimitersFromText(m_workspace->store()->choice(QString::fromLatin1(delimitersChoice)));
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

void KeyTreePanel::setDelimiters(const QList<QByteArray>& delimiters)
{
    QStringList words;
    for (const QByteArray& delimiter : delimiters)
        words << core::argumentFromBytes(delimiter);
    const auto saved = m_workspace->store()->setChoice(QString::fromLatin1(delimitersChoice), words.join(u' '));
    if (!saved)
        emit saveFailed(saved.error());
    showTree();
}

}
