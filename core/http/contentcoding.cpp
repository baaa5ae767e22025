// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/contentcoding.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    constexpr int zlibOrGzip = 15 + 32; // told by the first bytes
    constexpr int rawDeflate = -15;
}

class ContentDecoder::Private final {
public:
    z_stream stream {};
    bool ready = false;
    bool begun = false;
    bool ended = false;
    bool mayBeRaw = false;
};

std::unique_ptr<ContentDecoder> ContentDecoder::forCoding(const QByteArray& contentEncoding)
{
    const QByteArray name = contentEncoding.trimmed().toLower();
    const bool isGzip = name == "gzip" || name == "x-gzip";
    if (!isGzip && name != "deflate")
        return nullptr;
    return std::unique_ptr<ContentDecoder>(new ContentDecoder(isGzip));
}

ContentDecoder::ContentDecoder(bool isGzip)
    : d(std::make_unique<Private>())
{
    d->mayBeRaw = !isGzip;
    d->ready = inflateInit2(&d->stream, zlibOrGzip) == Z_OK;
}

ContentDecoder::~ContentDecoder()
{
    inflateEnd(&d->stream);
}

ContentDecoder::Outcome ContentDecoder::take(QByteArrayView encoded, QByteArray& body, qint64 limit)
{
    if (!d->ready)
        return Outcome::Damaged;
    // Some servers send "deflate" without zlib's two bytes before it.
    if (!std::exchange(d->begun, true) && d->mayBeRaw && (encoded[0] & 0x0F) != Z_DEFLATED)
        d->ready = inflateReset2(&d->stream, rawDeflate) == Z_OK;
    d->stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(encoded.data()));
    d->stream.avail_in = uInt(encoded.size());
    std::array<char, 16 * 1024> piece;
    while (!d->ended) {
        d->stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        d->stream.avail_out = uInt(piece.size());
        const int code = inflate(&d->stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return Outcome::Damaged;
        const auto made = qsizetype(piece.size() - d->stream.avail_out);
        if (body.size() + made > limit)
            return Outcome::TooLarge;
        body.append(piece.data(), made);
        d->ended = code == Z_STREAM_END;
        if (made == 0 && !d->ended)
            return Outcome::Ok; // wants more
    }
    return d->stream.avail_in == 0 ? Outcome::Ok : Outcome::Damaged; // something behind its end
}

bool ContentDecoder::isComplete() const
{
    return d->ended || !d->begun;
}

}
