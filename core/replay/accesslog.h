// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace core::replay {

// What one line of an access log says of a request.
struct LogLine {
    QByteArray method;
    QByteArray target; // raw: the log's own escapes are taken off, the target's are left
    int status = 0; // 0: the line does not say
};

// Common and combined format (Apache, nginx, uvicorn; with or without a host in front), or a JSON object with "request", or a method
// beside "request_uri" or "uri" (nginx, Caddy, Traefik), \x22 taken inside JSON too as nginx writes it by default. Nothing for a
// line that is broken or whose target is none. Linear in the line.
std::optional<LogLine> parseLogLine(QByteArrayView line);

// The same for one line that somebody pasted: Reason::BadLogLine.
Result<LogLine> logLineFromText(QByteArrayView text);

}
