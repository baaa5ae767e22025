// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate/plancard.h"

#include "core/base/format.h"
#include "ui/pages/invalidate/planmodel.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QDateTime>
#include <QGridLayout>
#include <QVBoxLayout>

using core::invalidate::Plan;

namespace ui {

PlanCard::PlanCard(QWidget* parent)
    : QWidget(parent)
    , m_model(new PlanModel(this))
    , m_frozen(new Badge(tr("Frozen"), Tone::Info, QStringLiteral("locks")))
    , m_warm(makeButton(tr("Warm these keys…"), QStringLiteral("warm"), ButtonKind::Quiet))
    , m_table(new TableView(tr("Keys of the plan")))
    , m_footer(new ElidedLabel(Type::Small, Token::Text2))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeFigures());
    column->addWidget(makeTable(), 1);
}

QWidget* PlanCard::makeFigures()
{
    auto* card = new Card(tr("Plan"));
    card->addTitleWidget(m_warm);
    card->addTitleWidget(m_frozen);
    m_warm->setEnabled(false); // there is no plan yet
    setPlainToolTip(m_warm, tr("Sends the keys to the Warm page, which makes requests of them; nothing is requested yet."));
    connect(m_warm, &QPushButton::clicked, this, &PlanCard::warmWanted);
    auto* inner = new QWidget;
    auto* grid = new QGridLayout(inner);
    grid->setContentsMargins(20, 0, 20, 16);
    grid->setVerticalSpacing(4);
    grid->setHorizontalSpacing(32);
    const QStringList labels {tr("Keys"), tr("Memory freed"), tr("Tag indexes"), tr("Database")};
    for (int i = 0; i < labels.size(); ++i) {
        grid->addWidget(new Label(labels.at(i), Type::Small, Token::Text2), 0, i);
        auto* figure = new Label({}, Type::PageTitle);
        m_figures << figure;
        grid->addWidget(figure, 1, i);
    }
    grid->setColumnStretch(static_cast<int>(labels.size()), 1);
    card->body()->addWidget(inner);
    return card;
}

QWidget* PlanCard::makeTable()
{
    m_table->setModel(m_model);
    m_table->setColumnWidths({400, 90, 200});
    m_table->setStretchColumn(0);
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    auto* footer = new QWidget;
    auto* row = new QVBoxLayout(footer);
    row->setContentsMargins(12, 8, 12, 8);
    row->addWidget(m_footer);
    card->body()->addWidget(footer);
    return card;
}

QString planCount(const Plan& plan)
{
    const QString keys = counted(plan.keys.size(), PlanCard::tr("key"), PlanCard::tr("keys"));
    if (plan.tagKeys.isEmpty())
        return keys;
    return PlanCard::tr("%1 and %2").arg(keys, counted(plan.tagKeys.size(), PlanCard::tr("tag index"), PlanCard::tr("tag indexes")));
}

void PlanCard::setPlan(const Plan& plan, const core::cache::RouteTable& routes)
{
    const qint64 count = plan.keys.size();
    m_warm->setEnabled(count > 0);
    m_figures.at(0)->setText(core::formatCount(count));
    QString bytes = tr("not known");
    if (plan.bytes >= 0)
        bytes = (plan.bytesSampled < count ? tr("about %1") : QStringLiteral("%1")).arg(core::formatBytes(plan.bytes));
    m_figures.at(1)->setText(bytes);
    m_figures.at(2)->setText(core::formatCount(plan.tagKeys.size()));
    m_figures.at(3)->setText(QString::number(plan.database));
    m_model->setPlan(plan, routes);
    m_footer->setText(tr("%1, frozen: what you see is what will go.").arg(planCount(plan)));
    updateAge(plan.madeAt);
}

void PlanCard::updateAge(const QDateTime& madeAt)
{
    m_frozen->set(tr("Frozen %1 ago").arg(core::formatDuration(madeAt.secsTo(QDateTime::currentDateTimeUtc()) * 1000)), Tone::Info, QStringLiteral("locks"));
}

}
