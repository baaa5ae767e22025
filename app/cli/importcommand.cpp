// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/question.h"
#include "app/cli/textcolumns.h"
#include "core/archive/importer.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/base/savefile.h"
#include "core/invalidate/audit.h"
#include "core/invalidate/guard.h"

#include <QFile>
#include <QTemporaryFile>
#include <QUuid>

#include <cerrno>
#include <map>

namespace cli {

namespace {
    using core::Code;
    using core::archive::Conflict;
    using core::archive::ImportCheck;
    using core::archive::Importer;
    using core::archive::ImportPreview;
    using core::archive::ImportSummary;
    namespace inv = core::invalidate;

    struct Wanted {
        QString file;
        Conflict conflict = Conflict::Skip;
        bool dryRun = false;
    };

    core::Result<Wanted> wantedFrom(const CommandLine& line)
    {
        Wanted wanted {line.value("--file"), Conflict::Skip, line.has("--dry-run")};
        if (wanted.file.isEmpty())
            return core::fail(badOption(QStringLiteral("--file"), QStringLiteral("it names an archive of \"export\", or - for stdin")));
        const QString how = line.has("--on-conflict") ? line.value("--on-conflict") : QStringLiteral("skip");
        if (how != QStringLiteral("skip") && how != QStringLiteral("replace"))
            return core::fail(badOption(QStringLiteral("--on-conflict"), QStringLiteral("it takes skip or replace")));
        wanted.conflict = how == QStringLiteral("skip") ? Conflict::Skip : Conflict::Replace;
        return wanted;
    }

    // An archive is read twice, which a pipe cannot be.
    core::Result<void> spool(QTemporaryFile& file)
    {
        constexpr qint64 chunk = 1024 * 1024;
        QFile in;
        if (!file.open() || !in.open(0, QIODevice::ReadOnly))
            return core::fileError(QStringLiteral("stdin"), errno, file.errorString());
        for (QByteArray bytes = in.read(chunk); !bytes.isEmpty(); bytes = in.read(chunk)) {
            if (file.write(bytes) != bytes.size())
                return core::fileError(file.fileName(), errno, file.errorString());
        }
        if (!file.flush())
            return core::fileError(file.fileName(), errno, file.errorString());
        return {};
    }

    // One run of "import": check, guard, question, run, report. Nothing is written before allow() has said yes.
    class ImportRun final : public QObject {
    public:
        ImportRun(Context& context, Wanted wanted)
            : QObject(&context)
            , m_context(context)
            , m_wanted(std::move(wanted))
        {
        }

        void start()
        {
            m_input.production = m_context.profile() && m_context.profile()->startsReadOnly();
            m_input.readOnly = session()->isReadOnly();
            m_input.confirmName = m_context.profile() ? m_context.profile()->name : core::endpointLabel(session()->endpoint());
            const auto allowed = allow(m_context.globals().yes, m_context.globals().confirm);
            if (!allowed && allowed.error().code == Code::ReadOnly && !m_wanted.dryRun)
                return m_context.fail(allowed.error());
            QString file = m_wanted.file;
            if (file == QStringLiteral("-")) {
                if (const auto spooled = spool(m_spool); !spooled)
                    return m_context.fail(spooled.error());
                file = m_spool.fileName();
            }
            ImportCheck::Options options;
            options.mayWrite = allowed && !m_wanted.dryRun;
            options.permit = permit();
            m_check = new ImportCheck(session(), file, options, this);
            m_context.run(m_check, QStringLiteral("checked"), [this] { onChecked(); });
        }

    private:
        core::redis::Session* session() const { return m_context.session(); }
        // Of use only once allow() has seen the profile's name typed.
        core::redis::WritePermit permit() const
        {
            return m_input.production ? core::redis::Session::permitWrites() : core::redis::WritePermit();
        }

        core::Result<void> allow(bool yes, const QString& typed) const
        {
            return inv::allow({}, m_input, yes, typed).map_error([](core::Error error) {
                if (error.code == Code::ReadOnly)
                    error.subject = QStringLiteral("import");
                return error;
            });
        }

        void onChecked()
        {
            if (const auto failure = m_context.failureOf(*m_check))
                return endUnrun(*failure);
            writePreview(m_check->archive()->preview);
            if (m_wanted.dryRun)
                return endUnrun({});
            const auto allowed = allow(m_context.globals().yes, m_context.globals().confirm);
            if (allowed)
                return execute();
            const bool answerable = allowed.error().code == Code::Unconfirmed && m_context.globals().confirm.isEmpty();
            if (!answerable || m_wanted.file == QStringLiteral("-") || !Question::isPossible() || !m_context.out().isText())
                return endUnrun(allowed.error());
            ask();
        }

        void ask()
        {
            const QString what = m_input.production ? m_input.confirmName : QStringLiteral("yes");
            auto* question = new Question(QStringLiteral("Type %1 to import: ").arg(what), m_context);
            question->ask([this](const QString& answer) {
                const auto allowed = allow(answer == QStringLiteral("yes"), answer);
                allowed ? execute() : endUnrun(allowed.error());
            });
        }

        void execute()
        {
            m_audit.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
            m_audit.at = QDateTime::currentDateTimeUtc();
            if (const auto written = writeAudit(QStringLiteral("started"), {}); !written) {
                m_audit.id.clear();
                return endUnrun(written.error());
            }
            m_importer = new Importer(session(), m_check->archive(), {m_wanted.conflict, permit()}, this);
            m_context.out().whenBroken([this] { m_importer->cancel(); });
            m_context.run(m_importer, QStringLiteral("imported"), [this] { onRun(); });
        }

        core::Result<void> writeAudit(const QString& outcome, const ImportSummary& summary)
        {
            m_audit.act = QStringLiteral("import");
            m_audit.server = core::endpointLabel(session()->endpoint());
            m_audit.runId = session()->facts().runId;
            m_audit.user = session()->facts().aclUser;
            m_audit.profile = m_context.profile() ? m_context.profile()->name : QString();
            m_audit.database = session()->endpoint().database;
            m_audit.selectors = {QStringLiteral("file=") + m_wanted.file,
                QStringLiteral("on-conflict=") + (m_wanted.conflict == Conflict::Skip ? QStringLiteral("skip") : QStringLiteral("replace"))};
            m_audit.counts = {{QStringLiteral("written"), summary.written}, {QStringLiteral("existing"), summary.existing},
                {QStringLiteral("failed"), summary.failed}, {QStringLiteral("unknown"), summary.unknown}};
            m_audit.outcome = outcome;
            return inv::AuditLog().append(m_audit);
        }

        void onRun()
        {
            const ImportSummary summary = m_importer->summary();
            const auto failure = m_context.failureOf(*m_importer);
            const QString outcome = !failure ? QStringLiteral("done")
                : failure->code == Code::Cancelled
                ? QStringLiteral("cancelled")
                : QStringLiteral("failed: ") + core::oneLine(*failure);
            const auto written = writeAudit(outcome, summary);
            writeFailures(summary.failed);
            writeSummary(summary, m_importer->elapsedMs());
            const bool partly = summary.written + summary.unknown > 0;
            if (failure)
                return m_context.fail(*failure, partly && failure->code != Code::Cancelled ? 5 : core::exitStatus(failure->code));
            written ? m_context.finish() : m_context.fail(written.error(), 5);
        }

        void endUnrun(const std::optional<core::Error>& error)
        {
            m_context.out().beginItems();
            writeSummary({}, 0);
            error ? m_context.fail(*error) : m_context.finish();
        }

        void writePreview(const ImportPreview& preview)
        {
            m_context.out().member("preview", [&](JsonWriter& json) {
                json.beginObject();
                json.field("made_at", core::formatInstant(preview.header.madeAtMs));
                json.field("server_version", preview.header.serverVersion);
                json.field("run_id", preview.header.runId);
                json.field("db", preview.header.database);
                json.field("keys", preview.keys);
                json.name("types");
                json.beginObject();
                for (auto at = preview.types.cbegin(); at != preview.types.cend(); ++at) {
                    json.name(core::displayText(at.key()));
                    json.value(at.value());
                }
                json.endObject();
                json.field("by_restore", preview.byRestore);
                json.field("by_value", preview.byValue);
                json.field("existing", preview.existing);
                json.field("expired", preview.expired);
                json.field("incomplete", preview.incomplete);
                json.field("unusable", preview.unusable);
                json.field("confirm", m_input.production ? std::optional(m_input.confirmName) : std::nullopt);
                json.endObject();
            });
            QStringList types;
            for (auto at = preview.types.cbegin(); at != preview.types.cend(); ++at)
                types << QStringLiteral("%1 %2").arg(core::formatCount(at.value()), core::displayText(at.key()));
            Output& out = m_context.out();
            out.line(QStringLiteral("Archive of %1: %2%3").arg(core::formatInstant(preview.header.madeAtMs),
                counted(preview.keys, "key", "keys"), types.isEmpty() ? QString() : QString(QStringLiteral(" (") + types.join(QStringLiteral(", ")) + u')')));
            const bool skips = m_wanted.conflict == Conflict::Skip;
            out.line(QStringLiteral("To write: %1 by RESTORE, %2 by value; %3 %4.")
                         .arg(core::formatCount(skips ? preview.newByRestore() : preview.byRestore), core::formatCount(skips ? preview.newByValue() : preview.byValue),
                             core::formatCount(preview.existing), skips ? QStringLiteral("more exist and are left as they are") : QStringLiteral("of them exist and are replaced")));
            const std::pair<const char*, qint64> more[] {{"ended meanwhile", preview.expired}, {"vanished while they were exported", preview.incomplete},
                {"cannot be written here: no logical value, and a DUMP this server does not take", preview.unusable}};
            for (const auto& [name, count] : more) {
                if (count > 0)
                    out.line(QStringLiteral("Left out: %1 %2.").arg(core::formatCount(count), QLatin1String(name)));
            }
        }

        void writeFailures(qint64 failed)
        {
            constexpr qint64 mostLines = 20; // of one reason: a full server gives the same for every key
            std::map<core::Reason, qint64> lines;
            m_context.out().beginItems();
            for (const core::archive::ImportFailure& failure : m_importer->failures()) {
                m_context.out().item([&](JsonWriter& json) {
                    json.bytes("key", failure.key);
                    json.name("error");
                    writeError(json, failure.error, core::exitStatus(failure.error.code));
                });
                if (++lines[failure.error.reason] > mostLines)
                    continue;
                m_context.out().line(
                    QStringLiteral("failed: %1: %2").arg(shown(failure.key), core::displayText(core::oneLine(failure.error))));
                --failed;
            }
            if (failed > 0)
                m_context.out().line(QStringLiteral("failed: and %1 more").arg(core::formatCount(failed)));
        }

        void writeSummary(const ImportSummary& summary, qint64 durationMs)
        {
            m_context.out().summary([&](JsonWriter& json) {
                json.field("written", summary.written);
                json.field("by_restore", summary.byRestore);
                json.field("existing", summary.existing);
                json.field("expired", summary.expired);
                json.field("failed", summary.failed);
                json.field("unknown", summary.unknown);
                json.field("not_reached", summary.notReached);
                json.field("duration_ms", durationMs);
                m_context.writeOwnLookups(json);
            });
            m_context.out().field("audit", m_audit.id.isEmpty() ? std::nullopt : std::optional(m_audit.id));
            if (m_importer == nullptr)
                return;
            QString text = QStringLiteral("Imported %1 in %2").arg(counted(summary.written, "key", "keys"), core::formatDuration(durationMs));
            const std::pair<const char*, qint64> more[] {{"existed and were left", summary.existing}, {"ended meanwhile", summary.expired},
                {"failed", summary.failed}, {"outcome not known", summary.unknown}, {"not reached", summary.notReached}};
            for (const auto& [name, count] : more) {
                if (count > 0)
                    text += QStringLiteral(", %1 %2").arg(core::formatCount(count), QLatin1String(name));
            }
            m_context.out().line(text + u'.');
        }

        Context& m_context;
        Wanted m_wanted;
        QTemporaryFile m_spool;
        inv::GuardInput m_input;
        inv::AuditEntry m_audit;
        ImportCheck* m_check = nullptr;
        Importer* m_importer = nullptr;
    };
}

void runImport(Context& context)
{
    const auto wanted = wantedFrom(context.line());
    if (!wanted)
        return context.fail(wanted.error());
    context.openSession(
        !wanted->dryRun, [&context, wanted = *wanted](core::redis::Session*) { (new ImportRun(context, wanted))->start(); });
}

}
