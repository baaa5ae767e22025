// SPDX-License-Identifier: GPL-3.0-or-later
// X-Cache in its dialects, and the fields that speak of the same cache.
#include "core/base/bytes.h"
#include "core/http/layerdraft.h"

#include <algorithm>

namespace core::http {

namespace {
    // Layers by the name of their cache. The same name twice is two caches; each is taken once.
    class ByHost final {
    public:
        explicit ByHost(const Drafts& drafts)
        {
            for (std::size_t i = 0; i < drafts.size(); ++i) {
                if (!drafts[i].host.isEmpty())
                    m_waiting[drafts[i].host].places.push_back(i);
            }
        }
        std::optional<std::size_t> take(const QByteArray& host)
        {
            const auto found = m_waiting.find(host);
            if (found == m_waiting.end() || found->next == found->places.size())
                return std::nullopt;
            return found->places[found->next++];
        }

    private:
        struct Waiting {
            std::vector<std::size_t> places;
            std::size_t next = 0;
        };
        QHash<QByteArray, Waiting> m_waiting;
    };

    // Akamai's "Return Cache Status" names the child first, which is nearer the user than its parent.
    void orderChildAndParent(QList<Draft>& line)
    {
        if (line.size() == 2 && line[0].host == "child" && line[1].host == "parent")
            std::swap(line[0].place, line[1].place);
    }

    void readLists(const FieldTable& fields, const QByteArray& name, Drafts& drafts)
    {
        for (const int line : fields.lines(name)) {
            QList<Draft> ofLine;
            const QList<QByteArray> texts = listElements(fields.valueAt(line));
            for (qsizetype part = 0; part < texts.size(); ++part)
                ofLine << draftOf(fields.nameAt(line), {texts[part], {line, part}});
            orderChildAndParent(ofLine);
            std::ranges::move(ofLine, std::back_inserter(drafts));
        }
    }

    // Squid's comment on its X-Cache: what the lookup in its store found. Squid 5.7: expired and changed is MISS with HIT here, a
    // client's no-cache MISS with MISS; readSquidVersions() knows which version it is.
    void applyLookup(Draft& draft, QByteArrayView word)
    {
        if (draft.layer.verdict == Verdict::Miss && word.compare("NONE", Qt::CaseInsensitive) == 0)
            draft.layer.verdict = Verdict::Bypass; // nothing was looked up
        draft.lookupHit = word.compare("HIT", Qt::CaseInsensitive) == 0;
        addDetail(draft.layer, QStringLiteral("lookup %1").arg(displayText(word)));
    }

    // Without an X-Cache of that host: a proxy in front may have replaced it. That a thing was found does not say that it was sent.
    Draft lookupAlone(const QByteArray& fieldName, const Element& element)
    {
        Draft draft = draftOf(fieldName, element);
        if (!draft.host.isEmpty())
            draft.layer.name = displayText(draft.host); // the port is not part of the cache's name
        if (draft.layer.verdict != Verdict::Miss && draft.layer.verdict != Verdict::Bypass)
            draft.layer.verdict = Verdict::Unknown;
        addDetail(draft.layer, QStringLiteral("only its lookup is told"));
        return draft;
    }

    void readLookups(const FieldTable& fields, Drafts& drafts)
    {
        ByHost hosts(drafts);
        for (const Element& element : listElements(fields, "x-cache-lookup")) {
            const QByteArray& name = fields.nameAt(element.place.line);
            const Draft lookup = draftOf(name, element);
            const auto known = hosts.take(lookup.host);
            if (known)
                applyLookup(drafts[*known], QByteArrayView(element.text).first(std::max<qsizetype>(0, element.text.indexOf(' '))));
            else
                drafts.push_back(lookupAlone(name, element));
        }
    }

    // "\"reason\" from host" of Apache httpd.
    struct Reason {
        QByteArray text, host;
    };
    Reason reasonOf(const QByteArray& element)
    {
        const qsizetype from = element.lastIndexOf(" from ");
        QByteArray text = from < 0 ? element : element.first(from);
        if (text.size() >= 2 && text.startsWith('"') && text.endsWith('"'))
            text = text.sliced(1, text.size() - 2);
        return {text, from < 0 ? QByteArray() : hostKey(element.sliced(from + 6).trimmed())};
    }

    // What X-Cache itself does not tell (httpd modules/cache/mod_cache.c: a stale answer is a HIT there).
    void applyReason(Draft& draft, const Reason& reason)
    {
        if (draft.layer.verdict == Verdict::Hit && reason.text.contains("stale content returned"))
            draft.layer.verdict = Verdict::Stale;
        if (draft.layer.verdict == Verdict::Miss && reason.text == "environment variable 'no-cache' is set")
            draft.layer.verdict = Verdict::Bypass;
        addDetail(draft.layer, displayText(reason.text));
    }

    void readReasons(const FieldTable& fields, Drafts& drafts)
    {
        ByHost hosts(drafts);
        for (const Element& element : listElements(fields, "x-cache-detail")) {
            const Reason reason = reasonOf(element.text);
            const auto known = hosts.take(reason.host);
            if (known) {
                applyReason(drafts[*known], reason);
                continue;
            }
            Draft draft = draftOf(fields.nameAt(element.place.line), {{}, element.place});
            draft.host = reason.host;
            if (!reason.host.isEmpty())
                draft.layer.name = displayText(reason.host);
            draft.layer.raw = element.text;
            addDetail(draft.layer, displayText(reason.text));
            drafts.push_back(std::move(draft));
        }
    }

    // X-Served-By of Fastly names its caches ("cache-fra19146-FRA"); elsewhere it names the application server.
    bool areFastlyNames(const QList<Element>& names, std::size_t count)
    {
        return std::size_t(names.size()) == count && std::ranges::all_of(names, [](const Element& e) { return e.text.startsWith("cache-"); });
    }

    // Fastly's three lists go side by side, the shield first. It says MISS of a pass too, and HIT of what is stale.
    void readFastly(const FieldTable& fields, const std::vector<Draft*>& unnamed)
    {
        const QList<Element> names = listElements(fields, "x-served-by");
        const QList<Element> hits = listElements(fields, "x-cache-hits");
        const bool named = areFastlyNames(names, unnamed.size());
        const bool counted = std::size_t(hits.size()) == unnamed.size();
        for (std::size_t i = 0; i < unnamed.size(); ++i) {
            Draft& draft = *unnamed[i];
            if (named) {
                draft.host = names[qsizetype(i)].text.toLower();
                draft.layer.name = displayText(names[qsizetype(i)].text);
            }
            draft.hitsTold = counted;
            if (counted)
                addDetail(draft.layer, QStringLiteral("hits %1").arg(displayText(hits[qsizetype(i)].text)));
            if (named && draft.layer.verdict == Verdict::Miss)
                addDetail(draft.layer, QStringLiteral("or a pass: Fastly says MISS of both"));
        }
    }

    bool isAkamai(const Draft& draft)
    {
        return draft.layer.raw.left(4).toUpper() == "TCP_";
    }

    // The parent that Akamai's edge asked stands in a field of its own.
    void readRemote(const FieldTable& fields, Drafts& drafts)
    {
        const auto edge = std::ranges::find_if(drafts, isAkamai);
        const Place before = edge == drafts.end() ? Place {} : Place {edge->place.line, edge->place.part - 1};
        const bool known = edge != drafts.end();
        for (const Element& element : listElements(fields, "x-cache-remote")) {
            Draft draft = draftOf(fields.nameAt(element.place.line), element);
            if (known)
                draft.place = before;
            drafts.push_back(std::move(draft));
        }
    }

    // The same cache in Cache-Status and in X-Cache: the standard's word holds, the other is kept beside it.
    void joinSame(Drafts& standard, Drafts& others)
    {
        ByHost hosts(standard);
        std::erase_if(others, [&](const Draft& other) {
            const auto known = other.host.isEmpty() ? std::nullopt : hosts.take(other.host);
            if (known)
                addDetail(standard[*known].layer, displayText(QByteArray(other.field + ": " + other.layer.raw)));
            return known.has_value();
        });
    }
}

void readXCache(const FieldTable& fields, Drafts& drafts)
{
    Drafts own;
    readLists(fields, "x-cache", own);
    readLists(fields, "akamai-cache-status", own);
    std::vector<Draft*> unnamed;
    for (Draft& draft : own) {
        if (draft.host.isEmpty() && draft.field == "x-cache")
            unnamed.push_back(&draft);
        draft.layer.maybeApp = draft.host.isEmpty() && draft.field == "x-cache" && !isAkamai(draft);
    }
    readFastly(fields, unnamed);
    for (Draft& draft : own)
        draft.layer.maybeApp = draft.layer.maybeApp && draft.host.isEmpty();
    readLookups(fields, own);
    readReasons(fields, own);
    readRemote(fields, own);
    joinSame(drafts, own);
    std::ranges::move(own, std::back_inserter(drafts));
}

}
