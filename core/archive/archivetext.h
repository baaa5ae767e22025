// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

// The lines of an archive (docs/archive.md). Bytes are a JSON string where they are UTF-8, else base64.
namespace core::archive {

constexpr int formatVersion = 1;
constexpr qsizetype longestLine = 256 * 1024 * 1024; // a reader refuses a longer one
constexpr qsizetype fullLine = 8 * 1024 * 1024; // of a value, before it is escaped: the rest goes into another line

struct Header {
    int version = formatVersion;
    QString serverVersion; // of the server that was exported; empty where it is not known
    QString runId;
    int database = 0;
    qint64 madeAtMs = 0; // Unix
    qint64 count = -1; // keys that were asked for; -1: not known
};

// One key, or the beginning of one whose value goes on in parts.
struct Record {
    QByteArray key;
    QByteArray type; // as TYPE says it
    qint64 endMs = -1; // Unix; -1: never expires
    bool hasValue = false; // false: a type without a logical value, or a DUMP alone
    // string: one; list, set: elements; hash: fields and values, zset: members and scores in turn; stream: none.
    QList<QByteArray> members;
    QList<QList<QByteArray>> entries; // of a stream: id, then fields and values in turn
    QByteArray dump; // empty: none
    bool more = false; // parts follow

    // Of the last part: what cannot be kept from a server that goes on working.
    bool changed = false; // it was seen to change while it was read
    bool gone = false; // vanished while it was read: not to be imported
};

QByteArray headerLine(const Header& header);
QByteArray recordLine(const Record& record);
QByteArray partLine(const Record& part);
// A record or, `isPart`, a part, in as many lines as it needs, one element at least in each. None where one would be too long for a reader.
std::optional<QByteArray> linesOf(const Record& record, bool isPart, qsizetype full = fullLine, qsizetype longest = longestLine);
QByteArray endLine(qint64 keys, const QByteArray& sha256Hex);

bool isLogical(const QByteArray& type); // string, hash, list, set, zset, stream

}
