// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/targets.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/replay/warm.h"

#include <array>

namespace cli {

namespace {
    using core::replay::WarmResult;
    using core::replay::WarmState;
    constexpr std::array states {WarmState::Warmed, WarmState::AlreadyWarm, WarmState::NotVerified, WarmState::NotCached,
        WarmState::WrongKey, WarmState::Failed};

    void writeItem(JsonWriter& json, const WarmResult& result)
    {
        json.bytes("target", result.target);
        json.field("state", core::replay::warmStateName(result.state));
        json.bytes("key", result.key);
        json.ttl("ttl_ms", result.ttlMs);
        json.field("status", result.status > 0 ? std::optional(result.status) : std::nullopt);
        json.field("reason", result.reason.isEmpty() ? std::nullopt : std::optional(result.reason));
    }

    QString textLine(const WarmResult& result)
    {
        QString text = core::replay::warmStateName(result.state).leftJustified(13) + shown(result.target);
        if (result.ttlMs != -2)
            text += QStringLiteral("   ") + ttlText(result.ttlMs);
        if (!result.reason.isEmpty())
            text += QStringLiteral("   ") + core::displayText(result.reason);
        return text;
    }

    // One run of "warm".
    class WarmRun final : public QObject {
    public:
        WarmRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes,
            core::replay::Warm::Options options)
            : QObject(&context)
            , m_context(context)
            , m_job(context.session(), client, routes, std::move(options))
        {
        }

        void start()
        {
            m_context.out().beginItems();
            connect(&m_job, &core::replay::Warm::resultReady, this, [this](int index) { onResult(m_job.results().at(index)); });
            m_context.run(&m_job, QStringLiteral("targets"), [this] { end(); });
        }

    private:
        void onResult(const WarmResult& result)
        {
            ++m_counts[static_cast<std::size_t>(result.state)];
            m_answered = m_answered || result.status > 0;
            m_context.out().item([&](JsonWriter& json) { writeItem(json, result); });
            m_context.out().line(textLine(result));
        }

        qint64 count(WarmState state) const { return m_counts[static_cast<std::size_t>(state)]; }

        void end()
        {
            QStringList parts;
            m_context.out().summary([&](JsonWriter& json) {
                for (const WarmState state : states) {
                    const QByteArray name = core::replay::warmStateName(state).toLatin1().replace('-', '_');
                    json.field(name.constData(), count(state));
                }
                m_context.writeOwnLookups(json);
            });
            for (const WarmState state : states) {
                if (count(state) > 0)
                    parts << QStringLiteral("%1 %2").arg(count(state)).arg(core::replay::warmStateName(state));
            }
            m_context.console().say(parts.isEmpty() ? QStringLiteral("nothing was requested") : parts.join(QStringLiteral(", ")));
            if (const auto failure = m_context.failureOf(m_job))
                return m_context.fail(*failure);
            m_context.finish(exit());
        }

        int exit() const
        {
            const qint64 warm = count(WarmState::Warmed) + count(WarmState::AlreadyWarm);
            const qint64 all = static_cast<qint64>(m_job.results().size());
            if (warm == all)
                return 0;
            if (warm > 0)
                return 5;
            return count(WarmState::Failed) == all && !m_answered ? core::exitStatus(core::Code::Api) : 1;
        }

        Context& m_context;
        core::replay::Warm m_job;
        std::array<qint64, 6> m_counts {};
        bool m_answered = false;
    };

    core::Result<core::replay::Warm::Options> optionsFrom(Context& context)
    {
        const CommandLine& line = context.line();
        core::replay::Warm::Options options;
        const auto concurrency = line.integer("--concurrency", 1, 16);
        const auto rate = line.integer("--requests-per-s", 1, 100'000);
        const auto skip = line.seconds("--skip-ttl-above");
        if (!concurrency || !rate || !skip)
            return core::fail(!concurrency ? concurrency.error() : !rate ? rate.error() : skip.error());
        options.concurrency = static_cast<int>(concurrency->value_or(1));
        options.requestsPerS = static_cast<double>(rate->value_or(0));
        if (*skip)
            options.skipTtlAboveMs = static_cast<qint64>(**skip * 1000);
        options.secondPass = line.has("--second-pass");
        const auto targets = targetsFrom(line, line.values("--file"));
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

void runWarm(Context& context)
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
        (new WarmRun(context, *client, *routes, options))->start();
    });
}

}
