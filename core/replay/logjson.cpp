// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/logjson.h"

#include <QString>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace core::replay {

namespace {
    bool isOneOf(QByteArrayView name, std::initializer_list<QByteArrayView> names)
    {
        return std::ranges::any_of(names, [name](QByteArrayView each) { return each.compare(name, Qt::CaseInsensitive) == 0; });
    }

    class LogJsonReader final {
    public:
        explicit LogJsonReader(QByteArrayView text)
            : m_text(text)
        {
        }

        std::optional<LogFields> read()
        {
            if (!take('{'))
                return {};
            for (m_depth = 1; m_depth > 0 && !m_isBroken;)
                step();
            skipSpace();
            if (m_isBroken || m_at != m_text.size())
                return {};
            joinArguments();
            return m_out;
        }

    private:
        static constexpr int deepest = 64;

        void skipSpace()
        {
            while (m_at < m_text.size() && QByteArrayView(" \t\r\n").contains(m_text[m_at]))
                ++m_at;
        }

        bool take(char c)
        {
            skipSpace();
            if (m_at >= m_text.size() || m_text[m_at] != c)
                return false;
            ++m_at;
            return true;
        }

        // A name, a value or an end. Arrays are gone through like objects without names.
        void step()
        {
            if (take(',') || take(':'))
                return;
            if (take('{') || take('[')) {
                m_isBroken = ++m_depth > deepest;
                if (m_depth == 2)
                    m_inRequest = m_name == "request";
                m_name.clear();
            } else if (take('}') || take(']')) {
                if (--m_depth < 2)
                    m_inRequest = false;
                m_name.clear();
            } else if (take('"')) {
                const QByteArray text = string();
                if (!m_isBroken)
                    takeText(text);
            } else {
                takeScalar();
            }
        }

        void takeText(const QByteArray& text)
        {
            skipSpace();
            const bool isName = m_name.isEmpty() && m_at < m_text.size() && m_text[m_at] == ':';
            if (isName)
                m_name = text;
            else
                takeValue(text);
        }

        void takeScalar()
        {
            const qsizetype from = m_at;
            while (m_at < m_text.size() && !QByteArrayView(",]} \t\r\n:\"{[").contains(m_text[m_at]))
                ++m_at;
            m_isBroken = m_at == from;
            takeValue(m_text.sliced(from, m_at - from).toByteArray());
        }

        void takeValue(const QByteArray& value)
        {
            const QByteArray name = std::exchange(m_name, {});
            if (name.isEmpty() || (m_depth != 1 && !(m_depth == 2 && m_inRequest)))
                return;
            if (isOneOf(name, {"request", "request_line"}))
                keepFirst(m_out.request, value);
            else if (isOneOf(name, {"method", "request_method", "requestMethod", "http_method", "verb"}))
                keepFirst(m_out.method, value);
            else if (isOneOf(name, {"request_uri"})) // as it came; "uri" of nginx is decoded
                m_out.target = value;
            else if (isOneOf(name, {"uri", "path", "requestPath", "url"}))
                keepFirst(m_path, value);
            else if (isOneOf(name, {"args", "query", "query_string"}))
                keepFirst(m_arguments, value);
            else if (isOneOf(name, {"status", "status_code", "response_status", "downstreamStatus"}))
                keepFirst(m_out.status, value);
        }

        static void keepFirst(QByteArray& field, const QByteArray& value)
        {
            if (field.isEmpty())
                field = value;
        }

        void joinArguments()
        {
            if (!m_out.target.isEmpty() || !m_out.request.isEmpty() || m_path.isEmpty())
                return;
            const bool hasArguments = !m_arguments.isEmpty() && m_arguments != "-" && !m_path.contains('?');
            const QByteArray mark = m_arguments.startsWith('?') ? QByteArray() : QByteArray("?");
            m_out.target = hasArguments ? QByteArray(m_path + mark + m_arguments) : m_path;
        }

        QByteArray string()
        {
            QByteArray out;
            while (m_at < m_text.size() && m_text[m_at] != '"') {
                if (m_text[m_at] == '\\')
                    takeEscape(out);
                else
                    out += m_text[m_at++];
            }
            m_isBroken = m_isBroken || m_at >= m_text.size();
            ++m_at;
            return out;
        }

        std::optional<uint> hex(qsizetype digits)
        {
            if (m_at + digits > m_text.size())
                return {};
            bool isNumber = false;
            const uint value = m_text.sliced(m_at, digits).toByteArray().toUInt(&isNumber, 16);
            if (!isNumber)
                return {};
            m_at += digits;
            return value;
        }

        void takeEscape(QByteArray& out)
        {
            static constexpr QByteArrayView letters("bfnrtv\"\\/");
            static constexpr QByteArrayView bytes("\b\f\n\r\t\v\"\\/");
            if (m_at + 1 >= m_text.size()) {
                m_isBroken = true;
                return;
            }
            const char c = m_text[m_at + 1];
            m_at += 2;
            if (const qsizetype known = letters.indexOf(c); known >= 0) {
                out += bytes[known];
            } else if (c == 'x') {
                const auto byte = hex(2);
                out += byte ? QByteArray(1, static_cast<char>(*byte)) : QByteArray("\\x");
            } else if (c == 'u') {
                takeUnit(out);
            } else {
                m_isBroken = true;
            }
        }

        void takeUnit(QByteArray& out)
        {
            const auto unit = hex(4);
            if (!unit) {
                m_isBroken = true;
                return;
            }
            char32_t character = *unit;
            if (QChar::isHighSurrogate(character) && m_text.sliced(m_at).startsWith("\\u")) {
                m_at += 2;
                const auto low = hex(4);
                m_isBroken = !low;
                if (low && QChar::isLowSurrogate(*low))
                    character = QChar::surrogateToUcs4(static_cast<char16_t>(*unit), static_cast<char16_t>(*low));
            }
            out += QChar::isSurrogate(character) ? QByteArray("\xEF\xBF\xBD") : QString::fromUcs4(&character, 1).toUtf8();
        }

        QByteArrayView m_text;
        qsizetype m_at = 0;
        int m_depth = 0;
        bool m_inRequest = false;
        bool m_isBroken = false;
        QByteArray m_name; // of the value that comes
        QByteArray m_path, m_arguments;
        LogFields m_out;
    };
}

std::optional<LogFields> logFields(QByteArrayView line)
{
    return LogJsonReader(line).read();
}

}
