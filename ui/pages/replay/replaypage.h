// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "ui/models/rowmodel.h"
#include "ui/shell/page.h"

#include <QPointer>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace ui {

class FaceStack;
class ResponsePane;
class TableView;
class VerdictPane;

// Sends a request to the LightAPI server and shows what the cache really did: prediction, snapshots before and after, verdict with
// its evidence, header fields, times, served body beside the cached value.
class ReplayPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReplayPage)
public:
    explicit ReplayPage(Workspace* workspace, QWidget* parent = nullptr);

    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void pageConnected() override;
    void pageDisconnected() override;

private:
    void setupRequest();
    QWidget* makeResults();
    void send();
    void startJob(const core::replay::Replay::Options& options);
    core::Result<core::http::Headers> headers() const;
    bool confirmMethod();
    void showHeaderCount();
    void onResult(const core::replay::ReplayResult& result);
    void onFinished();
    void showResult(int row);
    void showForecast();
    void showIdle();
    void updateActs();

    QComboBox* m_method;
    QLineEdit* m_target;
    QComboBox* m_times;
    QPushButton* m_send;
    QPushButton* m_headersButton;
    QPlainTextEdit* m_headers;
    VerdictPane* m_verdict;
    ResponsePane* m_response;
    RowModel<core::replay::ReplayResult>* m_results;
    TableView* m_table = nullptr;
    FaceStack* m_faces;
    QPointer<core::replay::Replay> m_job;
    bool m_methodConfirmed = false;
};

}
