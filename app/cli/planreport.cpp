// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/planreport.h"

#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"

namespace cli {

namespace {
    namespace inv = core::invalidate;
    constexpr qsizetype sampleSize = 10;

    QString entries(qint64 count)
    {
        return counted(count, "entry", "entries");
    }

    QString tagIndexes(qint64 count)
    {
        return counted(count, "tag index", "tag indexes");
    }

    bool isEstimate(const inv::Plan& plan)
    {
        return plan.bytes >= 0 && plan.bytesSampled < plan.keys.size() + plan.tagKeys.size();
    }

    // In the form of an argument: exact bytes, "b64:…" where they are not text.
    QStringList texts(const inv::Selection& selection)
    {
        QStringList all;
        for (const inv::Selector& selector : selection)
            all << inv::selectorKindName(selector.kind) + u'=' + core::argumentFromBytes(selector.text);
        return all;
    }

    void writeSample(JsonWriter& json, const inv::Plan& plan)
    {
        json.name("sample");
        json.beginArray();
        for (const QByteArray& key : plan.keys.mid(0, sampleSize)) {
            json.beginObject();
            json.bytes("key", key);
            json.endObject();
        }
        json.endArray();
    }

    void writePlanJson(JsonWriter& json, const inv::Plan& plan, const QString& nameToType)
    {
        json.beginObject();
        json.field("id", plan.id);
        json.field("made_at", core::formatInstant(plan.madeAt.toMSecsSinceEpoch()));
        json.field("server", plan.server);
        json.field("keys", static_cast<qint64>(plan.keys.size()));
        json.field("tag_keys", static_cast<qint64>(plan.tagKeys.size()));
        json.field("bytes", plan.bytes < 0 ? std::nullopt : std::optional(plan.bytes));
        json.field("bytes_estimated", isEstimate(plan));
        json.field("sha256", QString::fromLatin1(plan.sha256()));
        json.field("selectors", texts(plan.selectors));
        json.field("except", texts(plan.except));
        writeSample(json, plan);
        json.field("undoable", false);
        json.field("confirm", nameToType.isEmpty() ? std::nullopt : std::optional(nameToType));
        json.endObject();
    }

    // A plan names keys, not what they hold: the older it is, the more of them were stored anew since.
    QString ageText(const inv::Plan& plan)
    {
        const QString instant = core::formatInstant(plan.madeAt.toMSecsSinceEpoch());
        const qint64 ageMs = plan.madeAt.msecsTo(QDateTime::currentDateTimeUtc());
        if (ageMs < 0)
            return QStringLiteral("Made at %1, later than this machine's clock says it is.").arg(instant);
        return QStringLiteral("Made at %1, %2 ago.").arg(instant, core::formatDuration(ageMs));
    }

    void printPlan(Output& out, const inv::Plan& plan, const QString& nameToType)
    {
        const QString size = plan.bytes < 0
            ? QString()
            : QString(
                QStringLiteral(", ") + (isEstimate(plan) ? QStringLiteral("about ") : QString()) + core::formatBytes(plan.bytes));
        out.line(QStringLiteral("Plan: delete %1 and %2 on %3%4. It cannot be undone.")
                     .arg(entries(plan.keys.size()), tagIndexes(plan.tagKeys.size()), core::displayText(plan.server), size));
        out.line(ageText(plan));
        for (const QByteArray& key : plan.keys.mid(0, sampleSize))
            out.line(QStringLiteral("  ") + shown(key));
        if (plan.keys.size() > sampleSize)
            out.line(QStringLiteral("  … and %1 more").arg(core::formatCount(plan.keys.size() - sampleSize)));
        if (!nameToType.isEmpty())
            out.line(QStringLiteral("Confirmed by --confirm %1").arg(core::shellQuoted(nameToType)));
    }

    void writeSummary(Context& context, const inv::RunSummary& summary)
    {
        context.out().summary([&](JsonWriter& json) {
            json.field("deleted", summary.deleted);
            json.field("vanished", summary.vanished);
            json.field("failed", summary.failed);
            json.field("reappeared", summary.reappeared);
            json.field("appeared", summary.appeared);
            json.field("tag_keys_deleted", summary.tagKeysDeleted);
            json.field("unknown", summary.unknown);
            json.field("not_reached", summary.notReached);
            json.field("verified", summary.verified);
            json.field("duration_ms", summary.durationMs);
            context.writeOwnLookups(json);
        });
    }

    void printSummary(Context& context, const inv::RunSummary& summary)
    {
        QString text = QStringLiteral("Deleted %1 and %2 in %3")
                           .arg(entries(summary.deleted), tagIndexes(summary.tagKeysDeleted),
                               core::formatDuration(summary.durationMs));
        const std::pair<const char*, qint64> more[] {{"gone before", summary.vanished}, {"failed", summary.failed},
            {"stored anew since", summary.reappeared}, {"new members deleted too", summary.appeared},
            {"outcome not known", summary.unknown}, {"not reached", summary.notReached}};
        for (const auto& [name, count] : more) {
            if (count > 0)
                text += QStringLiteral(", %1 %2").arg(core::formatCount(count), QLatin1String(name));
        }
        context.out().line(text + (summary.verified ? QStringLiteral("; verified.") : QStringLiteral("; not verified.")));
    }
}

void writePlan(Context& context, const inv::Plan& plan, const QString& nameToType)
{
    context.out().member("plan", [&](JsonWriter& json) { writePlanJson(json, plan, nameToType); });
    printPlan(context.out(), plan, nameToType);
}

void writeRun(Context& context, const inv::Run& run)
{
    Output& out = context.out();
    out.beginItems();
    for (const inv::Failure& failure : run.failures()) {
        out.item([&](JsonWriter& json) {
            json.bytes("key", failure.key);
            json.name("error");
            writeError(json, failure.error, core::exitStatus(failure.error.code));
        });
        out.line(QStringLiteral("failed: %1: %2").arg(shown(failure.key), core::displayText(core::oneLine(failure.error))));
    }
    writeSummary(context, run.summary());
    printSummary(context, run.summary());
    out.field("undo", nullptr);
    out.field("audit", run.auditId().isEmpty() ? std::nullopt : std::optional(run.auditId()));
}

void writeNoRun(Context& context)
{
    context.out().beginItems();
    writeSummary(context, {});
    context.out().field("undo", nullptr);
    context.out().field("audit", nullptr);
}

}
