// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/warm.h"
#include "ui/models/rowmodel.h"
#include "ui/shell/page.h"

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
class TableView;

// Targets typed, pasted or read from a file; a GET for each, and proof in Redis that its key appeared.
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
    };
    QWidget* makeInput();
    QWidget* makeResults();
    QList<RowModel<Row>::Column> columns();
    void openFile();
    void readFile(const QString& name);
    void onTextChanged();
    void parseText();
    void showTargets(const core::replay::TargetList& targets);
    void showRows();
    void run();
    void onResult(int index);
    void onFinished();
    bool isAllWarm() const;
    QString countsText() const;
    void showCounts();
    void showIdle();
    void updateActs();

    QPlainTextEdit* m_text = nullptr;
    Label* m_textFact = nullptr;
    QSpinBox* m_concurrency = nullptr;
    QSpinBox* m_rate = nullptr;
    QPushButton* m_file;
    QPushButton* m_run;
    RowModel<Row>* m_model;
    QSortFilterProxyModel* m_sorted;
    TableView* m_table = nullptr;
    FaceStack* m_faces = nullptr;
    QPointer<core::replay::Warm> m_job;
    core::replay::TargetList m_targets;
    QTimer m_typing;
    quint64 m_textVersion = 0; // targets of an older text are dropped
    bool m_parsing = false; // m_targets is not of what the field says
    std::array<int, 6> m_counts {}; // by core::replay::WarmState
};

}
