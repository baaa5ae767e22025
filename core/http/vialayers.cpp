// SPDX-License-Identifier: GPL-3.0-or-later
// Via (RFC 9110, 7.6.3), and what caches say that tell their name and version nowhere else.
#include "core/base/bytes.h"
#include "core/http/layerdraft.h"

#include <algorithm>

namespace core::http {

namespace {
    // "1.1 varnish (Varnish/7.1)": protocol, name, comment.
    ViaHop hopOf(const QByteArray& element)
    {
        ViaHop hop;
        const qsizetype blank = element.indexOf(' ');
        if (blank < 0)
            return hop;
        const QByteArray rest = element.sliced(blank + 1).trimmed();
        const qsizetype end = rest.indexOf(' ');
        hop.name = end < 0 ? rest : rest.first(end);
        hop.host = hostKey(hop.name);
        const qsizetype open = rest.indexOf('(');
        if (open >= 0 && rest.endsWith(')'))
            hop.comment = rest.sliced(open + 1, rest.size() - open - 2);
        return hop;
    }

    bool isVarnish(const ViaHop& hop)
    {
        return hop.host == "varnish" || hop.comment.startsWith("Varnish");
    }

    // varnish-cache bin/varnishd/cache/cache_req_fsm.c: "%u", and of a hit "%u %u", the second being who fetched it.
    Draft varnishDraft(const QByteArray& fieldName, const Element& element)
    {
        Draft draft;
        draft.place = element.place;
        draft.field = "x-varnish";
        draft.layer.name = displayText(fieldName);
        draft.layer.raw = element.text;
        const QList<QByteArray> ids = element.text.simplified().split(' ');
        const bool areNumbers = std::ranges::all_of(ids, [](const QByteArray& id) {
            return !id.isEmpty() && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
        });
        if (areNumbers && ids.size() == 1) {
            draft.layer.verdict = Verdict::Miss;
            addDetail(draft.layer, QStringLiteral("or a pass: Varnish writes one id for both"));
        } else if (areNumbers && ids.size() == 2) {
            draft.layer.verdict = Verdict::Hit;
        }
        return draft;
    }

    // The last of Via belongs to the last of X-Varnish; a Varnish behind may have left no id.
    void nameByVia(const QList<ViaHop>& via, Drafts& varnishes)
    {
        QList<ViaHop> hops = via;
        hops.removeIf([](const ViaHop& hop) { return !isVarnish(hop); });
        auto hop = hops.crbegin();
        for (auto draft = varnishes.rbegin(); draft != varnishes.rend() && hop != hops.crend(); ++draft, ++hop) {
            draft->host = hop->host;
            draft->layer.name = displayText(hop->name);
        }
    }

    bool isFromStore(Verdict verdict)
    {
        return verdict == Verdict::Hit || verdict == Verdict::Stale || verdict == Verdict::Revalidated;
    }

    // X-Cache as VCL makes it, from obj.hits or by hand. Its word may say more (BYPASS of a pass), but must not say the opposite.
    bool mayBeSame(const Draft& varnish, const Draft& other)
    {
        if (other.field != "x-cache" || varnish.layer.verdict == Verdict::Unknown || other.layer.verdict == Verdict::Unknown)
            return false;
        return isFromStore(varnish.layer.verdict) == isFromStore(other.layer.verdict);
    }

    void join(Draft& other, const Draft& varnish)
    {
        addDetail(other.layer, displayText(QByteArray("X-Varnish: " + varnish.layer.raw)));
        other.layer.name = varnish.host.isEmpty() ? other.layer.name : varnish.layer.name;
        other.host = varnish.host;
        other.layer.maybeApp = false;
        other.field = "x-varnish"; // from here on a Varnish
    }

    // An X-Cache without a name, as many as Varnishes: theirs.
    void joinXCache(Drafts& varnishes, Drafts& drafts)
    {
        std::vector<Draft*> unnamed;
        for (Draft& draft : drafts) {
            if (draft.field == "x-cache" && (draft.host.isEmpty() || (varnishes.size() == 1 && draft.host == varnishes.front().host)))
                unnamed.push_back(&draft);
        }
        if (unnamed.size() != varnishes.size())
            return;
        Drafts others;
        for (std::size_t i = 0; i < unnamed.size(); ++i) {
            if (mayBeSame(varnishes[i], *unnamed[i]))
                join(*unnamed[i], varnishes[i]);
            else
                others.push_back(std::move(varnishes[i]));
        }
        varnishes = std::move(others);
    }

    // "squid/5.7" -> 5
    int squidVersion(const QByteArray& comment)
    {
        if (!comment.startsWith("squid/"))
            return 0;
        const qsizetype end = comment.indexOf('.', 6);
        return comment.mid(6, end < 0 ? -1 : end - 6).toInt();
    }
}

QList<ViaHop> viaHops(const FieldTable& fields)
{
    QList<ViaHop> hops;
    for (const Element& element : listElements(fields, "via")) {
        ViaHop hop = hopOf(element.text);
        if (!hop.name.isEmpty())
            hops << std::move(hop);
    }
    return hops;
}

void readVarnish(const FieldTable& fields, const QList<ViaHop>& via, Drafts& drafts)
{
    Drafts varnishes;
    for (const Element& element : listElements(fields, "x-varnish"))
        varnishes.push_back(varnishDraft(fields.nameAt(element.place.line), element));
    nameByVia(via, varnishes);
    joinXCache(varnishes, drafts);
    std::ranges::move(varnishes, std::back_inserter(drafts));
}

// Found and not sent: from Squid 5 on it had expired and the origin sent another (5.7, tried); before, a client's no-cache looked so, too.
void readSquidVersions(const QList<ViaHop>& via, Drafts& drafts)
{
    QHash<QByteArray, int> versions;
    for (const ViaHop& hop : via)
        versions.insert(hop.host, squidVersion(hop.comment));
    for (Draft& draft : drafts) {
        if (!draft.lookupHit || draft.layer.verdict != Verdict::Miss)
            continue;
        if (versions.value(draft.host) >= 5)
            draft.layer.verdict = Verdict::Expired;
        else
            addDetail(draft.layer, QStringLiteral("it was there and not used"));
    }
}

// Proxies may set a field where they like; in Via each stands behind the one that it asked.
void orderByVia(const QList<ViaHop>& via, Drafts& drafts)
{
    QHash<QByteArray, qsizetype> places;
    for (qsizetype i = 0; i < via.size(); ++i) {
        if (places.contains(via[i].host))
            return; // one name for two: it tells no order
        places.insert(via[i].host, i);
    }
    std::vector<std::size_t> freed;
    Drafts named;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (places.contains(drafts[i].host)) {
            freed.push_back(i);
            named.push_back(std::move(drafts[i]));
        }
    }
    std::ranges::stable_sort(named, {}, [&](const Draft& draft) { return places.value(draft.host); });
    for (std::size_t i = 0; i < freed.size(); ++i)
        drafts[freed[i]] = std::move(named[i]);
}

}
