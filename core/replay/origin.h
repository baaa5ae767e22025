// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

namespace core::replay {

// Where a request goes: what credentials are bound to.
struct Origin {
    QByteArray scheme; // "http" or "https"
    QByteArray host; // lower case, IPv6 in brackets
    quint16 port = 0;

    QByteArray text() const; // "http://host:8000", the scheme's own port left out
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct SplitUrl {
    Origin origin;
    QByteArray userInfo; // "user:password" as written; never shown
    QByteArray target; // as written, without the fragment; "/" where there is no path
};

// Takes a URL apart and leaves its target alone: nothing is decoded, encoded or shortened, as any URL class would. http and https
// only (Reason::BadWebUrl); a target that cannot be sent is Reason::BadTarget. With a default scheme "localhost:8000/x" is a URL too.
Result<SplitUrl> splitUrl(QByteArrayView url, QByteArrayView defaultScheme = {});

// Whether a base URL as http::Client takes it has this origin.
bool isOriginOf(const Origin& origin, const QString& baseUrl);

// A URL for messages: without user and password, shortened.
QString shownUrl(QByteArrayView url);

}
