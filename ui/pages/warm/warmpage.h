// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/expiringkeys.h"
#include "core/replay/targetgathering.h"
#include "core/replay/warm.h"
#include "core/replay/warmpreview.h"
#include "ui/shell/heldhint.h"
#include "ui/shell/page.h"

#include <QDeadlineTimer>
#include <QPointer>
#include <QTimer>

#include <optional>

class QPushButton;

namespace ui {

class TargetInput;
class WarmResults;
class WarmResume;

// Targets typed, pasted, or from a file, a sitemap, an access log, the routes or keys; each key once. A look at what is warm already, or a
// GET for each and proof in Redis that its key appeared.
class WarmPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WarmPage)
public:
    explicit WarmPage(Workspace* workspace, QWidget* parent = nullptr);

    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void pageConnected() override;
    void pageDisconnected() override;

private:
    void replayTarget(const QByteArray& target);
    void begin(bool request);
    void findExpiring(bool request, qint64 belowMs, const core::replay::TargetSources& sources, const QString& subject);
    void stopped(const core::Job& job, const core::Result<void>& outcome);
    void gather(bool request, const core::replay::TargetSources& sources, const QString& subject);
    void resume();
    void showRecord();
    void onGathered();
    void showNotes(const QStringList& notes);
    void look();
    void onLooked();
    void run();
    void startKept();
    bool isBusy() const { return m_job || m_expiring || m_gathering || m_preview; }
    QString busyText() const; // empty: nothing runs
    core::replay::WarmPace pace() const;
    void setPaused(bool paused);
    void onHeldBack(qint64 waitMs);
    void showWait();
    void onResult(int index);
    void onFinished();
    void showIdle();
    void updateActs();
    void restart();

    QPushButton* m_look;
    QPushButton* m_run;
    QPushButton* m_pause; // while something is requested
    TargetInput* m_input;
    WarmResults* m_results;
    QPointer<core::replay::Warm> m_job;
    QPointer<core::keys::ExpiringKeys> m_expiring;
    QPointer<core::replay::TargetGathering> m_gathering;
    QPointer<core::replay::WarmPreview> m_preview;
    WarmResume* m_resume;
    HeldHint m_held;
    bool m_wantsRequests = false; // what follows the gathering
    bool m_goesOn = false; // with what an earlier run has left
    QDeadlineTimer m_heldUntil; // as the server asked
    QTimer m_waitTick;
    std::optional<double> m_requestMs; // measured while it gathered
    core::replay::CombinedTargets m_all; // what is shown
};

}
