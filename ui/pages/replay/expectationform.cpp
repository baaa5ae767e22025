// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/expectationform.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "ui/widgets/field.h"
#include "ui/widgets/theme.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QSpinBox>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using core::http::Verdict;
using core::replay::SavedRequest;

namespace ui {

namespace {
    constexpr std::array verdicts {Verdict::Hit, Verdict::Miss, Verdict::Expired, Verdict::Bypass, Verdict::Unknown};
    constexpr int lowestStatus = 100;
    constexpr int highestStatus = 599;
    constexpr double mostMs = 1e9;

    QStringList verdictWords()
    {
        QStringList words {ExpectationForm::tr("any")};
        for (const Verdict verdict : verdicts)
            words << core::http::verdictName(verdict);
        return words;
    }

    QString headerLines(const core::http::Headers& headers)
    {
        QStringList lines;
        for (const auto& [name, value] : headers)
            lines << QString::fromUtf8(name + ": " + value);
        return lines.join(u'\n');
    }

    // A lowest value stands for "any"; the field has no other way to be empty.
    std::optional<qint64> chosen(const QSpinBox* spin)
    {
        return spin->value() == spin->minimum() ? std::nullopt : std::optional<qint64>(spin->value());
    }
    // A file may hold more than the field can show, or a finer figure: that stays until somebody changes it.
    std::optional<qint64> changed(const QSpinBox* spin, const std::optional<qint64>& before)
    {
        const auto now = chosen(spin);
        return now && before && *now == std::min<qint64>(*before, spin->maximum()) ? before : now;
    }
    std::optional<double> changed(const QDoubleSpinBox* spin, const std::optional<double>& before)
    {
        constexpr double shownToo = 0.051; // of one decimal
        if (spin->value() < 0)
            return {};
        return before && std::abs(std::min(*before, spin->maximum()) - spin->value()) < shownToo ? before : std::optional(spin->value());
    }
    void choose(QSpinBox* spin, const std::optional<qint64>& value)
    {
        spin->setValue(value ? static_cast<int>(std::min<qint64>(*value, spin->maximum())) : spin->minimum());
    }
}

ExpectationForm::ExpectationForm(QWidget* parent)
    : QWidget(parent)
    , m_name(makeField(tr("Name of the request")))
    , m_status(new QSpinBox)
    , m_verdict(makeCombo(tr("Verdict"), verdictWords()))
    , m_minTtl(makeSeconds(tr("Least time to live")))
    , m_maxTtl(makeSeconds(tr("Most time to live")))
    , m_latency(new QDoubleSpinBox)
    , m_headers(new QPlainTextEdit)
{
    m_status->setRange(lowestStatus - 1, highestStatus);
    m_status->setSpecialValueText(tr("any"));
    m_status->setAccessibleName(tr("Status"));
    m_latency->setRange(-1, mostMs);
    m_latency->setDecimals(1);
    m_latency->setSpecialValueText(tr("any"));
    m_latency->setAccessibleName(tr("Longest time"));
    m_headers->setAccessibleName(tr("Expected headers, one a line"));
    m_headers->setPlaceholderText(tr("Content-Type: application/json"));
    m_headers->setFont(ui::font(Type::Mono));
    m_headers->setLayoutDirection(Qt::LeftToRight);
    m_headers->setTabChangesFocus(true);
    m_minTtlField = new FormField(tr("Seconds left, at least"), m_minTtl);
    m_headersField = new FormField(tr("Headers of the answer"), m_headers);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(16, 12, 16, 16);
    grid->setSpacing(12);
    grid->addWidget(new FormField(tr("Name"), m_name), 0, 0, 1, 2);
    grid->addWidget(new FormField(tr("Status"), m_status), 1, 0);
    grid->addWidget(new FormField(tr("Verdict"), m_verdict), 1, 1);
    grid->addWidget(m_minTtlField, 2, 0);
    grid->addWidget(new FormField(tr("Seconds left, at most"), m_maxTtl), 2, 1);
    grid->addWidget(new FormField(tr("Milliseconds, at most"), m_latency), 3, 0);
    grid->addWidget(m_headersField, 4, 0, 1, 2);
    grid->setRowStretch(4, 1);
    connect(m_name, &QLineEdit::textChanged, this, &ExpectationForm::onChanged);
    for (QSpinBox* spin : {m_status, m_minTtl, m_maxTtl})
        connect(spin, &QSpinBox::valueChanged, this, &ExpectationForm::onChanged);
    connect(m_verdict, &QComboBox::currentIndexChanged, this, &ExpectationForm::onChanged);
    connect(m_latency, &QDoubleSpinBox::valueChanged, this, &ExpectationForm::onChanged);
    connect(m_headers, &QPlainTextEdit::textChanged, this, &ExpectationForm::onChanged);
}

QSpinBox* ExpectationForm::makeSeconds(const QString& name)
{
    auto* spin = new QSpinBox;
    spin->setRange(-1, std::numeric_limits<int>::max());
    spin->setSpecialValueText(tr("any"));
    spin->setGroupSeparatorShown(true);
    spin->setAccessibleName(name);
    return spin;
}

void ExpectationForm::setRequest(const SavedRequest& request)
{
    const QScopedValueRollback filling(m_filling, true);
    m_request = request;
    m_name->setText(request.name);
    choose(m_status, request.expect.status);
    const auto at = request.expect.verdict ? std::ranges::find(verdicts, *request.expect.verdict) : verdicts.end();
    m_verdict->setCurrentIndex(at == verdicts.end() ? 0 : static_cast<int>(at - verdicts.begin()) + 1);
    choose(m_minTtl, request.expect.minTtlS);
    choose(m_maxTtl, request.expect.maxTtlS);
    m_latency->setValue(request.expect.maxLatencyMs.value_or(m_latency->minimum()));
    m_headers->setPlainText(headerLines(request.expect.headers));
    m_minTtlField->setError({});
    m_headersField->setError({});
}

bool ExpectationForm::readHeaders(core::http::Headers& headers)
{
    headers.clear();
    for (const QString& line : m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts)) {
        const auto header = core::http::headerFromArgument(line);
        if (!header) {
            m_headersField->setError(core::displayText(core::describe(header.error()).what));
            return false;
        }
        headers << *header;
    }
    m_headersField->setError({});
    return true;
}

void ExpectationForm::onChanged()
{
    if (m_filling)
        return;
    SavedRequest request = m_request;
    request.name = m_name->text();
    const auto status = chosen(m_status);
    request.expect.status = status ? std::optional(static_cast<int>(*status)) : std::nullopt;
    const int verdict = m_verdict->currentIndex();
    request.expect.verdict = verdict > 0 ? std::optional(verdicts.at(static_cast<std::size_t>(verdict - 1))) : std::nullopt;
    request.expect.minTtlS = changed(m_minTtl, m_request.expect.minTtlS);
    request.expect.maxTtlS = changed(m_maxTtl, m_request.expect.maxTtlS);
    request.expect.maxLatencyMs = changed(m_latency, m_request.expect.maxLatencyMs);
    const bool isRange = !request.expect.minTtlS || !request.expect.maxTtlS || *request.expect.minTtlS <= *request.expect.maxTtlS;
    m_minTtlField->setError(isRange ? QString() : tr("More than the most"));
    if (!readHeaders(request.expect.headers) || !isRange)
        return;
    m_request = request;
    emit edited(request);
}

}
