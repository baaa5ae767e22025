// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/randomtargets.h"

#include <QByteArrayList>

namespace {
// More often than the others: what a vary_on names.
const QByteArrayList names {"page", "page", "q", "q", "a", "b", "ids[]", "%70age", "pag%65", "caf%C3%A9", "%ff", "", "+", "%2B", "a%26b", "a%3Db", "Page"};
const QByteArrayList fragments {"1", "2", "x", "a=b", "=", "+", "%20", "%2B", "%26", "%3D", "%26q%3D", ":", "%3A", ":/", ";", "/", "?", "#", "%23", "%", "%4", "%zz",
    "%41", "%7e", "~", "%C3%A9", "%c3%a9", "%F0%9F%98%80", "%ff", "%E2%82", "%C0%AF", "%ED%A0%80", "%EF%BF%BD", "%00", "%0d%0a", "%09", "*", "'", "\"", "<b>", "\\", "|",
    "{}", "lightapi:Book:/books:"};
const QByteArrayList separators {"&", "&", "&", "&", "&&", ";", "&=&", "%26"};
// The rows 1 to 3 exist in each.
const QByteArrayList collections {"/books", "/varied", "/varied", "/api/v1/items", "/plain", "/shelves/one", "/shelves/caf%C3%A9", "/shelves/a:b", "/shelves/%ff",
    "/shelves/a%3Fb", "/shelves/a%23b", "/shelves/a%0d%0ab", "/shelves/a%20b", "/shelves/%25"};
const QByteArrayList details {"/1", "/2", "/3", "/01", "/002", "%2F1", "/%31"};
const QByteArrayList elsewhere {"/books/", "/books/99", "/books/x", "/nowhere", "/books/1/2", "//books", "/books%00"};
}

QByteArray RandomTargets::text(int most)
{
    QByteArray out;
    for (int n = m_random.bounded(most + 1); n > 0; --n)
        out += one(fragments);
    return out;
}

QByteArray RandomTargets::path()
{
    if (m_random.bounded(25) == 0)
        return one(elsewhere);
    QByteArray path = one(collections);
    if (m_random.bounded(3) == 0)
        path += one(details);
    if (m_random.bounded(5) != 0)
        return path;
    // An escape of a letter or a slash inside.
    const qsizetype at = 1 + m_random.bounded(static_cast<int>(path.size()) - 1);
    if (path[at] >= 'a' && path[at] <= 'z' && path[at - 1] != '%' && (at < 2 || path[at - 2] != '%'))
        path.replace(at, 1, QByteArray('%' + QByteArray(1, path[at]).toHex()));
    return path;
}

QByteArray RandomTargets::query()
{
    QByteArray out;
    for (int n = m_random.bounded(5); n > 0; --n) {
        if (!out.isEmpty())
            out += one(separators);
        out += one(names);
        if (m_random.bounded(5) != 0)
            out += '=' + text(4);
    }
    return out;
}

QByteArray RandomTargets::next()
{
    const QByteArray target = path();
    return m_random.bounded(8) == 0 ? target : QByteArray(target + '?' + query());
}
