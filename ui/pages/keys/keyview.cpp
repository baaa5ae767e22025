// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyview.h"

#include "core/keys/keymatcher.h"

#include <QDateTime>
#include <QElapsedTimer>

#include <algorithm>

using core::keys::KeyId;
using core::keys::KeyStore;
using core::keys::Order;
using core::keys::RowSet;

namespace ui {

namespace {
    using OrderPtr = std::shared_ptr<const Order>;

    // Keys that come have higher ids than all that there were.
    KeyId newestOf(const Order& order)
    {
        return order.empty() ? 0 : *std::ranges::max_element(order);
    }

    bool losesOnly(const KeyViewWish& wish, KeyId newest)
    {
        const KeyView* shown = wish.shown.get();
        return shown && shown->wish == wish.wish && shown->snapshot.store == wish.snapshot.store && !shown->snapshot.order->empty() && newest <= shown->newest;
    }

    OrderPtr withoutDeleted(const KeyStore& store, const OrderPtr& order)
    {
        auto left = std::make_shared<Order>();
        left->reserve(order->size());
        std::ranges::copy_if(*order, std::back_inserter(*left), [&](KeyId id) { return !store.isDeleted(id); });
        return left;
    }

    OrderPtr unknownOf(const Order& byKey, const core::keys::MetaColumns* columns)
    {
        auto unknown = std::make_shared<Order>();
        std::ranges::copy_if(byKey, std::back_inserter(*unknown), [&](KeyId id) { return !columns || !columns->isKnown(id); });
        return unknown;
    }

    // Finds the keys of the node that the query passes; false where there are no rows yet.
    bool find(const KeyViewWish& wish, const std::atomic_bool& cancelled, KeyView& view)
    {
        const KeyStore& store = *wish.snapshot.store;
        view.byKey = core::keys::keysOf(store, wish.snapshot.order, wish.node);
        if (!wish.query.isEmpty()) {
            const auto found = core::keys::filtered(store, *view.byKey, wish.query, wish.routes, cancelled);
            if (!found) {
                view.failure = found.error();
                return false;
            }
            view.byKey = *found;
        }
        if (!wish.needsFigures())
            return true;
        view.unknown = unknownOf(*view.byKey, wish.columns.get());
        if (!view.unknown->empty())
            return false;
        view.unknown.reset();
        if (wish.query.needsMeta() && wish.columns)
            view.byKey = core::keys::filteredByMeta(*view.byKey, wish.query, *wish.columns, QDateTime::currentMSecsSinceEpoch(), cancelled);
        return view.byKey != nullptr;
    }

    template <typename Function>
    void forEachChosen(const ChosenKeys& from, const Function& take)
    {
        for (const RowSet::Interval& interval : from.chosen->intervals()) {
            for (auto row = std::size_t(interval.first); row <= std::size_t(interval.last); ++row)
                take((*from.rows)[row]);
        }
    }

    // Of another store: both orders are by key, so one walk through both finds them.
    std::vector<bool> foundAgain(const ChosenKeys& from, const KeyView& to, const std::atomic_bool& cancelled)
    {
        const KeyStore& store = *to.snapshot.store;
        std::vector<bool> chosen(from.store->size()), wanted(store.size());
        forEachChosen(from, [&](KeyId id) { chosen[id] = true; });
        std::size_t at = 0;
        for (const KeyId id : *from.byKey) {
            if (!chosen[id])
                continue;
            const QByteArrayView key = from.store->at(id);
            at = core::keys::lowerBound(store, *to.byKey, key, at);
            if (cancelled || at == to.byKey->size())
                break;
            if (store.at((*to.byKey)[at]) == key)
                wanted[(*to.byKey)[at]] = true;
        }
        return wanted;
    }

    std::vector<bool> marked(const ChosenKeys& from, const KeyView& to, const std::atomic_bool& cancelled)
    {
        if (from.store != to.snapshot.store)
            return foundAgain(from, to, cancelled);
        std::vector<bool> wanted(from.store->size());
        forEachChosen(from, [&](KeyId id) { wanted[id] = true; });
        return wanted;
    }

    RowSet carriedOver(const ChosenKeys& from, const KeyView& to, const std::atomic_bool& cancelled)
    {
        RowSet rows;
        if (!from.chosen || from.chosen->isEmpty())
            return rows;
        const std::vector<bool> wanted = marked(from, to, cancelled);
        for (std::size_t row = 0; row < to.rows->size(); ++row) {
            if (wanted[(*to.rows)[row]])
                rows.add(qint64(row), qint64(row));
        }
        return rows;
    }
}

core::Result<KeyView> makeKeyView(const KeyViewWish& wish, const std::atomic_bool& cancelled)
{
    QElapsedTimer clock;
    clock.start();
    KeyView view {.snapshot = wish.snapshot, .version = wish.version, .wish = wish.wish, .sort = wish.sort, .prefix = wish.node.prefix, .newest = newestOf(*wish.snapshot.order)};
    const KeyStore& store = *wish.snapshot.store;
    if (losesOnly(wish, view.newest)) {
        const bool isByKey = wish.shown->rows == wish.shown->byKey;
        view.byKey = withoutDeleted(store, wish.shown->byKey);
        view.rows = isByKey ? view.byKey : withoutDeleted(store, wish.shown->rows);
        view.filterMs = wish.shown->filterMs;
    } else if (find(wish, cancelled, view)) {
        if (!wish.query.isEmpty())
            view.filterMs = double(clock.nsecsElapsed()) / 1e6;
        view.rows = core::keys::sorted(store, view.byKey, wish.sort, wish.columns.get(), wish.routes, cancelled);
    }
    if (view.rows && !cancelled)
        view.chosen = std::make_shared<const RowSet>(carriedOver(wish.chosen, view, cancelled));
    if (cancelled)
        return core::fail(core::Code::Cancelled);
    return view;
}

qint64 rowOfKey(const KeyStore& store, const Order& byKey, const Order& rows, QByteArrayView key)
{
    const qint64 position = core::keys::findKey(store, byKey, key);
    if (position < 0 || &byKey == &rows)
        return position;
    const auto at = std::ranges::find(rows, byKey[std::size_t(position)]);
    return at == rows.end() ? -1 : at - rows.begin();
}

}
