// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/guardedwriter.h"

#include <QObject>

namespace ui {

class EditNotice;
class Workspace;

// A change with its words. All of them are plain text, bytes in them as display text.
struct EditAct {
    QString name; // in the audit log: "edit", "expire", "rename" …
    QList<QByteArray> keys; // that it names there
    core::values::Change change;
    QString done; // what was done, in one sentence
    QString detail = {};
    QString undone = {}; // the same of its undo
    QByteArray shows = {}; // key to be shown when it is done; as long as it is null, the one on screen is read again
    QByteArray showsUndone = {};
    QList<QByteArray> gone = {}; // keys that are no more when it is done
    std::function<void()> onWritten = {}; // once it is done, whichever server is connected by then
};

// Runs changes one at a time, tells by the notice how each ended, and offers to undo it. Of a change whose server is no longer the one
// that is connected nothing is told: the audit log has it.
class EditActs final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EditActs)
public:
    using Verdict = core::values::Verdict;
    // What is done besides: with the verdict of a change that did not fail. True: it has told the user itself.
    using Then = std::function<bool(const Verdict& verdict)>;

    EditActs(Workspace* workspace, EditNotice* notice, QObject* parent = nullptr);
    bool isRunning() const { return m_running; }
    void run(const EditAct& act, Then then = {});
    // Actions beside Undo, of the run that is under way.
    std::function<void()> showDifference; // set by who can; taken with the next notice

signals:
    void runningChanged(bool running);
    void changed(); // the key on screen, or one of that name
    void keyWanted(const QByteArray& key);

private:
    void onVerdict(const EditAct& act, const Verdict& verdict, const Then& then);
    void tellIndex(const EditAct& act);
    void tellDone(const EditAct& act, const Verdict& verdict);
    void tellRefused(const EditAct& act, const Verdict& verdict);
    void undo(const EditAct& act, const core::values::Change& change);
    void setRunning(bool running);

    Workspace* m_workspace;
    EditNotice* m_notice;
    bool m_running = false;
};

}
