// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/freshtables.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/pages/replay/freshmode.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/tokens.h"

using core::replay::FreshCheck;
using core::replay::FreshResult;
using core::replay::FreshState;
using core::values::PathChange;

namespace ui::fresh {

namespace {
    struct StateLook {
        QString word;
        Tone tone;
        QString icon;
    };
    StateLook lookOf(FreshState state)
    {
        switch (state) {
        case FreshState::Same:
            return {FreshMode::tr("SAME"), Tone::Ok, QStringLiteral("ring-check")};
        case FreshState::Stale:
            return {FreshMode::tr("STALE"), Tone::Bad, QStringLiteral("octagon-x")};
        case FreshState::NotCached:
            return {FreshMode::tr("NOT CACHED"), Tone::Neutral, QStringLiteral("ring-dash")};
        case FreshState::NoAnswer:
            return {FreshMode::tr("NO ANSWER"), Tone::Warn, QStringLiteral("triangle")};
        case FreshState::Unknown:
            break;
        }
        return {FreshMode::tr("UNKNOWN"), Tone::Neutral, QStringLiteral("ring-question")};
    }

    QVariant stateCell(const FreshResult& result, int role)
    {
        const StateLook look = lookOf(result.state());
        switch (role) {
        case SortRole:
            return (result.state() == FreshState::Stale ? 0 : 1LL << 40) + qlonglong(result.index);
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(look.tone);
        case IconRole:
            return look.icon;
        default:
            return {};
        }
    }

    QString shortReason(const FreshResult& result)
    {
        QString text = result.comparison.reason;
        if (result.error)
            text = QString(text + u' ' + core::oneLine(*result.error)).trimmed();
        return core::displayText(text);
    }
}

QList<RowModel<FreshResult>::Column> resultColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {FreshMode::tr("Request"), left, [](const FreshResult& r) { return core::displayText(r.target); },
            [](const FreshResult& r, int role) { return role == BytesRole ? QVariant(r.target) : QVariant(); }},
        {FreshMode::tr("Entry"), left, [](const FreshResult& r) { return lookOf(r.state()).word; }, stateCell},
        {FreshMode::tr("Left"), right, [](const FreshResult& r) { return r.ttlMs >= 0 ? core::formatDuration(r.ttlMs) : QString(); }},
        {FreshMode::tr("Age"), right, [](const FreshResult& r) { return r.ageMs ? core::formatDuration(*r.ageMs) : QString(); }},
        {FreshMode::tr("What differs"), left, shortReason},
    };
}

int entryColumnWidth()
{
    QStringList words;
    for (const FreshState state : {FreshState::Same, FreshState::Stale, FreshState::NotCached, FreshState::NoAnswer, FreshState::Unknown})
        words << lookOf(state).word;
    return badgeColumnWidth(words);
}

QList<RowModel<PathChange>::Column> changeColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto side = [](const std::optional<QByteArray>& value) { return value ? core::displayText(*value) : FreshMode::tr("not there"); };
    return {
        {FreshMode::tr("Path"), left, [](const PathChange& c) { return core::displayText(c.path); },
            [](const PathChange& c, int role) { return role == BytesRole ? QVariant(c.path) : QVariant(); }},
        {FreshMode::tr("Cached"), left, [side](const PathChange& c) { return side(c.before); }},
        {FreshMode::tr("Fresh"), left, [side](const PathChange& c) { return side(c.after); }},
    };
}

QString reasonText(const FreshResult& result)
{
    QString text = shortReason(result);
    if (result.probe && result.probe->state == core::replay::FreshProbe::State::Removed)
        text += u' ' + FreshMode::tr("The entry that the extra parameter made was deleted and seen absent.");
    if (result.storedAgain == true)
        text += u' ' + FreshMode::tr("The old entry was deleted; what the request stored is there now.");
    return text;
}

qint64 compared(const FreshCheck::Counts& counts)
{
    return counts.stale + counts.same + counts.notCached + counts.noAnswer + counts.unknown;
}

QString countsText(const FreshCheck::Counts& counts)
{
    const std::pair<qint64, FreshState> all[] {{counts.stale, FreshState::Stale}, {counts.same, FreshState::Same}, {counts.notCached, FreshState::NotCached},
        {counts.noAnswer, FreshState::NoAnswer}, {counts.unknown, FreshState::Unknown}};
    QStringList parts;
    for (const auto& [count, state] : all) {
        if (count > 0)
            parts << core::formatCount(count) + u' ' + lookOf(state).word.toLower();
    }
    return parts.join(QStringLiteral(", "));
}

}
