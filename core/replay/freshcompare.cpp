// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/freshcompare.h"

#include "core/base/bytes.h"
#include "core/cache/entryvalue.h"
#include "core/values/jsondiff.h"

#include <QRegularExpression>

#include <algorithm>

namespace core::replay {

namespace {
    constexpr int ok = 200, notFound = 404, gone = 410;

    // A refusal or a failure says nothing about what the resource is; that it is gone does.
    bool isComparable(int status, int cachedStatus)
    {
        return (status >= ok && status < 300) || status == notFound || status == gone || status == cachedStatus;
    }

    QString noAnswer(int status)
    {
        if (status == 401 || status == 403)
            return QStringLiteral("The fresh request was answered with %1: it needs an identity that may read this.").arg(status);
        if (status == 400 || status == 422)
            return QStringLiteral("The fresh request was answered with %1: the app does not take it as it is.").arg(status);
        return QStringLiteral("The fresh request was answered with %1, which says nothing about the entry.").arg(status);
    }

    QString sentenceOf(const FreshComparison& comparison)
    {
        if (comparison.statuses)
            return QStringLiteral("The entry answers with %1, the app itself with %2.").arg(comparison.statuses->first).arg(comparison.statuses->second);
        if (!comparison.paths)
            return QStringLiteral("The entry and the fresh answer differ, and one of them is not JSON.");
        const qsizetype count = comparison.paths->changes.size();
        const QString most = comparison.paths->isCut ? QStringLiteral("at least ") : QString();
        return count == 1 ? QStringLiteral("They differ in one place.") : QStringLiteral("They differ in %1%2 places.").arg(most).arg(count);
    }
}

QString freshStateName(FreshState state)
{
    switch (state) {
    case FreshState::Same:
        return QStringLiteral("same");
    case FreshState::Stale:
        return QStringLiteral("stale");
    case FreshState::NotCached:
        return QStringLiteral("not-cached");
    case FreshState::NoAnswer:
        return QStringLiteral("no-answer");
    case FreshState::Unknown:
        return QStringLiteral("unknown");
    }
    return {};
}

Result<void> checkIgnoredPath(const QByteArray& path)
{
    static const QRegularExpression whole(QRegularExpression::anchoredPattern(QStringLiteral(R"(\$(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[(?:[0-9]+|\*|"(?:[^"\\]|\\.)*")\])*)")),
        QRegularExpression::UseUnicodePropertiesOption);
    if (whole.match(QString::fromUtf8(path)).hasMatch())
        return {};
    return fail(Code::Usage, Reason::BadOption, displayText(path), QStringLiteral("What is ignored is a JSON path such as $.computed_at, $.results[*].seen_at or $[\"a name\"]"));
}

bool isIgnored(const QByteArray& path, const QList<QByteArray>& ignored)
{
    static const QRegularExpression place(QStringLiteral("\\[[0-9]+\\]"));
    const QByteArray any = QString::fromUtf8(path).replace(place, QStringLiteral("[*]")).toUtf8();
    const auto isBelow = [](const QByteArray& at, const QByteArray& above) {
        return at.startsWith(above) && (at.size() == above.size() || at[above.size()] == '.' || at[above.size()] == '[');
    };
    return std::ranges::any_of(ignored, [&](const QByteArray& each) { return !each.isEmpty() && (isBelow(path, each) || isBelow(any, each)); });
}

FreshComparison compareFresh(const QByteArray& stored, const QString& scheme, int freshStatus, const QByteArray& freshBody,
    const QList<QByteArray>& ignored, const values::DiffLimits& limits)
{
    const cache::EntryValue entry = cache::decodeEntry(stored, scheme);
    if (scheme == QStringLiteral("lightapi-v2") && !entry.usableByLightApi)
        return {FreshState::NotCached, QStringLiteral("What is stored is null or no JSON: LightAPI takes it as a miss."), {}, {}};
    const int cachedStatus = entry.statusCode.value_or(ok);
    if (!isComparable(freshStatus, cachedStatus))
        return {FreshState::NoAnswer, noAnswer(freshStatus), {}, {}};
    const bool sameStatus = freshStatus == cachedStatus;
    if (sameStatus && cache::jsonEqual(entry.payload, freshBody))
        return {FreshState::Same, QStringLiteral("The entry equals the fresh answer."), {}, {}};
    FreshComparison found {FreshState::Stale, {}, {}, values::diffJson(entry.payload, freshBody, limits)};
    const bool hadPaths = found.paths && !found.paths->changes.isEmpty();
    if (found.paths)
        found.paths->changes.removeIf([&ignored](const values::PathChange& change) { return isIgnored(change.path, ignored); });
    if (sameStatus && hadPaths && found.paths->changes.isEmpty() && !found.paths->isCut)
        return {FreshState::Same, QStringLiteral("The entry equals the fresh answer but for what is ignored."), {}, {}};
    if (!sameStatus)
        found.statuses = std::pair(cachedStatus, freshStatus);
    found.reason = sentenceOf(found);
    return found;
}

}
