// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/variablemask.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"

#include <algorithm>

namespace core::replay {

namespace {
    constexpr qsizetype shortest = 4;

    // "=value" of a query without a name.
    QByteArray asInKey(const QByteArray& decoded)
    {
        return cache::encodeQuery({{QByteArray(), decoded}}).sliced(1);
    }

    void maskError(const VariableMask& mask, Error& error)
    {
        error.subject = mask.masked(error.subject);
        error.detail = mask.masked(error.detail);
    }
}

VariableMask::VariableMask(const Variables& variables)
{
    for (auto at = variables.begin(); at != variables.end(); ++at) {
        const QByteArray decoded = cache::percentDecoded(*at, true);
        for (const QByteArray& bytes : {*at, cache::percentDecoded(*at, false), decoded, asInKey(decoded)}) {
            if (bytes.size() >= shortest)
                m_forms << Form {bytes, displayText(bytes), "{{" + at.key().toLatin1() + "}}"};
        }
    }
    std::ranges::sort(m_forms, [](const Form& left, const Form& right) {
        return left.bytes.size() != right.bytes.size() ? left.bytes.size() > right.bytes.size() : left.name < right.name;
    });
}

QByteArray VariableMask::masked(QByteArray bytes) const
{
    for (const Form& form : m_forms)
        bytes.replace(form.bytes, form.name);
    return bytes;
}

QString VariableMask::masked(QString text) const
{
    for (const Form& form : m_forms)
        text.replace(form.text, QString::fromLatin1(form.name));
    return text;
}

CollectionResult VariableMask::masked(CollectionResult result, const SavedRequest& saved) const
{
    result.replay.target = saved.target;
    if (result.skipped)
        maskError(*this, *result.skipped);
    for (CollectionCheck& check : result.checks) {
        check.expected = masked(check.expected);
        check.actual = masked(check.actual);
        check.why = masked(check.why);
    }
    mask(result.replay);
    return result;
}

void VariableMask::mask(ReplayResult& replay) const
{
    for (cache::Collision& collision : replay.collisions) {
        collision.target = masked(collision.target);
        collision.detail = masked(collision.detail);
    }
    if (!replay.response)
        maskError(*this, replay.response.error());
    else
        mask(*replay.response);
    if (replay.redisError)
        maskError(*this, *replay.redisError);
    if (replay.predictedKey)
        replay.predictedKey = masked(*replay.predictedKey);
    mask(replay.verdict);
}

// A key in a cache header, a Location: what was sent comes back.
void VariableMask::mask(http::Response& response) const
{
    for (auto& header : response.headers)
        header.second = masked(header.second);
    response.rawHead = masked(response.rawHead);
    for (http::Redirect& redirect : response.redirects)
        redirect.location = masked(redirect.location);
    if (response.redirectsTo)
        response.redirectsTo = masked(*response.redirectsTo);
}

void VariableMask::mask(Verdict& verdict) const
{
    verdict.sentence = masked(verdict.sentence);
    if (verdict.storedKey)
        verdict.storedKey = masked(*verdict.storedKey);
    for (Evidence& evidence : verdict.evidence) {
        for (QString* text : {&evidence.fact, &evidence.before, &evidence.after})
            *text = masked(*text);
    }
    for (Contradiction& contradiction : verdict.contradictions)
        contradiction.detail = masked(contradiction.detail);
}

}
