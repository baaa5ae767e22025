// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/templateparts.h"

#include <algorithm>

namespace core::cache {

namespace {
    using Field = KeyTemplate::Field;
    using Piece = KeyTemplate::Piece;

    constexpr qsizetype hashSize = 32;
    // Cuts that are tried. Real keys need a few; a key of nothing but separators is not worth more.
    constexpr int mostCuts = 64;

    bool isClassByte(char c)
    {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
            || static_cast<unsigned char>(c) >= 0x80;
    }

    // A path as LightAPI's key holds it: urlsplit() ends it at '?' and '#' and drops tab, CR and LF.
    bool isPathByte(char c)
    {
        return c != '?' && c != '#' && c != '\t' && c != '\r' && c != '\n';
    }

    // No longer text of the same beginning is one either, unless this one is merely empty.
    bool isValue(Field field, QByteArrayView text)
    {
        switch (field) {
        case Field::Class: return std::ranges::all_of(text, isClassByte);
        case Field::Path: return (text.isEmpty() || text[0] == '/') && std::ranges::all_of(text, isPathByte);
        case Field::Id:
        case Field::Parameter: return !text.contains(':') && (field == Field::Parameter || !text.contains('/'));
        default: return true;
        }
    }

    bool mayBeEmpty(Field field)
    {
        return field == Field::Query || field == Field::SortedQuery;
    }

    bool isHash(QByteArrayView text)
    {
        return text.size() == hashSize && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    }

    // Depth first, shortest first; goes on after the first cut to learn whether there is a second.
    class Cutter {
    public:
        Cutter(const std::vector<Piece>& pieces, QByteArrayView key)
            : m_pieces(pieces)
            , m_key(key)
            , m_parts(pieces.size())
        {
        }
        std::optional<TemplateCut> cut();

    private:
        void from(std::size_t piece, qsizetype at);
        void value(std::size_t piece, qsizetype at);
        bool tryEnd(std::size_t piece, qsizetype at, qsizetype end);
        qsizetype nextEnd(std::size_t piece, qsizetype from) const;
        bool isDone() const { return m_found > 1 || m_tried >= mostCuts; }

        const std::vector<Piece>& m_pieces;
        QByteArrayView m_key;
        std::vector<QByteArrayView> m_parts;
        TemplateCut m_first;
        int m_found = 0;
        int m_tried = 0;
    };

    // Where a value that begins before `from` may end, from there on; -1: nowhere.
    qsizetype Cutter::nextEnd(std::size_t piece, qsizetype from) const
    {
        if (piece + 1 == m_pieces.size())
            return from <= m_key.size() ? m_key.size() : -1;
        const Piece& next = m_pieces[piece + 1];
        if (piece + 2 == m_pieces.size() && next.field == Field::Literal) {
            const qsizetype end = m_key.size() - next.text.size();
            return end >= from && m_key.endsWith(next.text) ? end : -1;
        }
        return next.field == Field::Path ? m_key.indexOf('/', from) : m_key.indexOf(next.text, from);
    }

    bool Cutter::tryEnd(std::size_t piece, qsizetype at, qsizetype end)
    {
        ++m_tried;
        const QByteArrayView text = m_key.sliced(at, end - at);
        if (!isValue(m_pieces[piece].field, text))
            return false;
        m_parts[piece] = text;
        from(piece + 1, end);
        return true;
    }

    void Cutter::value(std::size_t piece, qsizetype at)
    {
        const qsizetype least = mayBeEmpty(m_pieces[piece].field) ? 0 : 1;
        for (qsizetype end = nextEnd(piece, at + least); end >= 0 && !isDone(); end = nextEnd(piece, end + 1)) {
            if (!tryEnd(piece, at, end) || end == m_key.size())
                return;
        }
    }

    void Cutter::from(std::size_t piece, qsizetype at)
    {
        if (piece == m_pieces.size()) {
            if (at == m_key.size() && ++m_found == 1)
                m_first.parts = m_parts;
            return;
        }
        const Piece& one = m_pieces[piece];
        const QByteArrayView rest = m_key.sliced(at);
        if (one.field == Field::Md5) {
            if (rest.size() >= hashSize && isHash(rest.first(hashSize)))
                from(piece + 1, at + hashSize);
        } else if (one.field != Field::Literal) {
            value(piece, at);
        } else if (rest.startsWith(one.text)) {
            m_parts[piece] = rest.first(one.text.size());
            from(piece + 1, at + one.text.size());
        }
    }

    std::optional<TemplateCut> Cutter::cut()
    {
        from(0, 0);
        if (m_found == 0)
            return {};
        m_first.isOnly = m_found == 1 && m_tried < mostCuts;
        return std::move(m_first);
    }
}

bool isClassName(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, isClassByte);
}

std::optional<TemplateCut> cutByTemplate(const std::vector<KeyTemplate::Piece>& pieces, QByteArrayView key)
{
    return Cutter(pieces, key).cut();
}

}
