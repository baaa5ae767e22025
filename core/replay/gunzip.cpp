// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/gunzip.h"

#include <QByteArray>

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace core::replay {

namespace {
    constexpr qsizetype pieceBytes = 64 * 1024;
}

class Gunzip::Private final {
public:
    z_stream stream {};
    bool isReady = false;
    bool isBroken = false;
    bool isAtEnd = false;
    QByteArray piece {pieceBytes, Qt::Uninitialized};

    // False when nothing more can be done with what was given.
    bool step(const Take& take)
    {
        if (isAtEnd) { // what follows is another member, or padding of zeros as tar leaves it
            if (*stream.next_in == 0) {
                stream.avail_in = 0;
                return true;
            }
            isAtEnd = false;
            isBroken = inflateReset(&stream) != Z_OK;
        }
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        const int status = isBroken ? Z_DATA_ERROR : inflate(&stream, Z_NO_FLUSH);
        isAtEnd = status == Z_STREAM_END;
        isBroken = !isAtEnd && status != Z_OK && status != Z_BUF_ERROR;
        const qsizetype made = piece.size() - static_cast<qsizetype>(stream.avail_out);
        return (made == 0 || take(QByteArrayView(piece.constData(), made))) && !isBroken;
    }
};

Gunzip::Gunzip()
    : d(std::make_unique<Private>())
{
    d->isReady = inflateInit2(&d->stream, MAX_WBITS + 16) == Z_OK; // 16: a gzip header (zlib.h)
    d->isBroken = !d->isReady;
}

Gunzip::~Gunzip()
{
    if (d->isReady)
        inflateEnd(&d->stream);
}

bool Gunzip::feed(QByteArrayView packed, const Take& take)
{
    while (!packed.isEmpty() && !d->isBroken) {
        const qsizetype size = std::min<qsizetype>(packed.size(), std::numeric_limits<int>::max()); // zlib counts in 32 bits
        d->stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        d->stream.avail_in = static_cast<uInt>(size);
        packed = packed.sliced(size);
        // A full piece may leave more inside zlib when all input is taken.
        do {
            if (!d->step(take))
                return false;
        } while (d->stream.avail_in > 0 || (d->stream.avail_out == 0 && !d->isAtEnd));
    }
    return !d->isBroken;
}

bool Gunzip::isBroken() const
{
    return d->isBroken;
}

bool Gunzip::isAtEnd() const
{
    return d->isAtEnd;
}

Result<QByteArray> gunzipped(QByteArrayView packed, qint64 longest)
{
    QByteArray out;
    bool isTooLong = false;
    Gunzip gunzip;
    gunzip.feed(packed, [&](QByteArrayView piece) {
        isTooLong = out.size() + piece.size() > longest;
        if (!isTooLong)
            out.append(piece);
        return !isTooLong;
    });
    if (isTooLong)
        return fail(Code::Data, Reason::ApiTooLarge, QStringLiteral("The packed data"), QStringLiteral("More than %1 bytes come out").arg(longest));
    if (gunzip.isBroken() || !gunzip.isAtEnd())
        return fail(Code::Data, Reason::FileDamaged, QStringLiteral("The packed data"), QStringLiteral("its gzip data is broken or cut off"));
    return out;
}

}
