// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identity.h"
#include "core/replay/identitytoken.h"

#include <QHash>
#include <QObject>

namespace core {
class Clock;
}

namespace core::replay {

// Turns identities into headers at one LightAPI server. Tokens that /auth/login gave are kept in memory as long as this lives, and
// taken anew when they have run out or were refused. Credentials go to the client's own origin only, as it follows no redirect.
// Used in one thread; nothing is logged.
class Login final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Login)
public:
    // Both must outlive it; no clock: the system's.
    explicit Login(http::Client* client, const Clock* clock = nullptr, QObject* parent = nullptr);
    ~Login() override;

    // Of an identity of kind Login by a request, unless its token is still good; of any other at once.
    // Cancelling the future ends the request. Errors: BadIdentity; Code::Auth with LoginRefused; NoToken; those of http::Client.
    QFuture<Result<http::Headers>> headersFor(const Identity& identity);
    // The server answered 401 to these headers: their token is asked for again. True where that may help.
    bool refused(const Identity& identity, const http::Headers& headers);
    // What the token that is held for it says of itself; nothing where none is held or it is no JWT.
    std::optional<TokenFacts> factsOf(const Identity& identity) const;
    void forget();

private:
    struct Held {
        Identity identity; // as it was then: a changed password asks again
        QByteArray token;
        std::optional<TokenFacts> facts;
    };
    Result<http::Headers> take(const Identity& identity, const Result<http::Response>& response);
    bool isGood(const Held& held) const;

    http::Client* m_client;
    std::unique_ptr<Clock> m_ownClock;
    const Clock* m_clock;
    QHash<QString, Held> m_held; // by the identity's name
};

}
