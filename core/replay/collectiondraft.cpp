// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/collectiondraft.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/credentials.h"
#include "core/replay/notchecked.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace core::replay {

namespace {
    // "X-Api-Key" as x_api_key: what may stand in {{name}}.
    QString variableName(const QByteArray& of)
    {
        QByteArray name = of.toLower();
        std::ranges::replace_if(name, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); }, '_');
        return QString::fromLatin1(name);
    }

    QString freeName(const QString& wanted, const QByteArray& value, const Variables& taken)
    {
        QString name = wanted;
        for (int n = 2; taken.contains(name) && taken.value(name) != value; ++n)
            name = wanted + u'_' + QString::number(n);
        return name;
    }

    // Puts {{name}} in the place of secrets and keeps what they were.
    class Taking final {
    public:
        Taking(CollectionDraft& draft, Variables known)
            : m_draft(draft)
            , m_known(std::move(known))
        {
        }

        QByteArray take(const QByteArray& name, const QByteArray& value, const QString& shown)
        {
            const QString variable = freeName(variableName(name), value, m_known);
            m_known.insert(variable, value);
            m_draft.values.insert(variable, value);
            m_draft.leftOut << shown;
            return "{{" + variable.toLatin1() + "}}";
        }

        // Parameters of the query, raw as they stand there.
        QByteArray takeFromTarget(const QByteArray& target)
        {
            const qsizetype query = target.indexOf('?');
            if (query < 0)
                return target;
            QByteArrayList parts = target.sliced(query + 1).split('&');
            for (QByteArray& part : parts) {
                const qsizetype equals = part.indexOf('=');
                const QByteArray name = cache::percentDecoded(part.first(std::max<qsizetype>(0, equals)), true);
                const bool isGiven = equals >= 0 && equals + 1 < part.size() && !part.sliced(equals + 1).startsWith("{{");
                if (isGiven && http::isCredential(name))
                    part = part.first(equals + 1) + take(name, part.sliced(equals + 1), shownParameter(name));
            }
            return target.first(query + 1) + parts.join('&');
        }

    private:
        static QString shownParameter(const QByteArray& name) { return QStringLiteral("parameter ") + displayText(name); }

        CollectionDraft& m_draft;
        Variables m_known;
    };

    // Room for another machine's day: twice, up to the next ten.
    double roomyMs(double ms)
    {
        return std::max(10.0, std::ceil(ms * 2 / 10) * 10);
    }
}

CollectionDraft draftOf(const http::Request& request, const Variables& taken)
{
    CollectionDraft draft;
    Taking secrets(draft, taken);
    draft.request = {.method = request.method, .target = secrets.takeFromTarget(request.target), .body = request.body};
    draft.request.name = displayText(draft.request.target);
    for (const auto& [name, value] : request.headers) {
        draft.request.headers.emplace_back(name, holdsSecret(name, value) ? secrets.take(name, value, displayText(name)) : value);
    }
    return draft;
}

Expectations proposedExpectations(const ReplayResult& result)
{
    Expectations expect;
    if (!result.response)
        return expect;
    expect.status = result.response->status;
    if (result.verdict.verdict != http::Verdict::Unknown && result.verdict.sureness != Sureness::None && !whyNotChecked(result))
        expect.verdict = result.verdict.verdict;
    if (!result.redisError && result.after.exists) {
        expect.minTtlS = 1;
        if (const qint64 seenS = (result.after.pttlMs + 999) / 1000; result.after.pttlMs >= 0)
            expect.maxTtlS = std::max(seenS, result.policyTtlS.value_or(seenS));
    }
    expect.maxLatencyMs = roomyMs(result.response->timing.total);
    return expect;
}

}
