// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/keysreader.h"

#include "app/gui/composition.h"
#include "core/keys/keyindex.h"
#include "tests/bench/bareclient.h"
#include "ui/pages/keys/keylisting.h"
#include "ui/pages/keys/keytreemodel.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QTimer>
#include <QTreeView>

#include <algorithm>

using core::keys::KeyIndex;
using core::keys::KeySort;

namespace {

constexpr int patienceMs = 600'000;

template <typename Widget>
Widget* named(QWidget* page, const QString& name)
{
    for (Widget* widget : page->findChildren<Widget*>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    stopBench(QStringLiteral("no widget called ") + name);
}

}

void waitUntil(const char* what, const std::function<bool()>& done)
{
    QElapsedTimer clock;
    clock.start();
    QTimer look; // a loop that never sleeps would take a core from what is measured
    look.start(5);
    while (!done()) {
        if (clock.elapsed() > patienceMs)
            stopBench(QStringLiteral("waited in vain: ") + QString::fromLatin1(what));
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

KeysReader::KeysReader(gui::Composition& composition, int keys)
    : m_index(composition.workspace()->keyIndex())
    , m_page(composition.window()->page(ui::PageId::Keys))
    , m_listing(m_page->findChild<ui::KeyListing*>())
    , m_keys(keys)
    , m_table(named<QTableView>(m_page, QStringLiteral("Keys")))
    , m_tree(named<QTreeView>(m_page, QStringLiteral("Endpoints")))
    , m_filter(named<QLineEdit>(m_page, QStringLiteral("Filter keys")))
{
    composition.window()->showPage(ui::PageId::Keys);
}

int KeysReader::rows() const
{
    return m_table->model()->rowCount();
}

void KeysReader::scan()
{
    QScrollBar* bar = m_table->verticalScrollBar();
    waitUntil("the scan", [this, bar] {
        const int next = bar->value() + std::max(1, bar->maximum() / 97);
        bar->setValue(next > bar->maximum() ? 0 : next);
        return m_index->state() == KeyIndex::State::Complete && rows() == m_keys;
    });
    waitUntil("the tree", [this] { return m_tree->model()->rowCount() > 1; });
}

void KeysReader::scrollThrough(QAbstractItemView* view, int steps)
{
    QScrollBar* bar = view->verticalScrollBar();
    for (int step = 0; step <= steps; ++step) {
        bar->setValue(int(qint64(bar->maximum()) * step / steps));
        QCoreApplication::processEvents();
    }
    bar->setValue(0);
    QCoreApplication::processEvents();
}

void KeysReader::scroll()
{
    scrollThrough(m_table, 1000);
}

void KeysReader::openBelow(const QModelIndex& parent, int levels)
{
    const auto* model = static_cast<const ui::KeyTreeModel*>(m_tree->model());
    m_tree->expand(parent);
    waitUntil("the rows of a node", [&] { return model->rowCount(parent) > 0 && !model->isWaiting(model->index(0, 0, parent)); });
    scrollThrough(m_tree, 50);
    if (const QModelIndex child = model->index(0, 0, parent); levels > 1 && model->hasChildren(child))
        openBelow(child, levels - 1);
}

void KeysReader::openTree()
{
    for (int row = 1; row < m_tree->model()->rowCount(); ++row) // the first stands for all keys
        openBelow(m_tree->model()->index(row, 0), 3);
    scrollThrough(m_tree, 200);
}

void KeysReader::type()
{
    const QString word = QStringLiteral("items:000");
    for (int letters = 1; letters <= word.size(); ++letters) {
        m_filter->setText(word.first(letters));
        QElapsedTimer key; // a fast typist's
        key.start();
        waitUntil("the next letter", [&] { return key.elapsed() > 60; });
    }
    waitUntil("the search", [this] { return rows() > 0 && rows() < m_keys / 8 && !m_listing->isBuilding(); });
    scrollThrough(m_table, 50);
    m_filter->clear();
    waitUntil("all keys again", [this] { return rows() == m_keys; });
}

void KeysReader::select()
{
    const auto* model = m_table->model();
    QItemSelectionModel* selection = m_table->selectionModel();
    const auto row = [model](int number) { return QItemSelection(model->index(number, 0), model->index(number, 0)); };
    m_table->selectAll();
    scrollThrough(m_table, 100);
    for (int i = 0; i < 1000; ++i) {
        selection->select(row(int(qint64(m_keys) * i / 1000)), QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
        QCoreApplication::processEvents();
    }
    scrollThrough(m_table, 100);
    selection->select({model->index(m_keys / 3, 0), model->index(m_keys - 1, 0)}, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollThrough(m_table, 100);
    m_table->clearSelection();
    QCoreApplication::processEvents();
}

void KeysReader::sortBy(const KeySort& sort)
{
    m_listing->sortBy(sort);
    waitUntil("the order", [this, &sort] { return m_listing->sort() == sort && !m_listing->isBuilding() && !m_listing->figures().isAsking(); });
    scrollThrough(m_table, 50);
}

void KeysReader::sort()
{
    using By = KeySort::By;
    for (const KeySort& by : {KeySort {By::Memory, true}, KeySort {By::Expiry, false}, KeySort {By::Type, false}, KeySort {By::Kind, false},
             KeySort {By::Key, true}, KeySort {By::Key, false}})
        sortBy(by);
}
