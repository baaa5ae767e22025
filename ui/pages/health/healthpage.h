// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"
#include "ui/models/rowmodel.h"
#include "ui/shell/page.h"

#include <QPointer>

class QPushButton;

namespace ui {

class FaceStack;
class TableView;
class VerdictBand;

// The steps of a health check with their times, one verdict, and what to do about each step that is not well.
class HealthPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HealthPage)
public:
    explicit HealthPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;

protected:
    void pageShown() override;
    void pageConnected() override;
    void pageDisconnected() override;

private:
    void setupTable();
    void showDisconnected();
    void addCheck(int index);
    void onFinished();
    void showRouteWarnings();

    RowModel<core::health::Check>* m_model;
    TableView* m_table;
    VerdictBand* m_band;
    FaceStack* m_faces;
    QPushButton* m_runButton;
    QPointer<core::health::HealthCheck> m_job;
    bool m_wanted = true; // a check runs by itself once a connection
};

}
