// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/editacts.h"

#include "core/base/bytes.h"
#include "core/keys/keyindex.h"
#include "core/redis/session.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/pages/keys/loggededit.h"
#include "ui/shell/workspace.h"

#include <QPointer>

namespace ui {

using core::values::Change;
using core::values::GuardedWriter;
using Answer = core::values::Verdict::Answer;

namespace {
    QString outcomeWord(Answer answer)
    {
        switch (answer) {
        case Answer::Written: return QStringLiteral("done");
        case Answer::Changed: return QStringLiteral("changed");
        case Answer::Gone: return QStringLiteral("gone");
        case Answer::Exists: return QStringLiteral("exists");
        case Answer::None: break;
        }
        return QStringLiteral("failed");
    }
}

EditActs::EditActs(Workspace* workspace, EditNotice* notice, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_notice(notice)
{
}

void EditActs::setRunning(bool running)
{
    m_running = running;
    emit runningChanged(running);
}

void EditActs::run(const EditAct& act, Then then)
{
    if (m_running)
        return;
    if (!m_workspace->isOpen())
        return m_notice->show({Tone::Warn, tr("Nothing was sent: no server is connected."), {}});
    m_notice->clear();
    setRunning(true);
    LoggedEdit logged {act.name, act.keys,
        [change = act.change](core::redis::Session* session) -> core::Job* { return new GuardedWriter(session, change); },
        [](const core::Job& job) { return outcomeWord(static_cast<const GuardedWriter&>(job).answer()); }};
    const QPointer<core::redis::Session> session(m_workspace->session());
    runLogged(m_workspace, std::move(logged), this, [this, act, session, then = std::move(then)](const core::Result<core::Job*>& job, const std::optional<core::Error>& unlogged) {
        setRunning(false);
        if (act.onWritten && job && static_cast<const GuardedWriter*>(*job)->answer() == Answer::Written)
            act.onWritten();
        if (!session || session != m_workspace->session()) {
            showDifference = {};
            return;
        }
        if (job)
            onVerdict(act, static_cast<const GuardedWriter*>(*job)->verdict(), then);
        else
            m_notice->show(stripForError(job.error()));
        if (!unlogged)
            return;
        StripText text = m_notice->text();
        const StripText why = stripForError(*unlogged);
        text.tone = Tone::Warn;
        text.why += tr(" The end of this act is not in the audit log: %1 %2").arg(why.what, why.why);
        m_notice->show(text);
    });
}

void EditActs::onVerdict(const EditAct& act, const Verdict& verdict, const Then& then)
{
    const bool isWritten = verdict.answer == Answer::Written;
    if (isWritten)
        tellIndex(act);
    if (isWritten)
        tellDone(act, verdict);
    const bool told = then && then(verdict);
    if (!isWritten && !told)
        tellRefused(act, verdict);
    showDifference = {};
    if (isWritten && !act.shows.isNull())
        emit keyWanted(act.shows);
    else if (isWritten)
        emit changed();
}

// So that the list has them at once, also where it does not follow the server.
void EditActs::tellIndex(const EditAct& act)
{
    core::keys::KeyIndex* index = m_workspace->keyIndex();
    if (!index || index->state() == core::keys::KeyIndex::State::Empty)
        return;
    if (!act.gone.isEmpty())
        index->markDeleted(core::keys::KeyList(act.gone));
    if (!act.shows.isNull())
        index->add({act.shows});
}

void EditActs::tellDone(const EditAct& act, const Verdict& verdict)
{
    StripText text {Tone::Ok, act.done, act.detail};
    if (verdict.undo)
        text.actions += StripAction {tr("Undo"), [this, act, change = *verdict.undo] { undo(act, change); }};
    if (showDifference)
        text.actions += StripAction {tr("Difference"), showDifference};
    m_notice->show(text);
}

void EditActs::tellRefused(const EditAct& act, const Verdict& verdict)
{
    const QString key = inSentence(act.change.keys.first());
    switch (verdict.answer) {
    case Answer::Changed:
        m_notice->show({Tone::Warn, tr("Nothing was changed: something else is there by now."),
            verdict.current ? tr("Found: %1").arg(core::displayText(verdict.current->left(200))) : tr("What is on screen was read before; read %1 again and decide anew.").arg(key),
            {{tr("Read again"), [this] { m_notice->clear(); emit changed(); }}}});
        return;
    case Answer::Gone:
        m_notice->show({Tone::Warn, tr("Nothing was changed: %1 is gone.").arg(key), tr("It expired or was deleted meanwhile.")});
        return;
    case Answer::Exists:
        m_notice->show({Tone::Warn, tr("Nothing was changed: %1 exists already.").arg(inSentence(act.keys.last())), tr("Nothing is ever written over it.")});
        return;
    case Answer::Written:
    case Answer::None: return;
    }
}

void EditActs::undo(const EditAct& act, const Change& change)
{
    EditAct back {QStringLiteral("undo-") + act.name, act.keys, change, act.undone};
    back.shows = act.showsUndone;
    if (!act.shows.isNull())
        back.gone = {act.shows};
    run(back, [this](const Verdict& verdict) {
        if (verdict.answer == Answer::Written) {
            StripText text = m_notice->text();
            text.actions.clear(); // an undo of the undo would be the edit
            m_notice->show(text);
            return true;
        }
        m_notice->show({Tone::Warn, tr("Not undone."),
            verdict.answer == Answer::Gone ? tr("The key is gone: it expired or was deleted meanwhile.")
                : verdict.answer == Answer::Exists ? tr("Another key has that name by now.")
                                                   : tr("What was written is not there any more: somebody changed it meanwhile. It stays as it is.")});
        emit changed();
        return true;
    });
}

}
