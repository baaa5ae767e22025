// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/identitycheck.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/exchange.h"

#include <QCryptographicHash>
#include <QtConcurrentRun>

namespace core::replay {

namespace {
    constexpr qsizetype smallBody = 16 * 1024; // its digest takes microseconds

    QByteArray sha256(QByteArrayView bytes)
    {
        return QCryptographicHash::hash(bytes.toByteArray(), QCryptographicHash::Sha256).toHex();
    }

    QByteArray digestOf(const http::Headers& headers)
    {
        QByteArray lines;
        for (const auto& [name, value] : headers)
            lines += name.toLower() + ':' + value + '\n';
        return headers.isEmpty() ? QByteArray() : sha256(lines);
    }
}

class IdentityCheck::Private final {
public:
    Place place;
    std::unique_ptr<WriteWitness> witness;
    cache::RouteTable routes;
    Options options;
    Login* login = nullptr;
    QList<IdentityRow> rows;
    QFuture<Result<http::Headers>> asked; // of Login
    http::Headers sent; // those of the identity that is asked for
    bool askedAgain = false;
    Exchange* exchange = nullptr; // a child of the job

    const Identity& identity() const { return options.identities.at(rows.size()); }
};

IdentityCheck::IdentityCheck(redis::Session* session, http::Client* client, Login* login, const cache::RouteTable& routes, Options options, QObject* parent)
    : Job(QStringLiteral("identities"), displayText(options.target), parent)
    , d(std::make_unique<Private>())
{
    if (!options.seen)
        options.seen = std::make_shared<SeenKeys>();
    d->routes = routes;
    d->options = std::move(options);
    // None must go out with another's credential that stands in the line.
    d->options.headers = typedBeside(d->options.headers, d->options.identities);
    d->login = login;
    d->place = {session, client, &d->routes, d->options.seen.get()};
}

IdentityCheck::~IdentityCheck() = default;

void IdentityRow::dropBodies()
{
    result.storedAfter.clear();
    if (!result.response)
        return;
    result.response->body.clear();
    result.response->rawHead.clear();
}

const QList<IdentityRow>& IdentityCheck::rows() const
{
    return d->rows;
}

void IdentityCheck::onStart()
{
    if (const auto ok = cache::checkTarget(d->options.target); !ok)
        return finish(fail(ok.error()));
    if (d->options.identities.size() < 2)
        return finish(fail(Code::Usage, Reason::BadIdentity, QString(), QStringLiteral("Choose two identities or more to compare.")));
    d->witness = beginWitness(d->place, {d->options.target});
    setProgress(0, d->options.identities.size());
    askNext();
}

void IdentityCheck::askNext()
{
    if (d->rows.size() == d->options.identities.size())
        return finish();
    d->asked = d->login->headersFor(d->identity());
    if (!d->asked.isFinished())
        emit signingIn(d->identity().name);
    onFinished(d->asked, this, [this](const Result<http::Headers>& headers) { onHeaders(headers); });
}

void IdentityCheck::onHeaders(const Result<http::Headers>& headers)
{
    if (state() != State::Running)
        return;
    if (!headers)
        return addRow({.identity = d->identity().name, .kind = d->identity().kind, .user = d->identity().user, .error = headers.error()});
    d->sent = *headers;
    d->exchange = new Exchange(d->place, {.target = d->options.target, .headers = joinHeaders(d->options.headers, *headers).headers}, this);
    connect(d->exchange, &Exchange::finished, this, [this] { onExchanged(); }, Qt::QueuedConnection);
    d->exchange->start();
}

void IdentityCheck::onExchanged()
{
    if (!d->exchange) // cancelled while the signal was on its way
        return;
    IdentityRow row {.identity = d->identity().name, .kind = d->identity().kind, .user = d->identity().user, .sentSha256 = digestOf(d->sent), .result = d->exchange->result()};
    std::exchange(d->exchange, nullptr)->deleteLater();
    const bool isRefused = row.result.response && row.result.response->status == 401;
    if (isRefused && !d->askedAgain && d->login->refused(d->identity(), d->sent)) {
        d->askedAgain = true;
        return askNext();
    }
    const auto facts = d->identity().kind == IdentityKind::Bearer ? tokenFacts(d->identity().secret) : d->login->factsOf(d->identity());
    row.subject = facts ? facts->subject : QByteArray();
    row.result.n = int(d->rows.size() + 1);
    takeDigest(std::move(row));
}

void IdentityCheck::takeDigest(IdentityRow row)
{
    if (!row.result.response)
        return addRow(std::move(row));
    const QByteArray body = row.result.response->body;
    row.bodyBytes = body.size();
    if (body.size() <= smallBody) {
        row.bodySha256 = sha256(body);
        return addRow(std::move(row));
    }
    const auto work = [body]() -> Result<QByteArray> { return sha256(body); };
    onFinished(QtConcurrent::run(work), this, [this, row = std::move(row)](const Result<QByteArray>& digest) mutable {
        if (state() != State::Running)
            return;
        row.bodySha256 = digest.value_or(QByteArray());
        addRow(std::move(row));
    });
}

void IdentityCheck::addRow(IdentityRow row)
{
    d->askedAgain = false;
    d->rows << std::move(row);
    setProgress(d->rows.size(), d->options.identities.size());
    emit rowReady(d->rows.last());
    if (state() == State::Running)
        askNext();
}

void IdentityCheck::onCancel()
{
    d->asked.cancel();
    if (d->exchange)
        std::exchange(d->exchange, nullptr)->abort();
    finish(fail(Code::Cancelled));
}

}
