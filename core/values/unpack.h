// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/decoder.h"

namespace core::values {

// What a decompression gave.
struct Unpacked {
    QByteArray bytes;
    bool isStopped = false; // at DecodeOptions::maxOutput
    // Where in the packed bytes it broke, and how; -1: nowhere. An end in the middle counts, except of a beginning.
    qint64 brokenAt = -1;
    QString how;
};

// What the first bytes say: gzip and zstd by their magic numbers, zlib by its header's check.
std::optional<Decoder> compressionOf(QByteArrayView bytes);
// `kind`: Gzip (also several members in a row), Zlib or Zstd. Memory: the output and some 100 KiB, for zstd the window (at most 128 MiB).
Unpacked unpack(Decoder kind, QByteArrayView packed, const DecodeOptions& options);

}
