// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/verdictpane.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/widgets/card.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableheight.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/timingbar.h"
#include "ui/widgets/verdictband.h"

#include <QHeaderView>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

using core::replay::Evidence;
using core::replay::ReplayResult;

namespace ui {

namespace {
    constexpr int leastRows = 2;
    constexpr int mostRows = 5;

    QVariant saysCell(const Evidence& evidence, int role)
    {
        if (role == IconRole)
            return evidence.says == Evidence::Says::For ? QStringLiteral("ring-check")
                : evidence.says == Evidence::Says::Against ? QStringLiteral("octagon-x") : QStringLiteral("ring-dash");
        return {};
    }

    // So that some of it is always in sight, and all of it where it is not much.
    int evidenceHeight(int rows)
    {
        return tableHeight(std::clamp(rows, leastRows, mostRows));
    }

    QString orDash(const QString& text)
    {
        return text.isEmpty() ? QStringLiteral("–") : core::displayText(text);
    }

    std::function<QVariant(const Evidence&, int)> greyWhenDash(QString Evidence::*member)
    {
        return [member](const Evidence& e, int role) -> QVariant {
            if (role == BytesRole && !(e.*member).isEmpty())
                return (e.*member).toUtf8();
            return {};
        };
    }
}

VerdictPane::VerdictPane(QWidget* parent)
    : QWidget(parent)
    , m_band(new VerdictBand)
    , m_table(new TableView(tr("Evidence")))
    , m_strips(new StripStack)
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    m_evidence = new RowModel<Evidence>({{tr("Evidence"), left, [](const Evidence& e) { return core::displayText(e.source); }},
                                            {tr("Before"), left, [](const Evidence& e) { return orDash(e.before); }, greyWhenDash(&Evidence::before)},
                                            {tr("After"), left, [](const Evidence& e) { return orDash(e.after); }, greyWhenDash(&Evidence::after)},
                                            {tr("What it says"), left, [](const Evidence& e) { return core::displayText(e.fact); }, saysCell}},
        this);
    m_table->setModel(m_evidence);
    m_table->setColumnWidths({108, 92, 92, 240});
    m_table->setStretchColumn(3, 96);
    m_table->setMinimumHeight(evidenceHeight(0));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* card = new Card;
    card->body()->addWidget(m_band);
    card->body()->addWidget(m_table, 1);
    column->addWidget(card, 1);
    column->addWidget(m_strips);
    column->addWidget(makeTimings());
}

QWidget* VerdictPane::makeTimings()
{
    auto* card = new Card(tr("Timing"));
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(20, 0, 20, 10);
    column->setSpacing(2);
    for (const QString& label : {tr("DNS"), tr("Connect"), tr("TLS"), tr("First byte"), tr("Total")}) {
        auto* bar = new TimingBar(label, Token::Series1);
        m_bars << bar;
        column->addWidget(bar);
    }
    card->body()->addWidget(inner);
    return card;
}

void VerdictPane::show(const ReplayResult& result)
{
    const QString word = core::http::verdictName(result.verdict.verdict);
    QString sentence = result.verdict.sentence;
    if (!result.response)
        sentence = core::describe(result.response.error()).what;
    else if (result.verdict.sureness == core::replay::Sureness::Likely)
        sentence += tr(" Likely, not proved.");
    m_band->set(word, core::displayText(sentence));
    m_evidence->setRows(result.verdict.evidence);
    m_table->setMinimumHeight(evidenceHeight(m_evidence->rowCount()));
    showContradictions(result);
    showTimings(result.response ? result.response->timing : core::http::Timing());
}

void VerdictPane::showContradictions(const ReplayResult& result)
{
    m_strips->clear();
    for (const core::replay::Contradiction& contradiction : result.verdict.contradictions)
        m_strips->show(contradiction.what, {Tone::Bad, tr("Contradiction."), core::displayText(contradiction.detail) + u'.', {}, false});
    for (const core::cache::Effect& effect : result.purged)
        m_strips->show(QStringLiteral("purged-") + core::displayText(effect.className),
            {Tone::Warn, tr("This request purged %1.").arg(core::displayText(effect.className)),
                tr("%1 entries of the class went: LightAPI empties it after every request that is not a GET.").arg(core::formatCount(result.purgedKeys)), {}, false});
}

void VerdictPane::showTimings(const core::http::Timing& t)
{
    const std::array values {t.dns, t.connect, t.tls, t.ttfb, t.total};
    const double scale = std::max(0.001, *std::ranges::max_element(values));
    for (int i = 0; i < m_bars.size(); ++i) {
        const double value = values.at(static_cast<std::size_t>(i));
        m_bars.at(i)->setValue(value / scale, core::formatMs(value));
    }
}

}
