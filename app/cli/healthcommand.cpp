// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "core/base/bytes.h"
#include "core/health/health.h"

namespace cli {

namespace {
    using core::health::Check;
    using core::health::HealthCheck;

    void writeCheck(JsonWriter& json, const Check& check)
    {
        json.field("id", check.id);
        json.field("name", check.name);
        json.field("status", core::health::statusName(check.status));
        json.field("ms", check.ms < 0 ? std::nullopt : std::optional(check.ms));
        json.field("detail", check.detail.isEmpty() ? std::nullopt : std::optional(check.detail));
        json.field("advice", check.advice.isEmpty() ? std::nullopt : std::optional(check.advice));
    }

    void printCheck(Output& out, const Check& check)
    {
        QString text = core::health::statusName(check.status).leftJustified(8) + core::displayText(check.name);
        if (check.ms >= 0)
            text += QStringLiteral(" (%1 ms)").arg(check.ms, 0, 'f', 1);
        if (!check.detail.isEmpty())
            text += QStringLiteral(": ") + core::displayText(check.detail);
        out.line(text);
        if (!check.advice.isEmpty() && check.status != Check::Status::Ok)
            out.line(QStringLiteral("        ") + core::displayText(check.advice));
    }

    void end(Context& context, const HealthCheck& job)
    {
        Output& out = context.out();
        // The document's order is status first, so all is printed at the end; NDJSON had its lines as they came.
        const QString status = core::health::statusName(job.verdict());
        out.field("status", status);
        if (out.form() == Output::Form::Json) {
            out.beginItems();
            for (const Check& check : job.checks())
                out.item([&](JsonWriter& json) { writeCheck(json, check); });
        }
        out.line(job.sentence().isEmpty() ? status : core::displayText(job.sentence()));
        out.summary([&](JsonWriter& json) {
            json.field("sentence", job.sentence());
            json.field("read_only", context.session()->isReadOnly());
            context.writeOwnLookups(json);
        });
        // An unreachable server is this command's answer, not its failure; only being stopped is.
        if (context.stopped())
            return context.fail(*context.stopped());
        const bool bad = job.verdict() == Check::Status::Fail || !job.outcome()
            || (context.line().has("--strict") && job.verdict() == Check::Status::Warn);
        context.finish(bad ? 1 : 0);
    }

    void start(Context& context, core::redis::Session* session, core::http::Client* client)
    {
        auto* job = new HealthCheck(session, client, &context);
        QObject::connect(job, &HealthCheck::checkAdded, &context, [&context, job](int index) {
            if (context.out().form() == Output::Form::Ndjson)
                context.out().item([&](JsonWriter& json) { writeCheck(json, job->checks().at(index)); });
            if (context.out().isText())
                printCheck(context.out(), job->checks().at(index));
        });
        context.run(job, QStringLiteral("checks"), [&context, job] { end(context, *job); });
    }
}

void runHealth(Context& context)
{
    const auto session = context.chooseSession(false);
    if (!session)
        return context.fail(session.error());
    core::http::Client* client = nullptr;
    if (context.hasApi()) {
        const auto made = context.client();
        if (!made)
            return context.fail(made.error());
        client = *made;
    }
    start(context, *session, client);
}

}
