// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/seedquery.h"

#include <algorithm>

namespace core::cache {

bool readSeedQuery(QByteArrayView query, QueryPairs& into)
{
    bool isOnly = true;
    for (qsizetype from = 0; from <= query.size();) {
        const qsizetype next = query.indexOf('&', from);
        const qsizetype end = next < 0 ? query.size() : next;
        const QByteArrayView segment = query.sliced(from, end - from);
        const qsizetype equals = segment.indexOf('=');
        from = end + 1;
        if (equals < 0 || segment.indexOf('=', equals + 1) >= 0)
            isOnly = false;
        const qsizetype size = equals < 0 ? segment.size() : equals;
        into.emplace_back(segment.first(size).toByteArray(), equals < 0 ? QByteArray("") : segment.sliced(equals + 1).toByteArray());
    }
    return isOnly;
}

QueryPairs lastValues(const QueryPairs& pairs)
{
    QueryPairs unique;
    for (const auto& [name, value] : pairs) {
        const auto known = std::ranges::find(unique, name, &QueryPairs::value_type::first);
        if (known == unique.end())
            unique.emplace_back(name, value);
        else
            known->second = value;
    }
    return unique;
}

QByteArray joinedPairs(const QueryPairs& pairs)
{
    QByteArray out;
    for (const auto& [name, value] : pairs)
        out += name + '=' + value + '&';
    out.chop(1);
    return out;
}

}
