// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/freshreport.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"

namespace cli {

using core::replay::FreshProbe;
using core::replay::FreshResult;

namespace {
    constexpr int mostPrinted = 20; // differences, on a terminal

    void writeDifference(JsonWriter& json, const QString& path, const std::optional<QString>& cached, const std::optional<QString>& fresh)
    {
        json.beginObject();
        json.field("path", path);
        json.field("cached", cached);
        json.field("fresh", fresh);
        json.endObject();
    }

    std::optional<QString> textOf(const std::optional<QByteArray>& json)
    {
        return json ? std::optional(QString::fromUtf8(*json)) : std::nullopt;
    }

    void writeDifferences(JsonWriter& json, const core::replay::FreshComparison& comparison)
    {
        json.name("differences");
        json.beginArray();
        if (comparison.statuses)
            writeDifference(json, QStringLiteral("status"), QString::number(comparison.statuses->first), QString::number(comparison.statuses->second));
        if (comparison.paths) {
            for (const core::values::PathChange& change : comparison.paths->changes)
                writeDifference(json, QString::fromUtf8(change.path), textOf(change.before), textOf(change.after));
        }
        json.endArray();
        json.field("differences_cut", comparison.paths && comparison.paths->isCut);
    }

    void writeProbe(JsonWriter& json, const std::optional<FreshProbe>& probe)
    {
        json.name("removed_probe");
        if (!probe)
            return json.value(nullptr);
        json.beginObject();
        json.bytes("key", probe->key);
        json.field("state", probeStateName(probe->state));
        json.endObject();
    }

    QString wordsOf(core::replay::FreshState state)
    {
        using core::replay::FreshState;
        switch (state) {
        case FreshState::Same: return QStringLiteral("the same");
        case FreshState::Stale: return QStringLiteral("another, so the entry is stale");
        case FreshState::NotCached: return QStringLiteral("not asked for, as nothing is cached");
        case FreshState::NoAnswer: return QStringLiteral("none to compare with");
        case FreshState::Unknown: break;
        }
        return QStringLiteral("whether it is the same is not known");
    }

    QString reasonOf(const FreshResult& result)
    {
        QStringList parts;
        if (!result.comparison.reason.isEmpty())
            parts << result.comparison.reason;
        if (result.error)
            parts << core::oneLine(*result.error);
        return parts.join(u' ');
    }
}

void writeFresh(JsonWriter& json, const FreshResult& result)
{
    json.name("fresh");
    json.beginObject();
    json.field("state", freshStateName(result.state()));
    json.field("way", result.way ? std::optional(freshWayName(*result.way)) : std::nullopt);
    json.field("reason", reasonOf(result));
    json.bytes("key", result.key);
    json.ttl("ttl_ms", result.ttlMs);
    json.field("age_ms", result.ageMs);
    json.field("status", result.status > 0 ? std::optional(result.status) : std::nullopt);
    writeDifferences(json, result.comparison);
    writeProbe(json, result.probe);
    json.field("entry_deleted", result.entryDeleted);
    json.field("stored_again", result.storedAgain);
    json.endObject();
}

void printFresh(Output& out, const FreshResult& result)
{
    out.line(QStringLiteral("    fresh answer: %1. %2").arg(wordsOf(result.state()), core::displayText(reasonOf(result))));
    if (result.entryDeleted)
        out.line(QStringLiteral("      deleted%1: %2").arg(result.storedAgain == true ? QStringLiteral(" and stored again") : QString(), core::displayText(*result.key)));
    int printed = 0;
    for (const core::values::PathChange& change : result.comparison.paths ? result.comparison.paths->changes : QList<core::values::PathChange>()) {
        if (++printed > mostPrinted)
            return out.line(QStringLiteral("      and %1 more").arg(core::formatCount(result.comparison.paths->changes.size() - mostPrinted)));
        const auto side = [](const std::optional<QByteArray>& value) { return value ? core::displayText(*value) : QStringLiteral("(none)"); };
        out.line(QStringLiteral("      %1: %2 -> %3").arg(core::displayText(change.path), side(change.before), side(change.after)));
    }
    if (result.probe && result.probe->state == FreshProbe::State::MayBeLeft)
        out.line(QStringLiteral("      an entry made for this may be left: %1").arg(core::displayText(result.probe->key)));
}

void reportFresh(Output& out, const FreshResult& result)
{
    out.item([&](JsonWriter& json) {
        json.bytes("target", result.target);
        writeFresh(json, result);
    });
    if (!out.isText())
        return;
    out.line(shown(result.target));
    printFresh(out, result);
}

void writeFreshCounts(JsonWriter& json, const core::replay::FreshCheck::Counts& counts)
{
    json.name("fresh");
    json.beginObject();
    json.field("same", counts.same);
    json.field("stale", counts.stale);
    json.field("not_cached", counts.notCached);
    json.field("no_answer", counts.noAnswer);
    json.field("unknown", counts.unknown);
    json.field("probes_left", counts.probesLeft);
    json.field("deletion_flaws", counts.deletionFlaws);
    json.field("deleted", counts.deleted);
    json.field("not_stored_again", counts.notStoredAgain);
    json.endObject();
}

}
