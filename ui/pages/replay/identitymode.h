// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identitycheck.h"
#include "ui/models/rowmodel.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>

namespace ui {

class FaceStack;
class IdentityChooser;
class IdentityGathering;
class TableView;

// The same GET as several identities, one after another: a key that names no user serves one the answer of another.
class IdentityMode final : public ReplayMode {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentityMode)
public:
    explicit IdentityMode(Place place, QWidget* parent = nullptr);

    QString verb() const override { return tr("Compare"); }
    bool takesIdentity() const override { return false; }
    QStringList stripPrefixes() const override { return {QStringLiteral("identities")}; }
    void send(const core::http::Request& request) override;
    bool isBusy() const override;
    bool cancel() override;
    void restart() override;

private:
    // What is made of the rows, away from the window.
    struct Judgement {
        QList<core::replay::IdentityFinding> findings;
        QStringList persons;
    };
    QWidget* makeResults();
    void tellLeftOut(const QList<core::replay::Identity>& identities);
    void check();
    void onRow(const core::replay::IdentityRow& row);
    void onFinished();
    void judge();
    void show(const Judgement& judgement);
    using QWidget::show;
    void showNotCompared();
    void showWaiting(const QString& what, const QString& why);
    void end();
    void dropBodies();
    void showIdle();
    void clear();

    IdentityChooser* m_chooser;
    StripStack* m_findings;
    RowModel<core::replay::IdentityRow>* m_rows;
    TableView* m_table = nullptr;
    FaceStack* m_faces;
    core::http::Request m_request;
    QPointer<IdentityGathering> m_gathering;
    std::unique_ptr<core::replay::Login> m_login; // of this connection
    QPointer<core::replay::IdentityCheck> m_job;
    bool m_isJudging = false;
    quint64 m_turn = 0; // counts what was begun or cleared
};

}
