// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/http/layerdraft.h"

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    struct Word {
        QByteArrayView text;
        Verdict verdict;
    };
    constexpr std::array words {
        // nginx, ngx_http_cache_status[]; "-" is what its logs write when the cache was not asked
        Word {"HIT", Verdict::Hit}, Word {"MISS", Verdict::Miss}, Word {"EXPIRED", Verdict::Expired}, Word {"STALE", Verdict::Stale},
        Word {"UPDATING", Verdict::Stale}, Word {"REVALIDATED", Verdict::Revalidated}, Word {"BYPASS", Verdict::Bypass}, Word {"-", Verdict::Bypass},
        // Apache httpd mod_cache, modules/cache/mod_cache.c; INVALIDATE: an unsafe method went to the origin
        Word {"REVALIDATE", Verdict::Revalidated}, Word {"INVALIDATE", Verdict::Bypass},
        // CloudFront, x-edge-result-type; what a function at the edge made never was in the cache
        Word {"REFRESHHIT", Verdict::Revalidated}, Word {"ORIGINSHIELDHIT", Verdict::Hit}, Word {"FUNCTIONGENERATEDRESPONSE", Verdict::Bypass},
        Word {"LAMBDAGENERATEDRESPONSE", Verdict::Bypass}, Word {"REDIRECT", Verdict::Bypass},
        // Akamai, "Return Cache Status"
        Word {"HITSTALE", Verdict::Stale}, Word {"NOTCACHEABLE", Verdict::Bypass}, Word {"CONSTRUCTED", Verdict::Bypass},
        // Cloudflare
        Word {"DYNAMIC", Verdict::Bypass}, Word {"NONE", Verdict::Bypass}, Word {"NONE/UNKNOWN", Verdict::Bypass}, Word {"STREAM_HIT", Verdict::Hit},
        // Vercel
        Word {"PRERENDER", Verdict::Hit},
        // Varnish and Fastly by their VCL
        Word {"PASS", Verdict::Bypass},
        // Akamai X-Cache that its suffix does not tell
        Word {"TCP_REFRESH_HIT", Verdict::Revalidated}, Word {"TCP_REFRESH_MISS", Verdict::Expired}, Word {"TCP_REFRESH_FAIL_HIT", Verdict::Stale},
    };

    bool endsWith(QByteArrayView word, QByteArrayView suffix)
    {
        return word.size() >= suffix.size() && word.last(suffix.size()).compare(suffix, Qt::CaseInsensitive) == 0;
    }

    Verdict verdictOfTcp(QByteArrayView word)
    {
        if (word.size() < 4 || word.first(4).compare("TCP_", Qt::CaseInsensitive) != 0)
            return Verdict::Unknown;
        if (endsWith(word, "_HIT"))
            return Verdict::Hit;
        return endsWith(word, "_MISS") ? Verdict::Miss : Verdict::Unknown;
    }

    qsizetype endOfWord(const QByteArray& text, qsizetype from = 0)
    {
        const auto blank = std::find_if(text.begin() + from, text.end(), [](char c) { return c == ' ' || c == '\t'; });
        return blank - text.begin();
    }
}

FieldTable::FieldTable(const Headers& headers)
    : m_headers(headers)
{
    for (int line = 0; line < headers.size(); ++line)
        m_lines[headers[line].first.toLower()] << line;
}

QList<QByteArray> FieldTable::names() const
{
    QList<QByteArray> out = m_lines.keys();
    std::ranges::sort(out, {}, [this](const QByteArray& name) { return m_lines.constFind(name)->first(); });
    return out;
}

std::optional<QByteArray> FieldTable::first(const QByteArray& name) const
{
    const QList<int> all = lines(name);
    return all.isEmpty() ? std::nullopt : std::optional(valueAt(all.first()));
}

QList<QByteArray> listElements(const QByteArray& value)
{
    QList<QByteArray> out;
    qsizetype begin = 0;
    int depth = 0;
    bool quoted = false;
    const auto close = [&](qsizetype end) {
        const QByteArray element = value.sliced(begin, end - begin).trimmed();
        if (!element.isEmpty())
            out << element;
        begin = end + 1;
    };
    for (qsizetype i = 0; i < value.size(); ++i) {
        const char byte = value.at(i);
        if (quoted && byte == '\\')
            ++i; // what follows is text
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && byte == '(')
            ++depth;
        else if (!quoted && byte == ')')
            depth = std::max(0, depth - 1);
        else if (!quoted && byte == ',' && depth == 0)
            close(i);
    }
    close(value.size());
    return out;
}

QList<Element> listElements(const FieldTable& fields, const QByteArray& name)
{
    QList<Element> out;
    for (const int line : fields.lines(name)) {
        const QList<QByteArray> texts = listElements(fields.valueAt(line));
        for (qsizetype part = 0; part < texts.size(); ++part)
            out << Element {texts[part], {line, part}};
    }
    return out;
}

Verdict verdictOfWord(QByteArrayView word)
{
    const auto row = std::ranges::find_if(words, [word](const Word& w) { return w.text.compare(word, Qt::CaseInsensitive) == 0; });
    return row == words.end() ? verdictOfTcp(word) : row->verdict;
}

Draft draftOf(const QByteArray& fieldName, const Element& element)
{
    Draft draft;
    draft.place = element.place;
    draft.field = fieldName.toLower();
    draft.layer.name = displayText(fieldName);
    draft.layer.raw = element.text;
    const qsizetype end = endOfWord(element.text);
    draft.layer.verdict = verdictOfWord(QByteArrayView(element.text).first(end));
    QByteArray rest = element.text.sliced(end).trimmed();
    if (rest.startsWith("from ")) {
        rest = rest.sliced(5).trimmed();
        const qsizetype endOfName = endOfWord(rest);
        draft.layer.name = displayText(rest.first(endOfName));
        draft.host = hostKey(rest.first(endOfName));
        rest = rest.sliced(endOfName).trimmed();
    }
    draft.layer.detail = displayText(rest);
    return draft;
}

QByteArray hostKey(QByteArrayView host)
{
    const QByteArray lower = host.toByteArray().toLower();
    const qsizetype colon = lower.lastIndexOf(':');
    if (colon <= 0 || colon + 1 == lower.size())
        return lower;
    const bool isNumber = std::all_of(lower.begin() + colon + 1, lower.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool isIpv6 = lower.indexOf(':') != colon && lower.at(colon - 1) != ']'; // its last group, not a port
    return isNumber && !isIpv6 ? lower.first(colon) : lower;
}

void addDetail(CacheLayer& layer, const QString& text)
{
    if (text.isEmpty())
        return;
    if (!layer.detail.isEmpty())
        layer.detail += QStringLiteral("; ");
    layer.detail += text;
}

}
