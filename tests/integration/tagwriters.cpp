// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/tagwriters.h"

#include "core/cache/taglist.h"

#include <hiredis/hiredis.h>

#include <QFile>

#include <chrono>
#include <initializer_list>

namespace {
constexpr int names = 50;

const char* const appendScript = R"(redis.call('SETEX', KEYS[1], 1000, 'value')
local raw = redis.call('GET', KEYS[2])
local list = raw and cjson.decode(raw) or {}
for i = 1, #list do if list[i] == KEYS[1] then return 0 end end
list[#list + 1] = KEYS[1]
redis.call('SETEX', KEYS[2], 86400, cjson.encode(list))
return 1
)";

struct ReplyDeleter {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, ReplyDeleter>;

struct ContextDeleter {
    void operator()(redisContext* context) const { redisFree(context); }
};

class Connection {
public:
    explicit Connection(const QByteArray& socket)
        : m_context(redisConnectUnix(socket.constData()))
    {
    }

    bool append(std::initializer_list<QByteArray> words)
    {
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const QByteArray& word : words) {
            texts.push_back(word.constData());
            sizes.push_back(static_cast<std::size_t>(word.size()));
        }
        return redisAppendCommandArgv(m_context.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()) == REDIS_OK;
    }

    ReplyPtr take()
    {
        void* reply = nullptr;
        if (m_context->err != 0 || redisGetReply(m_context.get(), &reply) != REDIS_OK)
            return nullptr;
        ReplyPtr taken(static_cast<redisReply*>(reply));
        return taken->type == REDIS_REPLY_ERROR ? nullptr : std::move(taken);
    }

    ReplyPtr ask(std::initializer_list<QByteArray> words) { return append(words) ? take() : nullptr; }

    bool transaction(const QByteArray& key, std::initializer_list<QByteArray> tag)
    {
        append({"MULTI"});
        append({"SETEX", key, "1000", "value"});
        append(tag);
        append({"EXEC"});
        bool good = true;
        for (int i = 0; i < 4; ++i)
            good = take() && good;
        return good;
    }

    bool addLikeTheSeed(const QByteArray& key, const QByteArray& tagKey)
    {
        if (!ask({"SETEX", key, "1000", "value"}))
            return false;
        const ReplyPtr raw = ask({"GET", tagKey});
        if (!raw)
            return false;
        QList<QByteArray> list;
        if (raw->type == REDIS_REPLY_STRING)
            list = core::cache::parseTagList(QByteArray(raw->str, static_cast<qsizetype>(raw->len))).value_or(QList<QByteArray>());
        if (list.contains(key))
            return true;
        list << key;
        const QByteArray text = "[\"" + list.join("\", \"") + "\"]";
        return ask({"SETEX", tagKey, "86400", text}) != nullptr;
    }

private:
    std::unique_ptr<redisContext, ContextDeleter> m_context;
};
}

TagWriters::TagWriters(const QString& socket, const QByteArray& tagKey, Style style, int count, bool again)
    : m_socket(QFile::encodeName(socket))
    , m_tagKey(tagKey)
    , m_style(style)
    , m_again(again)
{
    for (int i = 0; i < count; ++i)
        m_threads.emplace_back([this, i] { work(i); });
}

void TagWriters::stop()
{
    m_stop = true;
    for (std::thread& thread : m_threads) {
        if (thread.joinable())
            thread.join();
    }
}

void TagWriters::work(int number)
{
    Connection connection(m_socket);
    for (long long n = 0; !m_stop; ++n) {
        const QByteArray name = m_again ? QByteArray::number(n % names) : QByteArray::number(n);
        const QByteArray key = "k:" + QByteArray::number(m_again ? 0 : number) + ':' + name;
        bool good = false;
        switch (m_style) {
        case Style::LuaAppend: good = connection.ask({"EVAL", appendScript, "2", key, m_tagKey}) != nullptr; break;
        case Style::SetAdd: good = connection.transaction(key, {"SADD", m_tagKey, key}); break;
        case Style::ZsetAdd: good = connection.transaction(key, {"ZADD", m_tagKey, "1900000000", key}); break;
        case Style::Seed: good = connection.addLikeTheSeed(key, m_tagKey); break;
        }
        if (!good) {
            m_failed = true;
            return;
        }
        ++m_written;
        // Some 4,000 a second each: a machine that is busy with the writers alone shows no race.
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
}
