// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"
#include "core/http/client.h"
#include "core/replay/origin.h"

#include <QStringList>

#include <optional>

namespace core::replay {

// A request that stands somewhere else: in a shell, a log, a browser's address line, a key.
struct SourcedRequest {
    enum class Kind { Curl, LogLine, Url, Target, Key };
    Kind kind = Kind::Target;
    http::Request request;
    std::optional<Origin> origin; // where the source would send it; none: it does not say
    QStringList warnings; // a sentence each; never holds a secret

    // Whether it was meant for another server than `baseUrl`: its credentials are then not meant for this one.
    bool isForeign(const QString& baseUrl) const { return origin && !isOriginOf(*origin, baseUrl); }
    // Whether it has a query, which was meant for that server alone and may hold a secret: to be confirmed before it goes to this one.
    bool hasForeignQuery(const QString& baseUrl) const { return isForeign(baseUrl) && request.target.contains('?'); }
    QStringList credentialNames() const; // of headers that carry one
    http::Request withoutCredentials() const;
};
QString sourceKindText(SourcedRequest::Kind kind); // "curl command" …

// A curl command, a URL, a request target or one line of an access log, told apart by how it begins. Errors as of requestFromCurl(),
// splitUrl(), checkTarget() and logLineFromText(). HEAD is refused. Nothing is run or read.
Result<SourcedRequest> requestFromText(QByteArrayView text);
Result<SourcedRequest> sourcedFromCurl(QByteArrayView command);
Result<SourcedRequest> sourcedFromLogLine(QByteArrayView line);

// The GET that LightAPI stores under this key, or one of those: its path and query encoded again so that the key is predicted for it.
// What cannot be (a tag, a lock's own key, a key that hides its request, one that no request makes by the routes known) is
// Reason::KeyWithoutRequest with why. A key that can be read in several ways gives the likeliest and a warning. Of a lock: the key it guards.
Result<SourcedRequest> requestFromKey(const QByteArray& key, const cache::RouteTable& routes);

}
