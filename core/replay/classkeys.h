// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

#include <QSet>

#include <functional>

namespace core::replay {

struct ClassKeys {
    QSet<QByteArray> keys;
    bool complete = true; // false: the database is larger than what is looked through for one request
};

// The keys that match `pattern`, by SCAN on the bulk line: counts no lookups. At most about a million keys are gone through.
void findClassKeys(redis::Session* session, const QByteArray& pattern, QObject* context, std::function<void(Result<ClassKeys>)> then);

// Glob for "everything of the class of this key", its literal part escaped: "lightapi:Book:/books:" of Book gives "lightapi:Book:*".
QByteArray patternOfClass(const QByteArray& key, const QByteArray& className);

}
