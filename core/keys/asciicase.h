// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <cstring>

// Bytes compared without regard to ASCII's case, and the search that everything here rests on.
namespace core::keys {

inline char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c;
}

inline QByteArray folded(QByteArrayView bytes)
{
    QByteArray copy(bytes.size(), Qt::Uninitialized);
    std::transform(bytes.begin(), bytes.end(), copy.begin(), [](char c) { return folded(c); });
    return copy;
}

// `needle` is not empty.
inline const char* findBytes(const char* from, const char* end, QByteArrayView needle)
{
    if (from == end) // both null for an empty key
        return nullptr;
    return static_cast<const char*>(::memmem(from, std::size_t(end - from), needle.data(), std::size_t(needle.size())));
}

inline bool containsBytes(QByteArrayView key, QByteArrayView needle)
{
    return needle.isEmpty() || findBytes(key.begin(), key.end(), needle) != nullptr;
}

}
