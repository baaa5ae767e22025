// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/glob.h"

#include <algorithm>
#include <utility>

namespace core::keys {

namespace {

// Redis gives up on a pattern with more stars than this (util.c since 6.2.16 and 7.2.6: protection against abuse).
constexpr int maxStars = 1000;

// Past the end Redis reads the NUL that ends its strings.
char at(QByteArrayView pattern, qsizetype i)
{
    return i < pattern.size() ? pattern[i] : '\0';
}

// Ends are compared as `char` is in the server's build, signed on x86, and may come in either order.
bool inRange(char from, char to, char c)
{
    return std::min(from, to) <= c && c <= std::max(from, to);
}

// `i` stands on '['. Says whether the class has `c` and the position after it. A class that is never closed ends with the
// pattern, and a backslash that ends the pattern stands for itself: both as in util.c.
std::pair<bool, qsizetype> matchClass(QByteArrayView pattern, qsizetype i, char c)
{
    const qsizetype size = pattern.size();
    const bool negated = at(pattern, ++i) == '^';
    i += negated ? 1 : 0;
    bool found = false;
    for (;; ++i) {
        const qsizetype left = size - i;
        if (left >= 2 && pattern[i] == '\\') {
            ++i;
            found = found || pattern[i] == c;
        } else if (left <= 0 || pattern[i] == ']') {
            break;
        } else if (left >= 3 && pattern[i + 1] == '-') {
            found = found || inRange(pattern[i], pattern[i + 2], c);
            i += 2;
        } else {
            found = found || pattern[i] == c;
        }
    }
    return {found != negated, std::min(i + 1, size)};
}

// One element of the pattern that is not a star against one byte: whether it fits, and the position after it.
std::pair<bool, qsizetype> matchOne(QByteArrayView pattern, qsizetype i, char c)
{
    switch (pattern[i]) {
    case '?':
        return {true, i + 1};
    case '[':
        return matchClass(pattern, i, c);
    case '\\':
        if (i + 1 < pattern.size())
            ++i;
        break;
    default:
        break;
    }
    return {pattern[i] == c, i + 1};
}

// Literal bytes from `i` on, escapes resolved, and the position of the wildcard that ends them.
std::pair<QByteArray, qsizetype> literalFrom(QByteArrayView pattern, qsizetype i)
{
    QByteArray literal;
    for (; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '*' || c == '?' || c == '[')
            break;
        if (c == '\\' && i + 1 < pattern.size())
            ++i;
        literal += pattern[i];
    }
    return {literal, i};
}

qsizetype skipStars(QByteArrayView pattern, qsizetype i)
{
    while (at(pattern, i) == '*')
        ++i;
    return i;
}

}

bool globMatches(QByteArrayView pattern, QByteArrayView key)
{
    // SCAN and KEYS skip matching for "*"; the matcher itself lets no star match an empty key.
    if (key.isEmpty())
        return pattern.isEmpty() || pattern == QByteArrayView("*");
    qsizetype p = 0;
    qsizetype k = 0;
    qsizetype afterStar = -1;
    qsizetype starKey = 0;
    int stars = 0;
    // Going back to the last star alone is enough, as every other element takes exactly one byte: time is pattern x key at worst.
    while (k < key.size()) {
        if (at(pattern, p) == '*') {
            p = skipStars(pattern, p);
            if (p == pattern.size())
                return true;
            if (++stars > maxStars)
                return false;
            afterStar = p;
            starKey = k;
            continue;
        }
        if (p < pattern.size()) {
            const auto [fits, next] = matchOne(pattern, p, key[k]);
            if (fits) {
                p = next;
                ++k;
                continue;
            }
        }
        if (afterStar < 0)
            return false;
        p = afterStar;
        k = ++starKey;
    }
    return skipStars(pattern, p) == pattern.size();
}

QByteArray globLiteralPrefix(QByteArrayView pattern)
{
    return literalFrom(pattern, 0).first;
}

QByteArray globLiteralPart(QByteArrayView pattern)
{
    QByteArray longest;
    for (qsizetype i = 0; i < pattern.size();) {
        const auto [literal, end] = literalFrom(pattern, i);
        if (literal.size() > longest.size())
            longest = literal;
        // Over the wildcard; what a class holds decides nothing here, so any byte will do.
        i = end < pattern.size() && pattern[end] == '[' ? matchClass(pattern, end, 0).second : end + 1;
    }
    return longest;
}

}
