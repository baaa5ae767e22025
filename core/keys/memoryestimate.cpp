// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/memoryestimate.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>

namespace core::keys {

namespace {

MemoryEstimate estimateFrom(redis::Replies::const_iterator from, int count, qint64 keys)
{
    std::vector<qint64> sizes;
    for (auto reply = from; reply != from + count; ++reply) {
        if (reply->isError()) {
            MemoryEstimate none;
            none.keys = keys;
            none.refused = redis::toError(*reply, QStringLiteral("MEMORY USAGE"));
            return none;
        }
        sizes.push_back(reply->isNil() ? 0 : reply->integer);
    }
    return estimateOf(sizes, keys);
}

}

KeySample sampleOf(KeySpan span)
{
    const qint64 count = std::min<qint64>(maxSampled, span.keys());
    KeySample sample {{}, span.keys()};
    for (qint64 i = 0; i < count; ++i) // the middle of each of `count` equal parts
        sample.positions.push_back(KeyId(span.begin + (2 * i + 1) * span.keys() / (2 * count)));
    return sample;
}

MemoryEstimate estimateOf(const std::vector<qint64>& sizes, qint64 keys)
{
    MemoryEstimate estimate;
    estimate.sampled = int(sizes.size());
    estimate.keys = keys;
    const double n = double(sizes.size());
    if (sizes.empty())
        return estimate;
    double sum = 0;
    for (const qint64 size : sizes)
        sum += double(size);
    const double mean = sum / n;
    estimate.bytes = std::llround(mean * double(keys));
    if (estimate.isExact() || sizes.size() < 2)
        return estimate;
    double squares = 0;
    for (const qint64 size : sizes)
        squares += (double(size) - mean) * (double(size) - mean);
    const double unseen = 1 - n / double(keys); // of a small node most is known
    estimate.errorBytes = std::llround(double(keys) * std::sqrt(squares / (n - 1) / n * unseen));
    return estimate;
}

QString formatEstimate(const MemoryEstimate& estimate)
{
    const QString bytes = formatBytes(estimate.bytes);
    if (estimate.isExact())
        return bytes;
    const double percent = 100 * estimate.relativeError();
    const QString error = percent < 1 ? QStringLiteral("<1") : QString::number(qRound64(percent));
    return QStringLiteral("≈ %1 ±%2 %").arg(bytes, error);
}

QFuture<Result<QList<MemoryEstimate>>> estimateMemory(
    redis::Session* session, const KeyStore& store, const Order& order, const QList<KeySample>& samples)
{
    redis::Pipeline pipeline;
    QList<std::pair<int, qint64>> counts; // asked, and in the node
    for (const KeySample& sample : samples) {
        for (const KeyId position : sample.positions)
            pipeline << redis::Command {"MEMORY", "USAGE", store.at(order[position]).toByteArray()};
        counts.emplace_back(int(sample.positions.size()), sample.keys);
    }
    return session->send(std::move(pipeline)).then([counts](const Result<redis::Replies>& replies) -> Result<QList<MemoryEstimate>> {
        if (!replies)
            return fail(replies.error());
        QList<MemoryEstimate> all;
        auto from = replies->constBegin();
        for (const auto& [asked, keys] : counts) {
            all << estimateFrom(from, asked, keys);
            from += asked;
        }
        return all;
    });
}

}
