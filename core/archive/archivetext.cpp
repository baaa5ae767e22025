// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/archivetext.h"

#include "core/base/bytes.h"
#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace core::archive {

namespace {
    void appendEscaped(QByteArray& out, QByteArrayView text)
    {
        static constexpr char digits[] = "0123456789abcdef";
        out += '"';
        qsizetype from = 0;
        for (qsizetype i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if (byte >= 0x20 && byte != '"' && byte != '\\')
                continue;
            out += text.sliced(from, i - from);
            from = i + 1;
            if (byte >= 0x20) {
                out += '\\';
                out += text[i];
            } else {
                out += "\\u00";
                out += digits[byte >> 4];
                out += digits[byte & 15];
            }
        }
        out += text.sliced(from);
        out += '"';
    }

    void appendBase64(QByteArray& out, const QByteArray& bytes)
    {
        out += '"';
        out += bytes.toBase64();
        out += '"';
    }

    void appendBytes(QByteArray& out, const QByteArray& bytes)
    {
        if (isUtf8(bytes))
            return appendEscaped(out, bytes);
        out += R"({"b64":)";
        appendBase64(out, bytes);
        out += '}';
    }

    void appendList(QByteArray& out, const QList<QByteArray>& list)
    {
        char before = '[';
        for (const QByteArray& bytes : list) {
            out += before;
            appendBytes(out, bytes);
            before = ',';
        }
        out += list.isEmpty() ? "[]" : "]";
    }

    void appendValue(QByteArray& out, const Record& record)
    {
        out += R"(,"value":)";
        if (!record.hasValue)
            out += "null";
        else if (record.type == "string")
            appendBytes(out, record.members.value(0));
        else if (record.type != "stream")
            appendList(out, record.members);
        else {
            out += '[';
            for (qsizetype i = 0; i < record.entries.size(); ++i) {
                if (i > 0)
                    out += ',';
                appendList(out, record.entries.at(i));
            }
            out += ']';
        }
    }

    void appendText(QByteArray& out, const char* before, const QString& text)
    {
        out += before;
        appendEscaped(out, text.toUtf8());
    }

    // As "keys --ndjson" has it, so that --keys-from reads the keys of an archive.
    void appendKey(QByteArray& out, const QByteArray& key)
    {
        if (isUtf8(key)) {
            out += R"("key":)";
            return appendEscaped(out, key);
        }
        out += R"("key":null,"key_b64":)";
        appendBase64(out, key);
    }

    qsizetype sizeOf(const QList<QByteArray>& list)
    {
        return std::accumulate(list.cbegin(), list.cend(), qsizetype(0), [](qsizetype sum, const QByteArray& bytes) { return sum + bytes.size(); });
    }

    // Elements from `from` on that fill a line: fields stay with their values, members with their scores.
    qsizetype endOfLine(const Record& record, qsizetype from, qsizetype full)
    {
        const bool isStream = record.type == "stream";
        const qsizetype count = isStream ? record.entries.size() : record.members.size();
        const qsizetype step = record.type == "hash" || record.type == "zset" ? 2 : 1;
        qsizetype bytes = 0, end = from;
        while (end < count && (end == from || bytes < full)) {
            bytes += isStream ? sizeOf(record.entries.at(end)) : sizeOf(record.members.mid(end, step));
            end = std::min(end + step, count);
        }
        return end;
    }
}

bool isLogical(const QByteArray& type)
{
    static constexpr std::array types {"string", "hash", "list", "set", "zset", "stream"};
    return std::ranges::any_of(types, [&](const char* known) { return type == known; });
}

QByteArray headerLine(const Header& header)
{
    QByteArray out = R"({"type":"header","format":"cachelight-archive","version":)" + QByteArray::number(header.version);
    appendText(out, R"(,"server_version":)", header.serverVersion);
    appendText(out, R"(,"run_id":)", header.runId);
    out += R"(,"db":)" + QByteArray::number(header.database);
    appendText(out, R"(,"made_at":)", formatInstant(header.madeAtMs));
    out += R"(,"made_at_ms":)" + QByteArray::number(header.madeAtMs);
    out += R"(,"count":)" + (header.count < 0 ? QByteArray("null") : QByteArray::number(header.count));
    return out + "}\n";
}

QByteArray recordLine(const Record& record)
{
    QByteArray out = R"({"type":"key",)";
    appendKey(out, record.key);
    out += R"(,"key_type":)";
    appendBytes(out, record.type);
    out += R"(,"end_ms":)";
    out += record.endMs < 0 ? QByteArray("null") : QByteArray::number(record.endMs);
    appendValue(out, record);
    if (!record.dump.isEmpty()) {
        out += R"(,"dump":)";
        appendBase64(out, record.dump);
    }
    out += record.more ? ",\"more\":true}\n" : "}\n";
    return out;
}

QByteArray partLine(const Record& part)
{
    QByteArray out = R"({"type":"part")";
    appendValue(out, part);
    if (part.changed)
        out += R"(,"changed":true)";
    if (part.gone)
        out += R"(,"gone":true)";
    out += part.more ? ",\"more\":true}\n" : "}\n";
    return out;
}

std::optional<QByteArray> linesOf(const Record& record, bool isPart, qsizetype full, qsizetype longest)
{
    QByteArray lines;
    const qsizetype count = record.type == "stream" ? record.entries.size() : record.members.size();
    qsizetype from = 0;
    do {
        const qsizetype end = endOfLine(record, from, full);
        const bool isBegin = from == 0 && !isPart, isLast = end == count;
        Record some = record;
        some.members = record.members.mid(from, end - from);
        some.entries = record.entries.mid(from, end - from);
        some.more = record.more || !isLast;
        some.changed = record.changed && isLast;
        const QByteArray line = isBegin ? recordLine(some) : partLine(some);
        if (line.size() > longest)
            return std::nullopt;
        lines += line;
        from = end;
    } while (from < count);
    return lines;
}

QByteArray endLine(qint64 keys, const QByteArray& sha256Hex)
{
    return R"({"type":"end","keys":)" + QByteArray::number(keys) + R"(,"sha256":")" + sha256Hex + "\"}\n";
}

}
