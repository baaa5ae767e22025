// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>

namespace core::http {

// Undoes gzip or deflate as it comes. libcurl's own decoding takes a stream that was cut off for a whole one, and a body that is
// compared with an entry must be whole.
class ContentDecoder final {
public:
    // Null for every other coding (RFC 9110, 8.4.1), also for several at once: such a body stays as it came.
    static std::unique_ptr<ContentDecoder> forCoding(const QByteArray& contentEncoding);
    ~ContentDecoder();

    enum class Outcome { Ok, Damaged, TooLarge };
    // Appends to `body` until that has `limit` bytes; what would go beyond is TooLarge.
    Outcome take(QByteArrayView encoded, QByteArray& body, qint64 limit);
    // The stream said that it is over. True also before the first byte: an answer without a body has nothing to undo.
    bool isComplete() const;

private:
    explicit ContentDecoder(bool isGzip);
    class Private;
    std::unique_ptr<Private> d;
};

}
