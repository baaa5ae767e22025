// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/collectioncommand.h"

#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/replayoptions.h"
#include "app/cli/replayreport.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/replay/collectionlimit.h"
#include "core/replay/collectionrun.h"
#include "core/replay/variablemask.h"

#include <algorithm>

namespace cli {

namespace {
    using core::replay::Collection;
    using core::replay::CollectionCheck;
    using core::replay::CollectionOutcome;
    using core::replay::CollectionResult;
    using core::replay::CollectionRun;

    void writeChecks(JsonWriter& json, const QList<CollectionCheck>& checks)
    {
        json.name("checks");
        json.beginArray();
        for (const CollectionCheck& check : checks) {
            json.beginObject();
            json.field("what", check.what);
            json.field("expected", check.expected);
            json.field("actual", check.actual);
            json.field("passed", check.passed);
            json.field("why", check.why.isEmpty() ? std::nullopt : std::optional(check.why));
            json.endObject();
        }
        json.endArray();
    }

    class Suite final : public QObject {
    public:
        Suite(Context& context, core::http::Client* client, const core::cache::RouteTable& routes, const Collection& collection, const core::http::Sending& sending)
            : QObject(&context)
            , m_context(context)
            , m_variables(core::replay::variablesFromEnvironment(variablesOf(collection)))
            , m_mask(m_variables)
            , m_job(context.session(), client, routes, collection,
                  {.variables = m_variables, .methodsConfirmed = confirmMethod(context, "POST").has_value(), .sending = sending})
        {
        }

        void start()
        {
            m_context.out().field("warnings", m_context.warnings());
            m_context.out().beginItems();
            connect(&m_job, &CollectionRun::resultReady, this, [this](const CollectionResult& result) { onResult(result); });
            m_context.run(&m_job, QStringLiteral("requests"), [this] { end(); });
        }

    private:
        void onResult(const CollectionResult& unmasked)
        {
            const core::replay::SavedRequest& saved = m_job.collection().requests[unmasked.index];
            const CollectionResult result = m_mask.masked(unmasked, saved);
            m_context.out().item([&](JsonWriter& json) {
                json.field("name", saved.name);
                json.field("outcome", collectionOutcomeName(result.outcome));
                writeChecks(json, result.checks);
                if (!result.skipped)
                    return writeReplayItem(json, replayItemOf(result.replay));
                json.field("n", static_cast<qint64>(result.index) + 1);
                json.bytes("target", saved.target);
                json.name("error");
                writeError(json, *result.skipped, core::exitStatus(result.skipped->code));
            });
            if (m_context.out().isText())
                print(saved, result);
        }

        void print(const core::replay::SavedRequest& saved, const CollectionResult& result)
        {
            Output& out = m_context.out();
            const QString name = saved.name.isEmpty() ? shown(saved.target) : core::displayText(saved.name);
            out.line(QStringLiteral("%1 %2 %3").arg(QString::number(result.index + 1), collectionOutcomeName(result.outcome), name));
            if (result.skipped)
                out.line(QStringLiteral("    ") + core::displayText(core::oneLine(*result.skipped)));
            for (const CollectionCheck& check : result.checks) {
                if (!check.passed)
                    out.line(core::displayText(QStringLiteral("    %1: expected %2, was %3. %4").arg(check.what, check.expected, check.actual, check.why)));
            }
        }

        void end()
        {
            const CollectionRun::Counts& counts = m_job.counts();
            m_context.out().summary([&](JsonWriter& json) {
                json.field("count", counts.passed + counts.failed + counts.skipped);
                json.field("passed", counts.passed);
                json.field("failed", counts.failed);
                json.field("skipped", counts.skipped);
                m_context.writeOwnLookups(json);
            });
            m_context.console().say(QStringLiteral("%1 passed, %2 failed, %3 skipped").arg(counts.passed).arg(counts.failed).arg(counts.skipped));
            if (const auto failure = m_context.failureOf(m_job))
                return m_context.fail(*failure);
            constexpr int partly = 5;
            m_context.finish(counts.failed > 0 ? 1 : counts.skipped > 0 ? partly : 0);
        }

        Context& m_context;
        const core::replay::Variables m_variables;
        const core::replay::VariableMask m_mask;
        CollectionRun m_job;
    };

    core::Result<Collection> collectionFrom(const CommandLine& line)
    {
        for (const char* other : {"--curl", "--log-line", "--foreign-query", "--header", "--bearer-file", "--method", "--expect"}) {
            if (line.has(other))
                return core::fail(badOption(QLatin1String(other), QStringLiteral("a collection says that itself, so it does not go with --collection")));
        }
        for (const char* other : {"--repeat", "--for", "--concurrency", "--requests-per-s", "--no-verdicts", "--diff-fresh", "--fresh-api", "--fresh-credentials", "--fresh-parameter", "--fresh-unlink", "--fresh-ignore"}) {
            if (line.has(other))
                return core::fail(badOption(QLatin1String(other), QStringLiteral("the requests of a collection are sent once each, one after another, and judged, so it does not go with --collection")));
        }
        if (!line.positional.isEmpty())
            return core::fail(badOption(line.positional.first(), QStringLiteral("a collection has its own targets")));
        const QString file = line.value("--collection");
        const auto text = readFile(file, {core::replay::maxCollectionBytes, QStringLiteral("Split the collection.")});
        if (!text)
            return core::fail(text.error());
        auto collection = core::replay::collectionFromJson(*text, file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file));
        if (!collection)
            return collection;
        if (collection->requests.isEmpty()) // the window opens such a one to fill it
            return core::fail(core::Code::Input, core::Reason::FileDamaged, file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file),
                QStringLiteral("collection: \"requests\" holds none, so nothing would be checked"));
        // Before anything is sent: a suite that runs in part is no suite.
        const core::replay::Variables variables = core::replay::variablesFromEnvironment(variablesOf(*collection));
        for (const core::replay::SavedRequest& request : collection->requests) {
            if (const auto filled = filledIn(request, variables); !filled)
                return core::fail(filled.error());
        }
        return collection;
    }

    // Skipped requests tell of --yes; where that was given and is not enough, nothing is sent at all.
    core::Result<void> checkName(Context& context, const Collection& collection)
    {
        const bool isPlain = std::ranges::all_of(collection.requests, [](const auto& saved) { return saved.method == "GET"; });
        const bool isGiven = context.globals().yes || !context.globals().confirm.isEmpty();
        const bool isProduction = context.profile() && context.profile()->startsReadOnly();
        if (isPlain || !isGiven || !isProduction || context.globals().readOnly)
            return {};
        return confirmMethod(context, "POST");
    }
}

void runCollection(Context& context)
{
    const auto sending = sendingFrom(context.line());
    const auto collection = sending ? collectionFrom(context.line()) : core::Result<Collection>(core::fail(sending.error()));
    if (!collection)
        return context.fail(collection.error());
    context.openSession(false, [&context, collection = *collection, sending = *sending](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        if (const auto named = checkName(context, collection); !named)
            return context.fail(named.error());
        const auto client = context.client();
        if (!client)
            return context.fail(client.error());
        (new Suite(context, *client, *routes, collection, sending))->start();
    });
}

}
