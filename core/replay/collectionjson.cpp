// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/nearestname.h"
#include "core/replay/collection.h"
#include "core/replay/collectionlimit.h"
#include "core/replay/repeatedname.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>

namespace core::replay {

namespace {
    constexpr int version = 1;
    constexpr qsizetype maxRequests = 100'000;
    constexpr double maxSeconds = 1e12;
    const QString versionField = QStringLiteral("cachelight_collection");

    tl::unexpected<Error> damaged(const QString& file, const QString& why)
    {
        return fail(Code::Input, Reason::FileDamaged, file, why);
    }

    // Takes the fields of one object; what is left is not known to us.
    class Fields final {
    public:
        Fields(const QJsonObject& object, QString place)
            : m_left(object)
            , m_place(std::move(place))
        {
        }

        QString text(const char* name)
        {
            const QJsonValue value = take(name);
            if (!value.isUndefined() && !value.isString())
                complain(name, "is no text");
            return value.toString();
        }
        std::optional<double> number(const char* name, double from, double to, bool whole)
        {
            const QJsonValue value = take(name);
            if (value.isUndefined()) // null is something left unchecked by a slip
                return {};
            const double number = value.toDouble(std::nan(""));
            const bool fits = number >= from && number <= to && (!whole || number == std::floor(number));
            if (!fits) {
                complain(name, "is no number that can be");
                return {}; // what does not fit is not converted
            }
            return number;
        }
        QJsonObject object(const char* name)
        {
            const QJsonValue value = take(name);
            if (!value.isUndefined() && !value.isObject())
                complain(name, "is no object");
            return value.toObject();
        }
        QJsonArray list(const char* name)
        {
            const QJsonValue value = take(name);
            if (!value.isUndefined() && !value.isArray())
                complain(name, "is no list");
            return value.toArray();
        }
        void complain(const QString& name, const QString& what)
        {
            if (m_problem.isEmpty())
                m_problem = QStringLiteral("%1: \"%2\" %3").arg(m_place, name, what);
        }
        void complain(const char* name, const char* what) { complain(QString(QLatin1StringView(name)), QLatin1StringView(what)); }
        // After all that are known have been taken.
        void refuseOthers(bool maySayMore)
        {
            for (auto at = m_left.begin(); at != m_left.end(); ++at) {
                if (maySayMore && at.key().startsWith(QStringLiteral("x_")))
                    continue;
                const QString meant = nearestName(at.key(), m_known);
                complain(shortDisplayText(at.key().toUtf8()), QStringLiteral("is not known to this version") + (meant.isEmpty() ? QString() : QStringLiteral("; \"%1\" is probably meant").arg(meant)));
            }
        }
        const QJsonObject& left() const { return m_left; }
        const QString& problem() const { return m_problem; }

    private:
        QJsonValue take(const char* name)
        {
            m_known << QLatin1StringView(name);
            return m_left.take(QLatin1StringView(name));
        }

        QJsonObject m_left;
        QStringList m_known;
        QString m_place;
        QString m_problem;
    };

    std::optional<http::Verdict> verdictFrom(const QString& word)
    {
        using http::Verdict;
        for (const Verdict verdict : {Verdict::Hit, Verdict::Miss, Verdict::Expired, Verdict::Bypass, Verdict::Unknown}) {
            if (http::verdictName(verdict) == word)
                return verdict;
        }
        return {};
    }

    // Of pairs ["Name", "value"], in their order.
    http::Headers headersFrom(Fields& fields, const char* name)
    {
        http::Headers headers;
        for (const QJsonValue& value : fields.list(name)) {
            const QJsonArray pair = value.toArray();
            if (pair.size() != 2 || !pair[0].isString() || !pair[1].isString())
                fields.complain(name, "holds more than pairs of a name and a value");
            headers.emplace_back(pair.at(0).toString().toUtf8(), pair.at(1).toString().toUtf8());
        }
        return headers;
    }

    Result<Expectations> expectationsFrom(const QJsonObject& object, const QString& file, const QString& place)
    {
        Fields fields(object, place + QStringLiteral(".expect"));
        Expectations expect;
        if (const auto status = fields.number("status", 100, 599, true))
            expect.status = static_cast<int>(*status);
        if (const QString word = fields.text("verdict"); !word.isEmpty()) {
            expect.verdict = verdictFrom(word);
            if (!expect.verdict)
                fields.complain("verdict", "is none of HIT, MISS, EXPIRED, BYPASS, UNKNOWN");
        }
        if (const auto least = fields.number("ttl_min_s", 0, maxSeconds, true))
            expect.minTtlS = static_cast<qint64>(*least);
        if (const auto most = fields.number("ttl_max_s", 0, maxSeconds, true))
            expect.maxTtlS = static_cast<qint64>(*most);
        expect.maxLatencyMs = fields.number("latency_max_ms", 0, maxSeconds, false);
        expect.headers = headersFrom(fields, "headers");
        if (expect.minTtlS && expect.maxTtlS && *expect.minTtlS > *expect.maxTtlS)
            fields.complain("ttl_min_s", "is more than ttl_max_s");
        fields.refuseOthers(false);
        if (!fields.problem().isEmpty())
            return damaged(file, fields.problem());
        return expect;
    }

    Result<SavedRequest> requestFrom(const QJsonValue& value, const QString& file, qsizetype index)
    {
        const QString place = QStringLiteral("requests[%1]").arg(index);
        if (!value.isObject())
            return damaged(file, place + QStringLiteral(" is no object"));
        Fields fields(value.toObject(), place);
        SavedRequest request;
        request.name = fields.text("name");
        if (const QString method = fields.text("method"); !method.isEmpty())
            request.method = method.toUtf8();
        request.target = fields.text("target").toUtf8();
        request.headers = headersFrom(fields, "headers");
        request.body = fields.text("body").toUtf8();
        auto expect = expectationsFrom(fields.object("expect"), file, place);
        fields.refuseOthers(true);
        request.others = fields.left();
        if (!fields.problem().isEmpty())
            return damaged(file, fields.problem());
        if (!expect)
            return fail(expect.error());
        request.expect = std::move(*expect);
        if (auto ok = checkSaved(request); !ok) {
            ok.error().detail = place + (ok.error().detail.isEmpty() ? QString() : QString(QStringLiteral(": ") + ok.error().detail));
            return fail(ok.error());
        }
        return request;
    }

    QJsonArray toJson(const http::Headers& headers)
    {
        QJsonArray pairs;
        for (const auto& [name, value] : headers)
            pairs << QJsonArray {QString::fromUtf8(name), QString::fromUtf8(value)};
        return pairs;
    }

    QJsonObject toJson(const Expectations& expect)
    {
        QJsonObject object;
        if (expect.status)
            object.insert(QStringLiteral("status"), *expect.status);
        if (expect.verdict)
            object.insert(QStringLiteral("verdict"), http::verdictName(*expect.verdict));
        if (expect.minTtlS)
            object.insert(QStringLiteral("ttl_min_s"), *expect.minTtlS);
        if (expect.maxTtlS)
            object.insert(QStringLiteral("ttl_max_s"), *expect.maxTtlS);
        if (expect.maxLatencyMs)
            object.insert(QStringLiteral("latency_max_ms"), *expect.maxLatencyMs);
        if (!expect.headers.isEmpty())
            object.insert(QStringLiteral("headers"), toJson(expect.headers));
        return object;
    }

    QJsonObject toJson(const SavedRequest& request)
    {
        QJsonObject object = request.others;
        object.insert(QStringLiteral("name"), request.name);
        object.insert(QStringLiteral("method"), QString::fromUtf8(request.method));
        object.insert(QStringLiteral("target"), QString::fromUtf8(request.target));
        if (!request.headers.isEmpty())
            object.insert(QStringLiteral("headers"), toJson(request.headers));
        if (!request.body.isEmpty())
            object.insert(QStringLiteral("body"), QString::fromUtf8(request.body));
        if (!request.expect.isEmpty())
            object.insert(QStringLiteral("expect"), toJson(request.expect));
        return object;
    }

    bool isText(const SavedRequest& request)
    {
        const auto areText = [](const http::Headers& headers) {
            return std::ranges::all_of(headers, [](const auto& header) { return isUtf8(header.first) && isUtf8(header.second); });
        };
        return isUtf8(request.target) && isUtf8(request.body) && areText(request.headers) && areText(request.expect.headers);
    }
}

Result<Collection> collectionFromJson(const QByteArray& json, const QString& name)
{
    if (json.size() > maxCollectionBytes)
        return damaged(name, QStringLiteral("it is larger than 64 MB"));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return damaged(name, error.error == QJsonParseError::NoError ? QStringLiteral("it is no JSON object") : QStringLiteral("%1 at byte %2").arg(error.errorString()).arg(error.offset));
    if (const auto repeated = repeatedName(json, QStringLiteral("collection")))
        return damaged(name, *repeated);
    Fields fields(document.object(), QStringLiteral("collection"));
    const auto written = fields.number(versionField.toLatin1().constData(), 1, 1e6, true);
    if (!written && fields.problem().isEmpty())
        return damaged(name, QStringLiteral("\"%1\" is missing: it is no collection of Cachelight").arg(versionField));
    if (written && *written > version)
        return damaged(name, QStringLiteral("a newer Cachelight wrote it (format %1, this one reads %2)").arg(*written).arg(version));
    Collection collection;
    collection.name = fields.text("name");
    const QJsonArray requests = fields.list("requests");
    fields.refuseOthers(true);
    if (!fields.problem().isEmpty())
        return damaged(name, fields.problem());
    if (requests.size() > maxRequests)
        return damaged(name, QStringLiteral("it has more than 100,000 requests"));
    for (qsizetype i = 0; i < requests.size(); ++i) {
        auto request = requestFrom(requests[i], name, i);
        if (!request)
            return fail(request.error());
        collection.requests << std::move(*request);
    }
    collection.others = fields.left();
    return collection;
}

Result<QByteArray> collectionToJson(const Collection& collection)
{
    QJsonArray requests;
    for (qsizetype i = 0; i < collection.requests.size(); ++i) {
        const SavedRequest& request = collection.requests[i];
        if (const auto ok = checkSaved(request); !ok)
            return fail(ok.error());
        if (!isText(request))
            return fail(Code::Input, Reason::BadTarget, displayText(request.target), QStringLiteral("A collection holds text in UTF-8, and this has other bytes."));
        requests << toJson(request);
    }
    QJsonObject object = collection.others;
    object.insert(versionField, version);
    object.insert(QStringLiteral("name"), collection.name);
    object.insert(QStringLiteral("requests"), requests);
    return QJsonDocument(object).toJson();
}

}
