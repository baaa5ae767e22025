// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/warmreport.h"

#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"

namespace cli {

namespace {
    using core::replay::CombinedTargets;
    using core::replay::Preview;
    using core::replay::Warmth;
    using core::replay::WarmPlan;

    void writePlan(JsonWriter& json, const CombinedTargets& targets, const WarmPlan& plan)
    {
        json.beginObject();
        json.field("targets", plan.targets);
        json.field("requests", plan.requests);
        json.field("duration_ms", plan.durationMs);
        json.field("already_warm", plan.alreadyWarm);
        json.field("left_alone", plan.leftAlone);
        json.name("sources");
        json.beginArray();
        for (const CombinedTargets::Count& source : targets.sources) {
            json.beginObject();
            json.field("name", source.name);
            json.field("given", source.given);
            json.field("taken", source.taken);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    void writeItem(Output& out, const core::replay::WarmTarget& target, const QString& source, const Preview& preview)
    {
        out.item([&](JsonWriter& json) {
            json.bytes("target", target.target);
            json.field("source", source);
            json.bytes("key", target.key);
            json.field("before", core::replay::warmthName(preview.warmth));
            json.ttl("ttl_ms", preview.ttlMs);
        });
        QString text = core::replay::warmthName(preview.warmth).leftJustified(8) + shown(target.target);
        if (preview.warmth == Warmth::Warm)
            text += QStringLiteral("   ") + ttlText(preview.ttlMs);
        out.line(text);
    }
}

void writeWarmItem(JsonWriter& json, const core::replay::WarmResult& result, const QString& source)
{
    json.bytes("target", result.target);
    json.field("source", source);
    json.field("state", core::replay::warmStateName(result.state));
    json.bytes("key", result.key);
    json.ttl("ttl_ms", result.ttlMs);
    json.field("status", result.status > 0 ? std::optional(result.status) : std::nullopt);
    json.field("attempts", static_cast<qint64>(result.attempts));
    json.field("reason", result.reason.isEmpty() ? std::nullopt : std::optional(result.reason));
}

QString warmLine(const core::replay::WarmResult& result)
{
    QString text = core::replay::warmStateName(result.state).leftJustified(13) + shown(result.target);
    if (result.ttlMs != -2 && !result.reason.contains(ttlText(result.ttlMs))) // which may say it
        text += QStringLiteral("   ") + ttlText(result.ttlMs);
    if (!result.reason.isEmpty())
        text += QStringLiteral("   ") + core::displayText(result.reason);
    return text;
}

QString sourcesText(const CombinedTargets& targets)
{
    QStringList parts;
    for (const CombinedTargets::Count& source : targets.sources)
        parts << QStringLiteral("%1 of %2").arg(core::formatCount(source.taken), source.name);
    QString text = counted(targets.items.size(), "target", "targets") + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
    if (targets.repeated() > 0)
        text += QStringLiteral(" (%1 repeated ones left out)").arg(core::formatCount(targets.repeated()));
    return text;
}

QString planText(const WarmPlan& plan)
{
    QString text = counted(plan.requests, "request", "requests");
    if (plan.durationMs)
        text += QStringLiteral(", about %1").arg(core::formatDuration(*plan.durationMs));
    return text;
}

QString sentText(const SentBefore& sent)
{
    if (sent.sitemaps + sent.pages == 0)
        return QStringLiteral("nothing was requested");
    QStringList parts;
    if (sent.sitemaps > 0)
        parts << counted(sent.sitemaps, "sitemap", "sitemaps");
    if (sent.pages > 0)
        parts << counted(sent.pages, "request for the pages of lists, which LightAPI may have stored", "requests for the pages of lists, which LightAPI may have stored");
    return QStringLiteral("sent to find the targets: ") + parts.join(QStringLiteral(", and "));
}

void writePreview(Context& context, const core::replay::WarmPreview& preview, const WarmPlan& plan, const SentBefore& sent)
{
    Output& out = context.out();
    const CombinedTargets& targets = preview.targets();
    out.member("plan", [&](JsonWriter& json) { writePlan(json, targets, plan); });
    out.beginItems();
    qint64 unknown = 0;
    for (qsizetype i = 0; i < targets.items.size(); ++i) {
        const core::replay::WarmTarget& target = targets.items[i];
        const Preview& before = preview.previews()[i];
        unknown += before.warmth == Warmth::Unknown ? 1 : 0;
        writeItem(out, target, targets.sources[target.source].name, before);
    }
    out.summary([&](JsonWriter& json) {
        json.field("targets", plan.targets);
        json.field("requests", plan.requests);
        json.field("already_warm", plan.alreadyWarm);
        json.field("absent", plan.targets - plan.alreadyWarm - unknown);
        json.field("unknown", unknown);
        json.field("repeated", targets.repeated());
        json.field("sitemaps_requested", sent.sitemaps);
        json.field("pages_requested", sent.pages);
        context.writeOwnLookups(json);
    });
    context.console().say(QStringLiteral("%1; %2 warm already").arg(sourcesText(targets), core::formatCount(plan.alreadyWarm)));
    context.console().say(sentText(sent) + QStringLiteral("; a run makes %1").arg(planText(plan)));
}

}
