// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>

namespace ui {

class FaceStack;
class ResponsePane;
class SentRequests;
class TableView;
class VerdictPane;

// One request at a time: verdict with its evidence, times, header fields, served body beside the cached value; and those sent before.
class RequestMode final : public ReplayMode {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestMode)
public:
    explicit RequestMode(Place place, QWidget* parent = nullptr);

    bool takesOnlyGet() const override { return false; }
    bool takesConnection() const override { return true; }
    QStringList stripPrefixes() const override { return {QStringLiteral("replay"), QStringLiteral("release")}; }
    void send(const core::http::Request& request) override;
    bool isBusy() const override { return !m_job.isNull(); }
    bool cancel() override;
    void restart() override;

signals:
    // Handed out and not kept.
    void exchanged(const core::http::Request& request, const core::replay::ReplayResult& result);

private:
    QWidget* makeResults();
    void onResult(const core::replay::ReplayResult& result);
    void onFinished();
    void showResult(int row);
    void tellLettingGo();
    void offerRelease(const QList<core::cache::ReleaseRange>& releases);
    void setRelease(const QVersionNumber& release);
    void showIdle();

    VerdictPane* m_verdict;
    ResponsePane* m_response;
    SentRequests* m_results;
    TableView* m_table = nullptr;
    FaceStack* m_faces;
    QPointer<core::replay::Replay> m_job;
    bool m_isForeign = false; // m_job is of a connection or database that is no longer here
    core::http::Request m_request; // the last one
};

}
