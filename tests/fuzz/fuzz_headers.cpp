// SPDX-License-Identifier: GPL-3.0-or-later
// A response's head: what its caches say is read whatever stands there, and each layer keeps what it was read from.
#include "core/http/cacheheaders.h"
#include "core/http/structuredfields.h"
#include "fuzz.h"

using namespace core::http;

namespace {
// What the grammar took in is valid where it stood, too.
void parts(const QByteArray& field)
{
    const auto members = structured::parseList(field);
    if (!members)
        return;
    qsizetype end = 0;
    for (const structured::Member& member : *members) {
        fuzz::must(member.offset >= end, "members do not overlap");
        end = member.offset + member.raw.size();
        fuzz::must(end <= field.size() && field.sliced(member.offset, member.raw.size()) == member.raw, "a member is part of its field");
        const auto again = structured::parseList(member.raw);
        fuzz::must(again && again->size() == 1, "a member alone is a list of one");
    }
}
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray head(reinterpret_cast<const char*>(data), qsizetype(size));
    const Headers headers = parseHead(head);
    for (const CacheLayer& layer : cacheLayers(headers)) {
        fuzz::must(!layer.name.isEmpty(), "a layer has a name");
        fuzz::must(!layer.raw.isEmpty(), "a layer was read from something");
        fuzz::must(!layer.ttlReckoned || layer.ttlS, "a reckoned time is there");
    }
    for (const auto& [name, value] : headers)
        parts(value);
    parts(head);
    return 0;
}
