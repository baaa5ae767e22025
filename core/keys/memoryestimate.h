// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keystore.h"
#include "core/redis/session.h"

#include <QFuture>
#include <QList>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace core::keys {

// Positions of keys in an order, from `begin` up to `end`.
struct KeySpan {
    KeyId begin = 0, end = 0;
    qint64 keys() const { return qint64(end) - begin; }
    friend bool operator==(const KeySpan&, const KeySpan&) = default;
};

// Some keys that stand for all of a node's.
struct KeySample {
    std::vector<KeyId> positions; // in an order
    qint64 keys = 0; // of the node
};

// Memory of all keys of a node by a sample of them: their mean times the keys. A key that has gone meanwhile counts as nothing.
struct MemoryEstimate {
    qint64 bytes = 0;
    qint64 errorBytes = 0; // standard error of `bytes`; 0 where every key was asked
    int sampled = 0; // keys asked
    qint64 keys = 0;
    // Why there is no figure: the refusal of MEMORY USAGE.
    std::optional<Error> refused;

    bool isExact() const { return !refused && sampled == keys; }
    double relativeError() const { return bytes > 0 ? double(errorBytes) / double(bytes) : 0; }
    friend bool operator==(const MemoryEstimate&, const MemoryEstimate&) = default;
};

constexpr int maxSampled = 64;
// At most maxSampled keys, evenly over the span, each once.
KeySample sampleOf(KeySpan span);
// From what the sampled keys take, in bytes.
MemoryEstimate estimateOf(const std::vector<qint64>& sizes, qint64 keys);

// "≈ 1.2 MB ±8 %"; "1.2 MB" where every key was asked.
QString formatEstimate(const MemoryEstimate& estimate);

// One estimate a sample, in their order, by one pipeline of MEMORY USAGE on the interactive line; counts no lookup. Fails as a whole
// only when the line does. More nodes than a screen has rows should be asked for in parts.
QFuture<Result<QList<MemoryEstimate>>> estimateMemory(
    redis::Session* session, const KeyStore& store, const Order& order, const QList<KeySample>& samples);

}
