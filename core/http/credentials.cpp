// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/credentials.h"

#include <QByteArray>

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    // "X-Amz-Security-Token", "xAuthToken" and "access_token" alike: letters and digits in lower case.
    QByteArray lettersOf(QByteArrayView name)
    {
        QByteArray letters;
        for (const char c : name) {
            const bool isUpper = c >= 'A' && c <= 'Z';
            if (isUpper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                letters += isUpper ? char(c - 'A' + 'a') : c;
        }
        return letters;
    }
}

bool isCredential(QByteArrayView name)
{
    static constexpr std::array<QByteArrayView, 20> endings {"authorization", "cookie", "cookie2", "token", "apikey", "accesskey", "authkey", "secretkey", "secret",
        "password", "passwd", "credential", "credentials", "jwt", "sessionid", "session", "subscriptionkey", "functionskey", "masterkey", "signature"};
    static constexpr std::array<QByteArrayView, 3> whole {"auth", "xauth", "sid"};
    const QByteArray letters = lettersOf(name);
    return std::ranges::any_of(endings, [&letters](QByteArrayView ending) { return letters.endsWith(ending); })
        || std::ranges::any_of(whole, [&letters](QByteArrayView word) { return letters == word; });
}

}
