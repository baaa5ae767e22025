// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/targets.h"
#include "app/cli/textcolumns.h"
#include "app/cli/warmreport.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/keys/expiringkeys.h"
#include "core/replay/targetgathering.h"
#include "core/replay/warm.h"
#include "core/replay/warmpreview.h"
#include "core/replay/warmrecord.h"

#include <algorithm>
#include <array>

namespace cli {

namespace {
    using core::replay::CombinedTargets;
    using core::replay::TargetGathering;
    using core::replay::TargetSources;
    using core::replay::Warm;
    using core::replay::WarmPace;
    using core::replay::WarmKeeper;
    using core::replay::WarmPreview;
    using core::replay::WarmRecord;
    using core::replay::WarmResult;
    using core::replay::WarmState;
    constexpr std::array states {WarmState::Warmed, WarmState::AlreadyWarm, WarmState::NotVerified, WarmState::NotCached,
        WarmState::WrongKey, WarmState::Failed};
    constexpr qint64 measuredFirst = 10; // results after which the time of the rest is told
    constexpr int partly = 5;

    struct Wishes {
        TargetSources sources;
        Warm::Options options;
        bool dryRun = false;
        std::optional<qint64> ttlBelowMs; // the entries that expire within that time, too
        QString resume; // a file
        std::optional<WarmRecord> record; // what it holds

        WarmPace pace(std::optional<double> requestMs) const
        {
            return {options.skipTtlAboveMs, options.secondPass, options.requestsPerS, options.concurrency, requestMs};
        }
    };

    // One run of "warm": the sources, then what Redis holds of their targets (--dry-run) or the requests.
    class WarmRun final : public QObject {
    public:
        WarmRun(Context& context, core::http::Client* client, core::cache::RouteTable routes, Wishes wishes)
            : QObject(&context)
            , m_context(context)
            , m_client(client)
            , m_routes(std::move(routes))
            , m_wishes(std::move(wishes))
        {
        }

        void start()
        {
            m_wishes.ttlBelowMs ? findExpiring() : gather();
        }

    private:
        void findExpiring()
        {
            const core::keys::ExpiringKeys::Options options {*m_wishes.ttlBelowMs, m_context.profile() && m_context.profile()->startsReadOnly()};
            m_expiring = new core::keys::ExpiringKeys(m_context.session(), m_routes, options, this);
            m_context.run(m_expiring, QStringLiteral("keys"), [this] {
                if (const auto failure = m_context.failureOf(*m_expiring))
                    return m_context.fail(*failure);
                m_wishes.sources.keys << core::replay::KeySource {QStringLiteral("about to expire"), m_expiring->keys().toList()};
                gather();
            });
        }

        void gather()
        {
            m_gathering = new TargetGathering(m_client, m_routes, m_wishes.sources, this);
            m_context.run(m_gathering, QStringLiteral("sources"), [this] { onGathered(); });
        }

        void onGathered()
        {
            for (const QString& note : m_gathering->notes())
                m_context.console().say(note);
            if (const auto failure = m_context.failureOf(*m_gathering)) {
                if (m_wishes.dryRun && m_gathering->sitemapRequests() + m_gathering->pageRequests() > 0)
                    m_context.console().say(sentText({m_gathering->sitemapRequests(), m_gathering->pageRequests()}));
                return m_context.fail(*failure);
            }
            m_isComplete = m_gathering->isComplete();
            m_wishes.dryRun ? look() : request();
        }

        void look()
        {
            m_preview = new WarmPreview(m_context.session(), m_gathering->targets(), this);
            m_context.run(m_preview, QStringLiteral("targets"), [this] {
                if (const auto failure = m_context.failureOf(*m_preview))
                    return m_context.fail(*failure);
                writePreview(m_context, *m_preview, core::replay::warmPlan(m_preview->previews(), m_wishes.pace(m_gathering->requestMs())), {m_gathering->sitemapRequests(), m_gathering->pageRequests()});
                m_context.finish(m_preview->previews().isEmpty() ? 1 : m_isComplete ? 0 : partly);
            });
        }

        void request()
        {
            m_targets = m_gathering->targets();
            // What is warm already is not known, so every target counts.
            m_plan = core::replay::warmPlan(QList<core::replay::Preview>(m_targets.items.size()), m_wishes.pace(m_gathering->requestMs()));
            if (m_targets.sources.size() > 1 || m_targets.repeated() > 0)
                m_context.console().say(sourcesText(m_targets));
            if (m_plan.requests > measuredFirst)
                m_context.console().say(planText(m_plan));
            m_wishes.options.targets = m_targets.targets();
            m_job = new Warm(m_context.session(), m_client, m_routes, m_wishes.options, this);
            if (!m_wishes.resume.isEmpty()) {
                if (const auto isKept = keep(); !isKept)
                    return m_context.fail(isKept.error());
            }
            m_context.out().beginItems();
            connect(m_job, &Warm::heldBack, this, [this](qint64 waitMs) {
                ++m_heldBack;
                m_longestWaitMs = std::max(m_longestWaitMs, waitMs);
            });
            connect(m_job, &Warm::resultReady, this, [this](int index) { onResult(m_job->results().at(index)); });
            m_context.run(m_job, QStringLiteral("targets"), [this] { end(); });
        }

        void onResult(const WarmResult& result)
        {
            ++m_counts[static_cast<std::size_t>(result.state)];
            m_answered = m_answered || result.status > 0;
            const QString source = m_targets.sources[m_targets.items[result.index].source].name;
            m_context.out().item([&](JsonWriter& json) { writeWarmItem(json, result, source); });
            m_context.out().line(warmLine(result));
            if (!m_plan.durationMs && m_job->results().size() == measuredFirst && m_plan.requests > 2 * measuredFirst)
                sayTime();
        }

        core::Result<void> keep()
        {
            const QList<QByteArray>& targets = m_wishes.options.targets;
            const WarmRecord fresh {m_client->options().baseUrl, targets, QList<bool>(targets.size(), false), core::replay::headerNamesOf(m_wishes.options.headers)};
            const WarmRecord& record = m_wishes.record ? *m_wishes.record : fresh;
            if (record.api != fresh.api)
                return core::fail(badOption(QStringLiteral("--resume"), QStringLiteral("the file holds a run against %1").arg(core::displayText(record.api))));
            if (auto written = core::replay::writeWarmRecord(m_wishes.resume, record); !written)
                return written;
            QHash<QByteArray, qsizetype> numbers;
            for (qsizetype i = 0; i < record.targets.size(); ++i)
                numbers.insert(record.targets[i], i);
            QList<qsizetype> ofTargets;
            for (const QByteArray& target : targets)
                ofTargets << numbers.value(target);
            m_keeper = new WarmKeeper(m_wishes.resume, m_job, ofTargets, this);
            return {};
        }

        // No rate is set: the first requests tell how long the others take.
        void sayTime()
        {
            const qint64 ms = m_job->elapsedMs() * m_plan.requests / measuredFirst;
            m_plan.durationMs = ms;
            m_context.console().say(planText(m_plan));
        }

        qint64 count(WarmState state) const { return m_counts[static_cast<std::size_t>(state)]; }

        void end()
        {
            if (!m_keeper)
                return conclude();
            connect(m_keeper, &WarmKeeper::kept, this, [this](qint64 remaining, const QString& error) {
                m_remaining = remaining;
                if (!error.isEmpty())
                    m_context.console().say(QStringLiteral("what remains could not be kept: ") + error);
                else if (remaining > 0)
                    m_context.console().say(QStringLiteral("%1 remain; the same --resume goes on with them").arg(counted(remaining, "target", "targets")));
                conclude();
            });
        }

        void conclude()
        {
            QStringList parts;
            m_context.out().summary([&](JsonWriter& json) {
                for (const WarmState state : states) {
                    const QByteArray name = core::replay::warmStateName(state).toLatin1().replace('-', '_');
                    json.field(name.constData(), count(state));
                }
                json.field("repeated", m_targets.repeated());
                json.field("sources_complete", m_isComplete);
                json.field("unfinished", m_job->unfinished());
                json.field("told_to_wait", m_job->toldToWait());
                json.field("held_back", m_heldBack);
                json.field("longest_wait_ms", m_heldBack > 0 ? std::optional(m_longestWaitMs) : std::nullopt);
                json.field("not_requested", notRequested());
                if (m_remaining)
                    json.field("remaining", *m_remaining);
                m_context.writeOwnLookups(json);
            });
            for (const WarmState state : states) {
                if (count(state) > 0)
                    parts << QStringLiteral("%1 %2").arg(count(state)).arg(core::replay::warmStateName(state));
            }
            if (!parts.isEmpty() || m_job->unfinished() + m_job->toldToWait() == 0)
                m_context.console().say(parts.isEmpty() ? QStringLiteral("nothing was requested") : parts.join(QStringLiteral(", ")));
            if (m_heldBack > 0)
                m_context.console().say(QStringLiteral("%1 with 429 or 503, and tried again later; the longest wait was %2").arg(counted(m_heldBack, "request was answered", "requests were answered"), core::formatDuration(m_longestWaitMs)));
            if (const auto failure = m_context.failureOf(*m_job)) {
                sayStopped();
                return m_context.fail(*failure);
            }
            m_context.finish(exit());
        }

        qint64 notRequested() const
        {
            const qint64 begun = m_job->results().size() + m_job->unfinished() + m_job->toldToWait(); // of a second pass all count a target
            return std::max<qint64>(0, m_wishes.options.targets.size() - begun);
        }

        void sayStopped()
        {
            QStringList parts;
            if (const qint64 count = m_job->unfinished(); count > 0)
                parts << counted(count, "request was sent, and its result not waited for", "requests were sent, and their results not waited for");
            if (const qint64 count = m_job->toldToWait(); count > 0)
                parts << counted(count, "target was answered with 429 or 503, and not requested again", "targets were answered with 429 or 503, and not requested again");
            if (const qint64 count = notRequested(); count > 0)
                parts << counted(count, "target was not requested", "targets were not requested");
            if (!parts.isEmpty())
                m_context.console().say(QStringLiteral("stopped: ") + parts.join(QStringLiteral("; ")));
        }

        int exit() const
        {
            const qint64 warm = count(WarmState::Warmed) + count(WarmState::AlreadyWarm);
            const auto all = static_cast<qint64>(m_job->results().size());
            if (warm == all && (all > 0 || m_wishes.record))
                return m_isComplete ? 0 : partly;
            if (warm > 0)
                return partly;
            const bool isSilent = all > 0 && count(WarmState::Failed) == all && !m_answered;
            return isSilent ? core::exitStatus(core::Code::Api) : 1;
        }

        Context& m_context;
        core::http::Client* m_client;
        core::cache::RouteTable m_routes;
        Wishes m_wishes;
        core::keys::ExpiringKeys* m_expiring = nullptr;
        TargetGathering* m_gathering = nullptr;
        WarmPreview* m_preview = nullptr;
        Warm* m_job = nullptr;
        WarmKeeper* m_keeper = nullptr;
        std::optional<qint64> m_remaining; // of a run that is kept
        CombinedTargets m_targets;
        core::replay::WarmPlan m_plan;
        bool m_isComplete = true;
        std::array<qint64, 6> m_counts {};
        bool m_answered = false;
        qint64 m_heldBack = 0; // by 429 and 503
        qint64 m_longestWaitMs = 0;
    };

    // What a stopped run has left to do, in the place of the sources it was made of; none where none is kept.
    core::Result<std::optional<TargetSources>> resumedFrom(Context& context, Wishes& wishes)
    {
        if (!context.line().has("--resume"))
            return std::nullopt;
        wishes.resume = context.line().value("--resume");
        if (wishes.dryRun)
            return core::fail(badOption(QStringLiteral("--resume"), QStringLiteral("it belongs to a run, and --dry-run makes none")));
        auto record = core::replay::readWarmRecord(wishes.resume);
        if (!record && record.error().reason == core::Reason::FileMissing)
            return std::nullopt;
        const auto headers = headersFrom(context);
        if (!record || !headers)
            return core::fail(!record ? record.error() : headers.error());
        if (const QList<QByteArray> missing = record->missing(*headers); !missing.isEmpty()) {
            const QString names = core::displayText(missing.join(", "));
            return core::fail(badOption(QStringLiteral("--resume"),
                QStringLiteral("the run in %1 was sent with header fields whose values no file holds; give them again: %2 (-H, --bearer-file)").arg(core::displayText(wishes.resume), names)));
        }
        record->headerNames = core::replay::headerNamesOf(*headers); // those of before, and perhaps more
        TargetSources sources;
        QList<QByteArray> targets;
        for (const qsizetype number : record->remaining())
            targets << record->targets[number];
        context.console().say(QStringLiteral("%1 of %2 remain of the run in %3").arg(core::formatCount(targets.size()), counted(record->targets.size(), "target", "targets"), core::displayText(wishes.resume)));
        sources.lists = {{core::displayText(wishes.resume), targets}};
        sources.headers = *headers;
        wishes.record = *std::move(record);
        return sources;
    }

    core::Result<Wishes> wishesFrom(Context& context)
    {
        const CommandLine& line = context.line();
        Wishes wishes;
        const auto concurrency = line.integer("--concurrency", 1, 16);
        const auto rate = line.integer("--requests-per-s", 1, 100'000);
        const auto skip = line.seconds("--skip-ttl-above");
        const auto below = line.seconds("--ttl-below");
        if (!concurrency || !rate)
            return core::fail(!concurrency ? concurrency.error() : rate.error());
        if (!skip || !below)
            return core::fail(!skip ? skip.error() : below.error());
        wishes.options.concurrency = static_cast<int>(concurrency->value_or(1));
        wishes.options.requestsPerS = static_cast<double>(rate->value_or(0));
        if (*skip)
            wishes.options.skipTtlAboveMs = static_cast<qint64>(**skip * 1000);
        wishes.options.secondPass = line.has("--second-pass");
        wishes.dryRun = line.has("--dry-run");
        auto resumed = resumedFrom(context, wishes);
        if (!resumed)
            return core::fail(resumed.error());
        auto sources = *resumed ? core::Result<TargetSources>(**std::move(resumed)) : sourcesFrom(context);
        if (!sources)
            return core::fail(sources.error());
        if (*below && !*resumed) // what remains of a stopped run holds its keys already
            wishes.ttlBelowMs = static_cast<qint64>(**below * 1000);
        wishes.options.headers = sources->headers;
        wishes.sources = *std::move(sources);
        return wishes;
    }

    // A plan of lists, logs and routes asks no API.
    core::Result<core::http::Client*> clientFor(Context& context, const Wishes& wishes)
    {
        const bool asks = !wishes.dryRun || !wishes.sources.sitemaps.isEmpty() || wishes.sources.pages;
        return asks || context.hasApi() ? context.client() : core::Result<core::http::Client*>(nullptr);
    }
}

void runWarm(Context& context)
{
    auto wishes = wishesFrom(context);
    if (!wishes)
        return context.fail(wishes.error());
    context.openSession(false, [&context, wishes = *std::move(wishes)](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        if (wishes.sources.routes && routes->isEmpty())
            return context.fail(badOption(QStringLiteral("--from-config"), QStringLiteral("no routes are known: give --lightapi-config or --endpoint")));
        const auto client = clientFor(context, wishes);
        if (!client)
            return context.fail(client.error());
        (new WarmRun(context, *client, *routes, wishes))->start();
    });
}

}
