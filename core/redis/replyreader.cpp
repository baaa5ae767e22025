// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/replyreader.h"

#include "core/base/bytes.h"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <algorithm>

namespace core::redis {

namespace {
    // A status, error, integer or length line. hiredis searches an unfinished line from its start at every feed, so a peer that
    // never ends one would cost quadratic time and endless memory.
    constexpr qsizetype longestLine = 64 * 1024;
    constexpr qsizetype longestLength = 32; // digits of a length and the line end
    // An array header only claims its length: memory is taken as elements really come.
    constexpr qint64 reserveAtMost = 1024;

#if HIREDIS_MAJOR >= 1
    using ElementCount = std::size_t;
#else
    using ElementCount = int;
#endif

    Reply::Type typeOf(int hiredisType)
    {
        switch (hiredisType) {
        case REDIS_REPLY_STATUS: return Reply::Type::Status;
        case REDIS_REPLY_ERROR: return Reply::Type::Error;
        default: return Reply::Type::String;
        }
    }
}

struct ReplyReader::Private {
    redisReader* reader = nullptr;
    Reply root;
    ReplySink* sink = nullptr;
    bool wrongShape = false; // a reply for the sink that is not [cursor, [key …]]
    QString error;

    static Private* of(const redisReadTask* task) { return static_cast<Private*>(task->privdata); }
    static bool isRoot(const redisReadTask* task) { return task->parent == nullptr; }
    bool streams(const redisReadTask* task) const { return sink && !isRoot(task); }

    // Where the element belongs. A pointer into a list stays valid while the element is filled: its next sibling comes after.
    Reply* place(const redisReadTask* task)
    {
        if (isRoot(task)) {
            root = Reply();
            return &root;
        }
        auto* parent = static_cast<Reply*>(task->parent->obj);
        return &parent->items.emplaceBack();
    }

    // hiredis takes nullptr for "out of memory", so everything streamed answers with the root.
    void* stream(const redisReadTask* task, const char* bytes, std::size_t size)
    {
        const bool isCursor = isRoot(task->parent) && task->idx == 0;
        const bool isKey = !isRoot(task->parent) && isRoot(task->parent->parent) && task->parent->idx == 1;
        if (task->type != REDIS_REPLY_STRING || (!isCursor && !isKey))
            wrongShape = true;
        else if (isCursor)
            sink->cursor(QByteArrayView(bytes, static_cast<qsizetype>(size)));
        else
            sink->key(bytes, size);
        return &root;
    }

    static void* createString(const redisReadTask* task, char* bytes, std::size_t size)
    {
        Private* d = of(task);
        if (d->streams(task))
            return d->stream(task, bytes, size);
        Reply* reply = d->place(task);
        reply->type = typeOf(task->type);
        reply->bytes = QByteArray(bytes, static_cast<qsizetype>(size));
        return reply;
    }

    static void* createArray(const redisReadTask* task, ElementCount count)
    {
        Private* d = of(task);
        if (d->streams(task)) {
            d->wrongShape |= !isRoot(task->parent) || task->idx != 1;
            return &d->root;
        }
        Reply* reply = d->place(task);
        reply->type = Reply::Type::Array;
        if (!d->sink)
            reply->items.reserve(std::min<qint64>(static_cast<qint64>(count), reserveAtMost));
        return reply;
    }

    static void* createInteger(const redisReadTask* task, long long value)
    {
        Private* d = of(task);
        if (d->streams(task))
            return d->misfit();
        Reply* reply = d->place(task);
        reply->type = Reply::Type::Integer;
        reply->integer = value;
        return reply;
    }

    static void* createNil(const redisReadTask* task)
    {
        Private* d = of(task);
        return d->streams(task) ? d->misfit() : d->place(task);
    }

#if HIREDIS_MAJOR >= 1
    // RESP3 only, which we never ask for; kept as text so that nothing is lost if a server sends them all the same.
    static void* createDouble(const redisReadTask* task, double, char* text, std::size_t size)
    {
        return createString(task, text, size);
    }

    static void* createBool(const redisReadTask* task, int value) { return createInteger(task, value); }
#endif

    static void freeObject(void*) { } // replies live in `root`

    void* misfit()
    {
        wrongShape = true;
        return &root;
    }

    // A waiting value has its length line complete; any other line would have been taken.
    bool isLineTooLong() const
    {
        const QByteArrayView open(reader->buf + reader->pos, static_cast<qsizetype>(reader->len - reader->pos));
        return open.size() > longestLine && !open.first(longestLength).contains("\r\n");
    }
};

ReplyReader::ReplyReader()
    : d(std::make_unique<Private>())
{
    static redisReplyObjectFunctions functions = [] {
        redisReplyObjectFunctions f {};
        f.createString = Private::createString;
        f.createArray = Private::createArray;
        f.createInteger = Private::createInteger;
        f.createNil = Private::createNil;
        f.freeObject = Private::freeObject;
#if HIREDIS_MAJOR >= 1
        f.createDouble = Private::createDouble;
        f.createBool = Private::createBool;
#endif
        return f;
    }();
    d->reader = redisReaderCreateWithFunctions(&functions);
    Q_CHECK_PTR(d->reader);
    d->reader->privdata = d.get();
}

ReplyReader::~ReplyReader()
{
    redisReaderFree(d->reader);
}

void ReplyReader::feed(const char* bytes, std::size_t size)
{
    if (redisReaderFeed(d->reader, bytes, size) != REDIS_OK)
        d->error = displayText(QByteArrayView(d->reader->errstr));
}

ReplyReader::Status ReplyReader::next(Reply& out, ReplySink* sink)
{
    if (!d->error.isEmpty())
        return Status::Broken;
    d->sink = sink;
    void* complete = nullptr;
    if (redisReaderGetReply(d->reader, &complete) != REDIS_OK)
        d->error = displayText(QByteArrayView(d->reader->errstr));
    else if (d->wrongShape)
        d->error = QStringLiteral("not the reply of SCAN");
    else if (!complete && d->isLineTooLong())
        d->error = QStringLiteral("a line without an end");
    d->sink = nullptr;
    if (!d->error.isEmpty())
        return Status::Broken;
    if (!complete)
        return Status::More;
    out = std::move(d->root);
    return Status::Reply;
}

QString ReplyReader::errorText() const
{
    return d->error;
}

}
