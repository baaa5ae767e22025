// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>

struct redisContext;

constexpr int benchKeyBytes = 40;

// Ends the benchmark: what cannot be measured is not judged.
[[noreturn]] void stopBench(const QString& why);

// Keys in the shapes of LightAPI's and its example's, benchKeyBytes each, in no order.
QByteArray benchKey(int number);

// hiredis by itself, blocking: fills a server and is the peer that browsing is measured against.
class BareClient final {
public:
    explicit BareClient(const QString& socket);
    BareClient(const QString& host, int port);

    // benchKey() of 0 to `keys`.
    void fill(int keys);
    // SCAN over everything; the keys are thrown away. Returns how many came.
    qint64 browse(int count);
    // PTTL, TYPE and MEMORY USAGE of so many keys, two pipelines of 500 keys in flight; the answers are thrown away.
    void askMeta(qint64 keys, const std::function<QByteArrayView(qint64)>& key);

    // One GET; returns how long it took.
    double getMs(const QByteArray& key);
    // A line of INFO, without its name.
    QByteArray info(const QByteArray& section, const QByteArray& name);
    void resetStatistics();

private:
    void takeReplies(int count);

    std::unique_ptr<redisContext, void (*)(redisContext*)> m_context;
};
