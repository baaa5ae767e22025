// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/run.h"
#include "ui/shell/page.h"

#include <QPointer>
#include <QTimer>

#include <optional>

namespace ui {

class FaceStack;
class GuardPanel;
class PlanCard;
class SelectorBar;

// Plan, guard, run, verify: nothing goes that was not in the frozen plan on screen.
class InvalidatePage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InvalidatePage)
public:
    explicit InvalidatePage(Workspace* workspace, QWidget* parent = nullptr);

    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void pageShown() override;
    void pageHidden() override;
    void pageConnected() override;
    void pageDisconnected() override;

private:
    void makePlan();
    void onPlanned();
    void discardPlan();
    void showGuard();
    void run();
    void onRun();
    void updateIndex(const core::invalidate::Run& run);
    void reportRun(const core::invalidate::Run& run);
    void openWarm(const core::keys::KeyList& keys);
    void showIdle();
    void updateBusy();

    SelectorBar* m_bar;
    PlanCard* m_planCard;
    GuardPanel* m_guard;
    FaceStack* m_faces;
    QTimer m_age;
    std::optional<core::invalidate::Plan> m_plan;
    QPointer<core::invalidate::Planner> m_planner;
    QPointer<core::invalidate::Run> m_run;
};

}
