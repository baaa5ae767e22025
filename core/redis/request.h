// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/redis/packed.h"
#include "core/redis/replyreader.h"

#include <QDateTime>

#include <functional>
#include <memory>
#include <mutex>

namespace core::redis {

// A scan that is fed while replies are parsed; see KeyScan. Lock is held by the connection around parsing, so that whoever
// detaches the sink in another thread knows when nobody is inside.
class StreamedScan : public ReplySink {
public:
    virtual std::mutex& lock() = 0;
};

// One pipeline on its way through a connection.
struct Request {
    enum class Kind {
        Call,
        Handshake, // goes out before the line is ready
        Ping, // kept out of Activity, and answered sooner than others must be
    };

    Pipeline commands;
    PackedPipeline packed; // in their place
    // Once, in the I/O thread: a reply for each command, or why there is none.
    std::function<void(Result<Replies>)> done;
    Kind kind = Kind::Call;
    std::shared_ptr<StreamedScan> scan; // then `commands` is one SCAN

    qsizetype size() const { return packed.isEmpty() ? commands.size() : packed.size(); }
    Command command(qsizetype index) const { return packed.isEmpty() ? commands.at(index) : packed.command(index); }

    // Filled by the connection.
    Replies replies;
    qint64 firstByte = 0; // position of its first byte in what the connection ever queued
    qint64 sentNs = 0; // monotonic
    QDateTime at;
};

}
