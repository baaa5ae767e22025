// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"
#include "core/replay/freshcheck.h"
#include "ui/models/rowmodel.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace ui {

class FaceStack;
class FormField;
class Label;
class TableView;

// What the cache serves beside a fresh answer: for the request line, or for the targets that another page sent. Stale entries with what
// differs, by path.
class FreshMode final : public ReplayMode {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FreshMode)
public:
    explicit FreshMode(Place place, QWidget* parent = nullptr);

    QString verb() const override { return tr("Compare"); }
    void send(const core::http::Request& request) override;
    bool isBusy() const override { return !m_job.isNull(); }
    bool cancel() override;
    void openTargets(const QList<QByteArray>& targets) override;
    void restart() override;

private:
    QWidget* makeOptions();
    QWidget* makeResults();
    void showWay();
    void showIdle();
    core::replay::FreshSource source(const core::http::Request& request);
    bool isDeletionAllowed(const core::http::Request& request);
    void askDeletion(const core::invalidate::Plan& plan, const core::http::Request& request);
    core::invalidate::Plan planOf(const QList<QByteArray>& targets) const;
    core::Result<void> makeOther();
    void begin(const core::http::Request& request);
    void onResult(const core::replay::FreshResult& result);
    void onFinished();
    void showResult(int row);
    void exportResults();

    QComboBox* m_way;
    QLineEdit* m_other;
    QLineEdit* m_parameter;
    QLineEdit* m_ignored;
    QCheckBox* m_credentials;
    FormField* m_otherField = nullptr;
    FormField* m_parameterField = nullptr;
    Label* m_wayNote;
    RowModel<core::replay::FreshResult>* m_results;
    RowModel<core::values::PathChange>* m_changes;
    TableView* m_table = nullptr;
    TableView* m_changeTable = nullptr;
    Label* m_reason = nullptr;
    QPushButton* m_export = nullptr;
    FaceStack* m_faces;
    QList<QByteArray> m_targets; // sent by another page, for the request line as it was then
    std::unique_ptr<core::http::Client> m_otherClient;
    bool m_deletionConfirmed = false;
    QPointer<core::replay::FreshCheck> m_job;
};

}
