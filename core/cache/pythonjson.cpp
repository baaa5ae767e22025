// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/pythonjson.h"

#include "core/base/bytes.h"
#include "core/cache/jsontext.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <QList>
#include <QString>

namespace core::cache {

namespace {
    void appendUnit(QByteArray& out, char16_t unit)
    {
        out += "\\u" + QByteArray::number(unit, 16).rightJustified(4, '0');
    }

    // json.encoder's ESCAPE_ASCII: from space to '~' bare.
    QByteArray quoted(QByteArrayView utf8)
    {
        QByteArray out("\"");
        for (const QChar c : QString::fromUtf8(utf8)) {
            switch (const char16_t unit = c.unicode()) {
            case u'"': out += "\\\""; break;
            case u'\\': out += "\\\\"; break;
            case u'\n': out += "\\n"; break;
            case u'\r': out += "\\r"; break;
            case u'\t': out += "\\t"; break;
            case u'\f': out += "\\f"; break;
            case u'\b': out += "\\b"; break;
            default:
                if (unit >= u' ' && unit <= u'~')
                    out += static_cast<char>(unit);
                else
                    appendUnit(out, unit);
            }
        }
        return out + '"';
    }

    // "-1.2e+20" taken apart: the shortest digits that read back as the same number.
    struct Shortest {
        QByteArray sign, digits; // digits without a point
        int exponent = 0; // of the first digit
    };
    Shortest shortest(double value)
    {
        char buffer[40];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
        QByteArray text(buffer, end.ptr - buffer);
        Shortest out;
        if (text.startsWith('-')) {
            out.sign = "-";
            text.remove(0, 1);
        }
        const qsizetype e = text.indexOf('e');
        out.exponent = text.sliced(e + 1).toInt();
        out.digits = text.first(e).replace(".", "");
        return out;
    }

    // float.__repr__: fixed from 1e-4 up to 1e16, else with an exponent of two digits at least.
    QByteArray floatRepr(double value)
    {
        if (std::isinf(value))
            return value > 0 ? "Infinity" : "-Infinity";
        const Shortest parts = shortest(value);
        QByteArray digits = parts.digits;
        if (parts.exponent < -4 || parts.exponent >= 16) {
            if (digits.size() > 1)
                digits.insert(1, '.');
            const QByteArray exponent = QByteArray::number(std::abs(parts.exponent)).rightJustified(2, '0');
            return parts.sign + digits + (parts.exponent < 0 ? "e-" : "e+") + exponent;
        }
        if (parts.exponent < 0)
            return parts.sign + "0." + QByteArray(-parts.exponent - 1, '0') + digits;
        if (digits.size() <= parts.exponent + 1)
            return parts.sign + digits.leftJustified(parts.exponent + 1, '0') + ".0";
        return parts.sign + digits.insert(parts.exponent + 1, '.');
    }

    double doubleFrom(const QByteArray& text)
    {
        double value = 0;
        const char* const end = text.constData() + text.size();
        if (std::from_chars(text.constData(), end, value).ec != std::errc::result_out_of_range)
            return value;
        // Too large is infinite and too small is zero; the library does not say which it was.
        long double wide = 0;
        std::from_chars(text.constData(), end, wide);
        const double magnitude = std::fabs(wide) > 1 ? std::numeric_limits<double>::infinity() : 0.0;
        return text.startsWith('-') ? -magnitude : magnitude;
    }

    QByteArray numberRepr(const QByteArray& text)
    {
        const bool isFloat = std::ranges::any_of(text, [](char c) { return c == '.' || c == 'e' || c == 'E'; });
        if (isFloat)
            return floatRepr(doubleFrom(text));
        return text == "-0" ? QByteArray("0") : text;
    }

    // Each value becomes its text; a container joins those of its parts. A name keeps its own bytes for sorting.
    class Writer final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Writer> {
    public:
        bool Null() { return push("null"); }
        bool Bool(bool value) { return push(value ? "true" : "false"); }
        bool RawNumber(const char* text, rapidjson::SizeType size, bool)
        {
            return push(numberRepr(QByteArray(text, static_cast<qsizetype>(size))));
        }
        bool String(const char* text, rapidjson::SizeType size, bool) { return push(quoted({text, static_cast<qsizetype>(size)})); }
        bool Key(const char* text, rapidjson::SizeType size, bool) { return push(QByteArray(text, static_cast<qsizetype>(size))); }
        bool EndArray(rapidjson::SizeType count);
        bool EndObject(rapidjson::SizeType count);
        QByteArray result() const { return m_values.value(0); }

    private:
        bool push(QByteArray value)
        {
            m_values.append(std::move(value));
            return true;
        }
        QList<QByteArray> taken(qsizetype count)
        {
            const QList<QByteArray> parts = m_values.last(count);
            m_values.resize(m_values.size() - count);
            return parts;
        }
        QList<QByteArray> m_values;
    };

    bool Writer::EndArray(rapidjson::SizeType count)
    {
        return push('[' + taken(static_cast<qsizetype>(count)).join(", ") + ']');
    }

    // UTF-8 sorts as Python's code points do. Of equal names the last counts.
    bool Writer::EndObject(rapidjson::SizeType count)
    {
        const QList<QByteArray> parts = taken(static_cast<qsizetype>(count) * 2);
        std::vector<std::pair<QByteArray, QByteArray>> members;
        for (qsizetype i = 0; i < parts.size(); i += 2)
            members.emplace_back(parts[i], parts[i + 1]);
        std::ranges::stable_sort(members, {}, &std::pair<QByteArray, QByteArray>::first);
        QList<QByteArray> written;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i + 1 == members.size() || members[i + 1].first != members[i].first)
                written << quoted(members[i].first) + ": " + members[i].second;
        }
        return push('{' + written.join(", ") + '}');
    }
}

std::optional<QByteArray> pythonJson(QByteArrayView text)
{
    if (!isJson(text))
        return {};
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream stream(text.data(), static_cast<size_t>(text.size()));
    rapidjson::Reader reader;
    Writer writer;
    if (reader.Parse<flags>(stream, writer).IsError())
        return {};
    return writer.result();
}

bool isPythonFalse(QByteArrayView json)
{
    static const QByteArrayView falseValues[] = {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}"};
    return std::ranges::find(falseValues, json) != std::end(falseValues);
}

}
