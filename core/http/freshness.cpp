// SPDX-License-Identifier: GPL-3.0-or-later
// How old an answer is and how long it holds (RFC 9111), at the layer that answered.
#include "core/base/bytes.h"
#include "core/http/deltaseconds.h"
#include "core/http/layerdraft.h"

#include <algorithm>

namespace core::http {

namespace {
    std::optional<qint64> ageOf(const std::optional<QByteArray>& field)
    {
        if (!field)
            return std::nullopt;
        const qsizetype comma = field->indexOf(','); // of a list the first (RFC 9111, 5.1)
        return deltaSeconds(comma < 0 ? *field : field->first(comma));
    }

    struct Lifetime {
        std::optional<qint64> seconds;
        bool shared = true; // false: private, no-store or no-cache say nothing of how long a shared cache may keep it
    };

    // Of directives given twice the most restrictive counts (RFC 9111, 4.2.1).
    void takeSmallest(std::optional<qint64>& held, const QByteArray& text)
    {
        QByteArray value = text.trimmed();
        if (value.size() >= 2 && value.startsWith('"') && value.endsWith('"'))
            value = value.sliced(1, value.size() - 2);
        const qint64 seconds = deltaSeconds(value).value_or(0); // what cannot be read is stale
        held = held ? std::min(*held, seconds) : seconds;
    }

    Lifetime lifetimeOf(const FieldTable& fields)
    {
        Lifetime out;
        std::optional<qint64> maxAge, sharedMaxAge;
        for (const Element& element : listElements(fields, "cache-control")) {
            const qsizetype equals = element.text.indexOf('=');
            const QByteArray name = (equals < 0 ? element.text : element.text.first(equals)).trimmed().toLower();
            const QByteArray value = equals < 0 ? QByteArray() : element.text.sliced(equals + 1);
            if (name == "max-age")
                takeSmallest(maxAge, value);
            else if (name == "s-maxage")
                takeSmallest(sharedMaxAge, value);
            else if (name == "private" || name == "no-store" || name == "no-cache")
                out.shared = false;
        }
        out.seconds = sharedMaxAge ? sharedMaxAge : maxAge;
        return out;
    }

    bool isFromStore(Verdict verdict)
    {
        return verdict == Verdict::Hit || verdict == Verdict::Stale || verdict == Verdict::Revalidated;
    }

    // The outermost cache that answered from its store; what is nearer the user passed it on.
    Draft& answering(Drafts& drafts)
    {
        const auto found = std::find_if(drafts.rbegin(), drafts.rend(), [](const Draft& d) { return isFromStore(d.layer.verdict); });
        return found == drafts.rend() ? drafts.back() : *found;
    }

    // Age alone decides nothing: some frameworks write the time that is left into it (cashews).
    void addAge(const FieldTable& fields, qint64 age, Drafts& drafts)
    {
        if (drafts.empty()) {
            Draft draft;
            draft.place = {fields.lines("age").first(), 0};
            draft.field = "age";
            draft.layer.name = QStringLiteral("Age");
            draft.layer.raw = fields.first("age").value_or(QByteArray()).trimmed();
            drafts.push_back(std::move(draft));
        }
        addDetail(answering(drafts).layer, QStringLiteral("Age %1").arg(secondsText(age)));
    }

    // Only where the cache says that it is one: Age comes from caches, and X-FastAPI-Cache writes the time left into max-age.
    void addRemaining(const Lifetime& lifetime, const std::optional<qint64>& age, Draft& draft)
    {
        const bool tells = age ? draft.layer.verdict != Verdict::Unknown : draft.field == "x-fastapi-cache";
        if (!tells || !lifetime.seconds || !lifetime.shared || draft.layer.ttlS)
            return;
        // An age or a lifetime that is longer than is counted says no more than that: a difference of it would look measured.
        if (age == longestSeconds)
            return;
        if (*lifetime.seconds == longestSeconds)
            return addDetail(draft.layer, QStringLiteral("Cache-Control gives %1").arg(secondsText(longestSeconds)));
        draft.layer.ttlS = *lifetime.seconds - age.value_or(0);
        draft.layer.ttlReckoned = true;
    }

    // Varnish in its grace writes what it writes of a hit; Age over the lifetime that the origin gave tells. Where that is 0 the origin
    // speaks to browsers, and Varnish's own lifetime comes from its VCL.
    void findGrace(const Lifetime& lifetime, const std::optional<qint64>& age, Draft& draft)
    {
        if (draft.field != "x-varnish" || draft.layer.verdict != Verdict::Hit || !age || !lifetime.shared || lifetime.seconds.value_or(0) == 0)
            return;
        if (*age <= *lifetime.seconds)
            return;
        draft.layer.verdict = Verdict::Stale;
        addDetail(draft.layer, QStringLiteral("older than the %1 s that Cache-Control gives").arg(*lifetime.seconds));
    }

    // Warning: 110 and 111 (RFC 7234, 5.5; Squid and Apache httpd still send them): the answer is stale.
    void addWarnings(const FieldTable& fields, Drafts& drafts)
    {
        for (const Element& element : listElements(fields, "warning")) {
            if (!element.text.startsWith("110 ") && !element.text.startsWith("111 "))
                continue;
            CacheLayer& layer = answering(drafts).layer;
            if (layer.verdict == Verdict::Hit)
                layer.verdict = Verdict::Stale;
            addDetail(layer, displayText(QByteArray("Warning: " + element.text)));
            return; // one is enough
        }
    }
}

std::optional<qint64> ageSeconds(const Headers& headers)
{
    const auto age = std::ranges::find_if(headers, [](const auto& field) { return field.first.compare("Age", Qt::CaseInsensitive) == 0; });
    return age == headers.end() ? std::nullopt : ageOf(age->second);
}

void addFreshness(const FieldTable& fields, Drafts& drafts)
{
    const auto age = ageOf(fields.first("age"));
    if (age)
        addAge(fields, *age, drafts);
    if (drafts.empty())
        return;
    Draft& draft = answering(drafts);
    const Lifetime lifetime = lifetimeOf(fields);
    addRemaining(lifetime, age, draft);
    findGrace(lifetime, age, draft);
    addWarnings(fields, drafts);
    if (const auto tag = fields.first("etag"))
        addDetail(draft.layer, displayText(QByteArray("ETag " + *tag)));
}

}
