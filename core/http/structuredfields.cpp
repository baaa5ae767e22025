// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/structuredfields.h"

#include <QHash>

#include <algorithm>

namespace core::http::structured {

namespace {
    bool isDigit(char c)
    {
        return c >= '0' && c <= '9';
    }
    bool isLower(char c)
    {
        return c >= 'a' && c <= 'z';
    }
    bool isAlpha(char c)
    {
        return isLower(c) || (c >= 'A' && c <= 'Z');
    }
    bool isOf(QByteArrayView set, char c)
    {
        return std::ranges::find(set, c) != set.end();
    }
    // tchar of RFC 9110, and what a Token may hold besides.
    bool isTokenByte(char c)
    {
        return isAlpha(c) || isDigit(c) || isOf("!#$%&'*+-.^_`|~:/", c);
    }
    bool isNameByte(char c)
    {
        return isLower(c) || isDigit(c) || isOf("_-.*", c);
    }

    // Each function reads from the current byte and says whether what stood there was valid.
    class Parser final {
    public:
        explicit Parser(const QByteArray& field)
            : m_field(field)
        {
        }

        bool list(QList<Member>& out)
        {
            skip(" ");
            while (!atEnd()) {
                if (!member(out.emplaceBack()))
                    return false;
                skip(" \t");
                if (atEnd())
                    return true;
                if (!take(','))
                    return false;
                skip(" \t");
                if (atEnd()) // a comma with nothing behind it
                    return false;
            }
            return true;
        }

        bool wholeItem(Item& out)
        {
            skip(" ");
            if (!item(out))
                return false;
            skip(" ");
            return atEnd();
        }

    private:
        bool atEnd() const { return m_at == m_field.size(); }
        char peek() const { return atEnd() ? '\0' : m_field.at(m_at); } // NUL is valid nowhere
        bool take(char wanted)
        {
            if (atEnd() || peek() != wanted)
                return false;
            ++m_at;
            return true;
        }
        void skip(QByteArrayView set)
        {
            while (!atEnd() && isOf(set, peek()))
                ++m_at;
        }
        template <typename Test>
        QByteArray run(Test test)
        {
            const qsizetype begin = m_at;
            while (!atEnd() && test(peek()))
                ++m_at;
            return m_field.sliced(begin, m_at - begin);
        }

        bool member(Member& out)
        {
            out.offset = m_at;
            const bool valid = peek() == '(' ? innerList(out.what.emplace<InnerList>()) : item(out.what.emplace<Item>());
            out.raw = m_field.sliced(out.offset, m_at - out.offset);
            return valid;
        }

        bool innerList(InnerList& out)
        {
            ++m_at; // the parenthesis
            for (;;) {
                skip(" ");
                if (take(')'))
                    return parameters(out.parameters);
                if (!item(out.items.emplaceBack()))
                    return false;
                if (peek() != ' ' && peek() != ')')
                    return false;
            }
        }

        bool item(Item& out) { return bareItem(out.value) && parameters(out.parameters); }

        bool parameters(Parameters& out)
        {
            QHash<QByteArray, qsizetype> places;
            while (take(';')) {
                skip(" ");
                Parameter parameter;
                const qsizetype begin = m_at;
                if (!isLower(peek()) && peek() != '*')
                    return false;
                parameter.name = run(isNameByte);
                if (take('=') && !bareItem(parameter.value))
                    return false;
                parameter.raw = m_field.sliced(begin, m_at - begin);
                const auto known = places.constFind(parameter.name);
                if (known != places.constEnd()) {
                    out[*known] = std::move(parameter);
                } else {
                    places.insert(parameter.name, out.size());
                    out << std::move(parameter);
                }
            }
            return true;
        }

        bool bareItem(Value& out)
        {
            const char first = peek();
            if (isDigit(first) || first == '-')
                return number(out);
            if (isAlpha(first) || first == '*') {
                out = Token {run(isTokenByte)};
                return true;
            }
            switch (first) {
            case '"': return string(out);
            case ':': return byteSequence(out);
            case '?': return boolean(out);
            default: return false;
            }
        }

        // 15 digits, or 12 before a point and 1 to 3 behind it.
        bool number(Value& out)
        {
            const bool negative = take('-');
            const QByteArray whole = run(isDigit);
            if (whole.isEmpty() || whole.size() > 15)
                return false;
            const qint64 sign = negative ? -1 : 1;
            if (!take('.')) {
                out = sign * whole.toLongLong();
                return true;
            }
            const QByteArray fraction = run(isDigit);
            if (whole.size() > 12 || fraction.isEmpty() || fraction.size() > 3)
                return false;
            out = Decimal {sign * (whole.toLongLong() * 1000 + fraction.leftJustified(3, '0').toLongLong())};
            return true;
        }

        bool string(Value& out)
        {
            ++m_at; // the quote
            QByteArray text;
            while (!atEnd()) {
                char c = m_field.at(m_at++);
                if (c == '"') {
                    out = text;
                    return true;
                }
                if (c < 0x20 || c == 0x7F) // bytes over 0x7F are negative where char is signed, and caught below where not
                    return false;
                if (static_cast<unsigned char>(c) > 0x7F)
                    return false;
                if (c == '\\') {
                    c = peek();
                    if (c != '"' && c != '\\')
                        return false;
                    ++m_at;
                }
                text += c;
            }
            return false;
        }

        // Missing padding is allowed (RFC 8941, 4.2.7); characters outside the alphabet are not.
        bool byteSequence(Value& out)
        {
            ++m_at; // the colon
            const qsizetype end = m_field.indexOf(':', m_at);
            if (end < 0)
                return false;
            const auto decoded = QByteArray::fromBase64Encoding(m_field.sliced(m_at, end - m_at), QByteArray::AbortOnBase64DecodingErrors);
            m_at = end + 1;
            if (!decoded)
                return false;
            out = Bytes {*decoded};
            return true;
        }

        bool boolean(Value& out)
        {
            ++m_at; // the question mark
            if (peek() != '0' && peek() != '1')
                return false;
            out = m_field.at(m_at++) == '1';
            return true;
        }

        const QByteArray& m_field;
        qsizetype m_at = 0;
    };
}

std::optional<QList<Member>> parseList(const QByteArray& field)
{
    QList<Member> members;
    return Parser(field).list(members) ? std::optional(std::move(members)) : std::nullopt;
}

std::optional<Item> parseItem(const QByteArray& field)
{
    Item item;
    return Parser(field).wholeItem(item) ? std::optional(std::move(item)) : std::nullopt;
}

}
