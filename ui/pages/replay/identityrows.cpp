// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identityrows.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/pages/replay/identitymode.h"
#include "ui/widgets/badge.h"

using core::replay::IdentityKind;
using core::replay::IdentityRow;

namespace ui {

namespace {
    constexpr qsizetype shownDigits = 8; // of the digest: enough to see that two are alike

    bool isRefusal(const IdentityRow& row)
    {
        return row.hasAnswer() && (row.result.response->status == 401 || row.result.response->status == 403);
    }

    QString answerText(const IdentityRow& row)
    {
        if (!row.hasAnswer())
            return QStringLiteral("–");
        return IdentityMode::tr("%1, SHA-256 %2…").arg(core::formatBytes(row.bodyBytes), QString::fromLatin1(row.bodySha256.left(shownDigits)));
    }

    QVariant verdictCell(const IdentityRow& row, int role)
    {
        const Look look = verdictLook(core::http::verdictName(row.result.verdict.verdict));
        if (!row.hasAnswer())
            return {};
        if (role == BadgeRole)
            return true;
        if (role == ToneRole)
            return static_cast<int>(look.tone);
        return role == IconRole ? QVariant(look.icon) : QVariant();
    }

    QVariant toneCell(const IdentityRow& row, int role)
    {
        const bool isGood = isCompared(row);
        return role == ToneRole && !isGood ? QVariant(static_cast<int>(Tone::Bad)) : QVariant();
    }
}

bool isCompared(const IdentityRow& row)
{
    if (!row.hasAnswer())
        return false;
    const int status = row.result.response->status;
    return (status >= 200 && status < 300) || (row.kind == IdentityKind::None && isRefusal(row));
}

QString outcomeOf(const IdentityRow& row)
{
    if (row.error)
        return core::oneLine(*row.error);
    if (!row.result.response)
        return core::oneLine(row.result.response.error());
    if (isRefusal(row))
        return row.kind == IdentityKind::None ? IdentityMode::tr("Nobody is refused.") : IdentityMode::tr("The server refused this identity.");
    return core::displayText(row.result.verdict.sentence);
}

StripText conclusionOf(const QStringList& persons)
{
    const QString names = persons.join(QStringLiteral(", "));
    if (persons.size() >= 2)
        return {Tone::Ok, IdentityMode::tr("None was given what belongs to another: %1.").arg(names), IdentityMode::tr("The answer of each is stored under a key of its own."), {}};
    const QString why = persons.isEmpty() ? IdentityMode::tr("No answer to one of them was found stored under the predicted key.")
                                          : IdentityMode::tr("Only the answer of %1 was found stored under the predicted key.").arg(names);
    return {Tone::Info, IdentityMode::tr("Nothing can be said of two users."), why, {}};
}

QList<RowModel<IdentityRow>::Column> identityColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {IdentityMode::tr("Sent as"), left, [](const IdentityRow& r) { return core::shortDisplayText(r.identity.toUtf8(), 60); }, {}},
        {IdentityMode::tr("Token of"), left, [](const IdentityRow& r) { return r.subject.isEmpty() ? QStringLiteral("–") : core::shortDisplayText(r.subject, 60); }, {}},
        {IdentityMode::tr("Status"), right, [](const IdentityRow& r) { return r.hasAnswer() ? QString::number(r.result.response->status) : QStringLiteral("–"); }, {}},
        {IdentityMode::tr("Verdict"), left, [](const IdentityRow& r) { return r.hasAnswer() ? core::http::verdictName(r.result.verdict.verdict) : QStringLiteral("–"); }, verdictCell},
        {IdentityMode::tr("Answer"), left, answerText, {}},
        {IdentityMode::tr("What happened"), left, outcomeOf, toneCell},
    };
}

}
