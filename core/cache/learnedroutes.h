// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

#include <QHash>
#include <QSet>

namespace core::cache {

// Routes proposed from the keys that are there, for classes that the table does not know. They are marked as learned: a key shows
// what a class is called and where it answers, not its time to live, and not what else the class serves.
//   /books and /books/7 of one class become /books, since LightAPI serves details beside each collection;
//   /users/5/posts and /users/6/posts become /users/{id1:int}/posts;
//   keys with decoded queries, under a release that honours vary_on, give its names as far as they were seen.
// Bounded: a class with very many paths keeps the first of them.
class RouteLearner {
public:
    explicit RouteLearner(const RouteTable& known);

    void add(const ParsedKey& parsed);
    QList<Route> routes() const; // by class, then by path; Route::isLearned()
    bool isComplete() const { return !m_isFull; } // no class was left out or cut short

private:
    struct Class {
        QString scheme;
        QSet<QByteArray> paths; // of collections
        QSet<QByteArray> varyOn;
    };
    static QByteArray collectionOf(const QByteArray& path);
    bool isDecoded(const ParsedKey& parsed) const;

    RouteTable m_known;
    QHash<QByteArray, Class> m_classes;
    bool m_isFull = false;
};

QList<Route> learnedRoutes(const QList<ParsedKey>& keys, const RouteTable& known);

}
