// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/routes.h"

#include <algorithm>

namespace core::cache {

namespace {
    bool isDigits(QByteArrayView text)
    {
        return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    }

    // How far a Starlette convertor may reach: {x} and {x:str} up to a slash, {x:int} digits, {x:path} everything.
    qsizetype reach(QByteArrayView convertor, QByteArrayView path)
    {
        if (convertor == "path")
            return path.size();
        const bool digits = convertor == "int";
        const auto stops = [digits](char c) { return digits ? c < '0' || c > '9' : c == '/'; };
        return std::distance(path.begin(), std::ranges::find_if(path, stops));
    }

    // Starlette's compile_path() without a regular expression. Recursion is as deep as the route has parameters.
    bool fits(QByteArrayView pattern, QByteArrayView path)
    {
        const qsizetype open = pattern.indexOf('{');
        const qsizetype close = open < 0 ? -1 : pattern.indexOf('}', open);
        if (close < 0)
            return pattern == path;
        if (!path.startsWith(pattern.first(open)))
            return false;
        const QByteArrayView parameter = pattern.sliced(open + 1, close - open - 1);
        const qsizetype colon = parameter.indexOf(':');
        const QByteArrayView rest = path.sliced(open);
        const QByteArrayView convertor = colon < 0 ? QByteArrayView() : parameter.sliced(colon + 1);
        for (qsizetype length = reach(convertor, rest); length > 0; --length) {
            if (fits(pattern.sliced(close + 1), rest.sliced(length)))
                return true;
        }
        return convertor == "path" && fits(pattern.sliced(close + 1), rest);
    }

    // Python's str.isalpha(), as far as str.title() asks: has the character an upper and a lower case?
    bool isCased(QChar c)
    {
        return c.isUpper() || c.isLower() || c.isTitleCase();
    }

    QString titled(const QString& text)
    {
        QString out;
        bool afterCased = false;
        for (const QChar c : text) {
            out += afterCased ? c.toLower() : c.toTitleCase();
            afterCased = isCased(c);
        }
        return out;
    }
}

QString cachedName(Cached cached)
{
    switch (cached) {
    case Cached::Yes: return QStringLiteral("yes");
    case Cached::No: return QStringLiteral("no");
    case Cached::Unknown: break;
    }
    return QStringLiteral("unknown");
}

// LightAPI registers path.rstrip("/") + "/{id:int}" beside each route (lightapi.py, _register_endpoint).
bool Route::isDetail(QByteArrayView path) const
{
    const qsizetype slash = path.lastIndexOf('/');
    if (slash < 0 || !isDigits(path.sliced(slash + 1)))
        return false;
    QByteArrayView base(route);
    while (base.endsWith('/'))
        base.chop(1);
    return fits(base, path.first(slash));
}

bool Route::matches(QByteArrayView path) const
{
    return fits(route, path) || isDetail(path);
}

void RouteTable::add(Route route)
{
    m_routes.append(std::move(route));
}

const Route* RouteTable::match(QByteArrayView path) const
{
    const auto found = std::ranges::find_if(m_routes, [path](const Route& route) { return route.matches(path); });
    return found == m_routes.end() ? nullptr : &*found;
}

const Route* RouteTable::byClass(QByteArrayView className) const
{
    const auto found = std::ranges::find_if(m_routes, [className](const Route& route) { return route.className == className; });
    return found == m_routes.end() ? nullptr : &*found;
}

void RouteTable::add(const KeyTemplate& keyTemplate)
{
    // An edited set stands for itself: what it leaves out is not a key of this app.
    if (!m_hasOwnHierarchy && keyTemplate.name() == hierarchicalTemplates().first().name()) {
        m_hasOwnHierarchy = true;
        m_templates.removeIf([&keyTemplate](const KeyTemplate& one) { return one.name() == keyTemplate.name(); });
    }
    const qsizetype place = m_hasOwnHierarchy ? m_templates.size() : m_templates.size() - hierarchicalTemplates().size();
    m_templates.insert(place, keyTemplate);
}

bool RouteTable::hasTemplate(const QString& name) const
{
    return std::ranges::any_of(m_templates, [&name](const KeyTemplate& one) { return one.name() == name; });
}

bool RouteTable::isOwn(const KeyTemplate& keyTemplate) const
{
    return m_hasOwnHierarchy || keyTemplate.name() != hierarchicalTemplates().first().name();
}

bool RouteTable::honoursVaryOn() const
{
    return m_release >= QVersionNumber(0, 3, 0);
}

bool RouteTable::hasAutomaticKeys() const
{
    return m_release >= QVersionNumber(0, 1, 13);
}

bool RouteTable::hasHashedKeys() const
{
    return m_release >= QVersionNumber(0, 1, 3) && m_release <= QVersionNumber(0, 1, 6);
}

Cached RouteTable::cachedOf(const Route& route, QByteArrayView method) const
{
    const bool hashed = route.scheme == QStringLiteral("md5-v1") || (route.scheme.isEmpty() && hasHashedKeys());
    // LightAPI asks the cache for GET alone (cache_helper.py, endpoint_handler.py), before 0.1.7 for whatever the class lists
    // (core.py, caching_method_names).
    if (method != "GET")
        return hashed ? Cached::Unknown : Cached::No;
    if (!route.scheme.isEmpty())
        return route.cached;
    // Between those, responses were not cached by LightAPI: the configuration says nothing of it.
    if (!hasAutomaticKeys() && !hashed)
        return Cached::Unknown;
    if (route.cached == Cached::Yes && !route.cachedSince.isNull() && m_release < route.cachedSince)
        return Cached::No;
    return route.cached;
}

QByteArray classFromRoute(QByteArrayView route)
{
    QByteArrayView trimmed = route.trimmed();
    while (trimmed.startsWith('/'))
        trimmed = trimmed.sliced(1);
    while (trimmed.endsWith('/'))
        trimmed.chop(1);
    QString slug = QString::fromUtf8(trimmed.sliced(trimmed.lastIndexOf('/') + 1));
    slug.replace(u'-', u'_');
    return titled(slug).remove(u'_').toUtf8() + "Endpoint";
}

}
