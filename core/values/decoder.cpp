// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/decoder.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"
#include "core/cache/jsontext.h"
#include "core/values/parsed.h"
#include "core/values/unpack.h"

#include <QPromise>
#include <QStringDecoder>
#include <QtConcurrent>

#include <algorithm>
#include <array>

namespace core::values {

namespace {
    using cache::EntryValue;

    constexpr int mostUnpackings = 4; // there are archives that unpack to themselves

    class Decoding final {
    public:
        Decoding(const QByteArray& stored, const DecodeOptions& options)
            : m_options(options)
            , m_isBeginning(options.isBeginning)
        {
            m_decoded.bytes = stored;
        }
        Decoded run();

    private:
        bool isCancelled() const { return m_options.isCancelled && m_options.isCancelled(); }
        void unpackAll();
        bool unpackOnce(Decoder kind, bool chosen);
        void byContent();
        void byForce(Decoder decoder);
        bool json();
        bool image();
        bool utf16();
        bool pickle(bool chosen);
        bool oldPickle();
        bool msgpack(bool chosen);
        bool text();
        void asText(Decoder decoder);
        void take(Decoder decoder, Parsed parsed);
        void setBroken(Decoder decoder, qint64 at, const QString& how);
        void refuse(Decoder decoder, const QString& why = {});

        const DecodeOptions& m_options;
        Decoded m_decoded;
        bool m_isBeginning; // of the bytes to be looked at: an end in the middle is none
    };

    bool isPlainText(QByteArrayView bytes)
    {
        return std::ranges::none_of(bytes, [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
        }) && isUtf8(bytes);
    }

    // Up to the last whole character, where more would follow.
    QByteArray wholeCharacters(const QByteArray& bytes)
    {
        for (qsizetype back = 1; back <= 3 && back <= bytes.size(); ++back) {
            const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
            if (byte >= 0xC0)
                return bytes.chopped(back);
            if (byte < 0x80)
                break;
        }
        return bytes;
    }

    QByteArray imageFormatOf(QByteArrayView bytes)
    {
        if (bytes.startsWith("\x89PNG\r\n\x1a\n"))
            return "PNG";
        if (bytes.startsWith("\xFF\xD8\xFF"))
            return "JPEG";
        if (bytes.startsWith("GIF87a") || bytes.startsWith("GIF89a"))
            return "GIF";
        if (bytes.startsWith("RIFF") && bytes.size() >= 12 && bytes.sliced(8).startsWith("WEBP"))
            return "WEBP";
        // "BM" begins words, too: the four bytes behind the size are reserved, and 0 (BITMAPFILEHEADER).
        if (bytes.startsWith("BM") && bytes.size() >= 26 && bytes.sliced(6, 4) == QByteArrayView("\0\0\0\0", 4))
            return "BMP";
        return {};
    }

    Decoded Decoding::run()
    {
        if (m_options.forced == Decoder::Hex) {
            m_decoded.steps += Decoder::Hex;
            return std::move(m_decoded);
        }
        unpackAll();
        if (isCancelled())
            return std::move(m_decoded);
        if (m_options.forced && !isCompression(*m_options.forced))
            byForce(*m_options.forced);
        else
            byContent();
        return std::move(m_decoded);
    }

    void Decoding::unpackAll()
    {
        const bool chosen = m_options.forced && isCompression(*m_options.forced);
        std::optional<Decoder> next = chosen ? m_options.forced : compressionOf(m_decoded.bytes);
        for (int i = 0; next && i < mostUnpackings && !isCancelled(); ++i) {
            if (!unpackOnce(*next, chosen && i == 0))
                return;
            next = compressionOf(m_decoded.bytes);
        }
    }

    // False where nothing more is to be unpacked.
    bool Decoding::unpackOnce(Decoder kind, bool chosen)
    {
        const qsizetype size = m_decoded.bytes.size();
        DecodeOptions options = m_options;
        options.isBeginning = m_isBeginning;
        Unpacked unpacked = unpack(kind, m_decoded.bytes, options);
        const bool broken = unpacked.brokenAt >= 0;
        // zlib's header is two bytes that a text may begin with ("x^2"): it is one if it unpacks, at least up to where it is cut off.
        const bool likely = !broken || (unpacked.brokenAt == size && !unpacked.bytes.isEmpty() && !isPlainText(m_decoded.bytes));
        if (kind == Decoder::Zlib && !chosen && (!likely || (m_isBeginning && unpacked.bytes.isEmpty())))
            return false;
        if (chosen && broken && unpacked.bytes.isEmpty()) {
            refuse(kind, QStringLiteral("At byte %1: %2").arg(formatCount(unpacked.brokenAt), unpacked.how));
            return false;
        }
        m_decoded.steps += kind;
        m_decoded.isStopped = unpacked.isStopped;
        if (broken)
            setBroken(kind, unpacked.brokenAt, unpacked.how);
        m_isBeginning = m_isBeginning || unpacked.isStopped || broken;
        if (!unpacked.bytes.isEmpty() || !broken)
            m_decoded.bytes = std::move(unpacked.bytes);
        return !broken && !unpacked.isStopped;
    }

    void Decoding::byContent()
    {
        if (m_decoded.problem && !m_decoded.steps.isEmpty() && compressionOf(m_decoded.bytes) == m_decoded.steps.last())
            return; // not one byte could be unpacked
        json() || image() || utf16() || pickle(false) || msgpack(false) || oldPickle() || text();
    }

    void Decoding::byForce(Decoder decoder)
    {
        const bool isWrongForm = decoder == Decoder::Envelope || decoder == Decoder::Json;
        switch (decoder) {
        case Decoder::Envelope:
        case Decoder::Json:
            if (json() && (decoder == Decoder::Json || m_decoded.statusCode))
                return;
            break;
        case Decoder::Msgpack: msgpack(true); return;
        case Decoder::Pickle: pickle(true); return;
        case Decoder::Image:
            if (image())
                return;
            break;
        default: asText(decoder); return;
        }
        const qint64 at = isWrongForm ? cache::jsonErrorAt(m_decoded.bytes) : -1;
        refuse(decoder, at >= 0 ? QStringLiteral("It breaks at byte %1").arg(formatCount(at)) : QString());
    }

    bool Decoding::json()
    {
        const EntryValue entry = cache::decodeEntry(m_decoded.bytes);
        if (entry.form != EntryValue::Form::Json && entry.form != EntryValue::Form::Envelope)
            return false;
        const bool isEnvelope = entry.form == EntryValue::Form::Envelope && m_options.forced != Decoder::Json;
        m_decoded.steps += isEnvelope ? Decoder::Envelope : Decoder::Json;
        m_decoded.statusCode = entry.statusCode;
        m_decoded.usableByLightApi = entry.usableByLightApi && m_decoded.steps.size() == 1;
        m_decoded.text = cache::jsonIndented(m_decoded.bytes, m_options.maxText);
        m_decoded.isTextCut = m_decoded.text.endsWith("\xE2\x80\xA6");
        if (!isCancelled())
            m_decoded.structure = structureOfJson(m_decoded.bytes, m_options.isCancelled);
        return true;
    }

    bool Decoding::image()
    {
        m_decoded.imageFormat = imageFormatOf(m_decoded.bytes);
        if (m_decoded.imageFormat.isEmpty())
            return false;
        m_decoded.steps += Decoder::Image;
        return true;
    }

    bool Decoding::utf16()
    {
        const bool marked = m_decoded.bytes.startsWith("\xFF\xFE") || m_decoded.bytes.startsWith("\xFE\xFF");
        if (!marked || m_decoded.bytes.size() % 2 != 0)
            return false;
        asText(Decoder::Utf16);
        if (!m_decoded.problem)
            return true;
        m_decoded.steps.removeLast();
        m_decoded.problem.reset();
        m_decoded.text.clear();
        return false;
    }

    bool Decoding::pickle(bool chosen)
    {
        // PROTO, then a version that names itself: pickle.py writes it from protocol 2 on.
        const QByteArray& bytes = m_decoded.bytes;
        const bool named = bytes.size() >= 4 && bytes.startsWith('\x80') && bytes[1] >= 2 && bytes[1] <= 5;
        if (!named && !chosen)
            return false;
        Parsed parsed = parsePickle(bytes, m_options.isCancelled);
        const bool likely = (parsed.isWhole() && parsed.end == bytes.size()) || (parsed.endedEarly && parsed.structure.size() > 0);
        if (chosen || likely)
            take(Decoder::Pickle, std::move(parsed));
        return chosen || likely;
    }

    // Protocols 0 and 1 have no mark of their own: the whole must be one, and hold something.
    bool Decoding::oldPickle()
    {
        const QByteArray& bytes = m_decoded.bytes;
        if (!bytes.endsWith('.') || bytes.size() < 3 || m_isBeginning || !QByteArrayView("(]}c)l").contains(bytes[0]))
            return false;
        Parsed parsed = parsePickle(bytes, m_options.isCancelled);
        if (!parsed.isWhole() || parsed.end != bytes.size() || parsed.structure.isEmpty() || !Structure::isContainer(parsed.structure.node(0).kind))
            return false;
        take(Decoder::Pickle, std::move(parsed));
        return true;
    }

    // MessagePack has no mark either: a map or a list that is all there is. No text begins with such a byte.
    bool Decoding::msgpack(bool chosen)
    {
        const QByteArray& bytes = m_decoded.bytes;
        const unsigned char first = bytes.isEmpty() ? 0 : static_cast<unsigned char>(bytes[0]);
        const bool opens = (first >= 0x80 && first <= 0x9F) || (first >= 0xDC && first <= 0xDF);
        if (!chosen && (!opens || bytes.size() < 2))
            return false;
        Parsed parsed = parseMsgpack(bytes, m_options.isCancelled);
        const bool likely = (parsed.isWhole() && (parsed.end == bytes.size() || parsed.structure.isCut())) || (m_isBeginning && parsed.endedEarly && parsed.structure.size() > 2);
        if (chosen || likely)
            take(Decoder::Msgpack, std::move(parsed));
        return chosen || likely;
    }

    void Decoding::take(Decoder decoder, Parsed parsed)
    {
        if (!parsed.isWhole() && parsed.structure.isEmpty())
            return refuse(decoder, QStringLiteral("At byte %1: %2").arg(formatCount(parsed.brokenAt), parsed.how));
        m_decoded.steps += decoder;
        m_decoded.structure = std::move(parsed.structure);
        if (!isCancelled())
            m_decoded.text = laidOut(m_decoded.structure, m_options.maxText);
        m_decoded.isTextCut = m_decoded.structure.isCut() || m_decoded.text.endsWith("\xE2\x80\xA6");
        if (!parsed.isWhole() && !(m_isBeginning && parsed.endedEarly))
            setBroken(decoder, parsed.brokenAt, parsed.how);
        else if (parsed.isWhole() && parsed.end < m_decoded.bytes.size() && !m_decoded.structure.isCut())
            setBroken(decoder, parsed.end, QStringLiteral("more bytes follow its end"));
    }

    bool Decoding::text()
    {
        const QByteArray whole = m_isBeginning ? wholeCharacters(m_decoded.bytes) : m_decoded.bytes;
        if (!isPlainText(whole))
            return false;
        m_decoded.steps += Decoder::Utf8;
        m_decoded.text = whole;
        return true;
    }

    void Decoding::asText(Decoder decoder)
    {
        m_decoded.steps += decoder;
        const auto encoding = decoder == Decoder::Latin1 ? QStringConverter::Latin1 : decoder == Decoder::Utf16 ? QStringConverter::Utf16 : QStringConverter::Utf8;
        const QByteArray whole = m_isBeginning && decoder == Decoder::Utf8 ? wholeCharacters(m_decoded.bytes) : m_decoded.bytes;
        QStringDecoder converter(encoding);
        const QString converted = converter(whole);
        m_decoded.text = converted.toUtf8();
        if (converter.hasError())
            refuse(decoder, QStringLiteral("some bytes stand for no character"));
        m_decoded.steps.removeAll(decoder);
        m_decoded.steps += decoder;
    }

    void Decoding::setBroken(Decoder decoder, qint64 at, const QString& how)
    {
        const QString where = QStringLiteral("At byte %1: %2").arg(formatCount(at), displayText(how));
        m_decoded.problem = Error {Code::Data, Reason::ValueDamaged, decoderName(decoder), where};
    }

    void Decoding::refuse(Decoder decoder, const QString& why)
    {
        m_decoded.problem = Error {Code::Data, Reason::NotDecodable, decoderName(decoder), why};
    }
}

Decoded decode(const QByteArray& stored, const DecodeOptions& options)
{
    return Decoding(stored, options).run();
}

QFuture<Result<Decoded>> decodeAsync(const QByteArray& stored, DecodeOptions options)
{
    const auto run = [stored, options = std::move(options)](QPromise<Result<Decoded>>& promise) mutable {
        options.isCancelled = [&promise] { return promise.isCanceled(); };
        Decoded decoded = decode(stored, options);
        if (!promise.isCanceled())
            promise.addResult(Result<Decoded>(std::move(decoded)));
    };
    return QtConcurrent::run(run);
}

}
