// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/replayreport.h"

#include "app/cli/cachelayers.h"
#include "app/cli/collisions.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"

#include <QCryptographicHash>

namespace cli {

namespace {
    using core::replay::ReplayResult;

    void writeTiming(JsonWriter& json, const ReplayResult& result)
    {
        json.name("timing_ms");
        if (!result.response)
            return json.value(nullptr);
        const core::http::Timing& timing = result.response->timing;
        json.beginObject();
        json.field("dns", timing.dns);
        json.field("connect", timing.connect);
        json.field("tls", timing.tls);
        json.field("ttfb", timing.ttfb);
        json.field("total", timing.total);
        json.endObject();
    }

    void writeHttp(JsonWriter& json, const ReplayResult& result)
    {
        json.name("http");
        if (!result.response)
            return json.value(nullptr);
        const core::http::Response& response = *result.response;
        json.beginObject();
        json.field("version", QString::fromLatin1(response.httpVersion));
        json.field("reused_connection", response.reusedConnection);
        json.field("decoded", response.decoded);
        json.field("encoded_bytes", response.encodedBytes);
        json.name("redirects");
        json.beginArray();
        for (const core::http::Redirect& hop : response.redirects) {
            json.beginObject();
            json.field("status", static_cast<qint64>(hop.status));
            json.bytes("location", hop.location);
            json.endObject();
        }
        json.endArray();
        json.bytes("redirects_to", response.redirectsTo);
        json.endObject();
    }

    void writeBody(JsonWriter& json, const ReplayItem& item)
    {
        json.name("body");
        if (!item.result.response)
            return json.value(nullptr);
        json.beginObject();
        json.field("bytes", item.bodyBytes);
        json.field("sha256", QString::fromLatin1(item.bodySha256.toHex()));
        json.field("equals_cached", item.result.verdict.bodyEqualsCached);
        json.endObject();
    }

    void writeLists(JsonWriter& json, const ReplayResult& result)
    {
        json.name("layers");
        json.beginArray();
        if (result.response) {
            for (const core::http::CacheLayer& layer : core::http::cacheLayers(result.response->headers)) {
                json.beginObject();
                writeLayer(json, layer);
                json.endObject();
            }
        }
        json.endArray();
        json.name("evidence");
        json.beginArray();
        for (const core::replay::Evidence& evidence : result.verdict.evidence) {
            json.beginObject();
            json.field("source", evidence.source);
            json.field("fact", evidence.fact);
            json.endObject();
        }
        json.endArray();
        writeCollisions(json, result.collisions);
        json.name("contradictions");
        json.beginArray();
        for (const core::replay::Contradiction& contradiction : result.verdict.contradictions) {
            json.beginObject();
            json.field("what", contradiction.what);
            json.field("detail", contradiction.detail);
            json.endObject();
        }
        json.endArray();
    }
}

QString verdictWord(const ReplayResult& result)
{
    return core::http::verdictName(result.verdict.verdict);
}

ReplayItem replayItemOf(const ReplayResult& result)
{
    ReplayItem item {.result = result};
    item.result.storedAfter.clear();
    if (item.result.response) {
        item.bodyBytes = item.result.response->body.size();
        item.bodySha256 = QCryptographicHash::hash(item.result.response->body, QCryptographicHash::Sha256);
        item.result.response->body.clear();
    }
    return item;
}

void writeReplayItem(JsonWriter& json, const ReplayItem& item)
{
    const ReplayResult& result = item.result;
    json.field("n", result.n);
    json.bytes("target", result.target);
    json.field("status", result.response ? std::optional<qint64>(result.response->status) : std::nullopt);
    json.field("verdict", verdictWord(result));
    json.field("confidence", core::replay::surenessName(result.verdict.sureness));
    json.field("sentence", result.verdict.sentence);
    json.field("cached", core::cache::cachedName(result.forecast.cached));
    json.field("scheme", result.scheme.isEmpty() ? std::nullopt : std::optional(result.scheme));
    json.bytes("predicted_key", result.predictedKey);
    json.bytes("stored_key", result.verdict.storedKey);
    json.ttl("ttl_ms", result.after.exists ? result.after.pttlMs : -2);
    writeLists(json, result);
    json.field("purged_keys", result.purgeCounted ? std::optional(result.purgedKeys) : std::nullopt);
    writeTiming(json, result);
    writeHttp(json, result);
    writeBody(json, item);
    json.name("error");
    if (result.response)
        json.value(nullptr);
    else
        writeError(json, result.response.error(), core::exitStatus(result.response.error().code));
}

void printReplayItem(Output& out, const ReplayResult& result, bool isJudged)
{
    const QString verdict = QStringLiteral("%1 (%2)").arg(verdictWord(result), core::replay::surenessName(result.verdict.sureness));
    if (!result.response)
        return out.line(QStringLiteral("%1 %2   %3")
                            .arg(result.n)
                            .arg(shown(result.target), core::displayText(core::oneLine(result.response.error()))));
    out.line(QStringLiteral("%1 %2   %3   %4 in %5 ms")
                 .arg(QString::number(result.n), shown(result.target), isJudged ? verdict : QStringLiteral("no verdict asked for"),
                     QString::number(result.response->status), QString::number(result.response->timing.total, 'f', 1)));
    for (const core::http::Redirect& hop : result.response->redirects)
        out.line(QStringLiteral("    %1 to %2, followed").arg(QString::number(hop.status), core::shortDisplayText(hop.location)));
    if (result.response->redirectsTo)
        out.line(QStringLiteral("    ") + core::http::redirectSentence(*result.response));
    if (!result.verdict.sentence.isEmpty())
        out.line(QStringLiteral("    ") + core::displayText(result.verdict.sentence));
    for (const core::replay::Evidence& evidence : result.verdict.evidence)
        out.line(QStringLiteral("    %1: %2").arg(core::displayText(evidence.source), core::displayText(evidence.fact)));
    for (const core::replay::Contradiction& contradiction : result.verdict.contradictions)
        out.line(QStringLiteral("    contradiction: ") + core::displayText(contradiction.detail));
}

}
