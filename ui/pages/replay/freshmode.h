// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"
#include "core/replay/freshcheck.h"
#include "ui/models/rowmodel.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QModelIndex;
class QPushButton;
class QSortFilterProxyModel;

namespace ui {

class FaceStack;
class FormField;
class FreshDeletion;
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
    QStringList stripPrefixes() const override { return {QStringLiteral("fresh")}; }
    void send(const core::http::Request& request) override;
    bool isBusy() const override { return !m_job.isNull(); }
    bool cancel() override;
    void openTargets(const QList<QByteArray>& targets) override;
    void restart() override;

private:
    enum class Way { Parameter, OtherApi, Unlink }; // in the order of the choice
    Way way() const;
    QString whyNot(Way way) const;
    QWidget* makeOptions();
    QWidget* makeResults();
    void showWays();
    void chooseWay();
    void showIdle();
    core::replay::FreshSource source(const core::http::Request& request) const;
    core::Result<std::unique_ptr<core::http::Client>> makeOther() const;
    void begin(const core::http::Request& request, const QList<QByteArray>& targets, std::optional<core::invalidate::Plan> deletion = {});
    void onResult(const core::replay::FreshResult& result);
    void showPending();
    void onFinished();
    void tellEnd(const core::replay::FreshCheck& job);
    void showResult(const QModelIndex& index);
    void exportTo(const QString& file);

    QComboBox* m_way;
    QLineEdit* m_other;
    QLineEdit* m_parameter;
    QLineEdit* m_ignored;
    QCheckBox* m_credentials;
    FormField* m_otherField = nullptr;
    FormField* m_parameterField = nullptr;
    Label* m_wayNote;
    RowModel<core::replay::FreshResult>* m_results;
    QSortFilterProxyModel* m_sorted;
    RowModel<core::values::PathChange>* m_changes;
    TableView* m_table = nullptr;
    TableView* m_changeTable = nullptr;
    Label* m_counts = nullptr;
    Label* m_reason = nullptr;
    QPushButton* m_export = nullptr;
    FaceStack* m_faces;
    FreshDeletion* m_deletion;
    QList<QByteArray> m_targets; // sent by another page, for the request line as it was then
    QPointer<core::replay::FreshCheck> m_job;
    bool m_isForeign = false; // m_job is of a connection or database that is no longer here
    bool m_wasRefused = false; // told once a run
    QList<core::replay::FreshResult> m_pending; // shown together
    QTimer m_show;
};

}
