// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/values/parsed.h"
#include "core/values/picklestack.h"

#include <QtEndian>

#include <algorithm>
#include <cmath>
#include <limits>

// The instructions as Python 3.11's pickletools lists them.
namespace core::values {

namespace {
    using Kind = Structure::Kind;

    constexpr qint64 cancelInterval = 4096; // instructions
    constexpr qsizetype longestDecimal = 1024; // bytes of an integer that is turned into decimal digits

    class PickleReader final {
    public:
        PickleReader(QByteArrayView bytes, const CancelCheck& isCancelled)
            : m_bytes(bytes)
            , m_isCancelled(isCancelled)
        {
        }
        Parsed read();

    private:
        bool step(unsigned char code);
        bool constant(unsigned char code);
        bool number(unsigned char code);
        bool text(unsigned char code);
        bool container(unsigned char code);
        bool object(unsigned char code);
        bool memo(unsigned char code);

        QByteArrayView take(quint64 size);
        QByteArrayView takeLine();
        quint64 takeCount(int width); // little-endian, unsigned
        bool pushCounted(Kind kind, int width);
        bool pushDecimal(QByteArrayView text);
        bool pushInteger(QByteArrayView littleEndian);
        bool isShort() const { return m_short; }

        QByteArrayView m_bytes;
        const CancelCheck& m_isCancelled;
        PickleStack m_stack;
        qsizetype m_at = 0;
        bool m_short = false; // an instruction wanted more bytes than there are
        bool m_known = true;
        bool m_stopped = false;
    };

    // Two's complement of any length in decimal: base 1e9, long division by bytes.
    QByteArray decimal(QByteArrayView littleEndian)
    {
        const bool negative = !littleEndian.isEmpty() && (static_cast<unsigned char>(littleEndian.back()) & 0x80) != 0;
        QList<quint64> digits {0}; // lowest first
        for (qsizetype i = littleEndian.size() - 1; i >= 0; --i) {
            const auto byte = static_cast<unsigned char>(littleEndian[i]);
            quint64 carry = negative ? 255U - byte : byte;
            for (quint64& digit : digits) {
                carry += digit * 256;
                digit = carry % 1'000'000'000;
                carry /= 1'000'000'000;
            }
            if (carry > 0)
                digits += carry;
        }
        if (negative) { // -(~x + 1)
            quint64 carry = 1;
            for (quint64& digit : digits) {
                carry += digit;
                digit = carry % 1'000'000'000;
                carry /= 1'000'000'000;
            }
            if (carry > 0)
                digits += carry;
        }
        QByteArray out = (negative ? "-" : "") + QByteArray::number(digits.last());
        for (qsizetype i = digits.size() - 2; i >= 0; --i)
            out += QByteArray::number(digits.at(i)).rightJustified(9, '0');
        return out;
    }

    // Python's repr of a str, of protocol 0: in quotes, with escapes.
    QByteArray unquoted(QByteArrayView repr)
    {
        if (repr.size() < 2 || repr.front() != repr.back() || (repr.front() != '\'' && repr.front() != '"'))
            return repr.toByteArray();
        QByteArray out;
        for (qsizetype i = 1; i < repr.size() - 1; ++i) {
            if (repr[i] != '\\' || i + 1 >= repr.size() - 1) {
                out += repr[i];
                continue;
            }
            switch (const char escape = repr[++i]) {
            case 'n': out += '\n'; break;
            case 't': out += '\t'; break;
            case 'r': out += '\r'; break;
            case 'x':
                out += QByteArray::fromHex(repr.sliced(i + 1, std::min<qsizetype>(2, repr.size() - 2 - i)).toByteArray());
                i = std::min(i + 2, repr.size() - 2);
                break;
            default: out += escape;
            }
        }
        return out;
    }

    // "raw-unicode-escape": Latin-1 with \uNNNN and \UNNNNNNNN.
    QByteArray fromRawUnicodeEscape(QByteArrayView line)
    {
        QString out;
        for (qsizetype i = 0; i < line.size(); ++i) {
            const qsizetype width = line.sliced(i).startsWith("\\u") ? 4 : line.sliced(i).startsWith("\\U") ? 8 : 0;
            bool isNumber = false;
            const char32_t point = width > 0 && line.size() - i >= width + 2 ? line.sliced(i + 2, width).toByteArray().toUInt(&isNumber, 16) : 0;
            if (isNumber && point <= QChar::LastValidCodePoint) {
                out += QChar::fromUcs4(point);
                i += width + 1;
            } else {
                out += QLatin1Char(line[i]);
            }
        }
        return out.toUtf8();
    }

    QByteArray floatText(double value)
    {
        return std::isfinite(value) ? QByteArray::number(value, 'g', 17) : std::isnan(value) ? QByteArray("nan") : value < 0 ? QByteArray("-inf") : QByteArray("inf");
    }

    QByteArrayView PickleReader::take(quint64 size)
    {
        const qsizetype left = m_bytes.size() - m_at;
        m_short = m_short || size > static_cast<quint64>(left);
        const qsizetype taken = m_short ? 0 : static_cast<qsizetype>(size);
        m_at += taken;
        return m_bytes.sliced(m_at - taken, taken);
    }

    QByteArrayView PickleReader::takeLine()
    {
        const qsizetype end = m_bytes.indexOf('\n', m_at);
        if (end < 0) {
            m_short = true;
            return {};
        }
        const QByteArrayView line = take(static_cast<quint64>(end - m_at));
        ++m_at;
        return line;
    }

    quint64 PickleReader::takeCount(int width)
    {
        quint64 count = 0;
        const QByteArrayView bytes = take(static_cast<quint64>(width));
        for (qsizetype i = bytes.size() - 1; i >= 0; --i)
            count = count << 8 | static_cast<unsigned char>(bytes[i]);
        return count;
    }

    bool PickleReader::pushCounted(Kind kind, int width)
    {
        const quint64 size = takeCount(width);
        const QByteArrayView content = take(size);
        return !m_short && m_stack.push(kind, content.toByteArray());
    }

    bool PickleReader::pushDecimal(QByteArrayView text)
    {
        return !m_short && m_stack.push(Kind::Number, text.toByteArray());
    }

    bool PickleReader::pushInteger(QByteArrayView littleEndian)
    {
        if (m_short)
            return false;
        if (littleEndian.size() <= longestDecimal)
            return m_stack.push(Kind::Number, decimal(littleEndian));
        QByteArray bigEndian = littleEndian.toByteArray();
        std::ranges::reverse(bigEndian);
        return m_stack.push(Kind::Number, "0x" + bigEndian.toHex());
    }

    bool PickleReader::constant(unsigned char code)
    {
        switch (code) {
        case 'N': return m_stack.push(Kind::Literal, "None");
        case 0x88: return m_stack.push(Kind::Literal, "True");
        case 0x89: return m_stack.push(Kind::Literal, "False");
        case '0': return m_stack.pop();
        case '1': return m_stack.popMark();
        case '2': return m_stack.duplicate();
        case '(': return m_stack.mark();
        case 0x80: // PROTO
            if (takeCount(1) > 5)
                m_known = m_short;
            return !m_short && m_known;
        case 0x95: take(8); return !m_short; // FRAME: how much to read ahead
        default: return number(code);
        }
    }

    bool PickleReader::number(unsigned char code)
    {
        switch (code) {
        case 'I': {
            const QByteArrayView line = takeLine();
            if (line == "00" || line == "01")
                return m_stack.push(Kind::Literal, line == "01" ? "True" : "False");
            return pushDecimal(line);
        }
        case 'L': {
            QByteArrayView line = takeLine();
            return pushDecimal(line.endsWith('L') ? line.chopped(1) : line);
        }
        case 'F': return pushDecimal(takeLine());
        case 'J': return pushInteger(take(4));
        case 'K':
        case 'M': {
            const quint64 value = takeCount(code == 'K' ? 1 : 2);
            return pushDecimal(QByteArray::number(value));
        }
        case 0x8A: return pushInteger(take(takeCount(1)));
        case 0x8B: return pushInteger(take(takeCount(4)));
        case 'G': {
            const QByteArrayView bytes = take(8);
            return !m_short && m_stack.push(Kind::Number, floatText(qFromBigEndian<double>(bytes.data())));
        }
        default: return text(code);
        }
    }

    bool PickleReader::text(unsigned char code)
    {
        switch (code) {
        case 'S': {
            const QByteArray value = unquoted(takeLine());
            return !m_short && m_stack.push(isUtf8(value) ? Kind::String : Kind::Bytes, value);
        }
        case 'V': {
            const QByteArray value = fromRawUnicodeEscape(takeLine());
            return !m_short && m_stack.push(Kind::String, value);
        }
        case 'T': return pushCounted(Kind::String, 4);
        case 'U': return pushCounted(Kind::String, 1);
        case 'X': return pushCounted(Kind::String, 4);
        case 0x8C: return pushCounted(Kind::String, 1);
        case 0x8D: return pushCounted(Kind::String, 8);
        case 'B': return pushCounted(Kind::Bytes, 4);
        case 'C': return pushCounted(Kind::Bytes, 1);
        case 0x8E:
        case 0x96: return pushCounted(Kind::Bytes, 8);
        default: return container(code);
        }
    }

    bool PickleReader::container(unsigned char code)
    {
        switch (code) {
        case ']': return m_stack.push(Kind::List);
        case '}': return m_stack.push(Kind::Map);
        case ')': return m_stack.push(Kind::Tuple);
        case 0x8F: return m_stack.push(Kind::Set);
        case 'l': return m_stack.pushMarked(Kind::List);
        case 't': return m_stack.pushMarked(Kind::Tuple);
        case 0x91: return m_stack.pushMarked(Kind::Set);
        case 'd': return m_stack.pushMarkedMap();
        case 0x85:
        case 0x86:
        case 0x87: return m_stack.tuple(code - 0x84);
        case 'a': return m_stack.append();
        case 'e':
        case 0x90: return m_stack.appendMarked();
        case 's': return m_stack.setItem();
        case 'u': return m_stack.setItemsMarked();
        default: return object(code);
        }
    }

    bool PickleReader::object(unsigned char code)
    {
        switch (code) {
        case 'c':
        case 'i': {
            const QByteArray module = takeLine().toByteArray();
            const QByteArray name = takeLine().toByteArray();
            return !m_short && (code == 'c' ? m_stack.global(module, name) : m_stack.callNamed(module, name));
        }
        case 0x93: return m_stack.globalFromStack();
        case 'R': return m_stack.call("", 1);
        case 0x81: return m_stack.call("new", 1);
        case 0x92: return m_stack.call("new", 2);
        case 'o': return m_stack.callMarked();
        case 'b': return m_stack.build();
        case 'P': {
            const QByteArray id = takeLine().toByteArray();
            return !m_short && m_stack.push(Kind::Reference, "persistent " + id);
        }
        case 'Q': return m_stack.persistent();
        case 0x82:
        case 0x83:
        case 0x84: {
            const quint64 number = takeCount(1 << (code - 0x82));
            return !m_short && m_stack.global("copyreg", "extension " + QByteArray::number(number));
        }
        case 0x97: return m_stack.push(Kind::Reference, "buffer outside");
        case 0x98: return m_stack.size() > 0; // READONLY_BUFFER
        default: return memo(code);
        }
    }

    bool PickleReader::memo(unsigned char code)
    {
        switch (code) {
        case 'p':
        case 'g': {
            bool isNumber = false;
            const quint64 index = takeLine().toByteArray().toULongLong(&isNumber);
            return !m_short && isNumber && (code == 'p' ? m_stack.memoize(index) : m_stack.recall(index));
        }
        case 'q':
        case 'r': {
            const quint64 index = takeCount(code == 'q' ? 1 : 4);
            return !m_short && m_stack.memoize(index);
        }
        case 'h':
        case 'j': {
            const quint64 index = takeCount(code == 'h' ? 1 : 4);
            return !m_short && m_stack.recall(index);
        }
        case 0x94: return m_stack.memoizeNext();
        case '.': m_stopped = m_stack.size() == 1; return m_stopped;
        default: m_known = false; return false;
        }
    }

    bool PickleReader::step(unsigned char code)
    {
        return constant(code);
    }

    Parsed PickleReader::read()
    {
        Parsed parsed;
        qint64 count = 0;
        bool goesOn = true;
        qsizetype from = 0;
        while (goesOn && !m_stopped) {
            if (++count % cancelInterval == 0 && m_isCancelled && m_isCancelled())
                break;
            from = m_at;
            const QByteArrayView code = take(1);
            goesOn = !m_short && step(static_cast<unsigned char>(code[0]));
        }
        parsed.end = m_at;
        parsed.structure = m_stack.take();
        if (m_stopped || goesOn)
            return parsed;
        parsed.brokenAt = m_short ? m_bytes.size() : from;
        parsed.endedEarly = m_short;
        parsed.how = m_short ? QStringLiteral("it ends in the middle")
            : m_stack.isFull() ? QStringLiteral("more objects, or uses of one, than are read")
            : !m_known ? QStringLiteral("no such instruction") : QStringLiteral("the instruction finds nothing to work on");
        return parsed;
    }
}

Parsed parsePickle(QByteArrayView bytes, const CancelCheck& isCancelled)
{
    return PickleReader(bytes, isCancelled).read();
}

}
