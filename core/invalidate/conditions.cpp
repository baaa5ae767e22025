// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/conditions.h"

#include "core/cache/keyscheme.h"
#include "core/keys/glob.h"

#include <algorithm>

namespace core::invalidate {

namespace {
    using Kind = Selector::Kind;
    // Cheap questions first: parsing a key is the dearest.
    constexpr std::array order {Kind::Key, Kind::Tag, Kind::Prefix, Kind::Glob, Kind::Class, Kind::Path, Kind::PathPrefix};
}

Conditions::Conditions(const Selection& selection, const cache::RouteTable& routes)
    : m_routes(routes)
{
    for (const Selector& selector : selection)
        m_texts[static_cast<std::size_t>(selector.kind)] << selector.text;
    const QList<QByteArray>& keys = texts(Kind::Key);
    m_keys = QSet<QByteArray>(keys.begin(), keys.end());
}

bool Conditions::isEmpty() const
{
    return std::ranges::all_of(m_texts, [](const QList<QByteArray>& texts) { return texts.isEmpty(); });
}

Result<void> Conditions::check() const
{
    for (const Kind kind : {Kind::Tag, Kind::Class, Kind::Path}) {
        if (texts(kind).contains(QByteArray()))
            return fail(Code::Input, Reason::EmptySelection, QStringLiteral("--") + selectorKindName(kind));
    }
    return {};
}

bool Conditions::fitsEveryKind(const QByteArray& key) const
{
    std::optional<cache::ParsedKey> parsed;
    return std::ranges::all_of(order, [&](Kind kind) { return !has(kind) || fits(kind, key, parsed); });
}

bool Conditions::fitsAny(const QByteArray& key) const
{
    std::optional<cache::ParsedKey> parsed;
    return std::ranges::any_of(order, [&](Kind kind) { return has(kind) && fits(kind, key, parsed); });
}

bool Conditions::fits(Kind kind, const QByteArray& key, std::optional<cache::ParsedKey>& parsed) const
{
    switch (kind) {
    case Kind::Key: return m_keys.contains(key);
    case Kind::Tag: return m_tagMembers.contains(key);
    case Kind::Prefix:
        return std::ranges::any_of(texts(kind), [&](const QByteArray& prefix) { return key.startsWith(prefix); });
    case Kind::Glob:
        return std::ranges::any_of(texts(kind), [&](const QByteArray& glob) { return keys::globMatches(glob, key); });
    default: return fitsParsed(kind, key, parsed);
    }
}

bool Conditions::fitsParsed(Kind kind, const QByteArray& key, std::optional<cache::ParsedKey>& parsed) const
{
    if (!parsed)
        parsed = cache::parseKey(key, m_routes);
    // A lock of a class is not an entry of it.
    if (parsed->kind != cache::Kind::Entry)
        return false;
    if (kind == Kind::Class)
        return parsed->className && texts(kind).contains(*parsed->className);
    if (!parsed->path)
        return false;
    if (kind == Kind::Path)
        return texts(kind).contains(*parsed->path);
    return std::ranges::any_of(texts(kind), [&](const QByteArray& prefix) { return parsed->path->startsWith(prefix); });
}

}
