// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/importsource.h"

namespace core::archive {

// Writes a checked archive, ImportSource::window batches in flight on the Bulk line; see there for how each key is written. Nothing is sent
// twice: a lost line ends it with its error, what was in flight is unknown. Cancel ends after what is in flight. Refused before
// anything is sent: a read-only session (unless a permit was given), another run of the server or another database than the archive
// was checked for (PlanOtherServer). Keys that the server refused are failures(), and the outcome is the first's error.
class Importer final : public Job {
    Q_OBJECT
public:
    struct Options {
        Conflict conflict = Conflict::Skip;
        redis::WritePermit permit; // writes in a read-only session too
    };
    // `session` must outlive the job; one job an archive.
    Importer(redis::Session* session, std::shared_ptr<CheckedArchive> archive, Options options, QObject* parent = nullptr);
    ~Importer() override;
    ImportSummary summary() const;
    QList<ImportFailure> failures() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    Result<void> allowed() const;
    void begin();
    void onPassed(const Result<void>& passed);

    redis::Session* m_session;
    std::shared_ptr<CheckedArchive> m_archive;
    Options m_options;
    std::shared_ptr<ImportSource> m_source;
    std::shared_ptr<void> m_databaseHold;
};

}
