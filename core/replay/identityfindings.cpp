// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/cache/jsontext.h"
#include "core/replay/identitycheck.h"
#include "core/replay/origin.h"

#include <algorithm>
#include <map>

// What the answers to several identities say together.
namespace core::replay {

namespace {
    using Rows = QList<const IdentityRow*>;

    // Answered, and its key was there after it: what is not stored is nobody else's.
    bool isStored(const IdentityRow& row)
    {
        const bool isGood = row.hasAnswer() && row.result.response->status >= 200 && row.result.response->status < 300;
        return isGood && row.result.predictedKey && row.result.after.exists;
    }

    // One that went past the cache, or of which nothing is known, may differ from what others are served by the same key.
    bool isWhatIsStored(const IdentityRow& row)
    {
        const http::Verdict verdict = row.result.verdict.verdict;
        return isStored(row) && (verdict == http::Verdict::Hit || verdict == http::Verdict::Miss || verdict == http::Verdict::Expired);
    }

    QString names(const Rows& rows)
    {
        QStringList list;
        for (const IdentityRow* row : rows)
            list << displayText(row->identity);
        const QString last = list.takeLast();
        return list.isEmpty() ? last : QString(list.join(QStringLiteral(", ")) + QStringLiteral(" and ") + last);
    }

    bool arePersons(const Rows& rows)
    {
        return std::ranges::any_of(rows, [&rows](const IdentityRow* row) { return !areSamePerson(*rows.first(), *row); });
    }

    IdentityFinding sameEntry(const Rows& rows, const QByteArray& key)
    {
        Rows served;
        for (const IdentityRow* row : rows) {
            if (row != rows.first() && row->result.verdict.verdict == http::Verdict::Hit)
                served << row;
        }
        QString detail = QStringLiteral("The key %1 holds no user, as in every LightAPI.").arg(shortDisplayText(key, 200));
        if (!served.isEmpty() && rows.first()->result.verdict.verdict != http::Verdict::Hit)
            detail += QStringLiteral(" %1 got the entry that the request of %2 stored.").arg(names(served), displayText(rows.first()->identity));
        detail += QStringLiteral(" That is right where everybody may see the same; where the answer depends on who asks, one is shown what belongs to another.");
        return {IdentityFinding::Kind::SameEntry, QStringLiteral("Same key and same body for %1.").arg(names(rows)), detail};
    }

    IdentityFinding otherBody(const Rows& rows, const QByteArray& key)
    {
        return {IdentityFinding::Kind::OtherBody, QStringLiteral("Same key and different bodies for %1.").arg(names(rows)),
            QStringLiteral("The answer depends on who asks, or changed meanwhile, and the key %1 does not: whoever asks first after it ends is served to all.").arg(shortDisplayText(key, 200))};
    }

    void addForeign(QList<IdentityFinding>& findings, const QList<IdentityRow>& rows, const QString& baseUrl)
    {
        for (const IdentityRow& row : rows) {
            if (!isStored(row))
                continue;
            const bool isBody = cache::isJson(row.result.storedAfter);
            const auto urls = foreignUrls(isBody ? row.result.storedAfter : row.result.response->body, row.result.target, baseUrl);
            if (urls.isEmpty())
                continue;
            findings << IdentityFinding {IdentityFinding::Kind::ForeignUrl, QStringLiteral("The stored answer links to another server."),
                QStringLiteral("%1 is %2, and the API is set as %3. LightAPI makes these URLs of the Host header of whoever asked first, and serves them to all (%4 in this answer).")
                    .arg(displayText(urls.first().where), shortDisplayText(urls.first().url, 200), displayText(baseUrl)).arg(urls.size())};
            return; // one entry, one finding
        }
    }
}

bool areSamePerson(const IdentityRow& a, const IdentityRow& b)
{
    if (a.kind == IdentityKind::None || b.kind == IdentityKind::None)
        return a.kind == b.kind;
    const auto isOne = [](const auto& x, const auto& y) { return !x.isEmpty() && x == y; };
    return isOne(a.subject, b.subject) || isOne(a.user, b.user) || isOne(a.sentSha256, b.sentSha256);
}

QStringList personsStored(const QList<IdentityRow>& rows)
{
    Rows persons;
    for (const IdentityRow& row : rows) {
        const auto isKnown = [&row](const IdentityRow* other) { return areSamePerson(*other, row); };
        if (isWhatIsStored(row) && row.kind != IdentityKind::None && std::ranges::none_of(persons, isKnown))
            persons << &row;
    }
    QStringList names;
    for (const IdentityRow* person : persons)
        names << displayText(person->identity);
    return names;
}

QList<IdentityFinding> identityFindings(const QList<IdentityRow>& rows, const QString& baseUrl)
{
    std::map<QByteArray, Rows> byKey;
    for (const IdentityRow& row : rows) {
        if (isStored(row))
            byKey[*row.result.predictedKey] << &row;
    }
    QList<IdentityFinding> findings;
    for (const auto& [key, all] : byKey) {
        std::map<QByteArray, Rows> byBody;
        for (const IdentityRow* row : all)
            byBody[row->bodySha256] << row;
        for (const auto& [digest, same] : byBody) {
            if (same.size() > 1 && arePersons(same))
                findings << sameEntry(same, key);
        }
        if (byBody.size() > 1 && isWhatIsStored(*all.first()))
            findings << otherBody(all, key);
    }
    addForeign(findings, rows, baseUrl);
    return findings;
}

namespace {
    // Where a reader of JSON tokens is: names and indices of the containers around it.
    class JsonPlace final {
    public:
        // True where `token` is a value and no name or mark.
        bool take(QByteArrayView token)
        {
            if (token == "}" || token == "]") {
                m_levels.removeLast();
                return false;
            }
            if (token == ":" || token == ",") {
                if (!m_levels.isEmpty() && token == ",")
                    ++m_levels.last().index;
                m_isValue = token == ":" || (!m_levels.isEmpty() && m_levels.last().isList);
                return false;
            }
            if (!m_isValue && !m_levels.isEmpty() && !m_levels.last().isList) {
                m_levels.last().name = stringOf(token).value_or(QByteArray());
                return false;
            }
            if (token == "{" || token == "[") {
                m_levels << Level {token == "[", 0, {}};
                m_isValue = token == "[";
                return false;
            }
            return true;
        }

        QByteArray text() const
        {
            QByteArray out;
            for (const Level& level : m_levels) {
                if (level.isList)
                    out += '[' + QByteArray::number(level.index) + ']';
                else
                    out += (out.isEmpty() ? "" : ".") + level.name;
            }
            return out;
        }

    private:
        struct Level {
            bool isList = false;
            qsizetype index = 0;
            QByteArray name;
        };
        QList<Level> m_levels;
        bool m_isValue = true;
    };

    QByteArrayView pathOf(QByteArrayView target)
    {
        const qsizetype end = target.indexOf('?');
        return end < 0 ? target : target.first(end);
    }
}

QList<ForeignUrl> foreignUrls(QByteArrayView json, QByteArrayView target, const QString& baseUrl, int most)
{
    QList<ForeignUrl> found;
    if (!cache::isJson(json))
        return found;
    cache::JsonTokens tokens(json);
    JsonPlace place;
    for (QByteArrayView token = tokens.next(); !token.isEmpty() && found.size() < most; token = tokens.next()) {
        if (!place.take(token) || !token.startsWith("\"http"))
            continue;
        const QByteArray url = stringOf(token).value_or(QByteArray());
        const auto split = splitUrl(url);
        if (split && pathOf(split->target) == pathOf(target) && !isOriginOf(split->origin, baseUrl))
            found << ForeignUrl {place.text(), url};
    }
    return found;
}

}
