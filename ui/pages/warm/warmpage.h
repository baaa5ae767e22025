// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/expiringkeys.h"
#include "core/replay/targetgathering.h"
#include "core/replay/warm.h"
#include "core/replay/warmpreview.h"
#include "ui/models/rowmodel.h"
#include "ui/shell/page.h"

#include <QDeadlineTimer>
#include <QPointer>
#include <QTimer>

#include <array>
#include <optional>

class QPlainTextEdit;
class QPushButton;
class QSortFilterProxyModel;
class QSpinBox;

namespace ui {

class Card;
class FaceStack;
class Label;
class SourcePanels;
class TableView;
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
    struct Row {
        core::replay::WarmResult result;
        bool pending = true;
        std::optional<core::replay::Preview> before; // of a look, nothing was requested
    };
    static QString pendingWord(const Row& row);
    QWidget* makeInput();
    QWidget* makeResults();
    QList<RowModel<Row>::Column> columns();
    void openFile();
    void readFile(const QString& name);
    void onTextChanged();
    void parseText();
    void showTargets(const core::replay::TargetList& targets);
    void showRows();
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
    core::replay::WarmPace pace() const;
    void setPaused(bool paused);
    void onHeldBack(qint64 waitMs);
    void showWait();
    void onResult(int index);
    void onFinished();
    bool isAllWarm() const;
    QString countsText() const;
    void showCounts();
    void showIdle();
    void updateActs();
    void restart();

    QPlainTextEdit* m_text = nullptr;
    Label* m_textFact = nullptr;
    QSpinBox* m_concurrency = nullptr;
    QSpinBox* m_rate = nullptr;
    SourcePanels* m_sources = nullptr;
    QPushButton* m_file = nullptr;
    QPushButton* m_look;
    QPushButton* m_run;
    QPushButton* m_pause; // while something is requested
    RowModel<Row>* m_model;
    QSortFilterProxyModel* m_sorted;
    TableView* m_table = nullptr;
    FaceStack* m_faces = nullptr;
    QPointer<core::replay::Warm> m_job;
    QPointer<core::keys::ExpiringKeys> m_expiring;
    QPointer<core::replay::TargetGathering> m_gathering;
    QPointer<core::replay::WarmPreview> m_preview;
    WarmResume* m_resume;
    bool m_wantsRequests = false; // what follows the gathering
    bool m_goesOn = false; // with what an earlier run has left
    QDeadlineTimer m_heldUntil; // as the server asked
    QTimer m_waitTick;
    std::optional<double> m_requestMs; // measured while it gathered
    core::replay::CombinedTargets m_all; // what is shown
    core::replay::TargetList m_targets; // of the text
    QTimer m_typing;
    quint64 m_textVersion = 0; // targets of an older text are dropped
    bool m_parsing = false; // m_targets is not of what the field says
    std::array<int, 6> m_counts {}; // by core::replay::WarmState
};

}
