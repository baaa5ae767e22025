// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/oddkeys.h"

#include "core/keys/keyquery.h"
#include "core/redis/globescape.h"

#include <QSet>

#include <array>
#include <random>

using core::redis::Command;
using core::redis::Pipeline;

namespace oddkeys {

namespace {

constexpr qsizetype megabyte = 1024 * 1024;
constexpr std::array types {"string", "hash", "list", "set", "zset", "stream"};

QByteArray bytes(const char* text, qsizetype size)
{
    return QByteArray(text, size);
}

QList<QByteArray> worst()
{
    QByteArray every;
    for (int byte = 0; byte < 256; ++byte)
        every += char(byte);
    QList<QByteArray> keys {"", bytes("\0", 1), bytes("\0\0", 2), bytes("a\0b", 3), bytes("a\0", 2), "a", "\n", "\r\n", "a\nb", "\r", "\t", "\v\f", every,
        // not UTF-8, and what some decoders take for it
        "\xff", "\xff\xfe", "\xc3", "\x80", "\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xffz", "\xf0\x9f\x98",
        // UTF-8 that text programs change or hide
        "\xef\xbb\xbf", "\xef\xbb\xbf" "bom", "bom\xef\xbb\xbf", "\xe2\x80\xae" "bidi", "\xe2\x80\xa8", "\xef\xbf\xbf", "\xef\xbf\xbd", "\xf0\x9f\x98\x80", "\xc3\xa9", "e\xcc\x81",
        // wildcards
        "*", "**", "?", "[", "]", "[]", "[a]", "[^a]", "[a-z]", "[a", "[^", "[a-", "^", "-", "^-]", "\\", "\\\\", "\\*", "a\\", "*?[]\\^-",
        // of expressions and of the search field
        ".", ".*", "$", "(", "(*UTF)", "\\E", "\\Q", "a|b", "b64:", "b64:AA==", "glob:*", "re:.", "class:Book", "path:/x", "query:a=b", "kind:lock", "ttl<60", "ttl=none",
        "size>1", "-x", "--", "\"", "\"\"", "\"a b\"", "'", "\\\"", " ", "  ", " a", "a ", " a ", "a b",
        // delimiters, tags, names of others
        ":", "::", "::::", "a:", ":a", "{hash}", "{hash}a", "{hash}b", "{}", "{", "lightapi:", "lightapi::", "lightapi:Book:", "lightapi:Book:/books:",
        "lightapi:Book:/books:page=1&q=a%20b", "lightapi:lock:Book", "a:cachelight-import:b:1", "<img src=x>", "&amp;", "$-1\r\n", "*3\r\n$1\r\n"};
    keys << QByteArray(megabyte, ':') << QByteArray(megabyte, '*');
    QByteArray mixed;
    while (mixed.size() < megabyte)
        mixed += every;
    return keys << mixed + "the end";
}

QByteArray randomKey(std::mt19937& random)
{
    static const QList<QByteArray> parts {":", "::", ":::::", "*", "?", "[", "]", "[a-z]", "[^", "\\", "^", "-", "\n", "\r", bytes("\0", 1), "\xff", "\xfe\xff", "\xc3", "\xed\xa0\x80",
        "\xef\xbb\xbf", "ü", "😀", " ", "  ", "\t", "\"", "'", "{", "}", "{hash}", "lightapi:", "Book", "Author", ":/books", "/1", "page=1", "&q=a+b", "lock:", "tag:", "b64:", "glob:",
        "re:", "-", "a", "A", "7", "item:", "<b>", "%00", "$", ".", "(", "|", "session:"};
    QByteArray key;
    if (random() % 4 == 0) {
        for (auto left = 1 + random() % 24; left > 0; --left)
            key += char(random() % 256);
        return key;
    }
    for (auto left = 1 + random() % 7; left > 0; --left)
        key += parts.at(qsizetype(random() % std::size_t(parts.size())));
    return key;
}

// Members of a value: some short, one empty, one binary. The first of each type have more than is read at once.
QList<QByteArray> members(int number)
{
    QList<QByteArray> all {"", bytes("b\0c", 3), "bad\xff", "x\ny", "\xef\xbb\xbf", QByteArray::number(number)};
    const int more = number < 12 ? 1500 : 0;
    for (int i = 0; i < more; ++i)
        all << "member " + QByteArray::number(i);
    return all;
}

QByteArray stringOf(const Entry& entry, int number)
{
    switch (number % 5) {
    case 0: return {};
    case 1: return QByteArray::number(number); // kept as a number
    case 2: return entry.key; // which may be 1 MB
    case 3: return bytes("\0\xff\r\n", 4) + QByteArray::number(number);
    default: return QByteArray(number < 100 ? 200'000 : 100, 'v') + QByteArray::number(number);
    }
}

Pipeline streamOf(const QByteArray& key, int number)
{
    Pipeline pipeline;
    const QList<QByteArray> fields = members(number);
    for (qsizetype i = 0; i < fields.size(); ++i)
        pipeline << Command {"XADD", key, QByteArray::number(number + i / 3) + '-' + QByteArray::number(i % 3 + 1), fields.at(i), "value", "f", fields.at(i)};
    if (number % 7 == 0) // one without entries
        pipeline << Command {"XTRIM", key, "MAXLEN", "0"};
    return pipeline;
}

Command collectionOf(const Entry& entry, int number)
{
    static const QList<QByteArray> scores {"-inf", "0.1", "-7", "1e300", "inf", "3"};
    Command make = entry.type == "hash" ? Command {"HSET"} : entry.type == "list" ? Command {"RPUSH"} : entry.type == "set" ? Command {"SADD"} : Command {"ZADD"};
    make << entry.key;
    int place = 0;
    for (const QByteArray& member : members(number)) {
        if (entry.type == "zset")
            make << scores.at(place++ % scores.size());
        make << member;
        if (entry.type == "hash")
            make << member + "\xff!";
    }
    return make;
}

QByteArray regexEscaped(QByteArrayView text)
{
    static constexpr char digits[] = "0123456789abcdef";
    QByteArray escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        escaped += "\\x";
        escaped += digits[byte >> 4U];
        escaped += digits[byte & 15U];
    }
    return escaped;
}

}

QList<Entry> entries(int count)
{
    std::mt19937 random(5000); // the same numbers by every library
    QList<QByteArray> keys = worst();
    QSet<QByteArray> seen(keys.begin(), keys.end());
    while (keys.size() < count) {
        const QByteArray key = randomKey(random);
        if (!seen.contains(key)) {
            seen << key;
            keys << key;
        }
    }
    QList<Entry> all;
    for (int i = 0; i < keys.size(); ++i) {
        const qint64 ttlMs = i % 3 == 0 ? 600'000 + qint64(i) * 1000 : i % 100 == 1 ? 3'000'000'000'000 : -1;
        all << Entry {keys.at(i), types[std::size_t(i / 2) % types.size()], ttlMs};
    }
    return all;
}

Pipeline makingOf(const Entry& entry, int number)
{
    Pipeline pipeline;
    if (entry.type == "string")
        pipeline << Command {"SET", entry.key, stringOf(entry, number)};
    else if (entry.type == "stream")
        pipeline = streamOf(entry.key, number);
    else
        pipeline << collectionOf(entry, number);
    if (entry.ttlMs >= 0)
        pipeline << Command {"PEXPIRE", entry.key, QByteArray::number(entry.ttlMs)};
    return pipeline;
}

QString partTerm(const QByteArray& key)
{
    return key.isEmpty() ? QString() : core::keys::queryQuoted(key);
}

QString globTerm(const QByteArray& key)
{
    return QStringLiteral("glob:") + core::keys::queryQuoted(core::redis::globEscaped(key));
}

QString regexTerm(const QByteArray& key)
{
    constexpr qsizetype end = 500;
    QByteArray middle;
    if (key.size() > 2 * end) {
        const qsizetype left = key.size() - 2 * end;
        middle = "(?:.{1000}){" + QByteArray::number(left / 1000) + "}.{" + QByteArray::number(left % 1000) + '}';
    }
    const QByteArray first = middle.isEmpty() ? key : key.first(end);
    const QByteArray last = middle.isEmpty() ? QByteArray() : key.last(end);
    return QStringLiteral("re:") + QString::fromLatin1('^' + regexEscaped(first) + middle + regexEscaped(last) + '$');
}

}
