// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bareclient.h"

#include <hiredis/hiredis.h>

#include <QElapsedTimer>
#include <QList>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace {

using Answer = std::unique_ptr<redisReply, void (*)(redisReply*)>;

void releaseReply(redisReply* reply)
{
    freeReplyObject(reply);
}

}

// Numbers are mixed so that they do not come in order.
QByteArray benchKey(int number)
{
    const auto mixed = QByteArray::number(quint32(number) * 2654435761U).rightJustified(10, '0');
    const QByteArray numbers = QByteArray::number(number).rightJustified(8, '0');
    switch (number % 8) {
    case 0:
    case 1:
    case 2:
        return "lightapi:Book:/books:p=" + numbers.left(7) + mixed;
    case 3:
    case 4:
        return "CachedProduct:/products?" + numbers.left(6) + mixed;
    case 5:
    case 6:
        return QByteArray("item:") + mixed + QByteArray(17, 'i') + numbers;
    default:
        return "category:" + mixed + ":items:" + numbers + QByteArray(6, 'c');
    }
}

void stopBench(const QString& why)
{
    std::fprintf(stderr, "benchmark stopped: %s\n", qPrintable(why));
    std::exit(2);
}

BareClient::BareClient(const QString& socket)
    : m_context(redisConnectUnix(socket.toLocal8Bit().constData()), &redisFree)
{
    if (!m_context || m_context->err)
        stopBench(QStringLiteral("cannot connect"));
}

BareClient::BareClient(const QString& host, int port)
    : m_context(redisConnect(host.toLocal8Bit().constData(), port), &redisFree)
{
    if (!m_context || m_context->err)
        stopBench(QStringLiteral("cannot connect"));
}

void BareClient::fill(int keys)
{
    constexpr int batch = 1000;
    int waiting = 0;
    for (int i = 0; i < keys; ++i) {
        const QByteArray key = benchKey(i);
        if (key.size() != benchKeyBytes)
            stopBench(QStringLiteral("a key of %1 bytes").arg(key.size()));
        redisAppendCommand(m_context.get(), "SET %b 1", key.constData(), std::size_t(key.size()));
        if (++waiting == batch)
            takeReplies(std::exchange(waiting, 0));
    }
    takeReplies(waiting);
}

qint64 BareClient::browse(int count)
{
    QByteArray cursor("0");
    qint64 keys = 0;
    do {
        const Answer reply(
            static_cast<redisReply*>(redisCommand(m_context.get(), "SCAN %s COUNT %d", cursor.constData(), count)), &releaseReply);
        if (!reply || reply->type != REDIS_REPLY_ARRAY)
            stopBench(QStringLiteral("SCAN failed"));
        cursor = QByteArray(reply->element[0]->str, qsizetype(reply->element[0]->len));
        keys += qint64(reply->element[1]->elements);
    } while (cursor != "0");
    return keys;
}

void BareClient::askMeta(qint64 keys, const std::function<QByteArrayView(qint64)>& key)
{
    constexpr qint64 batch = 500;
    qint64 asked = 0;
    const auto send = [&] {
        const qint64 end = std::min(asked + batch, keys);
        const int commands = int(end - asked) * 3;
        for (; asked < end; ++asked) {
            const QByteArrayView name = key(asked);
            redisAppendCommand(m_context.get(), "PTTL %b", name.data(), std::size_t(name.size()));
            redisAppendCommand(m_context.get(), "TYPE %b", name.data(), std::size_t(name.size()));
            redisAppendCommand(m_context.get(), "MEMORY USAGE %b", name.data(), std::size_t(name.size()));
        }
        for (int done = 0; !done && commands > 0;) {
            if (redisBufferWrite(m_context.get(), &done) != REDIS_OK)
                stopBench(QStringLiteral("write failed"));
        }
        return commands;
    };
    int first = send();
    while (first > 0) {
        const int second = send();
        takeReplies(first);
        first = second;
    }
}

double BareClient::getMs(const QByteArray& key)
{
    QElapsedTimer timer;
    timer.start();
    const Answer reply(static_cast<redisReply*>(redisCommand(m_context.get(), "GET %b", key.constData(), std::size_t(key.size()))), &releaseReply);
    if (!reply || reply->type != REDIS_REPLY_STRING)
        stopBench(QStringLiteral("GET failed"));
    return double(timer.nsecsElapsed()) / 1e6;
}

QByteArray BareClient::info(const QByteArray& section, const QByteArray& name)
{
    const Answer reply(static_cast<redisReply*>(redisCommand(m_context.get(), "INFO %s", section.constData())), &releaseReply);
    if (!reply || reply->type != REDIS_REPLY_STRING)
        stopBench(QStringLiteral("INFO failed"));
    for (const QByteArray& line : QByteArray(reply->str, qsizetype(reply->len)).split('\n')) {
        if (line.startsWith(QByteArray(name + ':')))
            return line.mid(name.size() + 1).trimmed();
    }
    stopBench(QStringLiteral("INFO has no ") + QString::fromLatin1(name));
}

void BareClient::resetStatistics()
{
    const Answer reply(static_cast<redisReply*>(redisCommand(m_context.get(), "CONFIG RESETSTAT")), &releaseReply);
    if (!reply || reply->type != REDIS_REPLY_STATUS)
        stopBench(QStringLiteral("CONFIG RESETSTAT failed"));
}

void BareClient::takeReplies(int count)
{
    for (; count > 0; --count) {
        void* reply = nullptr;
        if (redisGetReply(m_context.get(), &reply) != REDIS_OK || !reply)
            stopBench(QStringLiteral("SET failed"));
        freeReplyObject(reply);
    }
}
