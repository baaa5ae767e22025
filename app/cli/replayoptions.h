// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/freshrun.h"
#include "core/replay/series.h"

namespace cli {

class Context;

// What "replay" was told, checked before anything is opened or sent. GET is a series, of one request perhaps; another method is
// sent by Replay, one at a time.
struct ReplayWishes {
    core::replay::SeriesOptions series;
    core::replay::Replay::Options single;
    FreshWishes fresh;

    bool isSeries() const { return single.method == "GET"; }
};
core::Result<ReplayWishes> replayWishesFrom(Context& context);
// Whether `method`, which may change data, goes: by --yes, and on a production profile, which the session must have been chosen to know, by
// its name in --confirm. Errors: Code::ReadOnly, Code::Unconfirmed, Code::Guard for another name.
core::Result<void> confirmMethod(Context& context, const QByteArray& method);
// How the requests travel: --http-version, --new-connections, --follow-redirects, --compressed.
core::Result<core::http::Sending> sendingFrom(const CommandLine& line);

}
