// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/guardedwriter.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/redis/ownreads.h"

#include <algorithm>
#include <utility>

namespace core::values {

namespace {
    using redis::Replies;
    using redis::Reply;

    constexpr int mostTries = 20; // others may touch the key again and again

    std::optional<Error> errorIn(const Replies& replies, const redis::Pipeline& commands)
    {
        const auto at = std::ranges::find_if(replies, &Reply::isError);
        if (at == replies.end())
            return std::nullopt;
        const qsizetype index = at - replies.begin();
        return redis::toError(*at, QString::fromLatin1(index < commands.size() ? commands.at(index).name() : QByteArray()));
    }
}

GuardedWriter::GuardedWriter(redis::Session* session, Change change, redis::WritePermit permit, QObject* parent)
    : Job(QStringLiteral("edit"), displayText(change.keys.first()), parent)
    , m_session(session)
    , m_change(std::move(change))
    , m_permit(permit)
{
}

void GuardedWriter::onStart()
{
    m_reading = redis::OwnReads::readsEverything(m_session); // what a line of its own sends is not counted
    m_line = m_session->exclusiveLine(QStringLiteral("edit"), m_permit);
    look();
}

void GuardedWriter::look()
{
    ++m_tries;
    redis::Command watch {"WATCH"};
    for (const QByteArray& key : std::as_const(m_change.keys))
        watch << key;
    core::onFinished(m_line->send(redis::Pipeline {watch} + m_change.look), this, [this](const Result<Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onLooked(*replies);
    });
}

void GuardedWriter::onLooked(Replies replies)
{
    if (const auto error = errorIn(replies, redis::Pipeline {{"WATCH"}} + m_change.look)) {
        if (error->reason != Reason::WrongType)
            return finish(fail(*error));
        m_verdict = {Verdict::Answer::Changed};
        return end();
    }
    replies.removeFirst();
    m_verdict = m_change.judge(replies);
    if (m_verdict.answer != Verdict::Answer::Written || m_verdict.commands.isEmpty())
        return end();
    core::onFinished(m_line->send(redis::Pipeline {{"MULTI"}} + m_verdict.commands + redis::Pipeline {{"EXEC"}}), this, [this](const Result<Replies>& written) {
        if (isFinished())
            return;
        if (!written)
            finish(fail(written.error()));
        else
            onWritten(*written);
    });
}

void GuardedWriter::onWritten(const Replies& replies)
{
    const Reply& executed = replies.last();
    if (executed.isNil()) // somebody touched a key meanwhile: nothing was written
        return m_tries < mostTries ? look() : finish(fail(Code::Data, Reason::ValueChanged, displayText(m_change.keys.first())));
    if (const auto error = errorIn(replies, redis::Pipeline {{"MULTI"}} + m_verdict.commands))
        return finish(fail(*error));
    if (const auto error = errorIn(executed.items, m_verdict.commands))
        return finish(fail(*error));
    end();
}

void GuardedWriter::end()
{
    m_line.reset(); // its WATCH goes with it
    m_reading.reset();
    finish();
}

}
