// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/collectiondetail.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "ui/pages/replay/expectationform.h"
#include "ui/pages/replay/verdictpane.h"
#include "ui/widgets/card.h"
#include "ui/widgets/label.h"
#include "ui/widgets/scrolled.h"
#include "ui/widgets/tableheight.h"
#include "ui/widgets/tableview.h"

#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using core::replay::CollectionCheck;
using core::replay::CollectionResult;

namespace ui {

namespace {
    constexpr int evidenceTab = 1;

    QVariant whatCell(const CollectionCheck& check, int role)
    {
        return role == IconRole ? QVariant(check.passed ? QStringLiteral("ring-check") : QStringLiteral("octagon-x")) : QVariant();
    }
    QVariant foundCell(const CollectionCheck& check, int role)
    {
        return role == ToneRole && !check.passed ? QVariant(static_cast<int>(Tone::Bad)) : QVariant();
    }

    QList<RowModel<CollectionCheck>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        return {
            {CollectionDetail::tr("What"), left, [](const CollectionCheck& c) { return core::displayText(c.what); }, whatCell},
            {CollectionDetail::tr("Expected"), left, [](const CollectionCheck& c) { return core::displayText(c.expected); }},
            {CollectionDetail::tr("Found"), left, [](const CollectionCheck& c) { return core::displayText(c.actual); }, foundCell},
            {CollectionDetail::tr("Why"), left, [](const CollectionCheck& c) { return core::displayText(c.why); }},
        };
    }

    QString factText(const CollectionResult* result)
    {
        if (!result)
            return CollectionDetail::tr("It has not been sent yet.");
        if (result->skipped)
            return CollectionDetail::tr("Nothing was sent. %1").arg(core::displayText(core::oneLine(*result->skipped)));
        if (!result->replay.response)
            return core::displayText(core::oneLine(result->replay.response.error()));
        return core::displayText(result->replay.verdict.sentence);
    }
}

CollectionDetail::CollectionDetail(QWidget* parent)
    : QWidget(parent)
    , m_tabs(new QTabBar)
    , m_stack(new QStackedWidget)
    , m_fact(new Label({}, Type::Body, Token::Text2))
    , m_checks(new RowModel<CollectionCheck>(columns(), this))
    , m_verdict(new VerdictPane)
    , m_form(new ExpectationForm)
{
    auto* form = new QScrollArea;
    form->setWidgetResizable(true);
    form->setFrameShape(QFrame::NoFrame);
    form->setWidget(m_form);
    m_tabs->setAccessibleName(tr("Parts of the request"));
    m_tabs->setExpanding(false);
    for (const QString& title : {tr("Expected and found"), tr("Evidence"), tr("Edit")})
        m_tabs->addTab(title);
    for (QWidget* part : QList<QWidget*> {makeChecks(), scrolled(m_verdict), form})
        m_stack->addWidget(part);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_form, &ExpectationForm::edited, this, &CollectionDetail::edited);
    m_stack->setMinimumHeight(scaled(200)); // a sentence of some lines above the table
    auto* card = new Card;
    card->body()->addWidget(m_tabs);
    card->body()->addWidget(m_stack, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(card);
}

QWidget* CollectionDetail::makeChecks()
{
    m_table = new TableView(tr("Expected and found"));
    m_table->setModel(m_checks);
    m_table->setColumnWidths({110, 104, 104, 120});
    m_table->setStretchColumn(3, 100);
    m_fact->setWordWrap(true);
    m_fact->setContentsMargins(16, 12, 16, 12);
    m_fact->setAlignment(Qt::AlignTop | Qt::AlignLeading);
    m_table->setMinimumHeight(tableHeight(3));
    auto* all = new QWidget;
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_fact);
    column->addWidget(m_table, 1);
    return all;
}

void CollectionDetail::show(const core::replay::SavedRequest& request, const CollectionResult* result)
{
    m_form->setRequest(request);
    showResult(result);
}

void CollectionDetail::showResult(const CollectionResult* result)
{
    const bool wasSent = result && !result->skipped;
    m_fact->setText(factText(result));
    m_checks->setRows(result ? result->checks : QList<CollectionCheck>());
    m_table->setVisible(m_checks->rowCount() > 0);
    m_tabs->setTabEnabled(evidenceTab, wasSent);
    if (!wasSent && m_tabs->currentIndex() == evidenceTab)
        m_tabs->setCurrentIndex(0);
    if (wasSent)
        m_verdict->show(result->replay);
}

void CollectionDetail::setEditable(bool editable)
{
    m_form->setEnabled(editable);
}

}
