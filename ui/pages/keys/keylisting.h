// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/keys/keyfigures.h"
#include "ui/pages/keys/keyview.h"

#include <QObject>

#include <functional>
#include <memory>

namespace ui {

// Makes what the flat list shows, on a pool: one run at a time, a newer wish cancels it. Where the wish needs figures that are not known,
// the server is asked about them first and the list stays as it was meanwhile. GUI thread.
class KeyListing final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyListing)
public:
    // Why figures that are needed were not asked for, or not all of them.
    struct Held {
        enum class Why {
            Scanning, // keys are still coming
            Cost, // production: the user is told the number first
            Failed, // or was cancelled, see `error`
        };
        Why why = Why::Scanning;
        core::keys::KeySort sort; // that was wanted
        std::optional<core::keys::QueryPlace> term; // of the search that needs them
        qint64 keys = 0;
        qint64 done = 0;
        core::Error error = {};
    };

    explicit KeyListing(Workspace* workspace, QObject* parent = nullptr);

    // What is chosen in the list now.
    void setChosen(std::function<ChosenKeys()> chosen) { m_chosen = std::move(chosen); }
    void setKeys(const core::keys::KeyIndex::Snapshot& snapshot);
    void find(const core::keys::KeyQuery& query, const core::keys::TreeRef& node);
    void sortBy(const core::keys::KeySort& sort);
    // Makes the list again: classes or kinds are others.
    void renew();
    // After held(): asks all the same, or goes on.
    void ask(const Held& held);
    // The user is typing another search.
    void interrupt();
    // By the user; false where nothing is asked.
    bool cancelAsking();
    void clear();

    // Null until there is one.
    const KeyView* view() const { return m_view.get(); }
    const core::keys::KeySort& sort() const { return m_sort; }
    const KeyFigures& figures() const { return m_figures; }
    bool isBuilding() const { return m_building != nullptr; }
    // The list is of an older order than there is.
    bool isBehind() const { return m_building && m_shownVersion != m_version; }

signals:
    void shown(); // view() is another
    void failed(const core::Error& error); // the search did: the list stays
    void held(const ui::KeyListing::Held& held); // the list stays
    void asking(); // figures(): has begun, got on or ended
    void sortChanged(); // sort() is another
    // Sorted by key: the figures of another scan are not known.
    void sortLost(const core::keys::KeySort& was);

private:
    void start();
    void onBuilt(const ChosenKeys& chosen, const KeyView& view);
    void onUnknown(const KeyView& view);
    void onFailed(const core::Error& error, qint64 done, qint64 total);
    void hold(const Held& held);
    void sortAsKnown(const core::keys::KeySort& sort);
    void setSort(const core::keys::KeySort& sort);
    void wishAnew();

    Workspace* m_workspace;
    KeyFigures m_figures;
    std::function<ChosenKeys()> m_chosen;
    core::keys::KeyIndex::Snapshot m_snapshot;
    core::keys::KeyQuery m_query;
    core::keys::TreeRef m_node;
    core::keys::KeySort m_sort;
    std::shared_ptr<const KeyView> m_view;
    std::shared_ptr<std::atomic_bool> m_building; // set to true, a pool run stops
    quint64 m_version = 1, m_shownVersion = 0; // of the snapshot
    quint64 m_wish = 1; // counts node, search and sort
    bool m_again = false;
    bool m_isHeld = false; // not asked again by itself
    quint64 m_allowed = 0; // the wish that the cost was told of: for one pass
};

}
