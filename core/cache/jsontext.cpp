// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/jsontext.h"

#include <algorithm>
#include <cstdint>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <QCryptographicHash>
#include <QList>

#include "core/base/bytes.h"

namespace core::cache {

namespace {
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

    // The stream ends at a NUL for RapidJSON, so a value followed by one looks complete: hence the position is asked.
    template <typename Handler>
    bool parse(QByteArrayView text, Handler& handler)
    {
        rapidjson::MemoryStream stream(text.data(), static_cast<size_t>(text.size()));
        rapidjson::Reader reader;
        return isUtf8(text) && !reader.Parse<flags>(stream, handler).IsError()
            && stream.Tell() == static_cast<size_t>(text.size());
    }

    // sign digits e exponent of a number with a fraction or an exponent: 1.10 and 11e-1 alike, never through a double.
    QByteArray normalFloat(QByteArrayView text)
    {
        const bool negative = text.startsWith('-');
        const auto at = std::ranges::find_if(text, [](char c) { return c == 'e' || c == 'E'; });
        const qsizetype size = std::distance(text.begin(), at);
        const QByteArrayView exponentText = size < text.size() ? text.sliced(size + 1) : QByteArrayView("0");
        if (exponentText.size() > 12)
            return 'f' + text.toByteArray();
        QByteArray digits = text.first(size).sliced(negative ? 1 : 0).toByteArray();
        qint64 exponent = exponentText.toByteArray().toLongLong();
        if (const qsizetype point = digits.indexOf('.'); point >= 0) {
            exponent -= digits.size() - point - 1;
            digits.remove(point, 1);
        }
        for (; digits.endsWith('0'); ++exponent)
            digits.chop(1);
        const auto first = std::ranges::find_if(digits, [](char c) { return c != '0'; });
        digits.remove(0, std::distance(digits.begin(), first));
        const QByteArray sign = negative ? QByteArray("f-") : QByteArray("f");
        return digits.isEmpty() ? QByteArray(sign + '0') : QByteArray(sign + digits + 'e' + QByteArray::number(exponent));
    }

    QByteArray normalNumber(QByteArrayView text)
    {
        const bool isFloat = std::ranges::any_of(text, [](char c) { return c == '.' || c == 'e' || c == 'E'; });
        if (isFloat)
            return normalFloat(text);
        return text == "-0" ? QByteArray("i0") : QByteArray('i' + text.toByteArray());
    }

    // Each value becomes a short byte string; a container becomes the hash of its parts, members sorted by name.
    class Fingerprinter final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Fingerprinter> {
    public:
        bool Null() { return push("n"); }
        bool Bool(bool value) { return push(value ? QByteArray("t") : QByteArray("b")); }
        bool RawNumber(const char* text, rapidjson::SizeType size, bool)
        {
            return push(normalNumber({text, static_cast<qsizetype>(size)}));
        }
        bool String(const char* text, rapidjson::SizeType size, bool)
        {
            return push('s' + QByteArray(text, static_cast<qsizetype>(size)));
        }
        bool Key(const char* text, rapidjson::SizeType size, bool copy) { return String(text, size, copy); }
        bool EndArray(rapidjson::SizeType count) { return fold('A', count, 1); }
        bool EndObject(rapidjson::SizeType count) { return fold('O', count, 2); }
        QByteArray result() const { return m_values.value(0); }

    private:
        bool push(QByteArray value)
        {
            m_values.append(std::move(value));
            return true;
        }
        bool fold(char kind, rapidjson::SizeType count, qsizetype width);
        QByteArray hashed(char kind, const QList<QByteArray>& parts);

        QList<QByteArray> m_values;
        QCryptographicHash m_hash {QCryptographicHash::Sha256};
    };

    bool Fingerprinter::fold(char kind, rapidjson::SizeType count, qsizetype width)
    {
        const qsizetype size = static_cast<qsizetype>(count) * width;
        QList<QByteArray> parts = m_values.last(size);
        m_values.resize(m_values.size() - size);
        if (width == 2) {
            QList<std::pair<QByteArray, QByteArray>> members;
            for (qsizetype i = 0; i < size; i += 2)
                members.emplace_back(parts[i], parts[i + 1]);
            std::ranges::stable_sort(members, {}, &std::pair<QByteArray, QByteArray>::first);
            parts.clear();
            for (const auto& [name, value] : members)
                parts << name << value;
        }
        return push(hashed(kind, parts));
    }

    QByteArray Fingerprinter::hashed(char kind, const QList<QByteArray>& parts)
    {
        m_hash.reset();
        for (const QByteArray& part : parts) {
            m_hash.addData(QByteArray(QByteArray::number(part.size()) + ':'));
            m_hash.addData(part);
        }
        return kind + m_hash.result();
    }

    bool isSpace(char c)
    {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
    bool endsScalar(char c)
    {
        return isSpace(c) || c == ',' || c == ']' || c == '}' || c == ':';
    }
}

bool isJson(QByteArrayView text)
{
    rapidjson::BaseReaderHandler<> accepting;
    return parse(text, accepting);
}

qsizetype jsonErrorAt(QByteArrayView text)
{
    rapidjson::MemoryStream stream(text.data(), static_cast<size_t>(text.size()));
    rapidjson::Reader reader;
    rapidjson::BaseReaderHandler<> accepting;
    const rapidjson::ParseResult parsed = reader.Parse<flags>(stream, accepting);
    const qsizetype broken = parsed.IsError() ? static_cast<qsizetype>(parsed.Offset()) : static_cast<qsizetype>(stream.Tell());
    qsizetype at = 0; // of the first byte that is no UTF-8
    while (at < std::min(broken, text.size())) {
        const Utf8Part part = firstUtf8Part(text.sliced(at));
        if (!part.isWhole)
            return at;
        at += part.length;
    }
    return broken == text.size() && !parsed.IsError() ? -1 : broken;
}

QByteArray jsonFingerprint(QByteArrayView text)
{
    Fingerprinter fingerprinter;
    return parse(text, fingerprinter) ? fingerprinter.result() : QByteArray();
}

void JsonTokens::skipSpace()
{
    while (m_at < m_text.size() && isSpace(m_text[m_at]))
        ++m_at;
}

QByteArrayView JsonTokens::next()
{
    skipSpace();
    if (m_at == m_text.size())
        return {};
    const qsizetype from = m_at++;
    const char first = m_text[from];
    if (first == '"') {
        while (m_text[m_at] != '"')
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        ++m_at;
    } else if (!endsScalar(first) && first != '[' && first != '{') {
        while (m_at < m_text.size() && !endsScalar(m_text[m_at]))
            ++m_at;
    }
    return m_text.sliced(from, m_at - from);
}

QByteArrayView JsonTokens::nextValue()
{
    skipSpace();
    const qsizetype from = m_at;
    qsizetype depth = 0;
    do {
        const QByteArrayView token = next();
        if (token == "[" || token == "{")
            ++depth;
        else if (token == "]" || token == "}")
            --depth;
        else if (token.isEmpty())
            break;
    } while (depth > 0);
    return m_text.sliced(from, m_at - from);
}

}
