// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace core::replay {

// Targets with a word on where they come from.
struct TargetSource {
    QString name; // "arguments", a file, a sitemap's URL …, in display text
    QList<QByteArray> targets;
};

struct WarmTarget {
    QByteArray target;
    int source = 0; // place in CombinedTargets::sources
    std::optional<QByteArray> key; // predicted; none where nothing is predicted or the class is not cached
};

struct CombinedTargets {
    struct Count {
        QString name;
        qint64 given = 0;
        qint64 taken = 0; // the others were there already, under the same key
    };
    QList<WarmTarget> items;
    QList<Count> sources;

    QList<QByteArray> targets() const;
    qint64 repeated() const;
};

// One list of several, in their order, each predicted key once (the first target that leads to it), and each target once where no key
// is predicted. Some microseconds a target: for many of them on a pool thread.
CombinedTargets combined(const QList<TargetSource>& sources, const cache::RouteTable& routes);

}
