// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/schemes.h"

// Keys that are not entries: tags, locks, the health key of LightAPI's caching example, and our own probes.
namespace core::cache {

namespace {
    ParsedKey marked(const QByteArray& key, const QString& scheme, Kind kind)
    {
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = scheme;
        parsed.kind = kind;
        return parsed;
    }

    class ProbeScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("probe"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable&) const override
        {
            if (!key.startsWith("cachelight:probe:"))
                return {};
            ParsedKey parsed = marked(key, id(), Kind::Probe);
            parsed.confidence = Confidence::Exact;
            return parsed;
        }
    };

    class HealthScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("health"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable&) const override
        {
            if (key != "health_check")
                return {};
            return marked(key, id(), Kind::Health);
        }
    };

    class TagScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("tag"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable&) const override
        {
            if (!key.startsWith("tag:") || key.size() == 4)
                return {};
            ParsedKey parsed = marked(key, id(), Kind::TagIndex);
            parsed.tag = key.sliced(4);
            // The two tags that the example sets by itself; another "tag:" key may be of somebody else.
            if (parsed.tag->startsWith("table:") || parsed.tag->startsWith("endpoint:"))
                parsed.confidence = Confidence::Exact;
            return parsed;
        }
    };

    class LockScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("lock"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override
        {
            if (!key.startsWith("lock:") || key.size() == 5)
                return {};
            ParsedKey parsed = marked(key, id(), Kind::Lock);
            parsed.inner = std::make_shared<const ParsedKey>(innerOf(key.sliced(5), routes));
            if (parsed.inner->kind != Kind::Unknown)
                parsed.confidence = Confidence::Exact;
            return parsed;
        }

    private:
        // A lock of a lock is not parsed further: a key of 512 MB could nest them a hundred million deep.
        ParsedKey innerOf(const QByteArray& inner, const RouteTable& routes) const
        {
            if (!inner.startsWith("lock:"))
                return parseKey(inner, routes);
            ParsedKey unknown;
            unknown.raw = inner;
            return unknown;
        }
    };
}

std::unique_ptr<KeyScheme> makeProbeScheme()
{
    return std::make_unique<ProbeScheme>();
}

std::unique_ptr<KeyScheme> makeLockScheme()
{
    return std::make_unique<LockScheme>();
}

std::unique_ptr<KeyScheme> makeTagScheme()
{
    return std::make_unique<TagScheme>();
}

std::unique_ptr<KeyScheme> makeHealthScheme()
{
    return std::make_unique<HealthScheme>();
}

}
