// SPDX-License-Identifier: GPL-3.0-or-later
// A byte that chooses the decoder and whether more follows, then a value: whatever it is, decoding ends within its limits.
#include "core/values/decoder.h"
#include "fuzz.h"

#include <algorithm>

using namespace core::values;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray stored(reinterpret_cast<const char*>(data + 1), qsizetype(size - 1));
    DecodeOptions options;
    options.maxOutput = 100'000;
    options.maxText = 100'000;
    options.isBeginning = (data[0] & 0x80) != 0;
    const qsizetype choice = data[0] & 0x7F;
    if (choice < allDecoders().size())
        options.forced = allDecoders().at(choice);
    const Decoded decoded = decode(stored, options);
    fuzz::must(decoded.bytes.size() <= std::max<qint64>(options.maxOutput, stored.size()), "no decompression passes its limit");
    fuzz::must(!decoded.isStopped || decoded.bytes.size() == options.maxOutput, "what was stopped is as long as the limit");
    fuzz::must(!decoded.has(Decoder::Msgpack) || decoded.text.size() <= options.maxText + 4, "a laid out text keeps its limit");
    fuzz::must(!decoded.problem || !decoded.problem->subject.isEmpty(), "a problem names its decoder");
    for (quint32 i = 0; i < decoded.structure.size(); ++i) {
        const Structure::Node& node = decoded.structure.node(i);
        fuzz::must(node.end > i && node.end <= decoded.structure.size(), "a node holds what follows it");
        decoded.structure.name(i);
        decoded.structure.value(i);
    }
    return 0;
}
