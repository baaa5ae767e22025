// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"

#include <algorithm>

// Keys of LightAPI's caching example (docs/examples/caching.md, tag v0.1.12), which services copied into their own code.
namespace core::cache {

namespace {
    // Python names and the dotted "module.Class" of E1 and E2; anything above ASCII may be a letter.
    bool isClassName(QByteArrayView text)
    {
        const auto fits = [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
                || static_cast<unsigned char>(c) >= 0x80;
        };
        return !text.isEmpty() && std::ranges::all_of(text, fits);
    }

    // "x=1?x=1": the example's FakeRequest warmer appends the query twice, and nobody reads that key back.
    bool isDoubled(QByteArrayView rest)
    {
        const qsizetype half = rest.size() / 2;
        return rest.size() % 2 == 1 && rest[half] == '?' && rest.first(half) == rest.sliced(half + 1);
    }

    class SeedV1Scheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("seed-v1"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
        QList<Prediction> predict(const Request& request, const RouteTable& routes) const override;

    private:
        static void parseRest(ParsedKey& parsed, QByteArrayView rest);
    };

    std::optional<ParsedKey> SeedV1Scheme::parse(const QByteArray& key, const RouteTable&) const
    {
        const qsizetype colon = key.indexOf(":/");
        if (colon < 1 || !isClassName(QByteArrayView(key).first(colon)))
            return {};
        const QByteArrayView tail = QByteArrayView(key).sliced(colon + 1);
        const qsizetype question = tail.indexOf('?');
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = id();
        parsed.kind = Kind::Entry;
        parsed.className = key.first(colon);
        parsed.path = tail.first(question < 0 ? tail.size() : question).toByteArray();
        // "https://…" is a URL that somebody uses as a key, more often than a class called https.
        parsed.confidence = tail.startsWith("//") ? Confidence::Ambiguous : Confidence::Likely;
        if (question >= 0)
            parseRest(parsed, tail.sliced(question + 1));
        return parsed;
    }

    // Values are not escaped, so a segment without '=' or with two of them may be part of its neighbour.
    void SeedV1Scheme::parseRest(ParsedKey& parsed, QByteArrayView rest)
    {
        if (isDoubled(rest)) {
            parsed.notes << QStringLiteral("doubled by warmer");
            rest = rest.first(rest.size() / 2);
        }
        for (qsizetype from = 0; from <= rest.size();) {
            const qsizetype next = rest.indexOf('&', from);
            const qsizetype end = next < 0 ? rest.size() : next;
            const QByteArrayView segment = rest.sliced(from, end - from);
            const qsizetype equals = segment.indexOf('=');
            from = end + 1;
            if (equals < 0 || segment.indexOf('=', equals + 1) >= 0)
                parsed.confidence = Confidence::Ambiguous;
            const qsizetype size = equals < 0 ? segment.size() : equals;
            parsed.query.emplace_back(segment.first(size).toByteArray(),
                equals < 0 ? QByteArray("") : segment.sliced(equals + 1).toByteArray());
        }
    }

    // query_params.items() is a dict: a repeated name keeps its first place and its last value.
    QList<Prediction> SeedV1Scheme::predict(const Request& request, const RouteTable& routes) const
    {
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (request.method != "GET" || !route || route->scheme != id())
            return {};
        QueryPairs unique;
        for (const auto& [name, value] : parseQuery(split.rawQuery)) {
            const auto known = std::ranges::find(unique, name, &QueryPairs::value_type::first);
            if (known == unique.end())
                unique.emplace_back(name, value);
            else
                known->second = value;
        }
        QByteArray key = route->className + ':' + split.path;
        char separator = '?';
        for (const auto& [name, value] : unique) {
            key += separator + name + '=' + value;
            separator = '&';
        }
        return {{id(), key, route->className, Confidence::Exact}};
    }

    class HierarchicalScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("hierarchical"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
    };

    std::optional<ParsedKey> HierarchicalScheme::parse(const QByteArray& key, const RouteTable&) const
    {
        const auto isId = [](QByteArrayView text) { return !text.isEmpty() && !text.contains(':'); };
        const QByteArrayView view(key);
        const bool item = view.startsWith("item:") && isId(view.sliced(5));
        const bool category = view.size() > 15 && view.startsWith("category:") && view.endsWith(":items")
            && isId(view.sliced(9, view.size() - 15));
        if (!item && !category && view != "all_items")
            return {};
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = id();
        parsed.kind = Kind::Entry;
        return parsed;
    }
}

std::unique_ptr<KeyScheme> makeSeedV1Scheme()
{
    return std::make_unique<SeedV1Scheme>();
}

std::unique_ptr<KeyScheme> makeHierarchicalScheme()
{
    return std::make_unique<HierarchicalScheme>();
}

}
