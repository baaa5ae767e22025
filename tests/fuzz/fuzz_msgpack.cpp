// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes end as a structure, whole or broken at a place inside them; its layout keeps its limit.
#include "core/values/parsed.h"
#include "fuzz.h"

using namespace core::values;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char*>(data), qsizetype(size));
    const Parsed parsed = parseMsgpack(bytes, {});
    fuzz::must(parsed.end >= 0 && parsed.end <= bytes.size(), "it takes no more than there is");
    fuzz::must(parsed.isWhole() || parsed.brokenAt <= bytes.size(), "it breaks inside the bytes");
    fuzz::must(parsed.isWhole() || !parsed.how.isEmpty(), "it says how it broke");
    fuzz::must(laidOut(parsed.structure, 10'000).size() <= 10'004, "the layout keeps its limit");
    return 0;
}
