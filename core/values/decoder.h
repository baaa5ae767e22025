// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/values/structure.h"

#include <QByteArray>
#include <QFuture>
#include <QList>

#include <functional>
#include <optional>

// What stored bytes mean: one step after another, chosen by content ("gzip -> JSON"), or as the user says. Nothing of a value is
// ever executed, nothing recurses with its nesting, and what it unpacks to has a limit.
namespace core::values {

enum class Decoder {
    Envelope, // LightAPI's {"data":…,"status_code":…}: JSON with a name of its own
    Json, Gzip, Zlib, Zstd, Msgpack, Pickle,
    Utf8, Latin1, Utf16,
    Image, // named by its first bytes; the pixels are no matter of core
    Hex,
};

QList<Decoder> allDecoders();
// For badges, tabs and messages: "gzip", "JSON", "MessagePack". Not to be translated: names of formats.
QString decoderName(Decoder decoder);
// The word of --as: json envelope gzip zlib zstd msgpack pickle utf8 latin1 utf16 image hex.
QString decoderWord(Decoder decoder);
std::optional<Decoder> decoderFromWord(const QString& word);
bool isCompression(Decoder decoder);

struct DecodeOptions {
    qint64 maxOutput = 64 * 1024 * 1024; // bytes that one decompression may give
    qint64 maxText = 16 * 1024 * 1024; // bytes of the laid out text
    // A compression: the first step, the rest by content. Hex: the bytes as stored. Others: after what compression there is.
    std::optional<Decoder> forced;
    bool isBeginning = false; // the bytes are the first of more, so that an end in the middle is no damage
    std::function<bool()> isCancelled = {}; // asked from the decoding thread
};

struct Decoded {
    QList<Decoder> steps; // in their order; empty: bytes without a form that is known
    QByteArray bytes; // what the last decompression gave, or what is stored
    QByteArray text; // laid out, UTF-8; empty for bytes and images
    Structure structure; // of JSON, MessagePack, pickle
    std::optional<int> statusCode; // of an envelope
    bool usableByLightApi = false; // as cache::EntryValue
    QByteArray imageFormat; // "PNG" …, as image readers call it
    // A decompression reached maxOutput: bytes hold what came before.
    bool isStopped = false;
    bool isTextCut = false; // maxText was reached
    // A step could not be done, or broke in the middle: what and where. The other members hold what was read up to there.
    std::optional<Error> problem;

    bool has(Decoder decoder) const { return steps.contains(decoder); }
};

// "gzip -> JSON"; "bytes" without a step.
QString chainText(const Decoded& decoded);
// Takes as long as the value is large: in a thread of its own, see decodeAsync().
Decoded decode(const QByteArray& stored, const DecodeOptions& options = {});
// In the thread pool. QFuture::cancel() on what it returns ends it soon.
QFuture<Result<Decoded>> decodeAsync(const QByteArray& stored, DecodeOptions options = {});

}
