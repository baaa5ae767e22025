// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/importcheck.h"

#include "core/base/async.h"

#include <QDateTime>
#include <QUuid>
#include <QVersionNumber>
#include <QtConcurrent>

#include <algorithm>
#include <deque>
#include <map>

namespace core::archive {

namespace {
    constexpr qsizetype keysPerCommand = 500;
    constexpr qsizetype footerBytes = 10;

    // RDB_VERSION in each release's rdb.h.
    int rdbVersionOf(const QString& serverVersion)
    {
        const QVersionNumber version = QVersionNumber::fromString(serverVersion);
        static const std::pair<QVersionNumber, int> known[] {{QVersionNumber(7, 4), 12}, {QVersionNumber(7, 2), 11},
            {QVersionNumber(7, 0), 10}, {QVersionNumber(5, 0), 9}, {QVersionNumber(4, 0), 8}};
        for (const auto& [from, rdb] : known) {
            if (version >= from)
                return rdb;
        }
        return 0; // nothing by RESTORE
    }

    // EXISTS of all that would be written, apart for those by RESTORE.
    class ExistsSource final : public redis::BulkSource {
    public:
        ExistsSource(std::shared_ptr<CheckedArchive> archive)
            : m_archive(std::move(archive))
        {
        }

        redis::PackedPipeline next() override
        {
            redis::Command byRestore {"EXISTS"};
            redis::Command byValue {"EXISTS"};
            const qint64 nowMs = QDateTime::currentMSecsSinceEpoch() + m_archive->clockAheadMs;
            while (!m_ended && !m_failure && byRestore.words().size() + byValue.words().size() - 1 <= keysPerCommand)
                add(byRestore, byValue, nowMs);
            redis::PackedPipeline pipeline;
            m_inFlight.emplace_back();
            for (const redis::Command* exists : {&byRestore, &byValue}) {
                if (exists->words().size() <= 1)
                    continue;
                pipeline << *exists;
                m_inFlight.back() << (exists == &byRestore);
            }
            return pipeline;
        }

        Result<void> answered(const redis::Replies& replies) override
        {
            if (m_failure)
                return fail(*m_failure);
            const QList<bool> areByRestore = m_inFlight.front();
            m_inFlight.pop_front();
            for (qsizetype i = 0; i < replies.size(); ++i) {
                if (replies.at(i).isError())
                    return fail(redis::toError(replies.at(i), QStringLiteral("EXISTS")));
                m_existing += replies.at(i).integer;
                m_existingByRestore += areByRestore.at(i) ? replies.at(i).integer : 0;
            }
            return {};
        }

        qint64 done() const override { return m_asked; }
        qint64 existing() const { return m_existing; }
        qint64 existingByRestore() const { return m_existingByRestore; }
        const std::optional<Error>& failure() const { return m_failure; }

    private:
        void add(redis::Command& byRestore, redis::Command& byValue, qint64 nowMs)
        {
            const auto line = m_archive->reader.next();
            if (!line)
                m_failure = line.error();
            m_ended = !line || !*line;
            if (m_ended || (*line)->isPart)
                return;
            const qint64 place = m_place++;
            const Record& record = (*line)->record;
            const bool isLeftOut = (record.endMs >= 0 && record.endMs <= nowMs)
                || std::ranges::binary_search(m_archive->incomplete, place)
                || (!record.hasValue && !m_archive->isRestorable(record.dump));
            if (isLeftOut)
                return;
            (m_archive->isRestorable(record.dump) ? byRestore : byValue) << record.key;
            ++m_asked;
        }

        std::shared_ptr<CheckedArchive> m_archive;
        std::optional<Error> m_failure;
        bool m_ended = false;
        qint64 m_place = 0;
        std::atomic<qint64> m_asked = 0;
        std::deque<QList<bool>> m_inFlight; // which of the commands are of those by RESTORE
        qint64 m_existing = 0;
        qint64 m_existingByRestore = 0;
    };
}

int dumpVersion(const QByteArray& dump)
{
    if (dump.size() < footerBytes)
        return -1;
    const char* footer = dump.constData() + dump.size() - footerBytes;
    return static_cast<unsigned char>(footer[0]) | static_cast<unsigned char>(footer[1]) << 8;
}

bool CheckedArchive::isRestorable(const QByteArray& dump) const
{
    const int version = dumpVersion(dump);
    return version >= 0 && version <= rdbVersion;
}

// What the pool counts; read here once it has ended.
struct ImportCheck::Seen {
    std::map<int, Dumps> dumps; // by version
    qint64 values = 0; // without a DUMP

    void add(const Record& record)
    {
        if (record.dump.isEmpty()) {
            ++values;
            return;
        }
        Dumps& some = dumps[dumpVersion(record.dump)];
        ++(record.hasValue ? some.withValue : some.alone);
    }

    // The whole file; also what a record is known by once its parts have been read.
    Result<void> readAll(CheckedArchive& archive, const std::atomic_bool& cancelled)
    {
        auto header = archive.reader.open();
        if (!header)
            return fail(header.error());
        ImportPreview& preview = archive.preview;
        preview.header = *header;
        const qint64 nowMs = QDateTime::currentMSecsSinceEpoch() + archive.clockAheadMs;
        std::optional<Record> open;
        while (!cancelled) {
            const auto line = archive.reader.next();
            if (!line)
                return fail(line.error());
            if (!*line)
                return {};
            Record& record = (*line)->record;
            if (!(*line)->isPart) {
                ++preview.keys;
                ++preview.types[record.type];
                open = std::move(record);
                open->members.clear();
                open->entries.clear();
            }
            const bool more = (*line)->isPart ? record.more : open->more;
            if (more)
                continue;
            if ((*line)->isPart && record.gone) {
                archive.incomplete.push_back(preview.keys - 1);
                ++preview.incomplete;
            } else if (open->endMs >= 0 && open->endMs <= nowMs) {
                ++preview.expired;
            } else {
                add(*open);
            }
        }
        return fail(Code::Cancelled);
    }
};

ImportCheck::ImportCheck(redis::Session* session, QString file, Options options, QObject* parent)
    : Job(QStringLiteral("import-check"), file, parent)
    , m_session(session)
    , m_file(std::move(file))
    , m_options(options)
{
}

ImportCheck::~ImportCheck()
{
    *m_cancelled = true;
}

void ImportCheck::end(const Result<void>& outcome)
{
    m_databaseHold.reset();
    finish(outcome);
}

void ImportCheck::onCancel()
{
    *m_cancelled = true;
    if (m_pass != nullptr)
        m_pass->cancel();
    end(fail(Code::Cancelled));
}

void ImportCheck::onStart()
{
    const auto hold = m_session->holdDatabase();
    if (!hold)
        return finish(fail(hold.error()));
    m_databaseHold = *hold;
    m_archive = std::make_shared<CheckedArchive>(m_file);
    m_archive->runId = m_session->facts().runId;
    m_archive->database = m_session->endpoint().database;
    m_seen = std::make_shared<Seen>();
    askTime();
}

void ImportCheck::askTime()
{
    onFinished(m_session->send({{"TIME"}}), this, [this](const Result<redis::Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            return end(fail(replies.error()));
        const QList<redis::Reply>& time = replies->first().items;
        if (time.size() == 2) // else it may not be asked, and ours must do
            m_archive->clockAheadMs = time.at(0).bytes.toLongLong() * 1000 + time.at(1).bytes.toLongLong() / 1000
                - QDateTime::currentMSecsSinceEpoch();
        read();
    });
}

void ImportCheck::read()
{
    const auto readAll = [archive = m_archive, seen = m_seen, cancelled = m_cancelled]() -> Result<bool> {
        Result<void> checked = seen->readAll(*archive, *cancelled);
        if (checked)
            checked = archive->reader.rewind();
        return checked ? Result<bool>(true) : fail(checked.error());
    };
    onFinished(QtConcurrent::run(readAll), this, [this](const Result<bool>& checked) {
        if (isFinished())
            return;
        if (!checked)
            return end(fail(checked.error()));
        m_archive->rdbVersion = rdbVersionOf(m_session->facts().version);
        const bool asks = m_options.mayWrite && !m_seen->dumps.empty() && (!m_session->isReadOnly() || m_options.permit.isGiven());
        asks ? askVersion() : countKinds();
    });
}

void ImportCheck::askVersion()
{
    const QByteArray probe = "cachelight:probe:" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    const redis::Pipeline ask {{"SET", probe, "1", "PX", "5000", "NX"}, {"DUMP", probe}, {"UNLINK", probe}};
    onFinished(m_session->send(ask, redis::Session::Line::Interactive, m_options.permit), this,
        [this](const Result<redis::Replies>& replies) { onVersion(replies); });
}

void ImportCheck::onVersion(const Result<redis::Replies>& replies)
{
    if (isFinished())
        return;
    if (!replies)
        return end(fail(replies.error()));
    if (const int version = dumpVersion(replies->at(1).bytes); version >= 0 && !replies->at(1).isError())
        m_archive->rdbVersion = version;
    countKinds();
}

void ImportCheck::countKinds()
{
    ImportPreview& preview = m_archive->preview;
    preview.byValue = m_seen->values;
    for (const auto& [version, dumps] : m_seen->dumps) {
        const bool isTaken = version >= 0 && version <= m_archive->rdbVersion;
        (isTaken ? preview.byRestore : preview.byValue) += dumps.withValue;
        (isTaken ? preview.byRestore : preview.unusable) += dumps.alone;
    }
    askExisting();
}

void ImportCheck::askExisting()
{
    const auto source = std::make_shared<ExistsSource>(m_archive);
    m_pass = new redis::BulkPass(m_session, source, m_archive->preview.toWrite(), QStringLiteral("import-check"), {}, this);
    connect(m_pass, &Job::progressed, this, [this](qint64 done, qint64 total) { setProgress(done, total); });
    connect(m_pass, &Job::finished, this, [this, source] {
        if (isFinished())
            return;
        m_archive->preview.existing = source->existing();
        m_archive->preview.existingByRestore = source->existingByRestore();
        const Result<void> passed = m_pass->outcome();
        end(passed && source->failure() ? fail(*source->failure()) : passed);
    });
    m_pass->start();
}

}
