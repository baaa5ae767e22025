// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cachelayers.h"
#include "app/cli/collisions.h"
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/latency.h"
#include "app/cli/targets.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/replay/replay.h"

#include <QCryptographicHash>

#include <algorithm>
#include <map>

namespace cli {

namespace {
    using core::http::Verdict;
    using core::replay::ReplayResult;

    QString verdictWord(const ReplayResult& result)
    {
        return core::http::verdictName(result.verdict.verdict);
    }

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

    void writeBody(JsonWriter& json, const ReplayResult& result)
    {
        json.name("body");
        if (!result.response)
            return json.value(nullptr);
        const QByteArray& body = result.response->body;
        json.beginObject();
        json.field("bytes", static_cast<qint64>(body.size()));
        json.field("sha256", QString::fromLatin1(QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex()));
        json.field("equals_cached", result.verdict.bodyEqualsCached);
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

    void writeItem(JsonWriter& json, const ReplayResult& result)
    {
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
        writeBody(json, result);
        json.name("error");
        if (result.response)
            json.value(nullptr);
        else
            writeError(json, result.response.error(), core::exitStatus(result.response.error().code));
    }

    void printItem(Output& out, const ReplayResult& result)
    {
        if (!result.response)
            return out.line(QStringLiteral("%1 %2   %3")
                                .arg(result.n)
                                .arg(shown(result.target), core::displayText(core::oneLine(result.response.error()))));
        out.line(QStringLiteral("%1 %2   %3 (%4)   %5 in %6 ms")
                     .arg(QString::number(result.n), shown(result.target), verdictWord(result),
                         core::replay::surenessName(result.verdict.sureness), QString::number(result.response->status),
                         QString::number(result.response->timing.total, 'f', 1)));
        if (!result.verdict.sentence.isEmpty())
            out.line(QStringLiteral("    ") + core::displayText(result.verdict.sentence));
        for (const core::replay::Evidence& evidence : result.verdict.evidence)
            out.line(QStringLiteral("    %1: %2").arg(core::displayText(evidence.source), core::displayText(evidence.fact)));
        for (const core::replay::Contradiction& contradiction : result.verdict.contradictions)
            out.line(QStringLiteral("    contradiction: ") + core::displayText(contradiction.detail));
    }

    void writeLatency(JsonWriter& json, const Latency& latency)
    {
        json.beginObject();
        json.field("min", latency.min);
        json.field("p50", latency.p50);
        json.field("p90", latency.p90);
        json.field("p95", latency.p95);
        json.field("p99", latency.p99);
        json.field("max", latency.max);
        json.endObject();
    }

    // One run of "replay".
    class ReplayRun final : public QObject {
    public:
        ReplayRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes,
            core::replay::Replay::Options options)
            : QObject(&context)
            , m_context(context)
            , m_job(context.session(), client, routes, std::move(options))
            , m_expected(context.line().value("--expect").toUpper())
        {
        }

        void start()
        {
            m_context.out().beginItems();
            connect(&m_job, &core::replay::Replay::resultReady, this, [this](const ReplayResult& result) { onResult(result); });
            m_context.run(&m_job, QStringLiteral("requests"), [this] { end(); });
        }

    private:
        void onResult(const ReplayResult& result)
        {
            ++m_count;
            m_context.out().item([&](JsonWriter& json) { writeItem(json, result); });
            if (m_context.out().isText())
                printItem(m_context.out(), result);
            if (!result.response) {
                ++m_errors;
                m_lastError = result.response.error();
                m_unmet = m_unmet || !m_expected.isEmpty();
                return;
            }
            const QString verdict = verdictWord(result);
            ++m_byVerdict[verdict];
            m_ms[verdict].push_back(result.response->timing.total);
            m_unmet = m_unmet || (!m_expected.isEmpty() && verdict != m_expected);
        }

        void writeSummary(JsonWriter& json)
        {
            const Latency hit = latencyOf(m_ms[QStringLiteral("HIT")]);
            const Latency miss = latencyOf(m_ms[QStringLiteral("MISS")]);
            json.field("count", m_count);
            json.field("errors", m_errors);
            json.name("by_verdict");
            json.beginObject();
            for (const auto& [verdict, count] : m_byVerdict) {
                json.name(verdict);
                json.value(count);
            }
            json.endObject();
            json.name("latency_ms");
            json.beginObject();
            json.name("HIT");
            writeLatency(json, hit);
            json.name("MISS");
            writeLatency(json, miss);
            json.endObject();
            const bool comparable = hit.p50 && miss.p50 && *hit.p50 > 0;
            json.field("speedup", comparable ? std::optional(*miss.p50 / *hit.p50) : std::nullopt);
            m_context.writeOwnLookups(json);
        }

        void end()
        {
            m_context.out().summary([this](JsonWriter& json) { writeSummary(json); });
            QStringList parts;
            for (const auto& [verdict, count] : m_byVerdict)
                parts << QStringLiteral("%1 %2").arg(count).arg(verdict);
            if (m_errors > 0)
                parts << QStringLiteral("%1 without an answer").arg(m_errors);
            m_context.console().say(parts.isEmpty() ? QStringLiteral("nothing was sent") : parts.join(QStringLiteral(", ")));
            if (const auto failure = m_context.failureOf(m_job))
                return m_context.fail(*failure);
            if (m_errors > 0 && m_errors == m_count)
                return m_context.fail(m_lastError);
            m_context.finish(m_unmet ? 1 : m_errors > 0 ? 5 : 0);
        }

        Context& m_context;
        core::replay::Replay m_job;
        QString m_expected;
        qint64 m_count = 0, m_errors = 0;
        bool m_unmet = false;
        core::Error m_lastError;
        std::map<QString, qint64> m_byVerdict;
        std::map<QString, std::vector<double>> m_ms;
    };

    core::Result<void> checkMethod(const CommandLine& line, const GlobalOptions& globals, core::replay::Replay::Options& options)
    {
        using core::Code;
        using core::Reason;
        const auto method = methodFromArgument(line.has("--method") ? line.value("--method") : QStringLiteral("GET"));
        if (!method)
            return core::fail(method.error());
        options.method = *method;
        const QString name = QString::fromUtf8(*method);
        if (*method == "HEAD")
            return core::fail(Code::Guard, Reason::HeadRefused, name);
        if (*method == "GET")
            return {};
        if (globals.readOnly)
            return core::fail(Code::ReadOnly, Reason::ProfileReadOnly, name);
        if (!globals.yes)
            return core::fail(Code::Unconfirmed, Reason::MethodRefused, name);
        options.methodConfirmed = true;
        return {};
    }

    core::Result<void> checkExpected(const CommandLine& line)
    {
        constexpr Verdict verdicts[] {Verdict::Hit, Verdict::Miss, Verdict::Expired, Verdict::Bypass, Verdict::Unknown};
        const QString expected = line.value("--expect").toUpper();
        const bool known
            = std::ranges::any_of(verdicts, [&](Verdict verdict) { return core::http::verdictName(verdict) == expected; });
        if (line.has("--expect") && !known)
            return core::fail(
                badOption(QStringLiteral("--expect"), QStringLiteral("it takes HIT, MISS, EXPIRED, BYPASS or UNKNOWN")));
        return {};
    }

    core::Result<core::replay::Replay::Options> optionsFrom(Context& context)
    {
        const CommandLine& line = context.line();
        core::replay::Replay::Options options;
        if (const auto checked = checkMethod(line, context.globals(), options); !checked)
            return core::fail(checked.error());
        if (const auto checked = checkExpected(line); !checked)
            return core::fail(checked.error());
        const auto repeat = line.integer("--repeat", 1, 1'000'000);
        const auto rate = line.integer("--requests-per-s", 1, 1000);
        if (!repeat || !rate)
            return core::fail(!repeat ? repeat.error() : rate.error());
        options.repeat = static_cast<int>(repeat->value_or(1));
        options.intervalMs = *rate ? static_cast<int>(1000 / **rate) : 0;
        const auto targets = targetsFrom(line, {});
        if (!targets)
            return core::fail(targets.error());
        options.targets = *targets;
        const auto headers = headersFrom(context);
        if (!headers)
            return core::fail(headers.error());
        options.headers = *headers;
        return options;
    }
}

void runReplay(Context& context)
{
    const auto options = optionsFrom(context);
    if (!options)
        return context.fail(options.error());
    context.openSession(false, [&context, options = *options](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        const auto client = context.client();
        if (!client)
            return context.fail(client.error());
        (new ReplayRun(context, *client, *routes, options))->start();
    });
}

}
