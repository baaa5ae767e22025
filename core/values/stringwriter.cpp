// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/stringwriter.h"

#include "core/base/async.h"
#include "core/base/bytes.h"

#include <QCryptographicHash>

#include <algorithm>
#include <utility>

namespace core::values {

namespace {
    using redis::Replies;
    using redis::Reply;

    // What fits may be touched by others between comparison and write: again then, but not for ever.
    constexpr int mostTries = 20;

    std::optional<Error> errorIn(const Replies& replies, const QString& subject)
    {
        const auto at = std::ranges::find_if(replies, &Reply::isError);
        return at == replies.end() ? std::nullopt : std::optional(redis::toError(*at, subject));
    }
}

bool StringEdit::fits(const QByteArray& stored) const
{
    if (expected && stored != *expected)
        return false;
    return !expectedSha256 || QCryptographicHash::hash(stored, QCryptographicHash::Sha256) == *expectedSha256;
}

StringWriter::StringWriter(redis::Session* session, StringEdit edit, redis::WritePermit permit, QObject* parent)
    : Job(QStringLiteral("edit"), displayText(edit.key), parent)
    , m_session(session)
    , m_edit(std::move(edit))
    , m_permit(permit)
{
}

void StringWriter::onStart()
{
    m_line = m_session->exclusiveLine(QStringLiteral("edit"), m_permit);
    compare();
}

void StringWriter::compare()
{
    ++m_tries;
    core::onFinished(m_line->send({{"WATCH", m_edit.key}, {"PTTL", m_edit.key}, {"GET", m_edit.key}}), this, [this](const Result<Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onRead(*replies);
    });
}

void StringWriter::onRead(const Replies& replies)
{
    if (const auto error = errorIn(replies, QStringLiteral("GET")))
        return finish(fail(*error));
    m_ttlMs = replies.at(1).integer;
    const Reply& stored = replies.at(2);
    m_current = stored.isNil() ? std::nullopt : std::optional(stored.bytes);
    if (m_edit.isConditional() && !m_current)
        return end(Answer::Gone);
    if (m_current && !m_edit.fits(*m_current))
        return end(Answer::Changed);
    write();
}

void StringWriter::write()
{
    redis::Command set {"SET", m_edit.key, m_edit.value};
    if (m_edit.lifetime == StringEdit::Lifetime::Keep)
        set << QByteArray("KEEPTTL");
    else if (m_edit.lifetime == StringEdit::Lifetime::Set)
        set << QByteArray("PX") << m_edit.ttlMs;
    core::onFinished(m_line->send({{"MULTI"}, set, {"EXEC"}}), this, [this](const Result<Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onWritten(*replies);
    });
}

void StringWriter::onWritten(const Replies& replies)
{
    const Reply& executed = replies.at(2);
    if (executed.isNil()) // somebody touched it meanwhile: nothing was written
        return m_tries < mostTries ? compare() : finish(fail(Code::Data, Reason::ValueChanged, displayText(m_edit.key)));
    if (const auto error = errorIn(replies, QStringLiteral("SET")))
        return finish(fail(*error));
    if (const auto error = errorIn(executed.items, QStringLiteral("SET")))
        return finish(fail(*error));
    end(Answer::Written);
}

void StringWriter::end(Answer answer)
{
    m_answer = answer;
    m_line.reset(); // its WATCH goes with it
    finish();
}

std::optional<StringEdit> StringWriter::undo() const
{
    if (m_answer != Answer::Written || !m_current)
        return std::nullopt;
    StringEdit back {m_edit.key, *m_current, StringEdit::Lifetime::Forever, 0, m_edit.value, {}};
    if (m_ttlMs >= 0) {
        back.lifetime = StringEdit::Lifetime::Set;
        back.ttlMs = std::max<qint64>(1, m_ttlMs);
    }
    return back;
}

}
