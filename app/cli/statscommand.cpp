// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/metrics/hitrate.h"

#include <algorithm>
#include <cmath>

namespace cli {

namespace {
    using core::metrics::History;
    using core::metrics::Sample;
    using core::metrics::WindowRate;

    void writeRate(JsonWriter& json, const WindowRate& rate)
    {
        json.field("hits", rate.hits);
        json.field("misses", rate.misses);
        json.field("hit_rate", rate.hitRate);
    }

    void writeWindow(JsonWriter& json, const WindowRate& rate)
    {
        json.beginObject();
        json.field("seconds", rate.seconds);
        writeRate(json, rate);
        json.field("complete", rate.complete);
        json.field("reset", rate.reset);
        json.endObject();
    }

    void writeServer(JsonWriter& json, const core::redis::ServerFacts& facts, const Sample& sample)
    {
        json.name("server");
        json.beginObject();
        json.field("version", facts.version);
        json.field("run_id", sample.runId);
        json.field("role", facts.role);
        json.field("uptime_s", sample.uptimeS);
        json.endObject();
    }

    void writeMemory(JsonWriter& json, const Sample& sample)
    {
        json.name("memory");
        json.beginObject();
        json.field("used_bytes", sample.usedBytes);
        json.field("peak_bytes", sample.peakBytes);
        json.field("max_bytes", sample.maxBytes > 0 ? std::optional(sample.maxBytes) : std::nullopt);
        json.field("policy", sample.policy.isEmpty() ? std::nullopt : std::optional(sample.policy));
        json.field("fragmentation", sample.fragmentation > 0 ? std::optional(sample.fragmentation) : std::nullopt);
        json.endObject();
    }

    void writeKeys(JsonWriter& json, const Sample& sample)
    {
        QList<int> databases = sample.keys.keys();
        std::ranges::sort(databases);
        json.name("keys");
        json.beginObject();
        for (const int database : std::as_const(databases)) {
            json.name(QString::number(database));
            json.value(sample.keys.value(database));
        }
        json.endObject();
    }

    // One run of "stats": as many samples as wanted, each an NDJSON line or the last one as a document.
    class StatsRun final : public QObject {
    public:
        StatsRun(Context& context, qint64 samples, int intervalMs)
            : QObject(&context)
            , m_context(context)
            , m_sampler(context.session())
            , m_wanted(samples)
            , m_intervalMs(intervalMs)
        {
        }

        void start()
        {
            connect(&m_context, &Context::stopping, this, [this] { end(m_context.stopped()); });
            connect(&m_sampler, &core::metrics::Sampler::sampled, this, [this] { onSampled(); });
            connect(&m_sampler, &core::metrics::Sampler::failed, this, [this] { end(m_sampler.lastError()); });
            connect(m_context.session(), &core::redis::Session::stateChanged, this, [this] { onStateChanged(); });
            m_sampler.start(m_intervalMs);
        }

    private:
        bool isWatching() const { return m_wanted < 0; }

        void onSampled()
        {
            ++m_seen;
            if (m_context.out().form() == Output::Form::Ndjson)
                m_context.out().item([this](JsonWriter& json) { write(json); });
            if (m_seen == m_wanted)
                end({});
        }

        // Watching goes on when the server is back; a wanted number of samples would have a hole.
        void onStateChanged()
        {
            const core::redis::Session& session = *m_context.session();
            if (session.state() == core::redis::Session::State::Connected)
                return;
            if (!isWatching())
                return end(session.lastError());
            m_context.console().warn(QStringLiteral("the connection is down; trying again"));
        }

        WindowRate window(qint64 seconds) const { return m_sampler.history().window(seconds); }

        void writeWindows(JsonWriter& json) const
        {
            json.name("windows");
            json.beginArray();
            const auto lastInterval = std::max<qint64>(1, std::llround(m_intervalMs / 1000.0));
            for (const qint64 seconds : {qint64(10), qint64(60), qint64(900)})
                writeWindow(json, window(seconds));
            if (lastInterval != 10 && lastInterval != 60 && lastInterval != 900)
                writeWindow(json, window(lastInterval));
            json.endArray();
        }

        void write(JsonWriter& json) const
        {
            const Sample& sample = m_sampler.history().last();
            json.field("at", core::formatInstant(sample.at.toMSecsSinceEpoch()));
            writeServer(json, m_context.session()->facts(), sample);
            json.name("lifetime");
            json.beginObject();
            writeRate(json, m_sampler.history().lifetime());
            json.endObject();
            writeWindows(json);
            writeMemory(json, sample);
            json.field("ops_per_s", sample.opsPerS);
            json.field("clients", sample.clients);
            json.field("evicted", sample.evicted);
            json.field("expired", sample.expired);
            writeKeys(json, sample);
        }

        void print() const
        {
            Output& out = m_context.out();
            const Sample& sample = m_sampler.history().last();
            const core::redis::ServerFacts& facts = m_context.session()->facts();
            out.line(QStringLiteral("Redis %1, %2, up %3")
                         .arg(core::displayText(facts.version), core::displayText(facts.role),
                             core::formatDuration(sample.uptimeS * 1000)));
            out.line(QStringLiteral("hit rate    %1 since the start (whole server, all databases)")
                         .arg(core::metrics::rateText(m_sampler.history().lifetime())));
            for (const qint64 seconds : {qint64(10), qint64(60), qint64(900)}) {
                const WindowRate rate = window(seconds);
                if (m_seen > 1)
                    out.line(QStringLiteral("            %1 in the last %2%3")
                                 .arg(core::metrics::rateText(rate), core::formatDuration(seconds * 1000),
                                     rate.complete ? QString() : QStringLiteral(" (not seen that long)")));
            }
            const QString most = sample.maxBytes > 0 ? core::formatBytes(sample.maxBytes) : QStringLiteral("no limit");
            out.line(QStringLiteral("memory      %1 of %2 (%3)")
                         .arg(core::formatBytes(sample.usedBytes), most, core::displayText(sample.policy)));
            out.line(QStringLiteral("commands    %1").arg(core::formatRate(sample.opsPerS)));
            out.line(QStringLiteral("clients     %1").arg(core::formatCount(sample.clients)));
            out.line(QStringLiteral("keys        %1, evicted %2, expired %3")
                         .arg(core::formatCount(sample.totalKeys()), core::formatCount(sample.evicted),
                             core::formatCount(sample.expired)));
        }

        void end(const std::optional<core::Error>& failure)
        {
            if (m_context.isEnded())
                return;
            m_sampler.stop();
            Output& out = m_context.out();
            const bool any = !m_sampler.history().isEmpty();
            if (any && out.form() == Output::Form::Json)
                out.record([this](JsonWriter& json) { write(json); });
            if (any && out.isText())
                print();
            out.summary([this](JsonWriter& json) {
                json.field("samples", m_seen);
                m_context.writeOwnLookups(json);
            });
            failure ? m_context.fail(*failure) : m_context.finish();
        }

        Context& m_context;
        core::metrics::Sampler m_sampler;
        qint64 m_wanted; // -1: until interrupted
        int m_intervalMs;
        qint64 m_seen = 0;
    };
}

void runStats(Context& context)
{
    const CommandLine& line = context.line();
    const auto samples = line.integer("--samples", 1, 100'000'000);
    const auto interval = line.seconds("--interval");
    if (!samples || !interval)
        return context.fail(!samples ? samples.error() : interval.error());
    const int intervalMs = static_cast<int>(std::clamp(interval->value_or(1.0), 0.1, 86'400.0) * 1000);
    const bool watch = line.has("--watch");
    if (watch)
        context.out().setForm(Output::Form::Ndjson);
    const qint64 wanted = samples->value_or(watch ? -1 : 1);
    context.openSession(
        false, [&context, wanted, intervalMs](core::redis::Session*) { (new StatsRun(context, wanted, intervalMs))->start(); });
}

}
