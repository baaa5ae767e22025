// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <atomic>

namespace core::replay {

// The requests behind some keys.
struct KeyTargets {
    struct Skipped {
        QByteArray key;
        QString why; // a sentence
    };
    QList<QByteArray> targets; // each once, in the order of the keys
    QList<Skipped> skipped; // the first few
    qint64 left = 0; // how many were skipped
};

// As requestFromKey(): path and query of a key encoded again, where the key is predicted for them. What names no request, and what holds a
// user, whose request nobody else can make, is skipped. Some microseconds a key, so on a pool thread; incomplete once cancelled.
KeyTargets targetsOfKeys(const QList<QByteArray>& keys, const cache::RouteTable& routes, const std::atomic_bool& cancelled);

}
