// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"
#include "core/settings/profile.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

#include <memory>

namespace ui {

class TableView;
class VerdictBand;
class JobList;

// Tests a connection step by step on a session of its own: nothing that is open is touched, nothing is written.
class ConnectionTest final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectionTest)
public:
    explicit ConnectionTest(QWidget* parent = nullptr);
    ~ConnectionTest() override;

    void start(const core::settings::Profile& profile, JobList* jobs);
    bool isRunning() const { return m_job != nullptr; }
    void cancel();

signals:
    void finished();

private:
    void addCheck(int index);
    void onFinished();
    void release();

    VerdictBand* m_band;
    RowModel<core::health::Check>* m_steps;
    TableView* m_table;
    std::unique_ptr<core::redis::Session> m_session;
    std::unique_ptr<core::http::Client> m_client;
    core::health::HealthCheck* m_job = nullptr;
};

}
