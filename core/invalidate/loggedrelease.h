// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/locks.h"
#include "core/invalidate/audit.h"

#include <optional>

namespace core::invalidate {

struct LoggedRelease {
    cache::Release release = cache::Release::Gone;
    std::optional<Error> unlogged; // it was done, but its end could not be written into the log
};
// The release of one lock as the audit log wants it: a line "started" before it, one with its end under the same id, both of the
// server, database and profile at the call. Nothing is sent where the first line cannot be written, or on a read-only session.
// Goes on when the caller is gone; a session that closes meanwhile is Code::Lost or Code::Cancelled, and logged as such.
QFuture<Result<LoggedRelease>> releaseLogged(
    redis::Session* session, const AuditLog& log, const QString& profile, const QByteArray& key, const QByteArray& owner);

}
