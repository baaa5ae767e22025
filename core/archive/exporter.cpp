// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/exporter.h"

#include "core/base/async.h"
#include "core/redis/ownreads.h"

#include <QDateTime>
#include <QtConcurrent>

namespace core::archive {

namespace {
    // For the beginning and the end of the file. Its lines are written by the I/O thread as the answers come: a slow disk holds up the
    // next questions, and not memory.
    template <typename Function>
    QFuture<Result<bool>> onPool(Function act)
    {
        return QtConcurrent::run([act = std::move(act)]() -> Result<bool> {
            const Result<void> done = act();
            return done ? Result<bool>(true) : fail(done.error());
        });
    }
}

Exporter::Exporter(redis::Session* session, keys::KeyList keys, QString file, Options options, QObject* parent)
    : Job(QStringLiteral("export"), file, parent)
    , m_session(session)
    , m_keys(std::move(keys))
    , m_file(std::move(file))
    , m_options(options)
{
}

// What the pass still holds of the source goes with its last answer, and the unfinished file with it.
Exporter::~Exporter() = default;

ExportSummary Exporter::summary() const
{
    return m_source ? m_source->summary() : ExportSummary();
}

void Exporter::onStart()
{
    const auto hold = m_session->holdDatabase();
    if (!hold)
        return finish(fail(hold.error()));
    m_databaseHold = *hold;
    setProgress(0, m_keys.size());
    Header header;
    header.serverVersion = m_session->facts().version;
    header.runId = m_session->facts().runId;
    header.database = m_session->endpoint().database;
    header.madeAtMs = QDateTime::currentMSecsSinceEpoch();
    header.count = m_keys.size();
    auto writer = std::make_shared<std::unique_ptr<ArchiveWriter>>(std::make_unique<ArchiveWriter>(m_file));
    onFinished(onPool([writer, header] { return (*writer)->open(header); }), this, [this, writer](const Result<bool>& opened) {
        if (m_ending)
            return;
        if (!opened)
            return end(fail(opened.error()));
        m_source = std::make_shared<ExportSource>(m_keys, std::move(*writer), m_options.withDump);
        onOpened();
    });
}

void Exporter::onOpened()
{
    m_reading = redis::OwnReads::readsEverything(m_session);
    redis::BulkPass::Options options;
    options.gentle = m_options.gentle;
    m_pass = new redis::BulkPass(m_session, m_source, m_keys.size(), QStringLiteral("export"), options, this);
    connect(m_pass, &Job::progressed, this, [this](qint64 done, qint64 total) { setProgress(done, total); });
    connect(m_pass, &Job::finished, this, [this] { onPassed(); });
    m_pass->start();
}

void Exporter::onPassed()
{
    if (m_ending)
        return;
    if (const Result<void> passed = m_pass->outcome(); !passed)
        return end(passed);
    m_committing = true;
    onFinished(onPool([source = m_source] { return source->finish(); }), this,
        [this](const Result<bool>& finished) { end(finished ? Result<void>() : fail(finished.error())); });
}

// The end comes when the unfinished file is gone.
void Exporter::end(const Result<void>& outcome)
{
    m_ending = true;
    m_databaseHold.reset();
    m_reading.reset();
    if (outcome || !m_source)
        return finish(outcome);
    const auto abandon = [source = m_source]() -> Result<void> {
        source->abandon();
        return {};
    };
    onFinished(onPool(abandon), this, [this, outcome](const Result<bool>&) { finish(outcome); });
}

void Exporter::onCancel()
{
    if (m_ending || m_committing) // the file may have its name already
        return;
    m_ending = true; // before the pass says that it has ended
    if (m_pass != nullptr)
        m_pass->cancel();
    end(fail(Code::Cancelled));
}

}
