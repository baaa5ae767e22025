// SPDX-License-Identifier: GPL-3.0-or-later
// What an exchange hands to the judge.
#include "core/replay/exchange.h"
#include "core/replay/facts.h"

#include <algorithm>

namespace core::replay {

namespace {
    bool asksForCoding(const http::Request& request)
    {
        return !request.sending.acceptEncoding.isEmpty() || std::ranges::any_of(request.headers, [](const auto& header) {
            return header.first.compare("Accept-Encoding", Qt::CaseInsensitive) == 0;
        });
    }
}

VerdictInput Exchange::verdictInput() const
{
    VerdictInput input;
    input.method = m_request.method;
    input.cached = m_result.forecast.cached;
    input.redisReached = !m_result.redisError;
    input.redisError = m_result.redisError;
    input.routeKnown = m_result.forecast.route != nullptr || !m_predictions.isEmpty();
    input.predictedKey = m_result.predictedKey;
    input.scheme = m_result.scheme;
    input.before = m_result.before;
    input.after = m_result.after;
    input.ownReads = m_readsBetween;
    input.storedAfter = m_result.storedAfter;
    input.policyTtlS = m_result.policyTtlS;
    input.newKeysOfClass = m_newKeys;
    input.storedElsewhere = m_storedElsewhere;
    const bool witnessed = m_storedElsewhere && m_watch && m_written && m_watch->wroteOther(*m_storedElsewhere) == true;
    input.elsewhereIsDated = m_result.policyTtlS.has_value() || witnessed;
    input.otherReleases = m_result.otherReleases;
    input.collisions = m_result.collisions;
    if (m_place.routes)
        input.release = m_place.routes->release();
    if (m_written && m_result.predictedKey)
        input.written = m_written->contains(*m_result.predictedKey);
    input.unreadBytes = m_unreadBytes;
    input.unreadError = m_unreadError;
    input.goneUnread = m_goneUnread;
    input.otherServer = m_otherServer;
    if (m_place.witness)
        input.witnessRefusal = m_place.witness->refusal();
    if (m_watch && !m_written && !input.witnessRefusal)
        input.witnessRefusal = Error {Code::Lost, Reason::LineDropped, QStringLiteral("CLIENT TRACKING"), {}};
    if (m_result.predictedKey)
        addKnownEnd(input);
    if (!m_result.response)
        input.noAnswer = m_result.response.error();
    if (m_result.response) {
        input.status = m_result.response->status;
        if (!m_result.response->redirects.isEmpty())
            input.redirectedTo = m_result.response->redirects.last().location;
        input.body = m_result.response->body;
        input.bodyDecoded = m_result.response->decoded;
        input.codingAsked = asksForCoding(m_request);
        input.headers = m_result.response->headers;
        input.layers = http::cacheLayers(input.headers);
    }
    return input;
}

// What the witness heard since this session last saw the entry. A change before its end: it did not run out, whatever the clock says.
void Exchange::addKnownEnd(VerdictInput& input) const
{
    const QByteArray& key = *m_result.predictedKey;
    input.knownEndMs = m_place.seen->endOf(key);
    if (!input.knownEndMs || !m_written)
        return;
    const auto followed = m_place.witness->followed(key);
    if (!followed || followed->endMs != *input.knownEndMs)
        return;
    // The end was reckoned when the reply had come: the entry may run out by a round trip earlier.
    const bool early = followed->changedMs && *followed->changedMs < followed->endMs - followed->slackMs;
    if (early)
        input.knownEndMs.reset();
    else
        input.endWitnessed = true;
}

// Only where nothing that was told in this exchange can have come after the last look: nothing at all, or the one write that made the entry,
// which Redis told before LightAPI answered.
void Exchange::followEntry()
{
    if (!m_written || !m_watch)
        return;
    const QByteArray& key = *m_result.predictedKey;
    const quint64 told = m_watch->told(key);
    const bool made = told == 1 && !m_result.before.exists && m_result.verdict.bodyEqualsCached == true;
    const auto end = m_place.seen->endOf(key);
    if (m_result.after.exists && end && (told == 0 || made))
        m_watch->follow(key, {.endMs = *end, .slackMs = baseToleranceMs + m_result.after.roundTripMs});
    else
        m_watch->unfollow(key);
}

}
