// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectionrun.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace ui {

class ExpectationForm;
class Label;
class TableView;
class VerdictPane;

// One request of a collection: what was expected beside what was found, the evidence for the verdict, and a form for what is expected.
class CollectionDetail final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CollectionDetail)
public:
    explicit CollectionDetail(QWidget* parent = nullptr);
    // `result` may be null: it has not run.
    void show(const core::replay::SavedRequest& request, const core::replay::CollectionResult* result);
    using QWidget::show;
    // The form stays as it is, for it may be what changed.
    void showResult(const core::replay::CollectionResult* result);
    void setEditable(bool editable);

signals:
    void edited(const core::replay::SavedRequest& request);

private:
    QWidget* makeChecks();

    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    Label* m_fact;
    RowModel<core::replay::CollectionCheck>* m_checks;
    TableView* m_table = nullptr;
    VerdictPane* m_verdict;
    ExpectationForm* m_form;
};

}
