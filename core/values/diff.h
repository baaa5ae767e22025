// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/values/structure.h"

#include <QByteArray>
#include <QFuture>
#include <QList>

#include <functional>
#include <optional>

// What differs between two values: by lines, and for JSON by paths.
namespace core::values {

struct DiffLimits {
    qsizetype maxBytes = 16 * 1024 * 1024; // of each side; the rest is not compared
    // Removed and added lines that are told apart. More of them, and the differing part is told as a whole: the search for the
    // shortest difference takes time as lines times this, and memory as its square.
    int maxEdits = 1000;
    qsizetype maxChanges = 2000; // paths
    std::function<bool()> isCancelled = {}; // asked from the comparing thread
};

struct DiffLine {
    enum class Kind {
        Same, Removed, Added,
        Left, // `count` same lines are left out
    };
    Kind kind = Kind::Same;
    QByteArray text; // without its line end
    qsizetype count = 1;
};

struct LineDiff {
    QList<DiffLine> lines;
    qsizetype removed = 0;
    qsizetype added = 0;
    bool isRough = false; // maxEdits was reached: lines in it may be the same on both sides
};
// Three same lines stay round each difference. Lines end at LF; a CR before it belongs to the line.
LineDiff diffLines(const QByteArray& before, const QByteArray& after, const DiffLimits& limits = {});

struct PathChange {
    QByteArray path; // $.data.items[3].price; names that are no identifiers as ["na me"], as written
    std::optional<QByteArray> before; // the token as written, a container laid out; none: it was not there
    std::optional<QByteArray> after;
};
struct PathDiff {
    QList<PathChange> changes; // in the order of the first, then of the second
    bool isCut = false; // maxChanges was reached, or a side is not whole
};
// Members by name, the n-th of a name that is repeated with the n-th; elements by place, after those that both begin and end with.
PathDiff diffStructures(const Structure& before, const Structure& after, const DiffLimits& limits = {});

struct Difference {
    bool isEqual = false; // byte for byte
    LineDiff lines; // of the values laid out, where they are JSON or what holds some
    std::optional<PathDiff> paths; // where both are
    bool isCut = false; // only the first maxBytes of a side were compared
};
// Takes as long as the values are large: in the thread pool. QFuture::cancel() on what it returns ends it soon.
QFuture<Result<Difference>> diffAsync(const QByteArray& before, const QByteArray& after, DiffLimits limits = {});

}
