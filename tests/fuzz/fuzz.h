// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// What a fuzz target defines; libFuzzer and corpusmain.cpp call it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

// A broken promise ends the program, which the fuzzer reports with the input.
inline void must(bool holds, const char* promise)
{
    if (holds)
        return;
    std::fprintf(stderr, "broken: %s\n", promise);
    std::abort();
}

// The first line and the rest.
struct Halves {
    QByteArray first, rest;
};
inline Halves halves(const std::uint8_t* data, std::size_t size)
{
    const auto all = QByteArray::fromRawData(reinterpret_cast<const char*>(data), qsizetype(size));
    const qsizetype end = all.indexOf('\n');
    return end < 0 ? Halves {all, {}} : Halves {all.first(end), all.sliced(end + 1)};
}

}
