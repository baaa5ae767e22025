// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/keyremover.h"

#include "core/base/bytes.h"

#include <QUuid>

namespace core::invalidate {

KeyRemover::KeyRemover(redis::Session* session, Plan plan, Run::Options options, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_plan(std::move(plan))
    , m_options(std::move(options))
{
}

void KeyRemover::remove(const QByteArray& key, Then then)
{
    if (!m_plan.keys.contains(key))
        return then(fail(Code::Guard, Reason::NotConfirmed, displayText(key)), {});
    Plan one = m_plan;
    one.keys = keys::KeyList {key};
    one.selectors = {{Selector::Kind::Key, key}};
    one.except = {};
    one.tagKeys = {};
    one.bytes = -1;
    one.bytesSampled = 0;
    auto* run = new Run(m_session, one, m_options, this);
    connect(run, &Job::finished, this, [run, then = std::move(then)] {
        run->deleteLater();
        const RunSummary& done = run->summary();
        const Result<void> outcome = run->outcome();
        const bool isGone = done.deleted + done.vanished > 0; // Redis said so; the log is another matter
        if (outcome || isGone)
            then(done.deleted > 0, outcome ? std::nullopt : std::optional(outcome.error()));
        else
            then(fail(outcome.error()), {});
    });
    run->start();
}

Plan planOfKeys(const redis::Session& session, const keys::KeyList& keys)
{
    Plan plan;
    plan.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    plan.madeAt = QDateTime::currentDateTimeUtc();
    plan.server = endpointLabel(session.endpoint());
    plan.runId = session.facts().runId;
    plan.database = session.endpoint().database;
    plan.selectors = {{Selector::Kind::List, "compared entries"}};
    plan.keys = keys;
    return plan;
}

}
