// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/collectioncommand.h"
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/replayrun.h"

#include <QSet>

namespace cli {

namespace {
    void run(Context& context, const ReplayWishes& wishes)
    {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        if (!wishes.isSeries()) {
            if (const auto confirmed = confirmMethod(context, wishes.single.method); !confirmed)
                return context.fail(confirmed.error());
        }
        const auto client = context.client();
        if (!client)
            return context.fail(client.error());
        auto* replay = new ReplayRun(context, *client, *routes, wishes);
        if (!wishes.fresh.wanted)
            return replay->start();
        (new FreshRun(context, *client, *routes, wishes.fresh))->start([replay](const FreshFound& found) {
            replay->setFresh(found);
            replay->start();
        });
    }
}

void runReplay(Context& context)
{
    if (context.line().has("--collection"))
        return runCollection(context);
    const auto wishes = replayWishesFrom(context);
    if (!wishes)
        return context.fail(wishes.error());
    if (!wishes->series.verdicts)
        return run(context, *wishes);
    context.openSession(wishes->fresh.writes(), [&context, wishes = *wishes](core::redis::Session*) { run(context, wishes); });
}

}
