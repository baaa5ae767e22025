// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/seriesform.h"

#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/wraprow.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr int mostRequests = 10'000'000; // of the window; the command line takes more

    QSpinBox* makeSpin(const QString& name, int least, int most, int value)
    {
        auto* spin = new QSpinBox;
        spin->setRange(least, most);
        spin->setValue(value);
        spin->setGroupSeparatorShown(true);
        spin->setAccessibleName(name);
        spin->setFixedWidth(scaled(112));
        return spin;
    }
}

SeriesForm::SeriesForm(QWidget* parent)
    : QWidget(parent)
    , m_until(new SegmentedControl(tr("Run until"), {tr("Requests"), tr("Seconds")}))
    , m_count(makeSpin(tr("Number of requests"), 1, mostRequests, 100))
    , m_seconds(makeSpin(tr("Number of seconds"), 1, 86'400, 10))
    , m_connections(makeSpin(tr("Connections"), 1, core::replay::SeriesOptions::maxConcurrency, 1))
    , m_pace(new SegmentedControl(tr("Pace"), {tr("Closed loop"), tr("Constant rate")}))
    , m_rate(new QDoubleSpinBox)
    , m_verdicts(new QCheckBox(tr("Verdicts from Redis")))
    , m_cold(new QCheckBox(tr("Cold first")))
{
    m_rate->setRange(0.1, core::replay::SeriesOptions::maxRequestsPerS);
    m_rate->setDecimals(1);
    m_rate->setValue(10);
    m_rate->setAccessibleName(tr("Requests a second"));
    m_rate->setFixedWidth(scaled(112));
    m_verdicts->setChecked(true);
    setPlainToolTip(m_verdicts, tr("Redis is looked at before and after each request. Without, for load, it is left alone."));
    setPlainToolTip(m_cold, tr("The entry is deleted first, once you have confirmed it, so that a MISS is measured against HITs."));
    setPlainToolTip(m_pace, tr("Closed loop: a connection sends as soon as it has its answer. Constant rate: requests are due however slow the answers are, and latency counts from then."));
    auto* checks = new QVBoxLayout;
    checks->setSpacing(4);
    checks->addStretch(1);
    checks->addWidget(m_verdicts);
    checks->addWidget(m_cold);
    auto* rows = new WrapRow(12);
    QHBoxLayout* amount = rows->addGroup();
    amount->addWidget(new FormField(tr("Run until"), m_until));
    amount->addWidget(new FormField(tr("Requests"), m_count));
    amount->addWidget(new FormField(tr("Seconds"), m_seconds));
    amount->addWidget(new FormField(tr("Connections"), m_connections));
    amount->addStretch(1);
    QHBoxLayout* pace = rows->addGroup(1);
    pace->addWidget(new FormField(tr("Pace"), m_pace));
    pace->addWidget(new FormField(tr("Requests a second"), m_rate));
    pace->addLayout(checks);
    pace->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(rows);
    for (QSpinBox* spin : {m_count, m_seconds, m_connections})
        connect(spin, &QSpinBox::valueChanged, this, &SeriesForm::changed);
    for (SegmentedControl* control : {m_until, m_pace})
        connect(control, &SegmentedControl::currentChanged, this, &SeriesForm::showFields);
    for (QCheckBox* box : {m_verdicts, m_cold})
        connect(box, &QCheckBox::toggled, this, &SeriesForm::changed);
    connect(m_rate, &QDoubleSpinBox::valueChanged, this, &SeriesForm::changed);
    showFields();
}

bool SeriesForm::byTime() const
{
    return m_until->current() == 1;
}

bool SeriesForm::constantRate() const
{
    return m_pace->current() == 1;
}

void SeriesForm::showFields()
{
    m_count->parentWidget()->setVisible(!byTime());
    m_seconds->parentWidget()->setVisible(byTime());
    m_rate->setEnabled(constantRate());
    emit changed();
}

core::replay::SeriesOptions SeriesForm::options() const
{
    core::replay::SeriesOptions options;
    options.count = byTime() ? 0 : m_count->value();
    options.durationMs = byTime() ? m_seconds->value() * 1000LL : 0;
    options.concurrency = m_connections->value();
    options.requestsPerS = constantRate() ? m_rate->value() : 0;
    options.verdicts = m_verdicts->isChecked();
    options.coldFirst = m_cold->isChecked();
    return options;
}

}
