// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/archivereader.h"

#include "core/base/bytes.h"
#include "core/base/savefile.h"
#include "core/redis/score.h"

#include <rapidjson/document.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <sys/stat.h>

namespace core::archive {

namespace {
    constexpr qsizetype chunkBytes = 1024 * 1024;
    // Iterative: a file nested a million deep must not use up the stack.
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseInsituFlag;
    using Value = rapidjson::Value;

    QByteArray textOf(const Value& value)
    {
        return QByteArray(value.GetString(), qsizetype(value.GetStringLength()));
    }

    // Into memory that is there already.
    void assign(QByteArray& to, const Value& value)
    {
        to.resize(0);
        to.append(value.GetString(), qsizetype(value.GetStringLength()));
    }

    const Value* member(const Value& object, const char* name)
    {
        const auto found = object.FindMember(name);
        return found == object.MemberEnd() ? nullptr : &found->value;
    }

    std::optional<QByteArray> fromBase64(const Value* value)
    {
        if (value == nullptr || !value->IsString())
            return std::nullopt;
        auto decoded = QByteArray::fromBase64Encoding(textOf(*value), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
        return decoded ? std::optional(std::move(*decoded)) : std::nullopt;
    }

    bool takeBytes(QByteArray& to, const Value& value)
    {
        if (value.IsString()) {
            assign(to, value);
            return true;
        }
        auto decoded = value.IsObject() ? fromBase64(member(value, "b64")) : std::nullopt;
        if (decoded)
            to = std::move(*decoded);
        return decoded.has_value();
    }

    bool takeList(const Value& value, QList<QByteArray>& list)
    {
        if (!value.IsArray())
            return false;
        list.reserve(qsizetype(value.Size()));
        for (const Value& item : value.GetArray()) {
            if (!takeBytes(list.emplaceBack(), item))
                return false;
        }
        return true;
    }

    bool takeCollection(Record& record, const Value& value)
    {
        if (record.type != "stream")
            return isLogical(record.type) && takeList(value, record.members);
        bool isRight = value.IsArray();
        for (rapidjson::SizeType i = 0; isRight && i < value.Size(); ++i) {
            record.entries.emplaceBack();
            isRight = takeList(value[i], record.entries.last());
        }
        return isRight;
    }

    bool isTrue(const Value& object, const char* name)
    {
        const Value* value = member(object, name);
        return value != nullptr && value->IsTrue();
    }

    QString stringOf(const Value& object, const char* name)
    {
        const Value* value = member(object, name);
        return value != nullptr && value->IsString() ? QString::fromUtf8(textOf(*value)) : QString();
    }

    qint64 numberOf(const Value& object, const char* name, qint64 otherwise)
    {
        const Value* value = member(object, name);
        return value != nullptr && value->IsInt64() ? value->GetInt64() : otherwise;
    }

    std::optional<std::pair<quint64, quint64>> streamId(const QByteArray& text)
    {
        std::pair<quint64, quint64> id;
        const char* end = text.constData() + text.size();
        const auto ms = std::from_chars(text.constData(), end, id.first);
        if (ms.ec != std::errc() || ms.ptr == end || *ms.ptr != '-')
            return std::nullopt;
        const auto number = std::from_chars(ms.ptr + 1, end, id.second);
        return number.ec == std::errc() && number.ptr == end ? std::optional(id) : std::nullopt;
    }
}

// One line at a time, parsed in place; the memory is used again.
class ArchiveReader::Json {
public:
    bool parse(QByteArrayView line)
    {
        if (line.contains('\0')) // where RapidJSON would end
            return false;
        m_text.resize(0);
        m_text.append(line);
        m_document.SetNull();
        m_pool.Clear();
        m_document.ParseInsitu<flags>(m_text.data());
        return !m_document.HasParseError() && m_document.IsObject();
    }
    const Value& object() const { return m_document; }
    bool isType(const char* type) const
    {
        const Value* value = member(m_document, "type");
        return value != nullptr && value->IsString() && std::strcmp(value->GetString(), type) == 0;
    }

private:
    QByteArray m_text;
    std::array<char, 16 * 1024> m_memory; // kept from line to line
    rapidjson::MemoryPoolAllocator<> m_pool {m_memory.data(), m_memory.size()};
    rapidjson::Document m_document {&m_pool};
};

ArchiveReader::ArchiveReader(QString file)
    : m_file(std::move(file))
    , m_device(m_file)
    , m_json(std::make_unique<Json>())
{
}

ArchiveReader::~ArchiveReader() = default;

tl::unexpected<Error> ArchiveReader::damaged(const QString& why) const
{
    return fail(Code::File, Reason::FileDamaged, displayText(m_file), QStringLiteral("line %1: %2").arg(m_line).arg(why));
}

Result<void> ArchiveReader::sameFile()
{
    struct stat now {};
    if (::fstat(m_device.handle(), &now) != 0)
        return fileError(m_file, errno);
    const qint64 mtimeNs = qint64(now.st_mtim.tv_sec) * 1'000'000'000 + now.st_mtim.tv_nsec;
    if (m_line == 0 && m_check == Check::Everything) {
        m_size = now.st_size;
        m_mtimeNs = mtimeNs;
    } else if (m_size != now.st_size || m_mtimeNs != mtimeNs) {
        return damaged(QStringLiteral("it was changed while it was read"));
    }
    return {};
}

Result<Header> ArchiveReader::open()
{
    errno = 0;
    if (!m_device.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return fileError(m_file, errno, m_device.errorString());
    const auto line = nextLine();
    if (!line)
        return fail(line.error());
    if (!*line || !m_json->parse(**line) || !m_json->isType("header")
        || stringOf(m_json->object(), "format") != QLatin1StringView("cachelight-archive"))
        return damaged(QStringLiteral("it is no archive of this program"));
    const Value& object = m_json->object();
    Header header;
    header.version = int(numberOf(object, "version", 0));
    if (header.version > formatVersion)
        return fail(Code::Unsupported, Reason::ArchiveNewer, displayText(m_file), QStringLiteral("version %1").arg(header.version));
    if (header.version < 1)
        return damaged(QStringLiteral("it has no version"));
    header.serverVersion = stringOf(object, "server_version");
    header.runId = stringOf(object, "run_id");
    header.database = int(numberOf(object, "db", 0));
    header.madeAtMs = numberOf(object, "made_at_ms", 0);
    header.count = numberOf(object, "count", -1);
    return header;
}

Result<void> ArchiveReader::rewind()
{
    m_check = Check::Lines;
    if (auto same = sameFile(); !same)
        return same;
    if (!m_device.seek(0))
        return fileError(m_file, errno, m_device.errorString());
    m_buffer.resize(0);
    m_at = m_hashed = 0;
    m_read = m_line = m_keys = 0;
    m_open.reset();
    const auto header = nextLine();
    return header ? Result<void>() : fail(header.error());
}

void ArchiveReader::hashConsumed()
{
    if (m_check == Check::Everything)
        m_hash.addData(QByteArrayView(m_buffer).sliced(m_hashed, m_at - m_hashed));
    m_hashed = m_at;
}

// The unread rest moves to the front, and a chunk is read behind it.
Result<void> ArchiveReader::fill()
{
    if (auto same = sameFile(); !same)
        return same;
    hashConsumed();
    m_buffer.remove(0, m_at);
    m_at = m_hashed = 0;
    const qsizetype kept = m_buffer.size();
    if (kept > longestLine)
        return damaged(QStringLiteral("it is too long"));
    m_buffer.resize(kept + std::max(chunkBytes, kept)); // a long line is not looked through again for each chunk
    errno = 0;
    const qint64 got = m_device.read(m_buffer.data() + kept, m_buffer.size() - kept);
    m_buffer.resize(kept + std::max<qint64>(got, 0));
    if (got < 0)
        return fileError(m_file, errno, m_device.errorString());
    m_read += got;
    return {};
}

// Valid until the next call; none at the end of the file.
Result<std::optional<QByteArrayView>> ArchiveReader::nextLine()
{
    for (;;) {
        const qsizetype end = m_buffer.indexOf('\n', m_at);
        if (end >= 0) {
            const QByteArrayView line = QByteArrayView(m_buffer).sliced(m_at, end - m_at);
            m_lineStart = m_at;
            m_at = end + 1;
            ++m_line;
            return line;
        }
        const qint64 before = m_read;
        if (const auto filled = fill(); !filled)
            return fail(filled.error());
        if (m_read > before)
            continue;
        ++m_line;
        if (!m_buffer.isEmpty())
            return damaged(QStringLiteral("it is cut short"));
        return std::nullopt;
    }
}

Result<ArchiveReader::Line*> ArchiveReader::next()
{
    const auto line = nextLine();
    if (!line)
        return fail(line.error());
    if (!*line)
        return damaged(QStringLiteral("it is cut short"));
    const bool isLast = m_at == m_buffer.size() && m_read >= m_size;
    // Once, not in each pass: RapidJSON's own look at every byte costs as much as the rest of its work.
    const bool isText = m_check == Check::Lines || isUtf8(**line);
    if (!isText || !m_json->parse(**line))
        return damaged(isLast ? QStringLiteral("it is cut short") : QStringLiteral("it is not JSON as it should be"));
    Result<void> read;
    if (m_json->isType("key"))
        read = keyLine();
    else if (m_json->isType("part"))
        read = partLine();
    else if (!m_json->isType("end"))
        return damaged(QStringLiteral("its type is not known"));
    else if (const auto ended = end(); !ended)
        return fail(ended.error());
    else
        return nullptr;
    if (!read)
        return fail(read.error());
    return &m_current;
}

Result<void> ArchiveReader::keyLine()
{
    if (m_open)
        return damaged(QStringLiteral("the value before it has not ended"));
    const Value& object = m_json->object();
    m_current.isPart = false;
    Record& record = m_current.record;
    record.changed = record.gone = false;
    const Value* type = member(object, "key_type");
    if (!takeKey(record.key) || type == nullptr || !takeBytes(record.type, *type))
        return damaged(QStringLiteral("it has no key or no type"));
    const Value* ends = member(object, "end_ms");
    if (ends == nullptr || !(ends->IsNull() || (ends->IsInt64() && ends->GetInt64() >= 0)))
        return damaged(QStringLiteral("it does not say when the key ends"));
    record.endMs = ends->IsNull() ? -1 : ends->GetInt64();
    record.dump.clear();
    if (const Value* dump = member(object, "dump")) {
        auto payload = fromBase64(dump);
        if (!payload)
            return damaged(QStringLiteral("its dump is not base64"));
        record.dump = std::move(*payload);
    }
    m_lastId.clear();
    if (const auto taken = takeBody(record); !taken)
        return taken;
    if (!record.hasValue && record.dump.isEmpty())
        return damaged(QStringLiteral("it has no value"));
    ++m_keys;
    return {};
}

bool ArchiveReader::takeKey(QByteArray& to) const
{
    const Value* key = member(m_json->object(), "key");
    if (key != nullptr && key->IsString()) {
        assign(to, *key);
        return true;
    }
    auto decoded = fromBase64(member(m_json->object(), "key_b64"));
    if (decoded)
        to = std::move(*decoded);
    return decoded.has_value();
}

Result<void> ArchiveReader::partLine()
{
    if (!m_open)
        return damaged(QStringLiteral("a part without a beginning"));
    m_current = {true, *m_open};
    m_current.record.changed = isTrue(m_json->object(), "changed");
    m_current.record.gone = isTrue(m_json->object(), "gone");
    return takeBody(m_current.record);
}

Result<void> ArchiveReader::takeBody(Record& record)
{
    const Value* value = member(m_json->object(), "value");
    record.hasValue = value != nullptr && !value->IsNull();
    record.more = isTrue(m_json->object(), "more");
    record.entries.clear();
    bool isRight = true;
    if (record.hasValue && record.type == "string") {
        record.members.resize(1);
        isRight = takeBytes(record.members.first(), *value);
    } else {
        record.members.clear();
        isRight = !record.hasValue || takeCollection(record, *value);
    }
    if (!isRight)
        return damaged(QStringLiteral("its value is not as its type says"));
    if (auto checked = checkBody(record); !checked)
        return checked;
    if (record.more)
        m_open = Record {record.key, record.type, record.endMs, false, {}, {}, {}, false, false, false};
    else
        m_open.reset();
    return {};
}

// What the server would refuse in the middle of a value.
Result<void> ArchiveReader::checkBody(const Record& record)
{
    const bool inPairs = record.type == "hash" || record.type == "zset";
    if (inPairs && record.members.size() % 2 != 0)
        return damaged(QStringLiteral("a member without its other half"));
    for (qsizetype i = 1; record.type == "zset" && i < record.members.size(); i += 2) {
        if (!redis::isScore(record.members.at(i)))
            return damaged(QStringLiteral("a score that is not a number"));
    }
    for (const QList<QByteArray>& entry : record.entries) {
        const auto id = entry.size() % 2 == 1 && entry.size() >= 3 ? streamId(entry.first()) : std::nullopt;
        const auto last = m_lastId.isEmpty() ? std::pair<quint64, quint64>() : *streamId(m_lastId);
        if (!id || *id <= last)
            return damaged(QStringLiteral("a stream entry that is not in its order"));
        m_lastId = entry.first();
    }
    return {};
}

Result<void> ArchiveReader::end()
{
    const Value& object = m_json->object();
    if (m_open)
        return damaged(QStringLiteral("the value before it has not ended"));
    if (numberOf(object, "keys", -1) != m_keys)
        return damaged(QStringLiteral("it counts other keys than the %1 that are there").arg(m_keys));
    const QByteArray told = stringOf(object, "sha256").toLatin1();
    const qsizetype after = m_at;
    m_at = m_lineStart;
    hashConsumed();
    m_at = m_hashed = after;
    if (m_check == Check::Everything && m_hash.result().toHex() != told)
        return damaged(QStringLiteral("the checksum is another one"));
    const auto behind = nextLine();
    if (!behind)
        return fail(behind.error());
    if (*behind)
        return damaged(QStringLiteral("it stands behind the end"));
    return {};
}

}
