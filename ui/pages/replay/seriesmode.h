// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/series.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>
#include <QTimer>

class QPushButton;

namespace ui {

class ColdStart;
class FaceStack;
class Label;
class SeriesForm;
class SeriesResults;

// One target (or some in turn) again and again: how fast it is from the cache and without, and under load.
class SeriesMode final : public ReplayMode {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SeriesMode)
public:
    explicit SeriesMode(Place place, QWidget* parent = nullptr);

    QString verb() const override { return tr("Start"); }
    bool takesConnection() const override { return true; }
    QStringList stripPrefixes() const override { return {QStringLiteral("series"), QStringLiteral("cold")}; }
    void send(const core::http::Request& request) override;
    bool isBusy() const override;
    bool cancel() override;
    void openTargets(const QList<QByteArray>& targets) override;
    void restart() override;

    enum class Format { Csv, Json };
    // What the last run measured; a strip says how it went.
    void exportTo(const QString& file, Format format);

private:
    QWidget* makeHead();
    void run();
    void onFinished();
    void showLoad();
    void showResults();
    void showIdle();
    void updateActs();
    void chooseFile(Format format);

    SeriesForm* m_form;
    Label* m_load;
    QPushButton* m_stop;
    QPushButton* m_csv;
    QPushButton* m_json;
    SeriesResults* m_results;
    FaceStack* m_faces;
    ColdStart* m_cold;
    QTimer m_refresh;
    QList<QByteArray> m_targets; // that another page sent
    core::replay::SeriesOptions m_options; // of the last run
    std::shared_ptr<const core::replay::SeriesStatistics> m_statistics; // of it; null before
    qint64 m_startedMs = 0;
    QPointer<core::replay::Series> m_job;
};

}
