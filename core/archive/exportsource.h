// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/archivewriter.h"
#include "core/archive/valuepages.h"
#include "core/keys/keylist.h"
#include "core/redis/bulkpass.h"

#include <deque>
#include <mutex>

namespace core::archive {

struct ExportSummary {
    qint64 keys = 0; // in the archive
    qint64 vanished = 0; // gone before they were read, or while
    // Written to while they were read in parts, as far as length and overlap tell (ValuePages; hashes, sets and sorted sets are scanned
    // and not checked): in the archive, of no one moment.
    qint64 changed = 0;
    qint64 unsupported = 0; // left out: of a module's type and without a DUMP, or with a name or an element too long for a line
    qint64 dumpsLeftOut = 0; // values too large for a DUMP: their logical value alone
    qint64 bytes = 0;
    QByteArray sha256; // hex
};

// The questions of an export and what their answers write: types and sizes of 500 keys, then expiry and values of as many of those as
// make 4 MiB by their sizes, and values beyond a page in parts. Sizes are MEMORY USAGE, which looks at five elements of a collection:
// an estimate. Where it is not allowed, batches are of few keys. In the I/O thread; what other threads may call says so.
class ExportSource final : public redis::BulkSource {
public:
    ExportSource(keys::KeyList keys, std::unique_ptr<ArchiveWriter> writer, bool withDump);

    redis::PackedPipeline next() override;
    Result<void> answered(const redis::Replies& replies) override;
    qint64 done() const override { return m_done; }

    // On a pool thread, once no answer can come any more: the end line and the file's name.
    Result<void> finish();
    // Any thread: no file is left; answers that come later are thrown away. Waits for an answer that is being written.
    void abandon();
    ExportSummary summary() const;

private:
    struct Item {
        QByteArray key;
        QByteArray type;
        qint64 memoryBytes = -1; // -1: not known
        bool withDump = false;
        bool seenEmpty = false; // an empty string or stream, or gone
        int tries = 0;
    };
    struct Ask {
        enum class Kind { Types, Values, Part } kind = Kind::Types;
        QList<Item> items;
    };
    // A value that goes on behind its first page.
    struct Large {
        QByteArray key;
        QByteArray type;
        ValuePages pages;
        QByteArray lines; // its beginning, until that is written
    };

    static bool comesInParts(const Item& item);
    static qint64 firstBytes(const Item& item);
    static qint64 expectedBytes(const Item& item);
    static qsizetype repliesOf(const Item& item);
    redis::Pipeline askTypes();
    redis::Pipeline askValues();
    redis::Pipeline askPart();
    Result<void> onTypes(const Ask& ask, const redis::Replies& replies);
    Result<void> onValues(const Ask& ask, const redis::Replies& replies);
    Result<void> onValue(const Item& item, const redis::Reply& ttl, const redis::Reply* replies, qint64 nowMs);
    bool takeDump(const redis::Reply& dump, Record& record);
    Result<void> onEmpty(Item item);
    void write(const Item& item, const Record& record, ValuePages pages);
    Result<void> onPart(const redis::Replies& replies);
    Result<void> again(Item item);
    void settle(qint64& count);

    mutable std::mutex m_mutex;
    keys::KeyList m_keys;
    std::unique_ptr<ArchiveWriter> m_writer;
    bool m_withDump;
    bool m_abandoned = false;
    qsizetype m_asked = 0;
    std::atomic<qint64> m_done = 0;
    std::deque<Ask> m_inFlight;
    std::deque<Item> m_typed;
    QList<Item> m_again;
    std::deque<Large> m_large;
    qint64 m_written = 0;
    QByteArray m_lines;
    ExportSummary m_summary;
};

}
