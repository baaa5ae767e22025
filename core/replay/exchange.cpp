// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/exchange.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/base/monotonic.h"
#include "core/cache/entryvalue.h"
#include "core/cache/querycodec.h"
#include "core/replay/classkeys.h"
#include "core/replay/lookqueue.h"

#include <QtConcurrent>

namespace core::replay {

namespace {
    constexpr qsizetype maxPredictions = 4;
    constexpr qsizetype maxCandidates = 2000; // keys of the class whose age is asked
    constexpr qsizetype maxCompared = 8;
    constexpr qsizetype maxBytesHere = 256 * 1024; // more JSON is compared on a pool thread: some milliseconds
    constexpr qint64 maxStoredBytes = 64LL * 1024 * 1024;

    QList<cache::Prediction> predictionsOf(const cache::RequestForecast& forecast)
    {
        QList<cache::Prediction> out = forecast.predictions.first(std::min(forecast.predictions.size(), maxPredictions));
        if (out.isEmpty() && forecast.wouldBeKey)
            out << cache::Prediction {{}, *forecast.wouldBeKey, forecast.route ? forecast.route->className : QByteArray()};
        return out;
    }
}

namespace {
    // Calls `then(T)`: at once, or when a pool thread has done the work. Not after `context` has died.
    template <typename Work, typename Then>
    void compute(qsizetype bytes, QObject* context, Work work, Then then)
    {
        if (bytes <= maxBytesHere)
            return then(work());
        using Value = decltype(work());
        const auto future = QtConcurrent::run([work = std::move(work)] { return Result<Value>(work()); });
        onFinished(future, context, [then = std::move(then)](Result<Value> value) mutable { then(*std::move(value)); });
    }

    void setOwnLookups(Snapshot& snapshot, const redis::LookupSplit& lookups)
    {
        snapshot.ownLookups = lookups.all();
        snapshot.ownHits = lookups.hits;
        snapshot.ownMisses = lookups.misses;
    }

    // Index of the stored value that holds this body; -1: none.
    qsizetype equalTo(const QByteArray& body, const redis::Replies& values, const QString& scheme)
    {
        for (qsizetype i = 0; i < values.size(); ++i) {
            if (values[i].isString() && cache::jsonEqual(body, cache::decodeEntry(values[i].bytes, scheme).payload))
                return i;
        }
        return -1;
    }
}

std::unique_ptr<WriteWitness> beginWitness(Place& place, const QList<QByteArray>& targets)
{
    if (!place.session || place.session->state() != redis::Session::State::Connected)
        return nullptr;
    const QList<QByteArray> prefixes = witnessPrefixes(targets, *place.routes);
    if (prefixes.isEmpty())
        return nullptr;
    auto witness = std::make_unique<WriteWitness>(place.session, prefixes);
    place.witness = witness.get();
    return witness;
}

Exchange::Exchange(Place place, http::Request request, QObject* parent)
    : QObject(parent)
    , m_place(place)
    , m_request(std::move(request))
{
    m_result.target = m_request.target;
}

bool Exchange::redisIsUp() const
{
    return m_place.session && m_place.session->state() == redis::Session::State::Connected;
}

Error Exchange::whyNotAsked() const
{
    if (m_place.session && m_place.session->lastError().reason != Reason::None)
        return m_place.session->lastError();
    return {Code::Connect, Reason::NotConnected, m_place.session ? endpointLabel(m_place.session->endpoint()) : QString(), {}};
}

void Exchange::start()
{
    if (const auto good = cache::checkTarget(m_request.target); !good) {
        m_result.response = fail(good.error());
        return judgeNow();
    }
    const cache::Request request = asked();
    m_result.forecast = cache::forecast(request, *m_place.routes);
    if (const cache::Route* route = m_result.forecast.route)
        m_result.policyTtlS = route->ttlS;
    m_predictions = predictionsOf(m_result.forecast);
    if (!m_predictions.isEmpty()) {
        if (m_predictions.first().ttlS)
            m_result.policyTtlS = m_predictions.first().ttlS;
        if (m_result.forecast.cached != cache::Cached::No)
            m_result.collisions = cache::collisionsOf(request, m_predictions.first(), *m_place.routes);
        m_result.predictedKey = m_predictions.first().key;
        m_result.scheme = m_predictions.first().scheme;
    }
    const bool somethingToAsk = m_request.method == "GET" ? !m_predictions.isEmpty() : !m_result.forecast.effects.isEmpty();
    m_askRedis = somethingToAsk && redisIsUp();
    if (somethingToAsk && !m_askRedis)
        m_result.redisError = whyNotAsked();
    if (!m_askRedis)
        return sendRequest();
    m_lookupsAtStart = m_place.session->ownLookups();
    m_unknownAtStart = m_place.session->ownLookupsUnknown();
    if (m_request.method != "GET")
        return countPurge();
    if (!m_place.witness)
        return lookBefore();
    m_place.witness->whenBegun(this, [this] {
        if (m_place.client)
            lookBefore();
    });
}

// As the app sees it: libcurl makes the Host header of the base URL unless one is given.
cache::Request Exchange::asked() const
{
    QByteArray host = m_place.client->hostField();
    for (const auto& [name, value] : m_request.headers) {
        if (name.compare("Host", Qt::CaseInsensitive) == 0)
            host = value;
    }
    return {.method = m_request.method, .target = m_request.target, .origins = {m_place.client->scheme() + "://" + host}, .jsonBody = m_request.body};
}

QList<QByteArray> Exchange::predictedKeys() const
{
    QList<QByteArray> keys;
    for (const cache::Prediction& prediction : m_predictions)
        keys << prediction.key;
    return keys;
}

// Both at once; the watch first, so that no write can lie between it and the snapshot.
void Exchange::lookBefore()
{
    m_watchBegun = !m_place.witness || m_place.witness->refusal();
    if (!m_watchBegun) {
        m_watch = m_place.witness->watch(predictedKeys());
        m_watch->begin(this, [this] {
            m_watchBegun = true;
            onLookedBefore();
        });
    }
    m_ownReads = std::make_unique<redis::OwnReads>(m_place.session, predictedKeys());
    takeSnapshots(m_place.session, predictedKeys(), this, [this](const Result<Snapshots>& snapshots) {
        m_lookedBefore = snapshots;
        onLookedBefore();
    });
}

void Exchange::onLookedBefore()
{
    if (m_place.client && m_watchBegun && m_lookedBefore)
        onBefore();
}

void Exchange::abort()
{
    m_transfer.cancel();
    deleteLater();
    m_place = {};
    disconnect();
}

void Exchange::giveUpRedis(const Error& error)
{
    m_askRedis = false;
    m_result.redisError = error;
}

void Exchange::onBefore()
{
    const Result<Snapshots>& snapshots = *m_lookedBefore;
    if (!snapshots) {
        giveUpRedis(snapshots.error());
        return sendRequest();
    }
    m_before = snapshots->keys;
    m_lookedAt = where();
    m_lookupsOfBefore = snapshots->ownLookups;
    for (qsizetype i = 0; i < m_before.size(); ++i) {
        setOwnLookups(m_before[i], m_lookupsOfBefore);
        m_place.seen->saw(m_predictions[i].key, m_before[i]);
    }
    m_result.before = m_before.first();
    m_skipped = m_skipTtlAboveMs && m_result.before.exists && m_result.before.type == "string"
        && (m_result.before.pttlMs < 0 || m_result.before.pttlMs > *m_skipTtlAboveMs);
    m_skipped ? end() : sendRequest();
}

void Exchange::sendRequest()
{
    m_sent = true;
    m_transfer = m_place.client->send(m_request, this, [this](Result<http::Response> response) {
        if (m_place.client)
            onResponse(std::move(response));
    });
}

void Exchange::onResponse(Result<http::Response> response)
{
    m_result.response = std::move(response);
    if (!m_askRedis)
        return judgeNow();
    if (m_request.method != "GET")
        return countPurge();
    takeSnapshots(m_place.session, predictedKeys(), this, [this](const Result<Snapshots>& snapshots) { onAfter(snapshots); });
}

void Exchange::onAfter(const Result<Snapshots>& snapshots)
{
    if (!m_place.client)
        return;
    if (!snapshots) {
        giveUpRedis(snapshots.error());
        return judgeNow();
    }
    m_otherServer = where() != m_lookedAt;
    if (m_otherServer)
        return judgeNow();
    askWitness();
    choosePrediction(snapshots->keys);
    setOwnLookups(m_result.after, redis::LookupSplit(m_lookupsOfBefore) += snapshots->ownLookups);
    // Looks go out a turn after they were asked for: one that was sent around them may count too, and then only takes evidence away.
    m_readsBetween = std::exchange(m_ownReads, nullptr)->of(*m_result.predictedKey);
    // Lookups of other pages at the same time cannot be told from LightAPI's.
    const qint64 ours = m_place.session->ownLookups() - m_lookupsAtStart;
    const bool alone = ours == m_result.after.ownLookups && m_place.session->ownLookupsUnknown() == m_unknownAtStart;
    m_result.after.countersKnown = m_result.after.countersKnown && alone;
    if (m_result.after.exists)
        return readStored();
    const bool mayBeElsewhere = !m_result.before.exists && m_result.forecast.cached != cache::Cached::No && m_result.response
        && m_result.response->status == 200;
    mayBeElsewhere ? lookForOtherKeys() : judgeNow();
}

// After the snapshot, so that it has heard of what that shows; while the value is read.
void Exchange::askWitness()
{
    if (!m_watch)
        return;
    m_witnessAsked = true;
    m_watch->end(this, [this](std::optional<QSet<QByteArray>> written) {
        m_witnessAsked = false;
        m_written = std::move(written);
        if (m_place.client && m_afterWitness)
            std::exchange(m_afterWitness, {})();
    });
}

// At once where it has answered or was not asked.
void Exchange::afterWitness(std::function<void()> then)
{
    if (m_witnessAsked)
        m_afterWitness = std::move(then);
    else
        then();
}

// What was stored or was there decides which of several predictions holds.
void Exchange::choosePrediction(const QList<Snapshot>& after)
{
    qsizetype chosen = -1;
    for (qsizetype i = after.size() - 1; i >= 0; --i) {
        if (m_before[i].exists || after[i].exists)
            chosen = i;
    }
    for (qsizetype i = after.size() - 1; i >= 0; --i) {
        if (!m_before[i].exists && after[i].exists)
            chosen = i;
    }
    m_chosen = std::max<qsizetype>(chosen, 0);
    m_result.before = m_before[m_chosen];
    m_result.after = after[m_chosen];
    m_result.predictedKey = m_predictions[m_chosen].key;
    m_result.scheme = m_predictions[m_chosen].scheme;
}

// Only now: GET resets the idle time.
void Exchange::readStored()
{
    if (m_result.after.memoryBytes.value_or(0) > maxStoredBytes)
        m_unreadBytes = m_result.after.memoryBytes;
    if (m_result.after.type != "string" || m_unreadBytes)
        return judgeNow();
    LookQueue::of(m_place.session)->readValue(*m_result.predictedKey, this, [this](const Result<redis::Reply>& reply) {
        if (!m_place.client)
            return;
        if (reply && reply->isString())
            m_result.storedAfter = reply->bytes;
        m_goneUnread = reply && reply->isNil();
        if (!reply)
            m_unreadError = reply.error();
        else if (reply->isError())
            m_unreadError = redis::toError(*reply, QStringLiteral("GET"));
        judgeNow();
    });
}

void Exchange::lookForOtherKeys()
{
    const cache::Prediction& prediction = m_predictions[m_chosen];
    const QByteArray pattern = patternOfClass(prediction.key, prediction.className);
    findClassKeys(m_place.session, pattern, this, [this](const Result<ClassKeys>& found) {
        if (!m_place.client)
            return;
        if (!found || found->keys.isEmpty())
            return judgeNow();
        const QList<QByteArray> keys = found->keys.values().first(std::min(found->keys.size(), maxCandidates));
        redis::Pipeline pipeline;
        for (const QByteArray& key : keys)
            pipeline << redis::Command {"PTTL", key} << redis::Command {"OBJECT", "IDLETIME", key};
        onFinished(m_place.session->send(pipeline), this, [this, keys](const Result<redis::Replies>& replies) {
            if (!m_place.client)
                return;
            if (!replies)
                return judgeNow();
            afterWitness([this, keys, found = *replies] { keepFresh(keys, found); });
        });
    });
}

// Written since the first look had been answered, before which nothing was requested. The witness knows. Without it the time to live tells, to
// the millisecond where it is the configured one (SETEX of whole seconds), and the idle time, by a clock of seconds.
bool Exchange::isFresh(const QByteArray& key, const redis::Reply& pttl, const redis::Reply& idle) const
{
    const auto written = m_watch && m_written ? m_watch->wroteOther(key) : std::nullopt;
    if (pttl.integer <= 0)
        return false;
    if (written)
        return *written;
    constexpr qint64 roundedMs = 2, idleClockMs = 2000;
    const qint64 sinceMs = monotonicMs() - m_result.before.monotonicMs + roundedMs;
    const bool recent = idle.type != redis::Reply::Type::Integer || idle.integer * 1000 <= sinceMs + idleClockMs;
    const qint64 policyMs = m_result.policyTtlS.value_or(0) * 1000;
    return recent && (!m_result.policyTtlS || (pttl.integer >= policyMs - sinceMs && pttl.integer <= policyMs + roundedMs));
}

void Exchange::keepFresh(const QList<QByteArray>& keys, const redis::Replies& replies)
{
    for (qsizetype i = 0; i < keys.size(); ++i) {
        if (isFresh(keys[i], replies[2 * i], replies[2 * i + 1]))
            m_newKeys << keys[i];
    }
    if (m_newKeys.isEmpty())
        return judgeNow();
    redis::Pipeline pipeline;
    for (const QByteArray& key : m_newKeys.first(std::min(m_newKeys.size(), maxCompared)))
        pipeline << redis::Command {"GET", key};
    onFinished(m_place.session->send(pipeline), this, [this](const Result<redis::Replies>& values) {
        if (m_place.client)
            values ? compareOthers(*values) : judgeNow();
    });
}

void Exchange::compareOthers(const redis::Replies& values)
{
    qsizetype bytes = m_result.response->body.size();
    for (const redis::Reply& value : values)
        bytes += value.bytes.size();
    compute(bytes, this, [body = m_result.response->body, values, scheme = m_result.scheme] { return equalTo(body, values, scheme); },
        [this](qsizetype equal) { onCompared(equal); });
}

void Exchange::onCompared(qsizetype equal)
{
    if (!m_place.client)
        return;
    if (equal >= 0) {
        m_storedElsewhere = m_newKeys[equal];
        m_result.otherReleases = cache::otherReleasesFor(asked(), *m_storedElsewhere, *m_place.routes);
    }
    judgeNow();
}

// Before and after a request other than GET: which keys of the class it took away.
void Exchange::countPurge()
{
    const bool before = !m_sent;
    findClassKeys(m_place.session, m_result.forecast.effects.first().pattern, this, [this, before](const Result<ClassKeys>& found) {
        if (!m_place.client)
            return;
        if (!found) {
            giveUpRedis(found.error());
        } else if (before) {
            m_classBefore = found->keys;
            m_classComplete = found->complete;
        } else {
            const QSet<QByteArray> gone = m_classBefore - found->keys;
            for (const QByteArray& key : gone)
                m_place.seen->forget(key);
            m_result.purgedKeys = gone.size();
            m_result.purgeCounted = m_classComplete && found->complete;
            if (!gone.isEmpty())
                m_result.purged = m_result.forecast.effects;
        }
        before ? sendRequest() : judgeNow();
    });
}

namespace {
    QString purgeSentence(const QByteArray& method, const ReplayResult& result, qsizetype before)
    {
        if (result.forecast.effects.isEmpty() || result.redisError)
            return {};
        const QString name = displayText(result.forecast.effects.first().className);
        const QString most = result.purgeCounted ? QString() : QStringLiteral("at least ");
        if (result.purgedKeys == 0)
            return QStringLiteral(" %1 took no key of %2 away (%3 %4 there).").arg(displayText(method), name, formatCount(before), before == 1 ? QStringLiteral("was") : QStringLiteral("were"));
        return QStringLiteral(" %1 purged %2%3 of %4 %5 of %6.").arg(displayText(method), most, formatCount(result.purgedKeys), formatCount(before), before == 1 ? QStringLiteral("key") : QStringLiteral("keys"), name);
    }
}

void Exchange::judgeNow()
{
    if (m_witnessAsked)
        return afterWitness([this] { judgeNow(); });
    const VerdictInput input = verdictInput();
    compute(input.body.size() + input.storedAfter.size(), this, [input] { return judge(input); },
        [this](Verdict verdict) { onJudged(std::move(verdict)); });
}

void Exchange::onJudged(Verdict verdict)
{
    if (!m_place.client)
        return;
    m_result.verdict = std::move(verdict);
    if (m_result.verdict.storedKey != m_storedElsewhere) // not sure enough to offer another release
        m_result.otherReleases.clear();
    if (m_request.method != "GET" && m_result.response)
        m_result.verdict.sentence += purgeSentence(m_request.method, m_result, m_classBefore.size());
    if (m_result.predictedKey && m_askRedis && !m_otherServer && m_request.method == "GET") {
        m_place.seen->saw(*m_result.predictedKey, m_result.after);
        if (!m_result.after.exists)
            m_place.seen->forget(*m_result.predictedKey);
        followEntry();
    }
    end();
}

void Exchange::end()
{
    m_result.forecast.route = nullptr;
    emit finished();
}

}
