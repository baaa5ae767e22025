// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/packed.h"
#include "core/redis/session.h"

#include <memory>

namespace core::redis {

// Questions by the million, made and read in the I/O thread: their answers never pass through the session's thread.
class BulkSource {
public:
    virtual ~BulkSource() = default;
    virtual PackedPipeline next() = 0; // only commands that read, unless the pass may write; empty: nothing is left, unless an answer makes some
    // In the order of next(). An error ends the pass with it.
    virtual Result<void> answered(const Replies& replies) = 0;
    virtual qint64 done() const = 0; // of what the pass counts, for its progress
};

// Sends the pipelines of a source on the Bulk line, some in flight, so that the server works while an answer is read. A pass is of
// one connection: a lost line ends it with Code::Lost, another database with Code::Cancelled; while that is being selected none begins. Nothing is sent twice.
class BulkPass final : public Job {
    Q_OBJECT
public:
    struct Options {
        bool gentle = false; // one in flight, and a rest as long as its answer took: for production
        bool writes = false; // the source's commands may write where the session may, or where `permit` was given
        WritePermit permit;
        int window = 2; // pipelines in flight: more where they are small
    };
    // `session` must outlive the job; the source lives as long as an answer may come. `total` as done() of the source counts, or -1.
    BulkPass(Session* session, std::shared_ptr<BulkSource> source, qint64 total, QString kind, Options options, QObject* parent = nullptr);
    ~BulkPass() override;

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Run;
    Session* m_session;
    std::shared_ptr<BulkSource> m_source;
    qint64 m_total;
    Options m_options;
    std::shared_ptr<Run> m_run;
};

}
