// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"
#include "core/cache/seedquery.h"
#include "core/cache/templateparts.h"

// Keys of LightAPI's caching example (docs/examples/caching.md, tag v0.1.12), which services copied into their own code.
namespace core::cache {

namespace {
    // "x=1?x=1": the example's FakeRequest warmer appends the query twice, and nobody reads that key back.
    bool isDoubled(QByteArrayView rest)
    {
        const qsizetype half = rest.size() / 2;
        return rest.size() % 2 == 1 && rest[half] == '?' && rest.first(half) == rest.sliced(half + 1);
    }

    // A ':' with something after it separates the parts of another form of key (smartscheme.cpp); paths seldom hold one.
    bool mayBeSmart(QByteArrayView path)
    {
        const qsizetype colon = path.indexOf(':');
        return colon >= 0 && colon + 1 < path.size();
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
        parsed.confidence = tail.startsWith("//") || mayBeSmart(*parsed.path) ? Confidence::Ambiguous : Confidence::Likely;
        if (question >= 0)
            parseRest(parsed, tail.sliced(question + 1));
        return parsed;
    }

    void SeedV1Scheme::parseRest(ParsedKey& parsed, QByteArrayView rest)
    {
        if (isDoubled(rest)) {
            parsed.notes << QStringLiteral("doubled by warmer");
            rest = rest.first(rest.size() / 2);
        }
        if (!readSeedQuery(rest, parsed.query))
            parsed.confidence = Confidence::Ambiguous;
    }

    QList<Prediction> SeedV1Scheme::predict(const Request& request, const RouteTable& routes) const
    {
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (request.method != "GET" || !route || route->scheme != id())
            return {};
        const QueryPairs pairs = lastValues(parseQuery(split.rawQuery));
        QByteArray key = route->className + ':' + urlPath(split.path);
        if (!pairs.isEmpty())
            key += '?' + joinedPairs(pairs);
        return {{id(), key, route->className, Confidence::Exact, route->ttlS}};
    }
}

std::unique_ptr<KeyScheme> makeSeedV1Scheme()
{
    return std::make_unique<SeedV1Scheme>();
}

}
