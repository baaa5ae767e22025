// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/tags.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/cache/tagwords.h"

#include <algorithm>

namespace core::cache {

namespace {
    constexpr qsizetype stateBatch = 500;
}

TagReader::TagReader(redis::Session* session, QByteArray tagKey, QObject* parent)
    : Job(QStringLiteral("tag"), displayText(tagKey), parent)
    , m_session(session)
{
    m_info.key = std::move(tagKey);
}

void TagReader::onStart()
{
    m_info.tag = m_template.tagOf(m_info.key).value_or(m_info.key);
    const redis::Pipeline facts {{"TYPE", m_info.key}, {"PTTL", m_info.key}};
    onFinished(m_session->send(facts), this, [this](const Result<redis::Replies>& replies) { onType(replies); });
}

void TagReader::onType(const Result<redis::Replies>& replies)
{
    if (isFinished())
        return;
    if (!replies)
        return finish(fail(replies.error()));
    for (const redis::Reply& reply : *replies) {
        if (reply.isError())
            return finish(fail(redis::toError(reply, QStringLiteral("TYPE"))));
    }
    m_info.ttlMs = replies->at(1).integer;
    const QByteArray type = replies->at(0).bytes;
    m_info.layout = layoutOfType(type);
    switch (m_info.layout) {
    case TagLayout::JsonList: return readString();
    case TagLayout::Set: return readParts("SSCAN", "0", 1);
    case TagLayout::Zset: return readParts("ZSCAN", "0", 2);
    case TagLayout::Hash: return readParts("HSCAN", "0", 2);
    default: break;
    }
    if (type == "none") {
        m_info.ttlMs = -2;
        m_info.members = 0;
        return finish();
    }
    unreadable(TagLayout::Unreadable, foreignTypeText(type));
}

void TagReader::readString()
{
    onFinished(m_session->call({"GET", m_info.key}), this, [this](const Result<redis::Reply>& reply) {
        if (isFinished())
            return;
        if (!reply)
            return finish(fail(reply.error()));
        if (reply->isNil()) { // went between TYPE and GET
            m_info.ttlMs = -2;
            return finish();
        }
        const StringTag read = readStringTag(reply->bytes);
        if (read.layout != TagLayout::JsonList)
            return unreadable(read.layout, read.problem);
        for (const QByteArray& name : read.names) {
            if (m_seen.contains(name))
                ++m_repeats;
            else
                addMember(name);
        }
        finishRead();
    });
}

void TagReader::readParts(const QByteArray& command, const QByteArray& cursor, int stride)
{
    const redis::Command part {command, m_info.key, cursor, "COUNT", "500"};
    onFinished(m_session->call(part), this, [this, command, stride](const Result<redis::Reply>& reply) {
        if (isFinished())
            return;
        if (!reply)
            return finish(fail(reply.error()));
        onPart(command, stride, *reply);
    });
}

void TagReader::onPart(const QByteArray& command, int stride, const redis::Reply& reply)
{
    if (reply.items.size() != 2)
        return finish(fail(Code::Protocol, Reason::None, QString::fromLatin1(command)));
    const redis::Replies& items = reply.items.at(1).items;
    for (qsizetype i = 0; i + stride <= items.size(); i += stride) {
        // A scan may give an item twice; that is its way and not a repeat in the index.
        if (!m_seen.contains(items.at(i).bytes))
            addMember(items.at(i).bytes);
        if (m_info.layout == TagLayout::Hash && !parseTagList(items.at(i + 1).bytes))
            ++m_badTagLists;
    }
    const QByteArray cursor = reply.items.at(0).bytes;
    if (cursor == "0")
        finishRead();
    else
        readParts(command, cursor, stride);
}

void TagReader::addMember(const QByteArray& key)
{
    m_seen.insert(key);
    m_members << TagMember {key, TagMember::State::Dead, -2};
}

void TagReader::unreadable(TagLayout layout, const QString& problem)
{
    m_info.layout = layout;
    m_info.members = -1;
    m_info.problem = problem;
    m_info.warnings << problem;
    finish();
}

void TagReader::finishRead()
{
    m_seen.clear();
    m_info.members = m_members.size();
    if (m_repeats > 0)
        m_info.warnings << repeatsText(m_repeats);
    if (m_badTagLists > 0)
        m_info.warnings << badTagListsText(m_badTagLists);
    if (m_namesOnly)
        return finish();
    m_info.live = 0;
    m_info.dead = 0;
    readStates(0);
}

void TagReader::readStates(qsizetype from)
{
    setProgress(from, m_members.size());
    if (from >= m_members.size()) {
        m_info.warnings << stateWarnings(m_info, m_members);
        return finish();
    }
    redis::Pipeline batch;
    const qsizetype end = std::min(from + stateBatch, m_members.size());
    for (qsizetype i = from; i < end; ++i)
        batch << redis::Command {"PTTL", m_members.at(i).key};
    onFinished(m_session->send(batch), this, [this, from](const Result<redis::Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            return finish(fail(replies.error()));
        onStates(from, *replies);
    });
}

void TagReader::onStates(qsizetype from, const redis::Replies& replies)
{
    for (qsizetype i = 0; i < replies.size(); ++i) {
        if (replies.at(i).isError())
            return finish(fail(redis::toError(replies.at(i), QStringLiteral("PTTL"))));
        TagMember& member = m_members[from + i];
        member.ttlMs = replies.at(i).integer;
        member.state = member.ttlMs == -2 ? TagMember::State::Dead
            : member.ttlMs == -1          ? TagMember::State::Immortal
                                          : TagMember::State::Live;
        ++(member.state == TagMember::State::Dead ? m_info.dead : m_info.live);
    }
    readStates(from + replies.size());
}

}
