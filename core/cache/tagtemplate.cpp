// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/cache/tags.h"

namespace core::cache {

namespace {
    constexpr QByteArrayView placeholder = "{tag}";
}

Result<TagTemplate> TagTemplate::fromText(const QByteArray& text)
{
    const qsizetype at = text.indexOf(placeholder);
    const bool once = at >= 0 && text.indexOf(placeholder, at + placeholder.size()) < 0;
    // Without bytes around it every key would be the index of a tag.
    if (!once || text.size() == placeholder.size())
        return fail(Code::Input, Reason::BadOption, displayText(text),
            QStringLiteral("a tag template holds \"{tag}\" once, with something around it"));
    TagTemplate made;
    made.m_before = text.first(at);
    made.m_after = text.sliced(at + placeholder.size());
    return made;
}

std::optional<QByteArray> TagTemplate::tagOf(const QByteArray& key) const
{
    const qsizetype around = m_before.size() + m_after.size();
    if (key.size() < around || !key.startsWith(m_before) || !key.endsWith(m_after))
        return std::nullopt;
    return key.sliced(m_before.size(), key.size() - around);
}

QByteArray TagTemplate::keyFromSpelling(const QByteArray& spelled) const
{
    return tagOf(spelled) ? spelled : keyOf(spelled);
}

QString tagLayoutName(TagLayout layout)
{
    switch (layout) {
    case TagLayout::JsonList: return QStringLiteral("json-list");
    case TagLayout::Set: return QStringLiteral("set");
    case TagLayout::Zset: return QStringLiteral("zset");
    case TagLayout::Hash: return QStringLiteral("hash");
    case TagLayout::Counter: return QStringLiteral("counter");
    case TagLayout::Unreadable: break;
    }
    return QStringLiteral("unreadable");
}

QString tagMemberStateName(TagMember::State state)
{
    switch (state) {
    case TagMember::State::Live: return QStringLiteral("live");
    case TagMember::State::Immortal: return QStringLiteral("immortal");
    case TagMember::State::Dead: break;
    }
    return QStringLiteral("dead");
}

Result<void> checkReadable(const TagInfo& info)
{
    if (info.isGone() || info.isReadable())
        return {};
    return fail(Code::Data, Reason::CorruptTag, displayText(info.key), info.problem);
}

}
