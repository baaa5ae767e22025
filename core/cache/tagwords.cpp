// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/tagwords.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace core::cache {

TagLayout layoutOfType(const QByteArray& type)
{
    if (type == "string")
        return TagLayout::JsonList;
    if (type == "set")
        return TagLayout::Set;
    if (type == "zset")
        return TagLayout::Zset;
    if (type == "hash")
        return TagLayout::Hash;
    return TagLayout::Unreadable;
}

StringTag readStringTag(const QByteArray& value)
{
    bool isNumber = false;
    value.toLongLong(&isNumber);
    // Drupal's layout: entries remember the number, raising it makes them stale. There are no names.
    if (isNumber)
        return {TagLayout::Counter, {}, QStringLiteral("a counter: its entries are not listed in it")};
    auto names = parseTagList(value);
    if (!names)
        return {TagLayout::Unreadable, {}, names.error().detail};
    return {TagLayout::JsonList, std::move(*names), {}};
}

QString foreignTypeText(const QByteArray& type)
{
    return QStringLiteral("a key of type %1 holds no tag that can be read").arg(displayText(type));
}

QString repeatsText(qint64 repeats)
{
    return repeats == 1 ? QStringLiteral("1 name is listed twice") : QStringLiteral("%1 names are repeats").arg(repeats);
}

QString badTagListsText(qint64 fields)
{
    return QStringLiteral("%1 of its fields do not hold a JSON list").arg(fields);
}

QStringList stateWarnings(const TagInfo& info, const QList<TagMember>& members)
{
    QStringList warnings;
    if (info.dead > 0 && info.dead * 2 >= info.members)
        warnings << QStringLiteral("%1 of %2 names are dead").arg(info.dead).arg(info.members);
    const bool immortal = std::ranges::any_of(members, [](const TagMember& member) { return member.ttlMs == -1; });
    const auto longest = std::ranges::max_element(members, {}, &TagMember::ttlMs);
    // Entries that outlive the index stay live and untagged: an invalidation by tag no longer finds them.
    const bool outlived = longest != members.end() && longest->ttlMs > info.ttlMs;
    if (info.ttlMs >= 0 && (immortal || outlived))
        warnings << QStringLiteral("tag expires before its longest member");
    return warnings;
}

}
