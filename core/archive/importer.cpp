// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/importer.h"

#include "core/base/async.h"

#include <QVersionNumber>
#include <QtConcurrent>

namespace core::archive {

namespace {
    ImportSource::Options sourceOptions(const redis::Session& session, Conflict conflict)
    {
        return {conflict, QVersionNumber::fromString(session.facts().version) >= QVersionNumber(6, 2)};
    }
}

Importer::Importer(redis::Session* session, std::shared_ptr<CheckedArchive> archive, Options options, QObject* parent)
    : Job(QStringLiteral("import"), endpointLabel(session->endpoint()), parent)
    , m_session(session)
    , m_archive(std::move(archive))
    , m_options(options)
    , m_source(std::make_shared<ImportSource>(m_archive, sourceOptions(*session, options.conflict)))
{
}

Importer::~Importer()
{
    m_source->stop();
}

ImportSummary Importer::summary() const
{
    return m_source->summary();
}

QList<ImportFailure> Importer::failures() const
{
    return m_source->failures();
}

Result<void> Importer::allowed() const
{
    if (m_session->isReadOnly() && !m_options.permit.isGiven())
        return fail(Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("RESTORE"));
    if (m_session->facts().runId != m_archive->runId || m_session->endpoint().database != m_archive->database)
        return fail(Code::Guard, Reason::PlanOtherServer, QStringLiteral("import"),
            QStringLiteral("looked at for run %1, now run %2").arg(m_archive->runId, m_session->facts().runId));
    return {};
}

void Importer::onStart()
{
    const auto hold = m_session->holdDatabase();
    if (!hold)
        return finish(fail(hold.error()));
    if (const Result<void> may = allowed(); !may)
        return finish(may);
    m_databaseHold = *hold;
    const auto rewind = [archive = m_archive]() -> Result<bool> {
        const Result<void> again = archive->reader.rewind();
        return again ? Result<bool>(true) : fail(again.error());
    };
    onFinished(QtConcurrent::run(rewind), this, [this](const Result<bool>& again) {
        if (again)
            return begin();
        m_databaseHold.reset();
        finish(fail(again.error()));
    });
}

void Importer::begin()
{
    const qint64 total = m_archive->preview.keys - m_archive->preview.incomplete;
    setProgress(0, total);
    redis::BulkPass::Options options;
    options.writes = true;
    options.permit = m_options.permit;
    options.window = ImportSource::window;
    auto* pass = new redis::BulkPass(m_session, m_source, total, QStringLiteral("import"), options, this);
    connect(pass, &Job::progressed, this, [this](qint64 done, qint64 all) { setProgress(done, all); });
    connect(pass, &Job::finished, this, [this, pass] { onPassed(pass->outcome()); });
    pass->start();
}

// The pass goes on until all that is in flight has been answered: what was done is known then.
void Importer::onCancel()
{
    m_source->stop();
}

void Importer::onPassed(const Result<void>& passed)
{
    m_databaseHold.reset();
    if (!passed && !wasCancelled())
        return finish(passed);
    if (wasCancelled())
        return finish(fail(Code::Cancelled));
    if (const auto failure = m_source->failure())
        return finish(fail(*failure));
    const QList<ImportFailure> failures = m_source->failures();
    finish(failures.isEmpty() ? Result<void>() : fail(failures.first().error));
}

}
