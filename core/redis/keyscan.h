// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>

#include <cstddef>
#include <memory>

namespace core::redis {

// Takes keys as they come off the wire. Called in the I/O thread, in batches of one SCAN reply; must not block.
class KeySink {
public:
    virtual ~KeySink() = default;
    virtual void key(const char* bytes, std::size_t size) = 0;
    virtual void batchEnd() = 0; // after each SCAN reply
};

// A complete SCAN of the session's database on the Bulk line. The next SCAN is sent as soon as the cursor of a reply has been
// read ("cursor ahead"), so server and client work at the same time; there is only ever one cursor, SCAN's guarantees hold.
// Keys may come more than once (SCAN's rule); the sink drops repeats. A lost line ends the job with Code::Lost: a cursor is not
// trusted across a restart. Selecting another database ends it with Code::Cancelled.
class KeyScan final : public Job {
    Q_OBJECT
public:
    struct Options {
        QByteArray match; // server-side glob; empty: all
        int count = 500; // adapted to the round trip between 10 and 1000 while adapt is set
        bool adapt = true;
        bool gentle = false; // COUNT 100 with a pause as long as the call; production's default
    };

    // `session` and `sink` must outlive the job. Once it is finished, or destroyed, the sink is not touched again.
    KeyScan(Session* session, KeySink* sink, Options options, QObject* parent = nullptr);
    ~KeyScan() override;

    // done() and total() of Job are the keys passed so far (repeats included) and DBSIZE at the start. With `match` the keys passed are an
    // estimate, as only those that match are received; where DBSIZE is not permitted they are the keys received.
    // What is on its way when paused still arrives.
    void setPaused(bool paused);
    bool isPaused() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
