// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisclient.h"

#include <hiredis/hiredis.h>

#include <QFile>

#include <vector>

namespace demo {

namespace {
    constexpr timeval answerTimeout {1, 0};

    void collect(const redisReply* reply, RedisAnswer& into)
    {
        for (std::size_t i = 0; i < reply->elements; ++i) {
            const redisReply* element = reply->element[i];
            if (element->type == REDIS_REPLY_ARRAY)
                collect(element, into);
            else
                into.items << QByteArray(element->str, static_cast<qsizetype>(element->len));
        }
    }
}

void RedisClient::Closer::operator()(redisContext* context) const
{
    redisFree(context);
}

RedisClient::RedisClient(QString socketPath)
    : m_socketPath(std::move(socketPath))
{
}

RedisClient::~RedisClient() = default;

bool RedisClient::connected()
{
    if (m_context && m_context->err == 0)
        return true;
    m_context.reset(redisConnectUnixWithTimeout(QFile::encodeName(m_socketPath).constData(), answerTimeout));
    return m_context && m_context->err == 0 && redisSetTimeout(m_context.get(), answerTimeout) == REDIS_OK;
}

std::optional<RedisAnswer> RedisClient::command(const QByteArrayList& arguments)
{
    if (!connected())
        return {};
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    for (const QByteArray& argument : arguments) {
        words.push_back(argument.constData());
        sizes.push_back(static_cast<std::size_t>(argument.size()));
    }
    const auto free = [](redisReply* reply) { freeReplyObject(reply); };
    const std::unique_ptr<redisReply, decltype(free)> reply(static_cast<redisReply*>(
        redisCommandArgv(m_context.get(), static_cast<int>(words.size()), words.data(), sizes.data())));
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        return {};
    RedisAnswer answer;
    answer.isNil = reply->type == REDIS_REPLY_NIL;
    answer.integer = reply->integer;
    if (reply->str)
        answer.text = QByteArray(reply->str, static_cast<qsizetype>(reply->len));
    if (reply->type == REDIS_REPLY_ARRAY)
        collect(reply.get(), answer);
    return answer;
}

}
