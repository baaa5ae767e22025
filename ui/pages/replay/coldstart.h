// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "core/invalidate/run.h"

#include <QPointer>

#include <functional>
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
    // `mayStart` is asked when the deletion is confirmed, which may be long after start().
    ColdStart(Workspace* workspace, StripStack* strips, std::function<bool()> mayStart, QObject* parent = nullptr);

    // `headers` go with the requests: Host is part of some keys.
    void start(const QList<QByteArray>& targets, const core::http::Headers& headers);
    bool isBusy() const { return m_planner || m_run; }
    bool cancel();
    // Forgets what was asked and not confirmed.
    void dismiss();

signals:
    void busyChanged();
    void ready(); // they are gone; before the busyChanged() of it, so that nobody else starts in between

private:
    void onPlanned();
    void ask();
    void sendToInvalidate();
    void run();
    void onRun();

    Workspace* m_workspace;
    StripStack* m_strips;
    std::function<bool()> m_mayStart;
    QPointer<core::invalidate::Planner> m_planner;
    QPointer<core::invalidate::Run> m_run;
    std::optional<core::invalidate::Plan> m_plan;
};

}
