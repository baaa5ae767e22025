// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/routelearning.h"

#include "core/base/async.h"
#include "core/keys/keyindex.h"
#include "core/keys/keyrules.h"

#include <QtConcurrent>

namespace ui {

using core::cache::Route;
using core::keys::KeyIndex;

RouteLearning::RouteLearning(KeyIndex* index, QObject* parent)
    : QObject(parent)
    , m_index(index)
    , m_cancelled(std::make_shared<std::atomic_bool>(false))
{
    connect(index, &KeyIndex::finished, this, &RouteLearning::learn);
}

RouteLearning::~RouteLearning()
{
    *m_cancelled = true;
}

void RouteLearning::setKnown(const core::cache::RouteTable& known)
{
    m_known = known;
    learn();
}

void RouteLearning::learn()
{
    *m_cancelled = true;
    const KeyIndex::Snapshot snapshot = m_index->snapshot();
    if (!snapshot.complete)
        return;
    m_cancelled = std::make_shared<std::atomic_bool>(false);
    const auto future = QtConcurrent::run([snapshot, known = m_known, cancelled = m_cancelled] {
        return core::Result<QList<Route>>(core::keys::routesFromKeys(*snapshot.store, *snapshot.order, known, *cancelled));
    });
    core::onFinished(future, this, [this, cancelled = m_cancelled](const core::Result<QList<Route>>& routes) {
        if (routes && !*cancelled)
            emit learned(*routes);
    });
}

}
