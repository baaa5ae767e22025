// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/collisions.h"

#include "core/cache/querycodec.h"
#include "core/cache/seedquery.h"

#include <algorithm>

namespace core::cache {

namespace {
    const QByteArrayView replacement("\xEF\xBF\xBD"); // U+FFFD

    QString detailOf(const QString& why)
    {
        if (why == u"unescaped-join")
            return QStringLiteral("Who sends it first chooses the answer that this request gets until the entry expires, and the other way round");
        if (why == u"outside-vary-on")
            return QStringLiteral("Who sends it with a value of choice fills the entry that every other request reads");
        if (why == u"repeated-parameter")
            return QStringLiteral("An endpoint that reads every value of the name answers both from one entry");
        if (why == u"not-in-key")
            return QStringLiteral("Every query of this path shares one entry, so who sends one first chooses the answer of all");
        if (why == u"query-as-user")
            return QStringLiteral("Somebody without a login reads this user's entry, or puts another answer in its place");
        if (why == u"path-cut")
            return QStringLiteral("Two resources share one entry, so each may be answered with the other");
        return QStringLiteral("LightAPI sees the same text in both; what stands before it and looks at the bytes does not");
    }

    // Collects what the trial confirms, each target once.
    class Finder {
    public:
        Finder(const Request& request, const Prediction& prediction, const RouteTable& routes);
        void consider(const QString& why, const QByteArray& target, bool anonymous = false);
        void findAll();
        QList<Collision> found;

    private:
        void joins();
        void resplits();
        void leftOut();
        void asUser();
        void cutPath();
        void badUtf8();
        void considerQuery(const QString& why, const QueryPairs& query);
        bool makesTheKey(const Request& other) const;
        bool isSameRequest(const QByteArray& target) const;

        const Request& m_request;
        const Prediction& m_prediction;
        const RouteTable& m_routes;
        const KeyScheme* m_scheme;
        const Route* m_route;
        SplitTarget m_split;
        QueryPairs m_pairs;
        QueryPairs m_inKey; // those that the key holds, as it holds them
        bool m_isVaried = false;
    };

    Finder::Finder(const Request& request, const Prediction& prediction, const RouteTable& routes)
        : m_request(request)
        , m_prediction(prediction)
        , m_routes(routes)
        , m_scheme(schemeFor(prediction.scheme, routes))
        , m_split(splitTarget(request.target))
        , m_pairs(parseQuery(m_split.rawQuery))
    {
        m_route = routes.match(m_split.path);
        const bool isAutomatic = prediction.scheme == u"lightapi-v2";
        m_isVaried = isAutomatic && m_route && !m_route->varyOn.isEmpty() && routes.honoursVaryOn();
        m_inKey = isAutomatic ? m_pairs : lastValues(m_pairs);
        if (m_isVaried)
            m_inKey.removeIf([this](const auto& pair) { return !m_route->varyOn.contains(pair.first); });
        if (m_isVaried || prediction.scheme == u"smart")
            std::ranges::sort(m_inKey);
    }

    bool Finder::makesTheKey(const Request& other) const
    {
        const QList<Prediction> predictions = m_scheme->predict(other, m_routes);
        return std::ranges::any_of(predictions, [this](const Prediction& one) { return one.key == m_prediction.key; });
    }

    QueryPairs sorted(QueryPairs pairs)
    {
        std::ranges::sort(pairs);
        return pairs;
    }

    // The canonical form of specification C2.13: the order of the parameters does not matter.
    bool Finder::isSameRequest(const QByteArray& target) const
    {
        const SplitTarget other = splitTarget(target);
        return other.path == m_split.path && sorted(parseQuery(other.rawQuery)) == sorted(m_pairs);
    }

    void Finder::consider(const QString& why, const QByteArray& target, bool anonymous)
    {
        const bool known = std::ranges::any_of(found, [&target](const Collision& one) { return one.target == target; });
        if (known || target == m_request.target || !checkTarget(target) || (why != u"bad-utf8" && !anonymous && isSameRequest(target)))
            return;
        Request other = m_request;
        other.target = target;
        if (anonymous)
            other.subject.reset();
        if (makesTheKey(other))
            found << Collision {why, target, anonymous, detailOf(why)};
    }

    void Finder::considerQuery(const QString& why, const QueryPairs& query)
    {
        consider(why, joinTarget(m_split.path, query));
    }

    // "page=1&q=2" out of two parameters is "page" with the value "1&q=2" as well.
    void Finder::joins()
    {
        if (m_inKey.size() > 1) {
            const QByteArray all = joinedPairs(m_inKey);
            const qsizetype equals = m_inKey.first().first.size();
            considerQuery(QStringLiteral("unescaped-join"), {{all.first(equals), all.sliced(equals + 1)}});
        }
    }

    // And the other way round: a value with '&' or '=' in it, read as more parameters.
    void Finder::resplits()
    {
        if (m_inKey.isEmpty())
            return;
        QueryPairs read;
        readSeedQuery(joinedPairs(m_inKey), read);
        considerQuery(QStringLiteral("unescaped-join"), read);
        const auto& [name, value] = m_inKey.first();
        const qsizetype equals = value.indexOf('=');
        if (read == m_inKey && read.size() == 1 && equals >= 0)
            considerQuery(QStringLiteral("unescaped-join"), {{name + '=' + value.first(equals), value.sliced(equals + 1)}});
    }

    void Finder::leftOut()
    {
        if (m_isVaried && m_inKey.size() != m_pairs.size())
            considerQuery(QStringLiteral("outside-vary-on"), m_inKey);
        else if (m_inKey.size() < m_pairs.size())
            considerQuery(QStringLiteral("repeated-parameter"), m_inKey);
        if (m_routes.hasTemplate(m_prediction.scheme) && !m_pairs.isEmpty())
            considerQuery(QStringLiteral("not-in-key"), {});
    }

    // "Class:path:user:7:a=1" of the user 7, or of nobody with a parameter called "user:7:a".
    void Finder::asUser()
    {
        if (!m_request.subject || m_inKey.isEmpty())
            return;
        const QByteArray user = m_request.subject->isEmpty() ? QByteArray("None") : *m_request.subject;
        QueryPairs one {{"user:" + user + ':' + m_inKey.first().first, joinedPairs(m_inKey).sliced(m_inKey.first().first.size() + 1)}};
        consider(QStringLiteral("query-as-user"), joinTarget(m_split.path, one), true);
    }

    void Finder::cutPath()
    {
        const QByteArray inKey = urlPath(m_split.path);
        const QByteArray other = inKey != m_split.path ? inKey : QByteArray(m_split.path + '#');
        consider(QStringLiteral("path-cut"), joinTarget(other, m_pairs));
    }

    // The first U+FFFD, sent as itself where it was a bad byte and as a bad byte where it was itself.
    void Finder::badUtf8()
    {
        const QByteArray canonical = joinTarget(m_split.path, m_pairs);
        if (!joinTarget(m_split.path, m_inKey).contains("%EF%BF%BD"))
            return;
        QByteArray other = canonical;
        other.replace(other.indexOf("%EF%BF%BD"), 9, "%FF");
        consider(QStringLiteral("bad-utf8"), m_request.target.contains("%FF") || m_request.target.contains("%ff") ? canonical : other);
    }

    void Finder::findAll()
    {
        const bool isJoined = m_isVaried || m_prediction.scheme == u"seed-v1" || m_prediction.scheme == u"smart";
        leftOut();
        if (isJoined) {
            joins();
            resplits();
        }
        if (m_prediction.scheme == u"smart")
            asUser();
        cutPath();
        badUtf8();
    }
}

QList<Collision> collisionsOf(const Request& request, const Prediction& prediction, const RouteTable& routes)
{
    if (!checkTarget(request.target) || !schemeFor(prediction.scheme, routes))
        return {};
    Finder finder(request, prediction, routes);
    finder.findAll();
    return finder.found;
}

}
