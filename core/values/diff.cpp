// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/diff.h"

#include "core/base/bytes.h"
#include "core/values/decoder.h"

#include <QPromise>
#include <QtConcurrentRun>

namespace core::values {

namespace {
    struct Side {
        QByteArray text;
        Structure structure; // empty: not JSON
        bool isCut = false;
    };

    Side sideOf(const QByteArray& stored, const DiffLimits& limits)
    {
        DecodeOptions options;
        options.maxText = limits.maxBytes;
        options.isCancelled = limits.isCancelled;
        options.maxOutput = limits.maxBytes;
        options.isBeginning = stored.size() > limits.maxBytes;
        const Decoded decoded = decode(stored.left(limits.maxBytes), options);
        Side side;
        side.isCut = options.isBeginning || decoded.isStopped || decoded.isTextCut;
        side.text = decoded.text.isEmpty() ? displayText(decoded.bytes.left(limits.maxBytes)).toUtf8() : decoded.text;
        const bool isJson = decoded.has(Decoder::Json) || decoded.has(Decoder::Envelope);
        if (isJson && !decoded.problem && !side.isCut && !decoded.structure.isCut())
            side.structure = decoded.structure;
        return side;
    }
}

QFuture<Result<Difference>> diffAsync(const QByteArray& before, const QByteArray& after, DiffLimits limits)
{
    return QtConcurrent::run([before, after, limits](QPromise<Result<Difference>>& promise) mutable {
        limits.isCancelled = [&promise] { return promise.isCanceled(); };
        Difference found;
        found.isEqual = before == after;
        const Side first = sideOf(before, limits);
        const Side second = sideOf(after, limits);
        found.isCut = first.isCut || second.isCut;
        found.lines = diffLines(first.text, second.text, limits);
        if (!first.structure.isEmpty() && !second.structure.isEmpty())
            found.paths = diffStructures(first.structure, second.structure, limits);
        promise.addResult(Result<Difference>(std::move(found)));
    });
}

}
