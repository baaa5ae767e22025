// SPDX-License-Identifier: GPL-3.0-or-later
// Fields in which one cache says one word.
#include "core/base/bytes.h"
#include "core/http/layerdraft.h"

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    // Lists: a proxy in front may have added its word to the line.
    constexpr std::array known {"x-cache-status", "x-proxy-cache", "cf-cache-status", "x-fastapi-cache", "x-vercel-cache", "x-nextjs-cache"};
    // Read elsewhere.
    constexpr std::array others {"cache-status", "x-cache", "akamai-cache-status", "x-cache-remote", "x-cache-lookup", "x-cache-detail", "x-cache-hits",
        "x-cache-key", "x-cache-ttl", "x-true-cache-key", "x-check-cacheable"};
    // Orders to caches and what is cached, not what a cache did.
    constexpr std::array orders {"cache-control", "cache-tag", "cache-tags", "cache-contexts", "cache-max-age"};

    bool isOneOf(const auto& names, const QByteArray& name)
    {
        return std::ranges::any_of(names, [&](const char* one) { return name == one; });
    }

    // By the name: there are dozens (X-Drupal-Cache, X-Rack-Cache, X-WP-Cache …).
    bool isOfACache(const QByteArray& name)
    {
        return name.contains("cache") && !std::ranges::any_of(orders, [&](const char* end) { return name.endsWith(end); });
    }

    // nginx puts its own name into Server; LightAPI's documented form has a key or a time with its word.
    bool isNginx(const FieldTable& fields)
    {
        const QByteArray server = fields.first("server").value_or(QByteArray()).toLower();
        return (server.startsWith("nginx") || server.startsWith("openresty")) && !fields.has("x-cache-key") && !fields.has("x-cache-ttl");
    }

    void readList(const FieldTable& fields, const QByteArray& name, Drafts& drafts)
    {
        for (const Element& element : listElements(fields, name)) {
            drafts.push_back(draftOf(fields.nameAt(element.place.line), element));
            Draft& draft = drafts.back();
            draft.layer.maybeApp = name == "x-cache-status" && draft.host.isEmpty() && !isNginx(fields);
        }
    }

    // "hit,private": one cache, which says more after the comma.
    void readLiteSpeed(const FieldTable& fields, Drafts& drafts)
    {
        for (const int line : fields.lines("x-litespeed-cache")) {
            const QByteArray value = fields.valueAt(line).trimmed();
            if (value.isEmpty())
                continue;
            const qsizetype comma = value.indexOf(',');
            Draft draft = draftOf(fields.nameAt(line), {comma < 0 ? value : value.first(comma).trimmed(), {line, 0}});
            if (comma >= 0)
                addDetail(draft.layer, displayText(value.sliced(comma + 1).trimmed()));
            draft.layer.raw = value;
            drafts.push_back(std::move(draft));
        }
    }

    // A field that no reader knows counts as a layer when its value is a cache's word and nothing else; addSideFields() takes the others.
    void readUnknownNames(const FieldTable& fields, Drafts& drafts)
    {
        for (const QByteArray& name : unknownCacheFields(fields)) {
            for (const int line : fields.lines(name)) {
                const QByteArray value = fields.valueAt(line).trimmed();
                if (verdictOfWord(value) != Verdict::Unknown)
                    drafts.push_back(draftOf(fields.nameAt(line), {value, {line, 0}}));
            }
        }
    }
}

QList<QByteArray> unknownCacheFields(const FieldTable& fields)
{
    QList<QByteArray> names = fields.names();
    names.removeIf([](const QByteArray& name) {
        return !isOfACache(name) || isOneOf(known, name) || isOneOf(others, name) || name == "x-litespeed-cache";
    });
    return names;
}

void readWordFields(const FieldTable& fields, Drafts& drafts)
{
    for (const char* name : known)
        readList(fields, name, drafts);
    readLiteSpeed(fields, drafts);
    readUnknownNames(fields, drafts);
}

}
