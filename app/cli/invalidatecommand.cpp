// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/planreport.h"
#include "app/cli/question.h"
#include "app/cli/selection.h"
#include "core/base/bytes.h"
#include "core/invalidate/guard.h"
#include "core/invalidate/planlimit.h"
#include "core/invalidate/run.h"

#include <algorithm>

namespace cli {

namespace {
    using core::Code;
    using core::Reason;
    namespace inv = core::invalidate;

    struct Wanted {
        inv::Selection selectors, except;
        core::keys::KeyList list; // of Selector::Kind::List
        std::optional<inv::Plan> plan; // of --plan
        QString saveFile;
        bool dryRun = false;
        int keysPerS = 0;
    };

    core::Result<inv::Plan> planFrom(const QString& file)
    {
        const auto text = readFile(file, {inv::maxPlanBytes, QStringLiteral("Make several plans of fewer keys.")});
        if (!text)
            return core::fail(text.error());
        return inv::planFromJson(*text, file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file));
    }

    core::Result<Wanted> wantedFrom(const CommandLine& line, bool json)
    {
        Wanted wanted;
        wanted.dryRun = line.has("--dry-run");
        wanted.saveFile = line.value("--save-plan");
        const auto rate = line.integer("--keys-per-s", 1, 10'000'000);
        if (!rate)
            return core::fail(rate.error());
        wanted.keysPerS = static_cast<int>(rate->value_or(0));
        if (line.has("--save-plan") && wanted.saveFile.isEmpty())
            return core::fail(badOption(QStringLiteral("--save-plan"), QStringLiteral("its value is empty")));
        if (wanted.saveFile == QStringLiteral("-") && (!wanted.dryRun || json))
            return core::fail(
                badOption(QStringLiteral("--save-plan"), QStringLiteral("to stdout it goes with --dry-run and without --json")));
        if (line.has("--plan")) {
            for (const char* other : {"--save-plan", "--except", "--tag", "--class", "--path", "--path-prefix", "--prefix",
                     "--match", "--key", "--keys-from"}) {
                if (line.has(other))
                    return core::fail(
                        badOption(QLatin1String(other), QStringLiteral("--plan is given too, and its list is frozen")));
            }
            const auto plan = planFrom(line.value("--plan"));
            if (!plan)
                return core::fail(plan.error());
            wanted.plan = *plan;
            return wanted;
        }
        auto selected = selectedFrom(line);
        if (!selected)
            return core::fail(selected.error());
        const auto except = exceptionsFrom(line);
        if (!except)
            return core::fail(except.error());
        wanted.selectors = std::move(selected->selectors);
        wanted.list = std::move(selected->list);
        wanted.except = *except;
        return wanted;
    }

    // One run of "invalidate": plan, guard, question, run, report. Nothing is deleted before allow() has said yes.
    class InvalidateRun final : public QObject {
    public:
        InvalidateRun(Context& context, Wanted wanted)
            : QObject(&context)
            , m_context(context)
            , m_wanted(std::move(wanted))
        {
        }

        void start()
        {
            const auto routes = m_context.routes();
            if (!routes)
                return m_context.fail(routes.error());
            m_input.production = m_context.profile() && m_context.profile()->startsReadOnly();
            m_input.readOnly = session()->isReadOnly();
            m_input.confirmName = m_context.profile() ? m_context.profile()->name : core::endpointLabel(session()->endpoint());
            if (m_wanted.plan)
                return usePlan(*m_wanted.plan);
            auto* planner = new inv::Planner(session(), *routes, m_wanted.selectors, m_wanted.except, this);
            planner->setGentle(m_input.production);
            planner->setList(m_wanted.list);
            m_context.run(planner, QStringLiteral("keys"), [this, planner] {
                if (const auto failure = m_context.failureOf(*planner))
                    return m_context.fail(*failure);
                m_absentTags = planner->absentTags();
                onPlanned(planner->plan());
            });
        }

    private:
        core::redis::Session* session() const { return m_context.session(); }

        void usePlan(const inv::Plan& plan)
        {
            if (const auto same = inv::sameServer(plan, *session()); !same)
                return m_context.fail(same.error());
            onPlanned(plan);
        }

        void onPlanned(const inv::Plan& plan)
        {
            m_plan = plan;
            m_nameToType = inv::nameToType(m_plan, m_input);
            if (m_wanted.saveFile == QStringLiteral("-")) {
                m_context.out().raw(inv::planToJson(m_plan));
                return m_context.finish();
            }
            writePlan(m_context, m_plan, m_nameToType);
            if (!m_wanted.saveFile.isEmpty()) {
                if (const auto saved = inv::savePlan(m_plan, m_wanted.saveFile); !saved)
                    return endUnrun(saved.error());
                m_context.console().say(QStringLiteral("the plan was written to %1").arg(m_wanted.saveFile));
            }
            sayAbsentTags();
            if (isAnsweredNo()) {
                writeNoRun(m_context);
                return m_context.finish(1);
            }
            if (m_wanted.dryRun)
                return endUnrun({});
            const auto allowed = inv::allow(m_plan, m_input, m_context.globals().yes, m_context.globals().confirm);
            if (allowed)
                return execute();
            const bool answerable = allowed.error().code == Code::Unconfirmed && m_context.globals().confirm.isEmpty();
            if (!answerable || !Question::isPossible() || !m_context.out().isText())
                return endUnrun(allowed.error());
            ask();
        }

        // Not one of the tags that select is there: nothing was asked that could be done.
        bool isAnsweredNo() const
        {
            const auto isTag = [](const inv::Selector& selector) { return selector.kind == inv::Selector::Kind::Tag; };
            return !m_absentTags.isEmpty() && m_absentTags.size() == std::ranges::count_if(m_plan.selectors, isTag);
        }

        void sayAbsentTags()
        {
            for (const QByteArray& tag : std::as_const(m_absentTags))
                m_context.console().say(QStringLiteral("there is no tag %1").arg(core::argumentFromBytes(tag)));
        }

        void ask()
        {
            const QString what = m_nameToType.isEmpty() ? QStringLiteral("yes") : m_nameToType;
            auto* question = new Question(QStringLiteral("This cannot be undone. Type %1 to delete: ").arg(what), m_context);
            question->ask([this](const QString& answer) {
                const auto allowed = inv::allow(m_plan, m_input, answer == QStringLiteral("yes"), answer);
                allowed ? execute() : endUnrun(allowed.error());
            });
        }

        void execute()
        {
            inv::Run::Options options;
            if (m_input.production) // allow() has seen the profile's name typed
                options.permit = core::redis::Session::permitWrites();
            options.keysPerS = m_wanted.keysPerS;
            options.profile = m_context.profile() ? m_context.profile()->name : QString();
            m_run = new inv::Run(session(), m_plan, options, this);
            // A reader that went away stops the run at the end of its batch, not in the middle of it.
            m_context.out().whenBroken([this] { m_run->cancel(); });
            m_context.run(m_run, QStringLiteral("deleted"), [this] { onRun(); });
        }

        void onRun()
        {
            writeRun(m_context, *m_run);
            const inv::RunSummary& summary = m_run->summary();
            const qint64 changed = summary.deleted + summary.tagKeysDeleted + summary.unknown;
            if (const auto failure = m_context.failureOf(*m_run)) {
                const bool partly = changed > 0 && failure->code != Code::Cancelled;
                return m_context.fail(*failure, partly ? 5 : core::exitStatus(failure->code));
            }
            const bool incomplete = summary.failed > 0 || summary.unknown > 0 || summary.notReached > 0;
            m_context.finish(incomplete ? 5 : 0);
        }

        void endUnrun(const std::optional<core::Error>& error)
        {
            writeNoRun(m_context);
            error ? m_context.fail(*error) : m_context.finish();
        }

        Context& m_context;
        Wanted m_wanted;
        inv::Plan m_plan;
        QList<QByteArray> m_absentTags; // unknown of a saved plan
        inv::GuardInput m_input;
        QString m_nameToType;
        inv::Run* m_run = nullptr;
    };
}

void runInvalidate(Context& context)
{
    const auto wanted = wantedFrom(context.line(), !context.out().isText());
    if (!wanted)
        return context.fail(wanted.error());
    context.openSession(
        !wanted->dryRun, [&context, wanted = *wanted](core::redis::Session*) { (new InvalidateRun(context, wanted))->start(); });
}

}
