// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/importcheck.h"

#include <deque>
#include <mutex>
#include <vector>

namespace core::archive {

enum class Conflict { Skip, Replace };

struct ImportFailure {
    QByteArray key;
    Error error;
};

// written + existing + expired + failed + unknown + notReached are the archive's keys without the incomplete ones.
struct ImportSummary {
    qint64 written = 0;
    qint64 byRestore = 0; // of those
    qint64 existing = 0; // left as they were
    qint64 expired = 0; // ended before they could be written
    qint64 failed = 0;
    qint64 unknown = 0; // sent, line lost, outcome not known; never sent again
    qint64 notReached = 0; // after a cancel, a lost line or a server that takes nothing more
    qint64 incomplete = 0; // vanished while they were exported
};

// The commands of an import. A string goes by SET, NX where nothing may be replaced; a DUMP by RESTORE, without REPLACE then. Any
// other value is built under a name of its own and becomes the key by RENAMENX (RENAME): the server itself looks and writes in one,
// nobody reads half a value, and large ones take as many commands as they need. Where the server refuses a DUMP, the value goes; for
// large ones the archive is read once more. WATCH would want a line of its own and a round trip
// a key. What stands under the other name ends by itself within an hour, should the line be lost.
// In the I/O thread; what other threads may call says so.
class ImportSource final : public redis::BulkSource {
public:
    // Pipelines in flight. They are small, so that the next is made in less time than the server takes for what the kernel holds.
    static constexpr int window = 8;
    struct Options {
        Conflict conflict = Conflict::Skip;
        bool hasPxat = true; // Redis 6.2 and later: SET with an absolute end
    };
    ImportSource(std::shared_ptr<CheckedArchive> archive, Options options);

    redis::PackedPipeline next() override;
    Result<void> answered(const redis::Replies& replies) override;
    qint64 done() const override { return m_done; }

    void stop() { m_stopped = true; } // any thread: nothing more is begun
    ImportSummary summary() const; // any thread; what is in flight is `unknown`
    QList<ImportFailure> failures() const; // any thread; at most 1,000 kept, all counted
    std::optional<Error> failure() const; // any thread: what ended it early

private:
    struct Unit {
        enum class How { Set, Restore, Build, Part, Finish, Drop } how = How::Set;
        qsizetype count = 0; // replies
        // What is needed to do it another way, or to say what failed: a place in Batch::records, of a Set where its key ends in Batch::keys.
        qsizetype place = 0;
        qint64 key = -1; // of a RESTORE: among the archive's keys
    };
    // Ten million strings should not take an object each on their way.
    struct Batch {
        std::vector<Unit> units;
        std::vector<Record> records;
        QByteArray keys;
    };
    struct Large {
        Record record; // without its value
        QByteArray name;
        bool complete = false; // its last part was sent
        std::optional<Error> error;
    };

    static void append(Batch& batch, Unit::How how, Record record, qsizetype replies);
    void readMore(redis::PackedPipeline& pipeline, Batch& batch);
    qsizetype add(redis::PackedPipeline& pipeline, Batch& batch, ArchiveReader::Line& line);
    qsizetype addRecord(redis::PackedPipeline& pipeline, Batch& batch, Record& record);
    void addSet(redis::PackedPipeline& pipeline, Batch& batch, const Record& record) const;
    void addRestore(redis::PackedPipeline& pipeline, Batch& batch, Record& record) const;
    void addBuild(redis::PackedPipeline& pipeline, Batch& batch, Record& record);
    void addPart(redis::PackedPipeline& pipeline, Batch& batch, const Record& part);
    void addFinish(redis::PackedPipeline& pipeline, Batch& batch);
    redis::PackedPipeline sent(redis::PackedPipeline pipeline, Batch batch);
    void appendRename(redis::PackedPipeline& pipeline, const QByteArray& name, const Record& record) const;

    void onUnit(const Unit& unit, const Record& record, const redis::Reply* replies);
    void onSet(QByteArrayView key, const redis::Reply& reply);
    void onBuilt(const Unit& unit, const Record& record, const redis::Reply* replies);
    void onRestored(const Unit& unit, const Record& record, const redis::Reply& reply);
    void readAgain();
    void failed(const QByteArray& key, const Error& error);
    void settle(qint64& count);
    QByteArray newName(const QByteArray& key);

    mutable std::mutex m_mutex;
    std::shared_ptr<CheckedArchive> m_archive;
    Options m_options;
    std::atomic_bool m_stopped = false;
    std::atomic<qint64> m_done = 0;
    std::deque<Batch> m_inFlight;
    QList<Record> m_again; // RESTORE was refused: by value
    std::vector<qint64> m_refused; // as that, of values in parts, which have been passed over: by their places among the keys
    std::optional<std::vector<qint64>> m_only; // they alone are read, the second time
    std::optional<Large> m_large;
    bool m_skipsParts = false;
    bool m_ended = false; // of the archive
    qint64 m_place = 0;
    qint64 m_nowMs = 0; // by the server's clock
    QByteArray m_suffix;
    qint64 m_names = 0;
    ImportSummary m_summary;
    QList<ImportFailure> m_failures;
    std::optional<Error> m_failure;
};

}
