// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/reply.h"

#include <QByteArrayView>

#include <cstddef>
#include <memory>

namespace core::redis {

// Takes the reply of one SCAN piece by piece, in the I/O thread, while it is parsed.
class ReplySink {
public:
    virtual ~ReplySink() = default;
    // The first element, before any key of the same reply has been parsed.
    virtual void cursor(QByteArrayView cursor) = 0;
    virtual void key(const char* bytes, std::size_t size) = 0;
};

// RESP2 to Reply through hiredis' parser with our own callbacks: no redisReply is ever built. Not thread-safe.
class ReplyReader final {
public:
    enum class Status { Reply, More, Broken };

    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(const char* bytes, std::size_t size);
    // The next complete reply. With `sink` it must be one of SCAN: cursor and keys go there and `out` is the bare outer array;
    // an error reply lands in `out` as ever. Broken stays broken.
    Status next(Reply& out, ReplySink* sink = nullptr);
    // What was wrong, in the parser's words; for details of an error.
    QString errorText() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}
