// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

namespace core::http {

struct RedirectGoal {
    RedirectStop stop = RedirectStop::None;
    QByteArray target; // to ask next, where nothing stops it
};
// Where `location` leads from `target` of `baseUrl`. Credentials go to the configured origin only, so anything outside it is not
// followed. A location that is a path is taken byte by byte; a fragment is left out.
RedirectGoal redirectGoal(const QByteArray& baseUrl, const QByteArray& target, const QByteArray& location);

// One that says where to go: 301, 302, 303, 307 and 308. 300 and 304 are not.
bool isRedirect(int status);

}
