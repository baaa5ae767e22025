// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/login.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace core::replay {

namespace {
    // A token that ends while its request is on the way is none.
    constexpr qint64 spareS = 5;
    constexpr qint64 longestAnswer = 256 * 1024;

    http::Request loginRequest(const Identity& identity)
    {
        const QJsonObject body {{QStringLiteral("username"), identity.user}, {QStringLiteral("password"), QString::fromUtf8(identity.secret)}};
        return {.method = "POST", .target = identity.loginPath, .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
            .body = QJsonDocument(body).toJson(QJsonDocument::Compact), .maxBodyBytes = longestAnswer};
    }

    // Never the body: what a server says of a password may hold it.
    Error refusal(const Identity& identity, const http::Response& response)
    {
        const QString where = displayText(identity.loginPath);
        QString why = QStringLiteral("It answered %1.").arg(response.status);
        if (response.status == 429 && !response.header("Retry-After").isEmpty())
            why = QStringLiteral("It answered 429: too many logins, the next one after %1 s.").arg(displayText(response.header("Retry-After")));
        else if (response.status >= 300 && response.status < 400)
            why = QStringLiteral("It answered %1, a redirect: passwords do not follow one.").arg(response.status);
        else if (response.status == 404 || response.status == 405)
            why = QStringLiteral("It answered %1: there is no login at this path.").arg(response.status);
        return {Code::Auth, Reason::LoginRefused, where, why};
    }
}

Login::Login(http::Client* client, const Clock* clock, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_ownClock(clock ? nullptr : std::make_unique<SystemClock>())
    , m_clock(clock ? clock : m_ownClock.get())
{
}

Login::~Login() = default;

bool Login::isGood(const Held& held) const
{
    const auto end = held.facts ? held.facts->expiresS : std::nullopt;
    return !end || m_clock->utcNow().toSecsSinceEpoch() + spareS < *end;
}

QFuture<Result<http::Headers>> Login::headersFor(const Identity& identity)
{
    if (const auto ok = checkIdentity(identity); !ok)
        return readyFuture(Result<http::Headers>(fail(ok.error())));
    if (identity.kind != IdentityKind::Login)
        return readyFuture(Result<http::Headers>(headersOf(identity)));
    const auto held = m_held.constFind(identity.name);
    if (held != m_held.cend() && held->identity == identity && isGood(*held))
        return readyFuture(Result<http::Headers>(bearerHeader(held->token)));
    auto promise = std::make_shared<QPromise<Result<http::Headers>>>();
    promise->start();
    QFuture<Result<http::Response>> sent = m_client->send(loginRequest(identity));
    auto* watcher = new QFutureWatcher<Result<http::Headers>>(this);
    connect(watcher, &QFutureWatcherBase::canceled, this, [sent]() mutable { sent.cancel(); });
    watcher->setFuture(promise->future());
    onFinished(sent, this, [this, identity, promise, watcher](const Result<http::Response>& response) {
        watcher->deleteLater();
        promise->addResult(take(identity, response));
        promise->finish();
    });
    return promise->future();
}

Result<http::Headers> Login::take(const Identity& identity, const Result<http::Response>& response)
{
    m_held.remove(identity.name);
    if (!response)
        return fail(response.error());
    if (response->status != 200 && response->status != 201)
        return fail(refusal(identity, *response));
    const auto token = memberOf(response->body, "token");
    Identity asBearer {identity.name, IdentityKind::Bearer, {}, token.value_or(QByteArray()), {}};
    if (!token || *token == "null" || !checkIdentity(asBearer))
        return fail(Code::Auth, Reason::NoToken, displayText(identity.loginPath));
    m_held.insert(identity.name, {identity, *token, tokenFacts(*token)});
    return bearerHeader(*token);
}

bool Login::refused(const Identity& identity, const http::Headers& headers)
{
    const auto held = m_held.constFind(identity.name);
    if (held == m_held.cend() || bearerHeader(held->token) != headers)
        return false;
    m_held.erase(held);
    return true;
}

std::optional<TokenFacts> Login::factsOf(const Identity& identity) const
{
    const auto held = m_held.constFind(identity.name);
    return held != m_held.cend() && held->identity == identity ? held->facts : std::nullopt;
}

void Login::forget()
{
    m_held.clear();
}

}
