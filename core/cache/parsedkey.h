// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <utility>

namespace core::cache {

enum class Kind { Entry, TagIndex, Lock, Health, Probe, Unknown };
enum class Confidence { Exact, Likely, Ambiguous };

using QueryPairs = QList<std::pair<QByteArray, QByteArray>>; // decoded, in the order of the key

// What a key says about itself. Bytes everywhere; display goes through core/base/bytes.h.
struct ParsedKey {
    QByteArray raw;
    QString scheme; // "lightapi-v2", "seed-v1", "tag", "lock", … ; empty for Unknown
    Kind kind = Kind::Unknown;
    std::optional<QByteArray> className;
    std::optional<QByteArray> path;
    QueryPairs query;
    std::optional<QByteArray> user;
    std::optional<QByteArray> id; // of a template with {id}
    std::optional<QByteArray> tag; // Kind::TagIndex
    std::shared_ptr<const ParsedKey> inner; // Kind::Lock: the key that is guarded
    Confidence confidence = Confidence::Likely;
    QStringList alternatives; // other schemes that fit as well
    QStringList notes; // "doubled by warmer" …
};

QString kindName(Kind kind); // entry tag lock health probe unknown: the words of CLI.md
QString confidenceName(Confidence confidence);

}
