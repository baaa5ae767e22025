// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keylisting.h"

#include "core/base/async.h"
#include "ui/shell/workspace.h"

#include <QtConcurrentRun>

#include <utility>

using core::keys::KeyIndex;
using core::keys::KeySort;

namespace ui {

namespace {
    // Answered by a server within the blink in which nobody would have pressed a button.
    constexpr std::size_t askedWithoutWord = 1000;
}

KeyListing::KeyListing(Workspace* workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_figures(workspace)
{
    connect(&m_figures, &KeyFigures::progressed, this, &KeyListing::asking);
    connect(&m_figures, &KeyFigures::ready, this, [this] {
        emit asking();
        start();
    });
    connect(&m_figures, &KeyFigures::failed, this, &KeyListing::onFailed);
    connect(&m_figures, &KeyFigures::gone, this, [this](const core::keys::KeyList& keys) {
        if (KeyIndex* index = m_workspace->keyIndex())
            index->markDeleted(keys);
    });
}

void KeyListing::setKeys(const KeyIndex::Snapshot& snapshot)
{
    const bool isOther = snapshot.store != m_snapshot.store;
    m_snapshot = snapshot;
    ++m_version;
    if (!isOther && m_figures.isAsking())
        return; // the list follows when the answer has come
    if (isOther) {
        m_figures.clear();
        wishAnew();
        if (m_sort.needsFigures()) {
            const KeySort was = m_sort;
            setSort({});
            emit sortLost(was);
        }
    }
    start();
}

void KeyListing::find(const core::keys::KeyQuery& query, const core::keys::TreeRef& node)
{
    m_query = query;
    m_node = node;
    renew();
}

void KeyListing::sortBy(const KeySort& sort)
{
    if (sort == m_sort)
        return;
    setSort(sort);
    renew();
}

void KeyListing::renew()
{
    interrupt();
    wishAnew();
    start();
}

void KeyListing::ask(const Held& held)
{
    setSort(held.sort);
    renew();
    m_allowed = m_wish;
}

void KeyListing::interrupt()
{
    if (m_building)
        *m_building = true;
}

bool KeyListing::cancelAsking()
{
    const bool wasAsking = m_figures.isAsking();
    m_figures.cancel();
    return wasAsking;
}

void KeyListing::clear()
{
    interrupt();
    m_figures.clear();
    m_node = {};
    setSort({});
    // Else the list would go on showing the keys of the server or database that was left.
    m_snapshot = {};
    m_view.reset();
    m_again = false;
    wishAnew();
    ++m_version;
}

void KeyListing::wishAnew()
{
    ++m_wish;
    m_isHeld = false;
}

void KeyListing::setSort(const KeySort& sort)
{
    if (sort == m_sort)
        return;
    m_sort = sort;
    ++m_wish;
    emit sortChanged();
}

void KeyListing::start()
{
    if (!m_snapshot.store || !m_workspace->isOpen())
        return;
    if (m_building && !*m_building) { // the newest wish is carried out when this one ends
        m_again = true;
        return;
    }
    auto cancelled = std::make_shared<std::atomic_bool>(false);
    m_building = cancelled;
    m_again = false;
    const KeyViewWish wish {m_snapshot, m_version, m_wish, m_node, m_query, m_sort, m_workspace->routes(), m_figures.columns(m_snapshot.store),
        m_chosen ? m_chosen() : ChosenKeys(), m_view};
    core::onFinished(QtConcurrent::run([wish, cancelled] { return makeKeyView(wish, *cancelled); }), this,
        [this, cancelled, chosen = wish.chosen](const core::Result<KeyView>& view) {
            if (m_building == cancelled)
                m_building.reset();
            if (view && !*cancelled)
                onBuilt(chosen, *view);
            if (m_again)
                start();
        });
}

void KeyListing::onBuilt(const ChosenKeys& chosen, const KeyView& view)
{
    if (view.unknown)
        return onUnknown(view);
    if (m_figures.isAsking() && view.wish == m_wish) { // what it asks for is not needed any more
        m_figures.stop();
        emit asking();
    }
    if (view.failure) {
        m_shownVersion = view.version;
        emit failed(*view.failure);
        return;
    }
    if (const ChosenKeys now = m_chosen ? m_chosen() : chosen; now.rows != chosen.rows || now.chosen != chosen.chosen) {
        start(); // something else was chosen meanwhile
        return;
    }
    m_shownVersion = view.version;
    m_view = std::make_shared<const KeyView>(view);
    emit shown();
}

void KeyListing::onUnknown(const KeyView& view)
{
    m_shownVersion = view.version;
    if (view.wish != m_wish || view.snapshot.store != m_snapshot.store)
        return;
    if (m_isHeld)
        return sortAsKnown({});
    const auto keys = qint64(view.unknown->size());
    const KeyIndex* index = m_workspace->keyIndex();
    if (index && index->isScanning())
        return hold({Held::Why::Scanning, m_sort, m_query.metaPlace(), keys});
    if (m_workspace->isProduction() && m_allowed != m_wish && view.unknown->size() > askedWithoutWord)
        return hold({Held::Why::Cost, m_sort, m_query.metaPlace(), keys});
    m_allowed = 0;
    m_figures.ask(view.snapshot.store, view.unknown);
    emit asking();
}

void KeyListing::onFailed(const core::Error& error, qint64 done, qint64 total)
{
    emit asking();
    hold({Held::Why::Failed, m_sort, m_query.metaPlace(), total, done, error});
}

// A search that cannot be answered leaves the list; a sort gives way to what the list has.
void KeyListing::hold(const Held& held)
{
    // A search is carried out by itself when all keys are there.
    m_isHeld = held.why != Held::Why::Scanning;
    const bool isOfThis = m_view && m_view->snapshot.store == m_snapshot.store && m_view->sort != held.sort;
    const KeySort known = isOfThis && m_isHeld ? m_view->sort : KeySort();
    emit this->held(held);
    sortAsKnown(known);
}

void KeyListing::sortAsKnown(const KeySort& sort)
{
    if (!m_sort.needsFigures())
        return;
    setSort(sort);
    start();
}

}
