// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QObject>

#include <functional>
#include <optional>

namespace core::redis {
class Session;
}

namespace ui {

class Workspace;

// A write of one key as the audit log wants it: a line "started" before its first command, one with its end under the same id; names of
// keys, never values. Nothing is sent where the first line cannot be written, or while the connection is read-only.
struct LoggedEdit {
    QString act; // "edit", "expire" …
    QList<QByteArray> keys;
    std::function<core::Job*(core::redis::Session*)> make; // the job that writes
    std::function<QString(const core::Job&)> outcome; // of a job that succeeded: "done", "changed"
};
// `job` may be read while this is called; the error says why none ran or how it failed.
using EditDone = std::function<void(const core::Result<core::Job*>& job, const std::optional<core::Error>& unlogged)>;

// Goes on when `context` is gone, which then is told nothing. In the window's list of jobs until the last line is written; a cancel
// is heeded as long as nothing has been sent.
void runLogged(Workspace* workspace, LoggedEdit edit, QObject* context, EditDone done);

}
