// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/values/parsed.h"

#include <QtEndian>

#include <algorithm>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <msgpack/null_visitor.hpp>
#include <msgpack/parse.hpp>
#include <msgpack/unpack.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace core::values {

namespace {
    using Kind = Structure::Kind;

    constexpr qsizetype deepest = 100'000;
    constexpr qsizetype longestName = 4096; // of a key that is no string
    constexpr qint64 cancelInterval = 4096; // values

    class Visitor final : public msgpack::null_visitor {
    public:
        explicit Visitor(const CancelCheck& isCancelled)
            : m_isCancelled(isCancelled)
        {
        }
        bool visit_nil() { return leaf(Kind::Literal, "nil"); }
        bool visit_boolean(bool value) { return leaf(Kind::Literal, value ? "true" : "false"); }
        bool visit_positive_integer(std::uint64_t value) { return leaf(Kind::Number, QByteArray::number(value)); }
        bool visit_negative_integer(std::int64_t value) { return leaf(Kind::Number, QByteArray::number(value)); }
        bool visit_float32(float value) { return leaf(Kind::Number, QByteArray::number(value, 'g', 9)); }
        bool visit_float64(double value) { return leaf(Kind::Number, QByteArray::number(value, 'g', 17)); }
        bool visit_str(const char* text, std::uint32_t size) { return leaf(Kind::String, {text, static_cast<qsizetype>(size)}); }
        bool visit_bin(const char* bytes, std::uint32_t size) { return leaf(Kind::Bytes, {bytes, static_cast<qsizetype>(size)}); }
        bool visit_ext(const char* bytes, std::uint32_t size);
        bool start_array(std::uint32_t) { return begin(Kind::List, '['); }
        bool end_array() { return end(']'); }
        bool start_map(std::uint32_t) { return begin(Kind::Map, '{'); }
        bool end_map() { return end('}'); }
        bool start_map_key()
        {
            if (m_keyDepth++ == 0)
                m_name.clear();
            return true;
        }
        bool end_map_key()
        {
            if (--m_keyDepth == 0)
                m_builder.setName(m_name);
            return true;
        }
        void parse_error(std::size_t, std::size_t at) { m_brokenAt = static_cast<qint64>(at); }
        void insufficient_bytes(std::size_t, std::size_t) { m_endedEarly = true; }

        bool endedEarly() const { return m_endedEarly; }
        bool isFull() const { return m_full; }
        bool isTooDeep() const { return m_tooDeep; }
        qint64 brokenAt() const { return m_brokenAt; }
        Structure take() { return m_builder.take(); }

    private:
        bool isEnded() { return m_isCancelled && ++m_count % cancelInterval == 0 && m_isCancelled(); }
        bool kept(bool added)
        {
            m_full = m_full || !added;
            return added && !isEnded();
        }
        void extendName(QByteArrayView text)
        {
            if (m_name.size() < longestName)
                m_name += text.first(std::min(text.size(), longestName)).toByteArray();
        }
        bool leaf(Kind kind, QByteArrayView value)
        {
            if (m_keyDepth == 0)
                return kept(m_builder.add(kind, value));
            if (m_keyBrackets > 0 && !m_name.endsWith('[') && !m_name.endsWith('{'))
                extendName(", ");
            if (kind == Kind::String && m_keyBrackets == 0)
                m_name = value.toByteArray(); // whole, however long
            else
                extendName(value);
            return !isEnded();
        }
        bool begin(Kind kind, char bracket)
        {
            if (m_keyDepth > 0) {
                ++m_keyBrackets;
                extendName({&bracket, 1});
                m_tooDeep = m_keyBrackets > deepest;
                return !m_tooDeep;
            }
            m_tooDeep = m_builder.depth() >= deepest;
            return !m_tooDeep && kept(m_builder.open(kind));
        }
        bool end(char bracket)
        {
            if (m_keyDepth > 0) {
                --m_keyBrackets;
                extendName({&bracket, 1});
            } else {
                m_builder.close();
            }
            return true;
        }

        const CancelCheck& m_isCancelled;
        StructureBuilder m_builder;
        QByteArray m_name;
        int m_keyDepth = 0; // keys may hold maps, whose keys …
        qsizetype m_keyBrackets = 0;
        qint64 m_count = 0;
        qint64 m_brokenAt = -1;
        bool m_endedEarly = false;
        bool m_full = false;
        bool m_tooDeep = false;
    };

    // The first byte is the type; -1 is a timestamp (MessagePack specification).
    bool Visitor::visit_ext(const char* bytes, std::uint32_t size)
    {
        const int type = static_cast<signed char>(bytes[0]);
        const QByteArrayView content(bytes + 1, static_cast<qsizetype>(size) - 1);
        if (type == -1 && content.size() == 4)
            return leaf(Kind::Extension, QByteArray("timestamp " + QByteArray::number(qFromBigEndian<quint32>(content.data()))));
        const QByteArray head = "extension " + QByteArray::number(type) + ", " + QByteArray::number(content.size()) + " bytes";
        return leaf(Kind::Extension, QByteArray(head + ": " + content.first(std::min<qsizetype>(content.size(), 64)).toByteArray().toHex(' ')));
    }
}

Parsed parseMsgpack(QByteArrayView bytes, const CancelCheck& isCancelled)
{
    Parsed parsed;
    Visitor visitor(isCancelled);
    std::size_t at = 0;
    bool isWhole = false;
    try {
        isWhole = msgpack::v3::parse(bytes.data(), static_cast<std::size_t>(bytes.size()), at, visitor);
    } catch (const std::exception& problem) { // a length no program can hold
        parsed.how = QString::fromLatin1(problem.what());
    }
    parsed.structure = visitor.take();
    parsed.end = static_cast<qint64>(at);
    if (isWhole || visitor.isFull())
        return parsed;
    parsed.endedEarly = visitor.endedEarly();
    parsed.brokenAt = parsed.endedEarly ? bytes.size() : visitor.brokenAt() >= 0 ? visitor.brokenAt() : parsed.end;
    if (parsed.how.isEmpty())
        parsed.how = visitor.isTooDeep() ? QStringLiteral("it nests deeper than %1").arg(deepest)
            : parsed.endedEarly ? QStringLiteral("it ends in the middle") : QStringLiteral("no such type");
    return parsed;
}

}
