// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/async.h"
#include "core/cache/tagwords.h"

#include <algorithm>

namespace core::cache {

namespace {
    constexpr qsizetype tagBatch = 50; // a JSON list may be large: this bounds what one answer holds
    constexpr qsizetype readersAtOnce = 8; // each is a few round trips

    void unreadable(TagInfo& info, const QString& problem)
    {
        info.layout = TagLayout::Unreadable;
        info.members = -1;
        info.problem = problem;
        info.warnings << problem;
    }
}

TagsReader::TagsReader(redis::Session* session, QList<QByteArray> tagKeys, Options options, QObject* parent)
    : Job(QStringLiteral("tags"), QString::number(tagKeys.size()), parent)
    , m_session(session)
    , m_keys(std::move(tagKeys))
    , m_options(std::move(options))
{
}

void TagsReader::onStart()
{
    m_slots.resize(m_keys.size());
    m_reached.assign(static_cast<std::size_t>(m_keys.size()), false);
    for (qsizetype i = 0; i < m_keys.size(); ++i) {
        m_slots[i].key = m_keys.at(i);
        m_slots[i].tag = m_options.tagTemplate.tagOf(m_keys.at(i)).value_or(m_keys.at(i));
    }
    setProgress(0, m_keys.size());
    if (m_options.liveAndDead)
        startReaders();
    else
        readBatch(0);
}

void TagsReader::startReaders()
{
    while (m_running < readersAtOnce && m_next < m_keys.size())
        startReader(m_next++);
    if (m_running == 0)
        endWith({});
}

void TagsReader::onCancel()
{
    endWith(fail(Code::Cancelled));
}

// What was read is kept, so that a cancelled or broken list still shows it. Before finished(): its receivers read it.
void TagsReader::endWith(Result<void> outcome)
{
    if (isFinished())
        return;
    for (qsizetype i = 0; i < m_slots.size(); ++i) {
        if (m_reached[static_cast<std::size_t>(i)])
            m_infos << std::move(m_slots[i]);
    }
    m_slots.clear();
    finish(std::move(outcome));
}

void TagsReader::startReader(qsizetype index)
{
    auto* reader = new TagReader(m_session, m_keys.at(index), this);
    reader->setTemplate(m_options.tagTemplate);
    connect(reader, &Job::finished, this, [this, index, reader] { onReader(index, reader); });
    ++m_running;
    reader->start();
}

void TagsReader::onReader(qsizetype index, TagReader* reader)
{
    reader->deleteLater();
    --m_running;
    if (isFinished())
        return;
    if (!reader->outcome())
        return endWith(fail(reader->outcome().error()));
    m_slots[index] = reader->info();
    m_reached[static_cast<std::size_t>(index)] = true;
    setProgress(done() + 1, m_keys.size());
    startReaders();
}

void TagsReader::readBatch(qsizetype from)
{
    setProgress(from, m_keys.size());
    if (from >= m_keys.size())
        return endWith({});
    redis::Pipeline batch;
    const qsizetype end = std::min(from + tagBatch, m_keys.size());
    for (qsizetype i = from; i < end; ++i)
        batch << redis::Command {"TYPE", m_keys.at(i)} << redis::Command {"PTTL", m_keys.at(i)};
    onFinished(m_session->send(batch), this, [this, from](const Result<redis::Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            return endWith(fail(replies.error()));
        onTypes(from, *replies);
    });
}

void TagsReader::onTypes(qsizetype from, const redis::Replies& replies)
{
    redis::Pipeline contents;
    QList<qsizetype> asked;
    for (qsizetype i = 0; i + 1 < replies.size(); i += 2) {
        const redis::Reply& wrong = replies.at(i).isError() ? replies.at(i) : replies.at(i + 1);
        if (wrong.isError())
            return endWith(fail(redis::toError(wrong, QStringLiteral("TYPE"))));
        const qsizetype index = from + i / 2;
        TagInfo& info = m_slots[index];
        info.layout = layoutOfType(replies.at(i).bytes);
        info.ttlMs = replies.at(i).bytes == "none" ? -2 : replies.at(i + 1).integer;
        switch (info.layout) {
        case TagLayout::JsonList: contents << redis::Command {"GET", info.key}; break;
        case TagLayout::Set: contents << redis::Command {"SCARD", info.key}; break;
        case TagLayout::Zset: contents << redis::Command {"ZCARD", info.key}; break;
        case TagLayout::Hash: contents << redis::Command {"HLEN", info.key}; break;
        default:
            if (!info.isGone())
                unreadable(info, foreignTypeText(replies.at(i).bytes));
            continue;
        }
        asked << index;
    }
    const qsizetype next = from + replies.size() / 2;
    if (contents.isEmpty())
        return endBatch(next);
    onFinished(m_session->send(contents), this, [this, asked, next](const Result<redis::Replies>& answers) {
        if (isFinished())
            return;
        if (!answers)
            return endWith(fail(answers.error()));
        onContents(asked, next, *answers);
    });
}

void TagsReader::onContents(const QList<qsizetype>& asked, qsizetype next, const redis::Replies& replies)
{
    for (qsizetype i = 0; i < asked.size(); ++i) {
        TagInfo& info = m_slots[asked.at(i)];
        const redis::Reply& reply = replies.at(i);
        if (reply.isError()) {
            const Error error = redis::toError(reply, QStringLiteral("GET"));
            if (error.reason != Reason::WrongType)
                return endWith(fail(error));
            unreadable(info, QStringLiteral("another type took its place while it was read"));
            continue;
        }
        if (info.layout != TagLayout::JsonList) {
            info.members = reply.integer;
            continue;
        }
        if (reply.isNil()) {
            info.layout = TagLayout::Unreadable;
            info.ttlMs = -2;
            continue;
        }
        const StringTag read = readStringTag(reply.bytes);
        info.layout = read.layout;
        info.problem = read.problem;
        const qsizetype different = QSet<QByteArray>(read.names.begin(), read.names.end()).size();
        info.members = info.isReadable() ? different : -1;
        if (!read.problem.isEmpty())
            info.warnings << read.problem;
        if (different < read.names.size())
            info.warnings << repeatsText(read.names.size() - different);
    }
    endBatch(next);
}

void TagsReader::endBatch(qsizetype next)
{
    std::fill(m_reached.begin(), m_reached.begin() + next, true);
    readBatch(next);
}

}
