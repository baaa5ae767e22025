// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/demo/demo.h"
#include "core/base/bytes.h"

#include <QTimer>

#include <algorithm>

namespace cli {

namespace {
    void announce(Context& context, const QString& redisUrl, const QString& apiUrl, qint64 pid)
    {
        Output& out = context.out();
        out.record([&](JsonWriter& json) {
            json.field("redis_url", redisUrl);
            json.field("api_url", apiUrl);
            json.field("pid", pid);
        });
        out.line(QStringLiteral("redis  ") + redisUrl);
        out.line(QStringLiteral("api    ") + apiUrl);
        out.line(QStringLiteral("pid    ") + QString::number(pid));
        if (out.form() == Output::Form::Json) // whoever reads it waits for a whole document now
            out.end();
        QStringList endpoints;
        for (const QString& route : demo::Demo::routes())
            endpoints << QStringLiteral("--endpoint ") + core::shellQuoted(route);
        context.console().say(QStringLiteral("its endpoints: ") + endpoints.join(u' '));
    }
}

void runDemo(Context& context)
{
    const auto seconds = context.line().seconds("--seconds");
    if (!seconds)
        return context.fail(seconds.error());
    auto* demo = new demo::Demo(&context);
    QObject::connect(demo, &demo::Demo::ready, &context,
        [&context](const QString& redisUrl, const QString& apiUrl, qint64 pid) { announce(context, redisUrl, apiUrl, pid); });
    QObject::connect(demo, &demo::Demo::failed, &context, [&context](const core::Error& error) { context.fail(error); });
    QObject::connect(demo, &demo::Demo::redisEnded, &context,
        [&context] { context.console().warn(QStringLiteral("the demo's redis-server ended; its API goes on without a cache")); });
    // Interrupting is how it is meant to end; a --max-time is an error as everywhere.
    QObject::connect(&context, &Context::stopping, &context, [&context] {
        if (context.signalNumber() != 0)
            context.finish();
    });
    if (*seconds)
        QTimer::singleShot(static_cast<int>(std::min(**seconds, 2'000'000.0) * 1000), &context, [&context] { context.finish(); });
    demo->start();
}

}
