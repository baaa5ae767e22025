// SPDX-License-Identifier: GPL-3.0-or-later
// Cache-Status (RFC 9211): a list, one member a cache, nearest the origin first.
#include "core/base/bytes.h"
#include "core/http/layerdraft.h"
#include "core/http/structuredfields.h"

#include <algorithm>

namespace core::http {

namespace {
    using namespace structured;

    constexpr auto fieldName = "cache-status";

    Verdict verdictOfForward(const QByteArray& reason, const Parameters& parameters)
    {
        if (reason == "bypass" || reason == "method" || reason == "request")
            return Verdict::Bypass;
        if (reason == "uri-miss" || reason == "vary-miss" || reason == "miss" || reason == "partial")
            return Verdict::Miss;
        if (reason != "stale") // not registered
            return Verdict::Unknown;
        const auto* status = valueOf<qint64>(parameters, "fwd-status");
        return status && *status == 304 ? Verdict::Revalidated : Verdict::Expired;
    }

    // hit and fwd exclude each other; a hit with negative freshness is a stale one (RFC 9211, 2.1, 2.2 and 3).
    Verdict verdictOf(const Parameters& parameters)
    {
        const auto* hit = valueOf<bool>(parameters, "hit");
        const auto* forward = valueOf<Token>(parameters, "fwd");
        const bool isHit = hit && *hit;
        if (isHit && forward)
            return Verdict::Unknown;
        if (forward)
            return verdictOfForward(forward->text, parameters);
        if (!isHit)
            return Verdict::Unknown;
        const auto* ttl = valueOf<qint64>(parameters, "ttl");
        return ttl && *ttl < 0 ? Verdict::Stale : Verdict::Hit;
    }

    // What stands in the layer's own members need not be said again.
    bool isShownElsewhere(const Parameter& parameter)
    {
        return (parameter.name == "hit" && parameter.value == Value(true)) || (parameter.name == "ttl" && std::holds_alternative<qint64>(parameter.value))
            || (parameter.name == "key" && std::holds_alternative<QByteArray>(parameter.value));
    }

    QString detailOf(const Parameters& parameters)
    {
        CacheLayer out;
        if (const auto* text = valueOf<QByteArray>(parameters, "detail"))
            addDetail(out, displayText(*text));
        else if (const auto* token = valueOf<Token>(parameters, "detail"))
            addDetail(out, displayText(token->text));
        const bool said = !out.detail.isEmpty();
        for (const Parameter& parameter : parameters) {
            if (!isShownElsewhere(parameter) && !(said && parameter.name == "detail"))
                addDetail(out, displayText(parameter.raw));
        }
        return out.detail;
    }

    Draft draftOf(const Member& member, const Place& place, const QByteArray& writtenName)
    {
        Draft draft;
        draft.place = place;
        draft.field = fieldName;
        draft.layer.name = displayText(writtenName);
        draft.layer.raw = member.raw;
        const auto* item = std::get_if<Item>(&member.what);
        const auto* text = item ? std::get_if<QByteArray>(&item->value) : nullptr;
        const auto* token = item ? std::get_if<Token>(&item->value) : nullptr;
        if (!text && !token) { // a cache is named by a String or a Token
            draft.layer.detail = QStringLiteral("not the name of a cache");
            return draft;
        }
        const QByteArray& name = text ? *text : token->text;
        if (!name.isEmpty())
            draft.layer.name = displayText(name);
        draft.host = hostKey(name);
        draft.layer.verdict = verdictOf(item->parameters);
        if (const auto* ttl = valueOf<qint64>(item->parameters, "ttl"))
            draft.layer.ttlS = *ttl;
        if (const auto* key = valueOf<QByteArray>(item->parameters, "key"))
            draft.layer.key = *key;
        draft.layer.detail = detailOf(item->parameters);
        return draft;
    }
}

void readCacheStatus(const FieldTable& fields, Drafts& drafts)
{
    const QList<int> lines = fields.lines(fieldName);
    QByteArray joined;
    QList<qsizetype> begins; // of each line in the joined field
    for (const int line : lines) {
        if (!begins.isEmpty())
            joined += ", ";
        begins << joined.size();
        joined += fields.valueAt(line);
    }
    if (joined.trimmed().isEmpty())
        return;
    const auto members = parseList(joined);
    if (!members) { // invalid in one place is invalid as a whole (RFC 8941, 4.2)
        Draft draft;
        draft.place = {lines.first(), 0};
        draft.field = fieldName;
        draft.layer = {displayText(fields.nameAt(lines.first())), Verdict::Unknown, {}, {}, QStringLiteral("not as RFC 8941 wants it"), joined};
        drafts.push_back(std::move(draft));
        return;
    }
    for (const Member& member : *members) {
        const qsizetype line = std::upper_bound(begins.begin(), begins.end(), member.offset) - begins.begin() - 1;
        drafts.push_back(draftOf(member, {lines[line], member.offset}, fields.nameAt(lines[line])));
    }
}

}
