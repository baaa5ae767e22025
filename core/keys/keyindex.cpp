// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyindex.h"

#include "core/base/async.h"
#include "core/keys/keysahead.h"

#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace core::keys {

namespace {

constexpr int tickMs = 100;
constexpr qint64 sortEveryMs = 500;
// A sort may take this part of the time between two, so that it never competes with the scan for long.
constexpr qint64 sortShare = 5;
// Ids of keys that are not shown any more cost their bytes: about 44 MB, and as many again as there are keys.
constexpr std::size_t spareIds = 1'000'000;

// The keys of `order`, which then are 0, 1 … in it. nullptr when cancelled.
std::shared_ptr<KeyStore> compacted(const KeyStore& store, const Order& order, const std::atomic_bool& cancelled)
{
    constexpr std::size_t batch = 4096;
    auto compact = std::make_shared<KeyStore>();
    KeysAhead keys(store, order, order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i % batch == 0 && cancelled)
            return nullptr;
        keys.reach(i);
        const QByteArrayView key = keys.at(i);
        compact->key(key.data(), std::size_t(key.size()));
    }
    compact->batchEnd();
    return compact;
}

}

// A store with the order made of it so far.
struct KeyIndex::Layer {
    struct Change {
        enum class What { Deleted, Arrived } what;
        KeyList keys;
        KeyId arrivedBefore = 0; // Deleted: what came from here on came after it
        bool byUs = false; // shows at once
    };

    std::shared_ptr<KeyStore> store = std::make_shared<KeyStore>();
    std::shared_ptr<const Order> order = std::make_shared<const Order>();
    KeyId sorted = 0;
    std::vector<Change> changes; // not yet in the order, oldest first
    bool complete = false;
    int database = 0;
    QDateTime scannedAt;
};

struct KeyIndex::Sorted {
    std::shared_ptr<KeyStore> store; // as it was, or compacted
    std::shared_ptr<const Order> order;
    KeyId count; // keys of the store that it takes account of
};

// What a pool thread needs to make the next order; it outlives the index if it must.
struct KeyIndex::Work {
    std::shared_ptr<KeyStore> store;
    std::shared_ptr<const Order> order;
    KeyId sorted;
    KeyId count;
    std::vector<Layer::Change> changes;
    bool isFilled; // by a scan: it stays the store that this one fills
    std::shared_ptr<const std::atomic_bool> cancelled;

    Result<Sorted> run() const
    {
        auto result = count > sorted ? extendedOrder(*store, *order, sorted, count, *cancelled) : order;
        bool anyDeleted = false;
        KeyId taken = count;
        for (auto change = changes.begin(); result && change != changes.end(); ++change) {
            if (change->what == Layer::Change::What::Deleted) {
                anyDeleted = markDeleted(*change, *result) || anyDeleted;
            } else {
                result = extendedBy(change->keys, result);
                taken = store->size();
            }
        }
        if (result && anyDeleted)
            result = filtered(*store, *result, {}, *cancelled);
        if (!result)
            return fail(Code::Cancelled);
        if (!isFilled && store->size() > 2 * result->size() + spareIds)
            return moved(*result);
        return Sorted {store, result, taken};
    }

    Result<Sorted> moved(const Order& kept) const
    {
        const auto compact = compacted(*store, kept, *cancelled);
        if (!compact)
            return fail(Code::Cancelled);
        auto all = std::make_shared<Order>(kept.size());
        std::iota(all->begin(), all->end(), KeyId(0));
        return Sorted {compact, all, compact->size()};
    }

    bool markDeleted(const Layer::Change& deletion, const Order& in) const
    {
        bool any = false;
        std::size_t position = 0; // both are in order: each search begins where the last ended
        for (qsizetype i = 0; i < deletion.keys.size() && !*cancelled; ++i) {
            const QByteArrayView key = deletion.keys.at(i);
            position = lowerBound(*store, in, key, position);
            if (position == in.size() || store->at(in[position]) != key || in[position] >= deletion.arrivedBefore)
                continue;
            store->markDeleted(in[position]);
            any = true;
        }
        return any;
    }

    // No scan fills the store then, so this thread may.
    std::shared_ptr<const Order> extendedBy(const KeyList& keys, const std::shared_ptr<const Order>& in) const
    {
        const KeyId before = store->size();
        std::size_t position = 0;
        for (qsizetype i = 0; i < keys.size() && !*cancelled; ++i) {
            const QByteArrayView key = keys.at(i);
            position = lowerBound(*store, *in, key, position);
            const bool isKnown = position < in->size() && store->at((*in)[position]) == key && !store->isDeleted((*in)[position]);
            if (!isKnown)
                store->key(key.data(), std::size_t(key.size()));
        }
        store->batchEnd();
        return store->size() == before ? in : extendedOrder(*store, *in, before, store->size(), *cancelled);
    }
};

KeyIndex::KeyIndex(redis::Session* session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_shown(std::make_shared<Layer>())
{
    m_timer.setInterval(tickMs);
    connect(&m_timer, &QTimer::timeout, this, &KeyIndex::tick);
    connect(session, &redis::Session::stateChanged, this, &KeyIndex::handleSession);
    connect(session, &redis::Session::factsChanged, this, &KeyIndex::handleSession);
}

KeyIndex::~KeyIndex()
{
    if (m_sorting)
        *m_sorting = true;
    delete m_scan;
}

KeyIndex::Snapshot KeyIndex::snapshot() const
{
    return {m_shown->store, m_shown->order, m_shown->complete, m_shown->database, m_shown->scannedAt};
}

qint64 KeyIndex::ageMs() const
{
    return m_shown->scannedAt.isValid() ? m_shown->scannedAt.msecsTo(QDateTime::currentDateTimeUtc()) : -1;
}

void KeyIndex::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    emit stateChanged(state);
}

void KeyIndex::start(bool gentle)
{
    if (m_building)
        return;
    m_building = std::make_shared<Layer>();
    if (m_shown->order->empty())
        m_shown = m_building; // nothing to keep: keys show as they come
    m_building->scannedAt = QDateTime::currentDateTimeUtc();
    m_building->database = m_session->endpoint().database;
    m_seen = 0;
    m_dbsize = -1;
    m_lastError.reset();
    m_sinceSort.start();
    m_timer.start();

    redis::KeyScan::Options options;
    options.gentle = gentle;
    m_scan = new redis::KeyScan(m_session, m_building->store.get(), options, this);
    // The scan may end later than the interest in its keys: its store lives as long.
    connect(m_scan, &QObject::destroyed, this, [store = m_building->store] {});
    connect(m_scan, &Job::progressed, this, &KeyIndex::handleProgress);
    connect(m_scan, &Job::finished, this, &KeyIndex::handleScanEnd);
    setState(State::Scanning);
    m_scan->start();
}

void KeyIndex::cancel()
{
    if (m_scan)
        m_scan->cancel();
}

void KeyIndex::setPaused(bool paused)
{
    if (!m_scan || m_scan->isFinished())
        return;
    m_scan->setPaused(paused);
    setState(paused ? State::Paused : State::Scanning);
}

void KeyIndex::clear()
{
    const bool wasScanning = m_building != nullptr;
    if (m_sorting)
        *m_sorting = true;
    m_sorting.reset();
    dropScan();
    m_timer.stop();
    m_ending.reset();
    m_building.reset();
    m_shown = std::make_shared<Layer>();
    m_seen = 0;
    m_dbsize = -1;
    m_lineLost = false;
    setState(State::Empty);
    emit orderChanged();
    if (wasScanning)
        emit finished();
}

// Not deleted at once, as it may be what called us.
void KeyIndex::dropScan()
{
    if (!m_scan)
        return;
    disconnect(m_scan, &Job::progressed, this, nullptr);
    disconnect(m_scan, &Job::finished, this, nullptr);
    m_scan->cancel();
    std::exchange(m_scan, nullptr)->deleteLater();
}

void KeyIndex::markDeleted(const KeyList& keys)
{
    noteDeleted(keys, true);
    sortNext();
}

void KeyIndex::markGone(const KeyList& keys)
{
    noteDeleted(keys, false);
    if (!m_shown->changes.empty() && !m_timer.isActive())
        m_timer.start();
}

void KeyIndex::noteDeleted(const KeyList& keys, bool byUs)
{
    if (keys.isEmpty())
        return;
    for (Layer* layer : {m_shown.get(), m_building != m_shown ? m_building.get() : nullptr}) {
        if (!layer)
            continue;
        // Where no scan runs, what comes meanwhile comes by add(), which is told after the deletion.
        const bool isFilled = layer == m_building.get();
        const KeyId arrivedBefore = isFilled ? layer->store->size() : std::numeric_limits<KeyId>::max();
        layer->changes.push_back({Layer::Change::What::Deleted, keys, arrivedBefore, byUs});
    }
}

void KeyIndex::add(const KeyList& keys)
{
    if (keys.isEmpty() || m_building || !m_shown->scannedAt.isValid())
        return;
    m_shown->changes.push_back({Layer::Change::What::Arrived, keys});
    if (!m_timer.isActive())
        m_timer.start();
}

void KeyIndex::handleProgress(qint64 seen, qint64 dbsize)
{
    m_seen = seen;
    m_dbsize = dbsize;
    emit progressed(seen, dbsize);
}

void KeyIndex::tick()
{
    if (m_building && sortIsDue())
        sort(m_building);
    else if (changesAreDue())
        sort(m_shown);
    if (!m_building && m_shown->changes.empty())
        m_timer.stop();
}

// A few keys more or less among many cost as much as many: not more often than the work is worth.
bool KeyIndex::changesAreDue() const
{
    return !m_sorting && m_building != m_shown && !m_shown->changes.empty() && m_sinceSort.elapsed() >= sortShare * m_sortCostMs;
}

bool KeyIndex::sortIsDue() const
{
    const KeyId size = m_building->store->size();
    const KeyId sorted = m_building->sorted;
    if (m_sorting || size == sorted)
        return false;
    if (m_ending || size / 2 >= sorted)
        return true;
    const qint64 waited = m_sinceSort.elapsed();
    return m_building == m_shown && waited >= sortEveryMs && waited >= sortShare * m_sortCostMs;
}

void KeyIndex::sort(const std::shared_ptr<Layer>& layer)
{
    m_sorting = std::make_shared<std::atomic_bool>(false);
    m_sinceSort.start();
    const KeyId count = layer->store->size();
    // Every key that had arrived before a deletion is among these, as arrivals only add up.
    const Work work {layer->store, layer->order, layer->sorted, count, std::exchange(layer->changes, {}), layer == m_building, m_sorting};
    onFinished(QtConcurrent::run([work] { return work.run(); }), this,
        [this, layer, token = m_sorting](const Result<Sorted>& sorted) {
            if (token == m_sorting) // clear() lets go of it
                handleSorted(layer, sorted);
        });
}

void KeyIndex::handleSorted(const std::shared_ptr<Layer>& layer, const Result<Sorted>& sorted)
{
    m_sorting.reset();
    m_sortCostMs = m_sinceSort.elapsed();
    m_sinceSort.start();
    if (sorted) {
        layer->store = sorted->store;
        layer->order = sorted->order;
        layer->sorted = sorted->count;
        if (layer == m_shown)
            emit orderChanged();
    }
    sortNext();
}

// Deletions of ours show at once; the last order of a scan ends it.
void KeyIndex::sortNext()
{
    if (m_sorting)
        return;
    if (m_ending && m_building->sorted == m_building->store->size() && m_building->changes.empty())
        endScan();
    else if (m_ending)
        sort(m_building);
    else if (std::ranges::any_of(m_shown->changes, &Layer::Change::byUs))
        sort(m_shown);
}

void KeyIndex::handleScanEnd()
{
    const qint64 seen = m_scan->done(), dbsize = m_scan->total();
    const Result<void>& outcome = m_scan->outcome();
    m_ending = outcome ? State::Complete : m_scan->wasCancelled() ? State::Cancelled : State::Interrupted;
    if (m_ending == State::Interrupted)
        m_lastError = outcome.error();
    dropScan();
    m_timer.stop();
    handleProgress(seen, dbsize); // whoever hears it sees that only the sorting is left
    // A re-scan that did not get to its end leaves the old keys shown.
    if (m_ending != State::Complete && m_building != m_shown) {
        endScan();
        return;
    }
    sortNext();
}

void KeyIndex::endScan()
{
    const State state = *std::exchange(m_ending, std::nullopt);
    const auto building = std::exchange(m_building, nullptr);
    if (state == State::Complete) {
        building->complete = true;
        m_lineLost = false;
        if (m_shown != building) {
            m_shown = building;
            emit orderChanged();
        }
    }
    if (!m_shown->changes.empty())
        m_timer.start(); // what waited for the end of a scan that brought nothing
    setState(state);
    emit finished();
}

void KeyIndex::handleSession()
{
    if (m_shown->scannedAt.isValid() && m_session->endpoint().database != m_shown->database) {
        clear();
        return;
    }
    if (m_session->state() == redis::Session::State::Connected || m_lineLost || !m_shown->scannedAt.isValid())
        return;
    m_lineLost = true;
    emit stateChanged(m_state);
}

}
