// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/sourcepanels.h"

#include "core/base/bytes.h"
#include "core/replay/origin.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr int defaultTop = 100;
    constexpr int mostTop = 10'000; // rows of the table
    constexpr int mostTtlS = 7 * 24 * 3600;
    constexpr int keysPanel = 4;

    QVBoxLayout* panelColumn(QWidget* panel)
    {
        auto* column = new QVBoxLayout(panel);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(12);
        return column;
    }

    Label* explanation(const QString& text)
    {
        auto* label = new Label(text, Type::Small, Token::Text2);
        label->setWordWrap(true);
        return label;
    }
}

SourcePanels::SourcePanels(QWidget* list, QWidget* parent)
    : QWidget(parent)
    , m_choice(new SegmentedControl(tr("Where targets come from"), {tr("List"), tr("Sitemap"), tr("Log"), tr("Routes"), tr("Keys")}))
    , m_panels(new QStackedWidget)
{
    auto* column = panelColumn(this);
    column->addWidget(m_choice);
    column->addWidget(m_panels, 1);
    for (QWidget* panel : {list, makeSitemap(), makeAccessLog(), makeRoutes(), makeKeys()})
        m_panels->addWidget(panel);
    connect(m_choice, &SegmentedControl::currentChanged, m_panels, &QStackedWidget::setCurrentIndex);
    setCachedRoutes(0);
    setPlanKeys({});
}

QWidget* SourcePanels::makeSitemap()
{
    auto* panel = new QWidget;
    auto* column = panelColumn(panel);
    m_sitemap = makeField(tr("Sitemap"), tr("/sitemap.xml"), true);
    connect(m_sitemap, &QLineEdit::textChanged, this, &SourcePanels::onChanged);
    column->addWidget(new FormField(tr("Sitemap"), m_sitemap));
    column->addWidget(explanation(tr("Its pages, and those of the sitemaps it names, plain or gzip. Only the LightAPI server itself is asked; locations on other servers are left out and counted.")));
    column->addStretch(1);
    return panel;
}

QWidget* SourcePanels::makeAccessLog()
{
    auto* panel = new QWidget;
    auto* column = panelColumn(panel);
    m_log = makeField(tr("Access log"), tr("/var/log/nginx/access.log"), true);
    connect(m_log, &QLineEdit::textChanged, this, &SourcePanels::onChanged);
    column->addWidget(new FormField(tr("Access log"), m_log));
    auto* row = new QHBoxLayout;
    m_chooseLog = makeButton(tr("Choose…"), QStringLiteral("file"));
    connect(m_chooseLog, &QPushButton::clicked, this, &SourcePanels::chooseLog);
    m_top = new QSpinBox;
    m_top->setRange(1, mostTop);
    m_top->setValue(defaultTop);
    m_top->setAccessibleName(tr("Most frequent targets"));
    connect(m_top, &QSpinBox::valueChanged, this, &SourcePanels::onChanged);
    row->addWidget(new FormField(tr("Most frequent"), m_top), 1);
    row->addWidget(m_chooseLog, 0, Qt::AlignBottom);
    column->addLayout(row);
    column->addWidget(explanation(tr("The most frequent GET targets with a status 2xx or 304. Common, combined and JSON formats, plain or gzip, of any size. The file is read here; nothing of it is sent but the targets.")));
    column->addStretch(1);
    return panel;
}

QWidget* SourcePanels::makeRoutes()
{
    auto* panel = new QWidget;
    auto* column = panelColumn(panel);
    m_routes = new QCheckBox;
    connect(m_routes, &QCheckBox::toggled, this, &SourcePanels::onChanged);
    column->addWidget(m_routes);
    m_pages = new QCheckBox(tr("The pages of each list too"));
    connect(m_pages, &QCheckBox::toggled, this, &SourcePanels::onChanged);
    column->addWidget(m_pages);
    m_parametersText = new QPlainTextEdit;
    m_parametersText->setPlaceholderText(tr("size=20\nsize=50\ncategory=books"));
    m_parametersText->setFont(ui::font(Type::Mono));
    m_parametersText->setLayoutDirection(Qt::LeftToRight);
    m_parametersText->setTabChangesFocus(true);
    connect(m_parametersText, &QPlainTextEdit::textChanged, this, &SourcePanels::readParameters);
    m_parametersField = new FormField(tr("Parameters"), m_parametersText);
    m_parametersField->setHint(tr("name=value, one a line; each route is requested with every combination"));
    column->addWidget(m_parametersField, 1);
    return panel;
}

QWidget* SourcePanels::makeKeys()
{
    auto* panel = new QWidget;
    auto* column = panelColumn(panel);
    m_plan = new QCheckBox;
    connect(m_plan, &QCheckBox::toggled, this, &SourcePanels::onChanged);
    column->addWidget(m_plan);
    column->addWidget(explanation(tr("Invalidate sends the keys of a plan here: the requests behind what it removes, or removed.")));
    m_ttlBelow = new QSpinBox;
    m_ttlBelow->setRange(0, mostTtlS);
    m_ttlBelow->setSpecialValueText(tr("Off"));
    m_ttlBelow->setSuffix(tr(" s"));
    m_ttlBelow->setAccessibleName(tr("Entries that expire within"));
    connect(m_ttlBelow, &QSpinBox::valueChanged, this, &SourcePanels::onChanged);
    column->addWidget(new FormField(tr("Entries that expire within"), m_ttlBelow));
    column->addWidget(explanation(tr("Redis is asked for the time to live of every entry. LightAPI renews none that is still there: it is told as already warm, and one that has ended is stored anew.")));
    column->addStretch(1);
    return panel;
}

void SourcePanels::setPlanKeys(const core::keys::KeyList& keys)
{
    m_planKeys = keys;
    m_plan->setText(keys.isEmpty() ? tr("Keys of a plan (none was sent yet)") : tr("%1 of the plan").arg(keysText(keys.size())));
    m_plan->setEnabled(!keys.isEmpty());
    m_plan->setChecked(!keys.isEmpty());
    if (!keys.isEmpty())
        m_choice->setCurrent(keysPanel);
}

std::optional<qint64> SourcePanels::ttlBelowMs() const
{
    return m_ttlBelow->value() > 0 ? std::optional(m_ttlBelow->value() * 1000LL) : std::nullopt;
}

void SourcePanels::chooseLog()
{
    auto* dialog = new QFileDialog(this, tr("Access log"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_log, &QLineEdit::setText);
    dialog->open();
}

void SourcePanels::readParameters()
{
    m_parameters.clear();
    m_areParametersRight = true;
    int number = 0;
    for (const QString& line : m_parametersText->toPlainText().split(u'\n')) {
        ++number;
        if (line.trimmed().isEmpty())
            continue;
        if (const auto parameter = core::replay::parameterFromArgument(line)) {
            m_parameters << *parameter;
        } else if (m_areParametersRight) {
            m_areParametersRight = false;
            m_parametersField->setError(tr("Line %1: write name=value").arg(number));
        }
    }
    if (m_areParametersRight)
        m_parametersField->setError({});
    onChanged();
}

void SourcePanels::onChanged()
{
    m_pages->setEnabled(m_routes->isEnabled() && m_routes->isChecked());
    m_parametersText->setEnabled(m_routes->isEnabled() && m_routes->isChecked());
    emit changed();
}

core::replay::TargetSources SourcePanels::sources() const
{
    core::replay::TargetSources out;
    if (const QString url = m_sitemap->text().trimmed(); !url.isEmpty())
        out.sitemaps << url.toUtf8();
    if (!m_log->text().isEmpty())
        out.accessLogs << m_log->text();
    out.top = m_top->value();
    out.routes = m_routes->isChecked();
    out.parameters = m_parameters;
    out.pages = m_pages->isChecked();
    if (m_plan->isChecked())
        out.keys << core::replay::KeySource {tr("plan"), m_planKeys.toList()};
    return out;
}

bool SourcePanels::isEmpty() const
{
    return names().isEmpty();
}

QString SourcePanels::names() const
{
    QStringList out;
    if (const QString url = m_sitemap->text().trimmed(); !url.isEmpty())
        out << core::replay::shownUrl(url.toUtf8());
    if (!m_log->text().isEmpty())
        out << core::displayText(QFileInfo(m_log->text()).fileName());
    if (m_routes->isChecked())
        out << tr("routes");
    if (m_plan->isChecked())
        out << tr("plan");
    if (m_ttlBelow->value() > 0)
        out << tr("entries about to expire");
    return out.join(QStringLiteral(", "));
}

void SourcePanels::setInputEnabled(bool enabled)
{
    for (QWidget* input : {static_cast<QWidget*>(m_sitemap), static_cast<QWidget*>(m_log), static_cast<QWidget*>(m_chooseLog), static_cast<QWidget*>(m_top), static_cast<QWidget*>(m_routes), static_cast<QWidget*>(m_ttlBelow)})
        input->setEnabled(enabled);
    m_plan->setEnabled(enabled && !m_planKeys.isEmpty());
    m_pages->setEnabled(enabled && m_routes->isChecked());
    m_parametersText->setEnabled(enabled && m_routes->isChecked());
}

void SourcePanels::setCachedRoutes(int count)
{
    m_routes->setText(count > 0 ? tr("The %1 known to be cached").arg(counted(count, tr("route"), tr("routes"))) : tr("The cached routes (none is known yet)"));
}

void SourcePanels::showList()
{
    m_choice->setCurrent(0);
}

}
