// SPDX-License-Identifier: GPL-3.0-or-later
// A pattern, a newline, a key: what is said of a pattern holds for each key that it matches.
#include "core/keys/glob.h"
#include "core/redis/globescape.h"
#include "fuzz.h"

using namespace core::keys;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [pattern, key] = fuzz::halves(data, size);
    const QByteArray prefix = globLiteralPrefix(pattern);
    const QByteArray part = globLiteralPart(pattern);
    if (globMatches(pattern, key)) {
        fuzz::must(key.startsWith(prefix), "a key that matches starts with the literal prefix");
        fuzz::must(key.contains(part), "a key that matches holds the literal part");
    }
    fuzz::must(prefix.size() <= pattern.size() && part.size() <= pattern.size(), "no literal is longer than its pattern");
    const QByteArray escaped = core::redis::globEscaped(key);
    fuzz::must(globMatches(escaped, key), "an escaped key matches itself");
    fuzz::must(globLiteralPrefix(escaped) == key, "an escaped key is literal");
    fuzz::must(globMatches(escaped, pattern) == (key == pattern), "an escaped key matches nothing else");
    return 0;
}
