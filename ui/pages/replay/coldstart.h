// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/run.h"

#include <QPointer>

#include <optional>

namespace ui {

class StripStack;
class Workspace;

// Takes the entries of some targets away before they are measured: a plan of exactly the predicted keys, a strip that names them and
// asks, then the guarded, journaled run that Invalidate uses too.
class ColdStart final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ColdStart)
public:
    ColdStart(Workspace* workspace, StripStack* strips, QObject* parent = nullptr);

    void start(const QList<QByteArray>& targets);
    bool isBusy() const { return m_planner || m_run; }
    bool cancel();
    // Forgets what was asked and not confirmed.
    void dismiss();

signals:
    void busyChanged();
    void ready(); // they are gone

private:
    QList<QByteArray> keysOf(const QList<QByteArray>& targets) const;
    void onPlanned();
    void ask();
    void sendToInvalidate();
    void run();
    void onRun();

    Workspace* m_workspace;
    StripStack* m_strips;
    QPointer<core::invalidate::Planner> m_planner;
    QPointer<core::invalidate::Run> m_run;
    std::optional<core::invalidate::Plan> m_plan;
};

}
