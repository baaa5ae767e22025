// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/invalidate/plan.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace ui {

class Badge;
class ElidedLabel;
class PlanModel;
class TableView;

// "41,204 keys and 1 tag index": what a plan takes.
QString planCount(const core::invalidate::Plan& plan);

// The frozen plan: its figures, and every key of it in a table.
class PlanCard final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PlanCard)
public:
    explicit PlanCard(QWidget* parent = nullptr);
    void setPlan(const core::invalidate::Plan& plan, const core::cache::RouteTable& routes);
    // The age of the plan; call it about once a second while shown.
    void updateAge(const QDateTime& madeAt);

signals:
    void warmWanted(); // its keys are to be warmed

private:
    QWidget* makeFigures();
    QWidget* makeTable();

    PlanModel* m_model;
    Badge* m_frozen;
    QPushButton* m_warm;
    QList<QLabel*> m_figures;
    TableView* m_table;
    ElidedLabel* m_footer;
};

}
