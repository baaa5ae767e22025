// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keyquery.h"

#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"
#include "core/redis/globescape.h"

#include <algorithm>

using core::fail;
using core::Result;

namespace cli {

namespace {
    Result<QList<QByteArray>> bytesOf(const CommandLine& line, const char* option)
    {
        QList<QByteArray> all;
        for (const QString& text : line.values(option)) {
            const Result<QByteArray> bytes = core::bytesFromArgument(text);
            if (!bytes)
                return fail(bytes.error());
            all << *bytes;
        }
        return all;
    }
}

Result<void> KeyQuery::takeKinds(const CommandLine& line)
{
    using core::cache::Kind;
    constexpr Kind all[] {Kind::Entry, Kind::TagIndex, Kind::Lock, Kind::Health, Kind::Probe, Kind::Unknown};
    for (const QString& text : line.values("--kind")) {
        const auto found = std::ranges::find_if(all, [&](Kind kind) { return core::cache::kindName(kind) == text; });
        if (found == std::end(all))
            return fail(
                badOption(QStringLiteral("--kind"), QStringLiteral("it takes entry, tag, lock, health, probe or unknown")));
        m_kinds << *found;
    }
    return {};
}

Result<KeyQuery> KeyQuery::fromLine(const CommandLine& line)
{
    KeyQuery query;
    QList<QByteArray> contains;
    const std::pair<const char*, QList<QByteArray>*> lists[] {{"--match", &query.m_text.globs},
        {"--prefix", &query.m_text.prefixes}, {"--contains", &contains}, {"--class", &query.m_classes},
        {"--path", &query.m_paths}, {"--path-prefix", &query.m_pathPrefixes}};
    for (const auto& [option, target] : lists) {
        const auto bytes = bytesOf(line, option);
        if (!bytes)
            return fail(bytes.error());
        *target = *bytes;
    }
    for (const QByteArray& text : contains) {
        core::keys::KeyFilter filter;
        filter.contains = text;
        filter.ignoreCase = line.has("--ignore-case");
        query.m_contains.push_back(filter);
    }
    query.m_schemes = line.values("--scheme");
    if (const Result<void> taken = query.takeKinds(line); !taken)
        return fail(taken.error());
    return query;
}

bool KeyQuery::needsParsing() const
{
    return !m_classes.isEmpty() || !m_paths.isEmpty() || !m_pathPrefixes.isEmpty() || !m_kinds.isEmpty() || !m_schemes.isEmpty();
}

bool KeyQuery::matchesParsed(const core::cache::ParsedKey& parsed) const
{
    if (!m_kinds.isEmpty() && !m_kinds.contains(parsed.kind))
        return false;
    if (!m_schemes.isEmpty() && !m_schemes.contains(parsed.scheme))
        return false;
    if (!m_classes.isEmpty() && !(parsed.className && m_classes.contains(*parsed.className)))
        return false;
    if (!m_paths.isEmpty() && !(parsed.path && m_paths.contains(*parsed.path)))
        return false;
    return m_pathPrefixes.isEmpty() || (parsed.path && std::ranges::any_of(m_pathPrefixes, [&](const QByteArray& prefix) {
        return parsed.path->startsWith(prefix);
    }));
}

bool KeyQuery::matches(QByteArrayView key, const core::cache::RouteTable& routes) const
{
    if (!m_text.isEmpty() && !m_text.matches(key))
        return false;
    const bool contained
        = m_contains.empty() || std::ranges::any_of(m_contains, [&](const auto& filter) { return filter.matches(key); });
    return contained && (!needsParsing() || matchesParsed(core::cache::parseKey(key.toByteArray(), routes)));
}

QByteArray KeyQuery::serverPattern() const
{
    if (m_text.globs.size() == 1)
        return m_text.globs.first();
    if (m_text.globs.isEmpty() && m_text.prefixes.size() == 1)
        return core::redis::globEscaped(m_text.prefixes.first()) + '*';
    return {};
}

}
