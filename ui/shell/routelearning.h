// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"

#include <QObject>

#include <atomic>
#include <memory>

namespace core::keys {
class KeyIndex;
}

namespace ui {

// Learns routes from the keys of each whole scan, on a pool thread: what Replay and Warm know of an app whose lightapi.yaml nobody gave.
// Asks the server nothing. GUI thread.
class RouteLearning final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RouteLearning)
public:
    // `index` must outlive it.
    explicit RouteLearning(core::keys::KeyIndex* index, QObject* parent = nullptr);
    ~RouteLearning() override; // what runs is cancelled

    // Their classes are not learned. Learns anew from what was scanned.
    void setKnown(const core::cache::RouteTable& known);
    // Drops what runs: the keys are another database's now.
    void cancel() { *m_cancelled = true; }

signals:
    void learned(const QList<core::cache::Route>& routes);

private:
    void learn();

    core::keys::KeyIndex* m_index;
    core::cache::RouteTable m_known;
    std::shared_ptr<std::atomic_bool> m_cancelled;
};

}
