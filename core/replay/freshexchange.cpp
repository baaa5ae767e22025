// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/freshexchange.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/cache/querycodec.h"
#include "core/replay/identity.h"

#include <QRandomGenerator>
#include <QTimer>
#include <QUrl>
#include <QtConcurrent>

#include <algorithm>

namespace core::replay {

namespace {
    constexpr qsizetype maxPredictions = 4;
    constexpr qint64 maxStoredBytes = 64LL * 1024 * 1024;
    constexpr int ok = 200;
    constexpr qsizetype maxBytesHere = 256 * 1024; // more is compared on a pool thread: some milliseconds

    QByteArray originOf(const http::Client& client)
    {
        return cache::originFromUrl(client.options().baseUrl).value_or(QByteArray());
    }
}

QString probeStateName(FreshProbe::State state)
{
    switch (state) {
    case FreshProbe::State::Removed:
        return QStringLiteral("removed");
    case FreshProbe::State::NotStored:
        return QStringLiteral("not-stored");
    case FreshProbe::State::MayBeLeft:
        return QStringLiteral("may-be-left");
    }
    return {};
}

FreshExchange::FreshExchange(const FreshSource& source, QByteArray target, QObject* parent)
    : QObject(parent)
    , m_source(source)
    , m_session(source.session)
    , m_client(source.client)
{
    m_result.target = std::move(target);
}

// Whoever ends the comparison in the middle of it leaves no entry of ours behind, as far as that can still be done.
FreshExchange::~FreshExchange()
{
    if (m_probeIsDue && m_session)
        m_session->send({redis::Command {"UNLINK", m_probeKey}});
}

cache::Request FreshExchange::asked() const
{
    return {.target = m_result.target, .origins = {originOf(*m_source.client)}};
}

void FreshExchange::start()
{
    if (const auto good = cache::checkTarget(m_result.target); !good)
        return end(FreshState::NoAnswer, QStringLiteral("It is not a request target."), good.error());
    findKeys();
}

void FreshExchange::findKeys()
{
    const cache::RequestForecast forecast = cache::forecast(asked(), *m_source.routes);
    if (forecast.cached == cache::Cached::No)
        return end(FreshState::NotCached, QStringLiteral("Its class is not cached by configuration."));
    if (forecast.predictions.isEmpty())
        return end(FreshState::Unknown, QStringLiteral("Its key is not known: no route of the profile takes this path."));
    m_predictions = forecast.predictions.first(std::min(forecast.predictions.size(), maxPredictions));
    m_result.key = m_predictions.first().key;
    m_result.scheme = m_predictions.first().scheme;
    m_policyTtlS = forecast.route ? forecast.route->ttlS : std::nullopt;
    if (chooseWay())
        findEntry();
}

bool FreshExchange::chooseWay()
{
    const FreshWay way = m_source.way.value_or(m_source.otherClient ? FreshWay::OtherApi : FreshWay::Parameter);
    m_result.way = way;
    if (way == FreshWay::OtherApi && !m_source.otherClient) {
        end(FreshState::NoAnswer, {}, Error {Code::Api, Reason::ApiNotSet, {}, {}});
    } else if (way == FreshWay::Unlink && !m_source.remove) {
        end(FreshState::NoAnswer, {}, Error {Code::Unconfirmed, Reason::NotConfirmed, QStringLiteral("the deletion"), {}});
    } else if (way == FreshWay::Parameter && m_session->isReadOnly()) { // what it makes the app store could not be deleted
        end(FreshState::NoAnswer, {}, Error {Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("UNLINK"), {}});
    } else if (way == FreshWay::Parameter) {
        m_nonce = QByteArray::number(QRandomGenerator::system()->generate64(), 16);
        const auto key = keyOfProbe(asked(), m_source.parameter, m_nonce, *m_source.routes);
        if (!key)
            end(FreshState::NoAnswer, key.error());
        else
            m_probeKey = *key;
    }
    return !m_isOver;
}

// MEMORY USAGE is no lookup for the server's counters, and says what GET would bring.
void FreshExchange::findEntry()
{
    redis::Pipeline pipeline;
    for (const cache::Prediction& prediction : std::as_const(m_predictions))
        pipeline << redis::Command {"MEMORY", "USAGE", prediction.key};
    if (m_result.way == FreshWay::Parameter) // nothing is there yet: it tells whether what will be may be deleted
        pipeline << redis::Command {"UNLINK", m_probeKey};
    onFinished(m_session->send(pipeline), this, [this](const Result<redis::Replies>& replies) {
        if (!m_isOver)
            onFound(replies);
    });
}

void FreshExchange::onFound(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(FreshState::Unknown, {}, replies.error());
    if (replies->last().isError() && m_result.way == FreshWay::Parameter)
        m_probeRefusal = redis::toError(replies->last(), QStringLiteral("UNLINK"));
    for (qsizetype i = 0; i < m_predictions.size(); ++i) {
        const redis::Reply& size = replies->at(i);
        if (size.isNil())
            continue;
        m_result.key = m_predictions[i].key;
        m_result.scheme = m_predictions[i].scheme;
        if (m_predictions[i].ttlS)
            m_policyTtlS = m_predictions[i].ttlS;
        if (size.integer > maxStoredBytes)
            return end(FreshState::Unknown, QStringLiteral("The entry is too large to be compared."));
        return readEntry([this](const Result<redis::Replies>& read) { onRead(read); });
    }
    end(FreshState::NotCached, QStringLiteral("There is no entry."));
}

void FreshExchange::readEntry(std::function<void(const Result<redis::Replies>&)> then)
{
    if (!m_session)
        return then(fail(Code::Connect, Reason::NotConnected));
    const redis::Pipeline pipeline {{"PTTL", *m_result.key}, {"GET", *m_result.key}};
    onFinished(m_session->send(pipeline), this, [this, then = std::move(then)](const Result<redis::Replies>& replies) {
        if (!m_isOver)
            then(replies);
    });
}

void FreshExchange::onRead(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(FreshState::Unknown, {}, replies.error());
    const redis::Reply& value = replies->at(1);
    if (value.isError() && redis::toError(value, QStringLiteral("GET")).reason == Reason::WrongType)
        return end(FreshState::NotCached, QStringLiteral("What is stored is no string: LightAPI takes it as a miss."));
    if (value.isError() || replies->first().isError())
        return end(FreshState::Unknown, {}, redis::toError(value.isError() ? value : replies->first(), QStringLiteral("GET")));
    if (value.isNil())
        return end(FreshState::NotCached, QStringLiteral("The entry ended just now."));
    m_stored = value.bytes;
    m_result.ttlMs = replies->first().integer;
    m_result.ageMs.reset();
    if (m_policyTtlS && m_result.ttlMs >= 0 && m_result.ttlMs <= *m_policyTtlS * 1000)
        m_result.ageMs = *m_policyTtlS * 1000 - m_result.ttlMs;
    m_lookedAgain ? compare() : getAnswer();
}

void FreshExchange::getAnswer()
{
    switch (*m_result.way) {
    case FreshWay::OtherApi:
        return sendRequest(m_source.otherClient, m_result.target);
    case FreshWay::Parameter:
        if (m_probeRefusal)
            return end(FreshState::NoAnswer, QStringLiteral("Nothing was sent: the entry that an extra parameter makes could not be deleted again."), m_probeRefusal);
        m_mustEnd = true;
        m_probeIsDue = true;
        return sendRequest(m_source.client, withParameter(m_result.target, m_source.parameter, m_nonce));
    case FreshWay::Unlink:
        return askBeforeDeletion();
    }
}

// What does not answer now would not store the entry again.
void FreshExchange::askBeforeDeletion()
{
    sendRequest(m_source.client, m_result.target, &FreshExchange::onAnswerBefore);
}

void FreshExchange::onAnswerBefore(const Result<http::Response>& response)
{
    if (!response)
        return end(FreshState::NoAnswer, QStringLiteral("The entry was not deleted, as the app gave no answer before that."), response.error());
    if (!m_session || !m_client)
        return end(FreshState::NoAnswer, QStringLiteral("The entry was not deleted."), Error {Code::Connect, Reason::NotConnected, {}, {}});
    if (response->status == ok)
        return deleteEntry();
    m_result.status = response->status;
    end(FreshState::NoAnswer, QStringLiteral("The entry was not deleted, as the app answered with %1 before that: it stores what it answers with 200.").arg(response->status));
}

void FreshExchange::deleteEntry()
{
    m_mustEnd = true;
    m_source.remove(*m_result.key, [self = QPointer(this)](const Result<bool>& removed, const std::optional<Error>& flaw) {
        if (self)
            self->onDeleted(removed, flaw);
    });
}

void FreshExchange::onDeleted(const Result<bool>& removed, const std::optional<Error>& flaw)
{
    if (!removed)
        return end(FreshState::NoAnswer, QStringLiteral("The entry was not deleted."), removed.error());
    m_result.entryDeleted = *removed;
    m_result.deletionFlaw = flaw;
    if (!m_client) // the connection ended while the deletion was logged
        return onAnswer(fail(Code::Cancelled));
    sendRequest(m_client, m_result.target);
}

void FreshExchange::sendRequest(http::Client* client, const QByteArray& target, Answered then)
{
    if (m_isTooLate)
        return (this->*then)(fail(Code::Cancelled));
    http::Request request {.target = target, .headers = m_source.headers};
    if (client == m_source.otherClient && !m_source.headersToOther)
        request.headers = withoutFields(withoutCredentials(request.headers), m_source.identityFields);
    m_transfer = client->send(request);
    onFinished(m_transfer, this, [this, then](const Result<http::Response>& response) {
        if (!m_isOver)
            (this->*then)(response);
    });
}

void FreshExchange::onAnswer(const Result<http::Response>& response)
{
    if (!response) {
        m_result.comparison = {FreshState::NoAnswer, {}, {}, {}};
        m_result.error = response.error();
        const Code code = response.error().code;
        const bool reached = code == Code::Cancelled || (code == Code::Api && response.error().reason != Reason::ApiUnreachable);
        return m_probeIsDue ? removeProbe(reached) : endNow();
    }
    m_result.status = response->status;
    m_coding = codingOf(*response);
    m_body = response->body;
    // Links to other pages hold the parameter and the address that was asked.
    if (m_result.way == FreshWay::Parameter)
        m_body = withoutParameter(std::move(m_body), m_source.parameter, m_nonce);
    else if (m_result.way == FreshWay::OtherApi)
        m_body.replace(QByteArray(originOf(*m_source.otherClient) + '/'), QByteArray(originOf(*m_source.client) + '/'));
    m_probeIsDue ? removeProbe(false) : compare();
}

// Twice: that the second deletes nothing shows that it is gone, and no counter of the server moves.
void FreshExchange::removeProbe(bool mayComeLater)
{
    if (!m_session)
        return onProbeRemoved(fail(Code::Connect, Reason::NotConnected), mayComeLater);
    const redis::Pipeline pipeline {{"UNLINK", m_probeKey}, {"UNLINK", m_probeKey}};
    onFinished(m_session->send(pipeline), this,
        [this, mayComeLater](const Result<redis::Replies>& replies) { onProbeRemoved(replies, mayComeLater); });
}

void FreshExchange::onProbeRemoved(const Result<redis::Replies>& replies, bool mayComeLater)
{
    m_probeIsDue = false;
    FreshProbe probe {m_probeKey, FreshProbe::State::MayBeLeft, {}};
    if (!replies)
        probe.error = replies.error();
    else if (replies->at(0).isError() || replies->at(1).isError())
        probe.error = redis::toError(replies->at(0).isError() ? replies->at(0) : replies->at(1), QStringLiteral("UNLINK"));
    else if (replies->at(1).integer == 0 && !mayComeLater)
        probe.state = replies->at(0).integer > 0 ? FreshProbe::State::Removed : FreshProbe::State::NotStored;
    m_result.probe = std::move(probe);
    m_result.error ? endNow() : compare();
}

// A body that is still coded differs from every entry.
QByteArray FreshExchange::codingOf(const http::Response& response)
{
    const QByteArray coding = response.header("Content-Encoding").trimmed().toLower();
    return response.decoded || coding == "identity" ? QByteArray() : coding;
}

void FreshExchange::compare()
{
    if (!m_coding.isEmpty())
        return end(FreshState::NoAnswer, QStringLiteral("The fresh answer came coded (%1), and that is not undone here: leave Accept-Encoding out of the headers.").arg(shortDisplayText(m_coding)));
    const auto work = [stored = m_stored, scheme = m_result.scheme, status = m_result.status, body = m_body, ignored = m_source.ignored] {
        return compareFresh(stored, scheme, status, body, ignored);
    };
    if (m_stored.size() + m_body.size() <= maxBytesHere)
        return onCompared(work());
    onFinished(QtConcurrent::run([work] { return Result<FreshComparison>(work()); }), this, [this](Result<FreshComparison> comparison) {
        if (!m_isOver && comparison)
            onCompared(*std::move(comparison));
    });
}

// An app whose key has no place for the parameter answers from the entry itself, which then equals it always. What differs did not come
// from there.
bool FreshExchange::mayBeEntryItself() const
{
    if (!m_result.probe || m_result.probe->state == FreshProbe::State::Removed)
        return false;
    return m_result.probe->state == FreshProbe::State::NotStored || m_result.probe->error;
}

void FreshExchange::onCompared(FreshComparison comparison)
{
    m_result.comparison = std::move(comparison);
    if (m_result.state() == FreshState::Same && !m_result.comparison.paths && mayBeEntryItself())
        return end(FreshState::Unknown, m_result.probe->error ? QStringLiteral("They are equal, but whether the extra parameter made an entry of its own is not known: the answer may have come from the entry itself.")
                                                              : QStringLiteral("They are equal, but the extra parameter made no entry of its own: the answer may have come from the entry itself."));
    // The entry may have been stored anew between the two answers.
    const bool mayHaveChanged = m_result.state() == FreshState::Stale && m_result.way != FreshWay::Unlink && !m_lookedAgain;
    if (!mayHaveChanged)
        return endNow();
    m_lookedAgain = true;
    readEntry([this](const Result<redis::Replies>& replies) { onReadAgain(replies); });
}

void FreshExchange::onReadAgain(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(FreshState::Unknown, {}, replies.error());
    const redis::Reply& value = replies->at(1);
    if (value.isNil())
        return end(FreshState::Unknown, QStringLiteral("The entry ended or was deleted while it was compared."));
    if (!value.isString() || value.bytes == m_stored)
        return endNow();
    onRead(replies);
}

bool FreshExchange::abort()
{
    if (m_mustEnd)
        return false;
    m_isOver = true;
    m_transfer.cancel();
    disconnect();
    deleteLater();
    return true;
}

// An entry of ours cannot be deleted before the app has stored it; what was deleted the app may store again.
void FreshExchange::hurry()
{
    QTimer::singleShot(m_probeIsDue ? mostCleanUpMs : mostRestoreMs, this, [this] {
        m_isTooLate = true;
        m_transfer.cancel();
    });
}

void FreshExchange::end(FreshState state, const QString& reason, std::optional<Error> error)
{
    m_result.comparison = {state, reason, {}, {}};
    m_result.error = std::move(error);
    endNow();
}

// What is deleted and not stored again (a full Redis, an answer that LightAPI does not store) is lost to the cache: to be told.
void FreshExchange::lookForNewEntry()
{
    onFinished(m_session->send({{"MEMORY", "USAGE", *m_result.key}}), this, [this](const Result<redis::Replies>& replies) {
        if (replies && !replies->first().isError())
            m_result.storedAgain = !replies->first().isNil();
        endNow();
    });
}

void FreshExchange::addReason(const QString& sentence)
{
    QString& reason = m_result.comparison.reason;
    reason += (reason.isEmpty() ? QString() : QStringLiteral(" ")) + sentence;
}

// An app that has not answered yet may store it still.
void FreshExchange::tellDeletion()
{
    const bool isOpen = m_result.error.has_value();
    if (m_result.storedAgain == true && isOpen)
        addReason(QStringLiteral("The entry was deleted, and the app has stored it again."));
    else if (m_result.storedAgain == false)
        addReason(isOpen ? QStringLiteral("The entry was deleted, and is not stored again so far.") : QStringLiteral("The entry was deleted, and the app did not store it again."));
    else if (!m_result.storedAgain)
        addReason(QStringLiteral("The entry was deleted; whether the app stored it again is not known."));
}

void FreshExchange::endNow()
{
    if (m_result.entryDeleted && m_session && !std::exchange(m_lookedForNew, true))
        return lookForNewEntry();
    m_isOver = true;
    if (m_result.entryDeleted)
        tellDeletion();
    if (m_result.deletionFlaw) {
        const QString what = m_result.deletionFlaw->code == Code::File ? QStringLiteral("The entry was deleted, but the log of it could not be written to its end: %1")
                                                                        : QStringLiteral("The entry was deleted, but what followed was not seen: %1");
        addReason(what.arg(oneLine(*m_result.deletionFlaw)));
    }
    emit finished();
}

}
