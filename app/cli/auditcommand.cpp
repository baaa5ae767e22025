// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/invalidate/audit.h"

#include <QJsonDocument>
#include <QRegularExpression>

namespace cli {

namespace {
    using core::invalidate::AuditEntry;

    core::Result<QDateTime> instantFrom(const QString& text)
    {
        static const QRegularExpression ago(QStringLiteral("^([0-9]{1,9})([smhd])$"));
        if (const auto match = ago.match(text); match.hasMatch()) {
            const QHash<QString, qint64> units {
                {QStringLiteral("s"), 1}, {QStringLiteral("m"), 60}, {QStringLiteral("h"), 3600}, {QStringLiteral("d"), 86400}};
            return QDateTime::currentDateTimeUtc().addSecs(-match.captured(1).toLongLong() * units.value(match.captured(2)));
        }
        QDateTime instant = QDateTime::fromString(text, Qt::ISODate);
        if (instant.timeSpec() == Qt::LocalTime) // as every instant here, UTC unless it says otherwise
            instant.setTimeSpec(Qt::UTC);
        if (!instant.isValid())
            return core::fail(badOption(
                QStringLiteral("--since"), QStringLiteral("it takes 2026-01-31, 2026-01-31T10:00:00Z, or 90s, 15m, 2h, 7d")));
        return instant.toUTC();
    }

    void writeEntry(JsonWriter& json, const AuditEntry& entry)
    {
        json.field("id", entry.id);
        json.field("at", core::formatInstant(entry.at.toMSecsSinceEpoch()));
        json.field("act", entry.act);
        json.field("server", entry.server);
        json.field("run_id", entry.runId);
        json.field("profile", entry.profile.isEmpty() ? std::nullopt : std::optional(entry.profile));
        json.field("user", entry.user.isEmpty() ? std::nullopt : std::optional(entry.user));
        json.field("database", entry.database);
        json.field("selectors", entry.selectors);
        json.raw("counts", QJsonDocument(entry.counts).toJson(QJsonDocument::Compact));
        json.field("outcome", entry.outcome);
    }
}

void runAudit(Context& context)
{
    QDateTime since;
    if (context.line().has("--since")) {
        const auto instant = instantFrom(context.line().value("--since"));
        if (!instant)
            return context.fail(instant.error());
        since = *instant;
    }
    const core::invalidate::AuditLog log;
    const auto contents = log.read(since);
    if (!contents)
        return context.fail(contents.error());
    Output& out = context.out();
    out.beginItems();
    TextColumns text({QStringLiteral("WHEN"), QStringLiteral("ACT"), QStringLiteral("SERVER"), QStringLiteral("DELETED"),
        QStringLiteral("OUTCOME"), QStringLiteral("SELECTED")});
    for (const AuditEntry& entry : contents->entries) {
        out.item([&](JsonWriter& json) { writeEntry(json, entry); });
        const qint64 deleted = entry.counts.value(QStringLiteral("deleted")).toInteger(-1);
        text.add({core::formatInstant(entry.at.toMSecsSinceEpoch()), entry.act, core::displayText(entry.server),
            entry.isOpen() ? QStringLiteral("not known") : deleted < 0 ? QStringLiteral("-") : core::formatCount(deleted), core::displayText(entry.outcome),
            core::displayText(entry.selectors.join(u' '))});
    }
    text.print(out);
    if (contents->damagedLines > 0)
        context.console().warn(QStringLiteral("%1 of %2 cannot be read").arg(counted(contents->damagedLines, "line", "lines"), log.file()));
    out.summary([&](JsonWriter& json) {
        json.field("count", static_cast<qint64>(contents->entries.size()));
        json.field("damaged_lines", contents->damagedLines);
    });
    context.finish();
}

}
