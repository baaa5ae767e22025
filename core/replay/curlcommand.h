// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "core/replay/origin.h"

#include <QStringList>

#include <optional>

namespace core::replay {

// What a curl command line asks for.
struct CurlCommand {
    struct User {
        QByteArray name, password;
    };

    Origin origin; // apart from the target: credentials go to the configured origin only, so compare (isOriginOf) before sending
    QByteArray method = "GET";
    QByteArray target; // as written
    http::Headers headers; // in the order given; those that curl would add for the body come last
    QByteArray body;
    std::optional<User> user; // of -u or of the URL
    std::optional<int> timeoutMs;
    QStringList warnings; // what is not done as curl or the shell would, a sentence each; never holds a secret

    // With Authorization for `user`, unless a header says it already.
    http::Request request() const;
};

// Reads a command as people paste it from a terminal or from a browser's "Copy as cURL (bash)". Nothing is run, no file is read,
// no variable put in. HEAD is refused (Reason::HeadRefused), and so is what would send a file or a form; anything else that is not
// a request of one URL is Reason::BadCurl, BadWebUrl, BadTarget or BadHeader.
Result<CurlCommand> requestFromCurl(QByteArrayView command);

}
