// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/learnedroutes.h"

#include "core/cache/querycodec.h"

#include <algorithm>
#include <map>

namespace core::cache {

namespace {
    constexpr qsizetype mostClasses = 10'000;
    constexpr qsizetype mostPaths = 1'000; // of one class
    constexpr qsizetype longestPath = 1'024;

    bool isNumber(QByteArrayView text)
    {
        return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    }

    // "/users/5/posts" -> "/users/{id1:int}/posts"; the path itself where no part is a number.
    QByteArray withParameters(const QByteArray& path)
    {
        QList<QByteArray> parts = path.split('/');
        int n = 0;
        for (QByteArray& part : parts) {
            if (isNumber(part))
                part = "{id" + QByteArray::number(++n) + ":int}";
        }
        return parts.join('/');
    }

    // A number that is the same in every path belongs to the route ("/v/2/books"); one that differs is a parameter.
    QList<QByteArray> merged(const QSet<QByteArray>& paths)
    {
        std::map<QByteArray, QList<QByteArray>> groups;
        for (const QByteArray& path : paths)
            groups[withParameters(path)] << path;
        QList<QByteArray> routes;
        for (const auto& [pattern, members] : groups)
            routes << (members.size() > 1 ? pattern : members.first());
        return routes;
    }
}

RouteLearner::RouteLearner(const RouteTable& known)
    : m_known(known)
{
}

// Without the number of a detail. "/7" stays: a route has a name.
QByteArray RouteLearner::collectionOf(const QByteArray& path)
{
    const qsizetype slash = path.lastIndexOf('/');
    return slash > 0 && isNumber(QByteArrayView(path).sliced(slash + 1)) ? path.first(slash) : path;
}

bool RouteLearner::isDecoded(const ParsedKey& parsed) const
{
    const QByteArrayView raw(parsed.raw);
    return m_known.honoursVaryOn() && !parsed.query.isEmpty() && !isEncodedQuery(raw.sliced(raw.lastIndexOf(':') + 1));
}

void RouteLearner::add(const ParsedKey& parsed)
{
    if (parsed.kind != Kind::Entry || !parsed.className || !parsed.path || m_known.hasTemplate(parsed.scheme)
        || m_known.byClass(*parsed.className) || parsed.path->contains('{'))
        return;
    const auto known = m_classes.find(*parsed.className);
    if (parsed.path->size() > longestPath || (known == m_classes.end() && m_classes.size() >= mostClasses)) {
        m_isFull = true;
        return;
    }
    Class& one = known == m_classes.end() ? m_classes[*parsed.className] : *known;
    const bool automatic = parsed.scheme == QStringLiteral("lightapi-v2");
    if (one.paths.isEmpty())
        one.scheme = automatic ? QString() : parsed.scheme;
    const QByteArray path = automatic ? collectionOf(*parsed.path) : *parsed.path;
    if (one.paths.size() < mostPaths)
        one.paths << path;
    else
        m_isFull = m_isFull || !one.paths.contains(path);
    if (automatic && isDecoded(parsed)) {
        for (const auto& [name, value] : parsed.query)
            one.varyOn << name;
    }
}

QList<Route> RouteLearner::routes() const
{
    QList<QByteArray> names = m_classes.keys();
    std::ranges::sort(names);
    QList<Route> routes;
    for (const QByteArray& name : std::as_const(names)) {
        const Class& one = m_classes[name];
        QList<QByteArray> varyOn = one.varyOn.values();
        std::ranges::sort(varyOn);
        for (const QByteArray& path : merged(one.paths))
            routes << Route {name, path, Cached::Yes, {}, varyOn, QStringLiteral("learned"), one.scheme, {}};
    }
    return routes;
}

QList<Route> learnedRoutes(const QList<ParsedKey>& keys, const RouteTable& known)
{
    RouteLearner learner(known);
    for (const ParsedKey& key : keys)
        learner.add(key);
    return learner.routes();
}

}
