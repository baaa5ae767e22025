// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/unpack.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <zlib.h>
#include <zstd.h>

namespace core::values {

namespace {
    constexpr qsizetype pieceBytes = 64 * 1024;

    bool isCancelled(const DecodeOptions& options)
    {
        return options.isCancelled && options.isCancelled();
    }

    // Appends a piece as far as the limit allows; false when it was reached.
    bool append(Unpacked& unpacked, const char* piece, qsizetype size, const DecodeOptions& options)
    {
        const qint64 room = options.maxOutput - unpacked.bytes.size();
        unpacked.bytes.append(piece, std::min<qsizetype>(size, room));
        unpacked.isStopped = size > room;
        return !unpacked.isStopped;
    }

    class Inflater final {
    public:
        // 16: a gzip header, 0: a zlib header (zlib.h, inflateInit2).
        explicit Inflater(Decoder kind) { m_ready = inflateInit2(&m_stream, MAX_WBITS + (kind == Decoder::Gzip ? 16 : 0)) == Z_OK; }
        ~Inflater() { inflateEnd(&m_stream); }
        Q_DISABLE_COPY_MOVE(Inflater)
        bool isReady() const { return m_ready; }
        z_stream* operator->() { return &m_stream; }
        z_stream* get() { return &m_stream; }

    private:
        z_stream m_stream {};
        bool m_ready = false;
    };

    void setBroken(Unpacked& unpacked, qint64 at, const char* how)
    {
        unpacked.brokenAt = at;
        unpacked.how = QString::fromUtf8(how ? how : "damaged");
    }

    Unpacked inflated(Decoder kind, QByteArrayView packed, const DecodeOptions& options)
    {
        Unpacked unpacked;
        Inflater stream(kind);
        if (!stream.isReady()) {
            setBroken(unpacked, 0, "not enough memory");
            return unpacked;
        }
        QByteArray piece(pieceBytes, Qt::Uninitialized);
        qsizetype at = 0; // given to zlib, whose counters have 32 bits
        for (int status = Z_OK; !isCancelled(options);) {
            if (stream->avail_in == 0) {
                const qsizetype size = std::min<qsizetype>(packed.size() - at, std::numeric_limits<int>::max());
                stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + at));
                stream->avail_in = static_cast<uInt>(size);
                at += size;
            }
            stream->next_out = reinterpret_cast<Bytef*>(piece.data());
            stream->avail_out = static_cast<uInt>(piece.size());
            status = inflate(stream.get(), Z_NO_FLUSH);
            const qsizetype made = piece.size() - static_cast<qsizetype>(stream->avail_out);
            const qsizetype taken = at - static_cast<qsizetype>(stream->avail_in);
            if (!append(unpacked, piece.constData(), made, options))
                break;
            if (status == Z_STREAM_END) {
                if (taken == packed.size())
                    break;
                const bool another = kind == Decoder::Gzip && packed.sliced(taken).startsWith("\x1f");
                if (!another || inflateReset(stream.get()) != Z_OK) {
                    setBroken(unpacked, taken, "more bytes follow its end");
                    break;
                }
            } else if (status == Z_NEED_DICT) {
                setBroken(unpacked, taken, "it needs a dictionary");
                break;
            } else if (status == Z_BUF_ERROR || (status == Z_OK && made == 0 && taken == packed.size())) {
                if (!options.isBeginning)
                    setBroken(unpacked, packed.size(), "it ends in the middle");
                break;
            } else if (status != Z_OK) {
                setBroken(unpacked, taken, stream->msg);
                break;
            }
        }
        return unpacked;
    }

    Unpacked fromZstd(QByteArrayView packed, const DecodeOptions& options)
    {
        Unpacked unpacked;
        const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
        QByteArray piece(pieceBytes, Qt::Uninitialized);
        ZSTD_inBuffer in {packed.data(), static_cast<size_t>(packed.size()), 0};
        size_t rest = 1;
        while (!isCancelled(options)) {
            ZSTD_outBuffer out {piece.data(), static_cast<size_t>(piece.size()), 0};
            const size_t before = in.pos;
            rest = ZSTD_decompressStream(context.get(), &out, &in);
            if (ZSTD_isError(rest)) {
                setBroken(unpacked, static_cast<qint64>(in.pos), ZSTD_getErrorName(rest));
                break;
            }
            if (!append(unpacked, piece.constData(), static_cast<qsizetype>(out.pos), options))
                break;
            if (rest == 0 && in.pos == in.size)
                break;
            if (in.pos == before && out.pos == 0) { // waits for bytes that do not come
                if (!options.isBeginning)
                    setBroken(unpacked, packed.size(), "it ends in the middle");
                break;
            }
        }
        return unpacked;
    }
}

std::optional<Decoder> compressionOf(QByteArrayView bytes)
{
    if (bytes.startsWith("\x1f\x8b\x08"))
        return Decoder::Gzip;
    if (bytes.startsWith("\x28\xb5\x2f\xfd"))
        return Decoder::Zstd;
    if (bytes.size() < 2)
        return std::nullopt;
    const auto method = static_cast<unsigned char>(bytes[0]);
    const auto flags = static_cast<unsigned char>(bytes[1]);
    const bool isZlib = (method & 0x0F) == Z_DEFLATED && method >> 4 <= 7 && (method * 256 + flags) % 31 == 0 && (flags & 0x20) == 0;
    return isZlib ? std::optional(Decoder::Zlib) : std::nullopt;
}

Unpacked unpack(Decoder kind, QByteArrayView packed, const DecodeOptions& options)
{
    return kind == Decoder::Zstd ? fromZstd(packed, options) : inflated(kind, packed, options);
}

}
