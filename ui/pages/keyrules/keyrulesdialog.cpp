// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keyrules/keyrulesdialog.h"

#include "core/base/bytes.h"
#include "core/cache/releases.h"
#include "ui/pages/keyrules/templatepanel.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QComboBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace ui {

using core::cache::Route;

namespace {
    const QString unsavedStrip = QStringLiteral("unsaved");

    QString joined(const QList<QByteArray>& names)
    {
        QStringList out;
        for (const QByteArray& name : names)
            out << core::displayText(name);
        return out.isEmpty() ? QStringLiteral("–") : out.join(QStringLiteral(", "));
    }

    QString sourceText(const Route& route)
    {
        if (route.isLearned())
            return KeyRulesDialog::tr("learned from keys");
        const bool isTyped = route.source == QLatin1StringView("--endpoint") || route.source == QLatin1StringView("profile");
        return isTyped ? KeyRulesDialog::tr("the connection") : core::shortened(route.source);
    }

    QList<RowModel<Route>::Column> routeColumns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto right = Qt::AlignRight | Qt::AlignVCenter;
        return {{KeyRulesDialog::tr("Class"), left, [](const Route& r) { return core::shortDisplayText(r.className); },
                    [](const Route& r, int role) { return role == BytesRole ? QVariant(r.className) : QVariant(); }},
            {KeyRulesDialog::tr("Route"), left, [](const Route& r) { return core::shortDisplayText(r.route); },
                [](const Route& r, int role) { return role == BytesRole ? QVariant(r.route) : QVariant(); }},
            {KeyRulesDialog::tr("Lives"), right, [](const Route& r) { return r.ttlS ? KeyRulesDialog::tr("%1 s").arg(*r.ttlS) : QStringLiteral("–"); }, {}},
            {KeyRulesDialog::tr("vary_on"), left, [](const Route& r) { return joined(r.varyOn); }, {}},
            {KeyRulesDialog::tr("Scheme"), left, [](const Route& r) { return r.scheme.isEmpty() ? KeyRulesDialog::tr("the release's") : core::shortened(r.scheme); }, {}},
            {KeyRulesDialog::tr("From"), left, sourceText,
                [](const Route& r, int role) { return role == ToneRole && r.isLearned() ? QVariant(static_cast<int>(Tone::Accent)) : QVariant(); }}};
    }
}

KeyRulesDialog::KeyRulesDialog(Workspace* workspace, QWidget* parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_release(makeCombo(tr("LightAPI release"), {}))
    , m_releaseText(new Label({}, Type::Small, Token::Text2))
    , m_templates(new TemplatePanel(workspace))
    , m_routes(new RowModel<Route>(routeColumns(), this))
    , m_strips(new StripStack)
    , m_save(makeButton(tr("Save"), QStringLiteral("check"), ButtonKind::Primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("How keys are made"));
    resize(scaled(960), scaled(680));
    auto* tabs = new QTabBar;
    tabs->setAccessibleName(tr("Rules"));
    tabs->setExpanding(false);
    tabs->addTab(tr("Templates"));
    tabs->addTab(tr("Routes"));
    auto* stack = new QStackedWidget;
    stack->addWidget(m_templates);
    stack->addWidget(makeRoutes());
    connect(tabs, &QTabBar::currentChanged, stack, &QStackedWidget::setCurrentIndex);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->setContentsMargins(20, 20, 20, 20);
    column->addWidget(new PlaceLine(workspace));
    column->addWidget(m_strips);
    column->addWidget(makeRelease());
    column->addWidget(tabs);
    column->addWidget(stack, 1);
    column->addWidget(makeButtons());
    connect(m_templates, &TemplatePanel::edited, this, &KeyRulesDialog::judge);
    connect(workspace, &Workspace::routesChanged, this, &KeyRulesDialog::showRoutes);
    connect(workspace, &Workspace::disconnected, this, &KeyRulesDialog::reject);
    showRoutes();
    m_before = typed();
    judge();
}

QWidget* KeyRulesDialog::makeRelease()
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_release->setEditable(true);
    for (const core::cache::ReleaseRange& range : core::cache::releaseRanges()) {
        m_release->insertItem(0, range.first.toString());
        m_release->insertItem(0, range.last.toString());
    }
    m_release->setCurrentText(m_workspace->routes().release().toString());
    row->addWidget(new FormField(tr("LightAPI release"), m_release));
    row->addWidget(m_releaseText, 1);
    m_releaseText->setAlignment(Qt::AlignLeading | Qt::AlignBottom);
    m_releaseText->setContentsMargins(0, 0, 0, scaled(9));
    connect(m_release, &QComboBox::currentTextChanged, this, &KeyRulesDialog::judge);
    return box;
}

QWidget* KeyRulesDialog::makeRoutes()
{
    auto* card = new Card(tr("Known routes"));
    auto* hint = new Label(tr("From lightapi.yaml and the connection's endpoints; what they do not name is learned from the keys of each whole scan. Time to live and whether "
                              "a class is cached cannot be learned."),
        Type::Small, Token::Text2);
    hint->setWordWrap(true);
    hint->setContentsMargins(scaled(20), 0, scaled(20), scaled(8));
    auto* table = new TableView(tr("Known routes"));
    table->setModel(m_routes);
    table->setColumnWidths({180, 220, 80, 140, 110, 150});
    table->setStretchColumn(1, 160);
    card->body()->addWidget(hint);
    card->body()->addWidget(table, 1);
    return card;
}

QWidget* KeyRulesDialog::makeButtons()
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    QPushButton* cancel = makeButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    m_save->setAutoDefault(false);
    if (!m_workspace->store()->find(m_workspace->profile().name))
        row->addWidget(new Label(tr("This connection is not saved: its rules hold for this session only."), Type::Small, Token::Warn));
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_save);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &KeyRulesDialog::save);
    return box;
}

// Null: what is typed is none ("0.x" is not release 0).
QVersionNumber KeyRulesDialog::release() const
{
    const QString text = m_release->currentText().trimmed();
    qsizetype end = 0;
    const QVersionNumber release = QVersionNumber::fromString(text, &end);
    return end == text.size() ? release : QVersionNumber();
}

void KeyRulesDialog::showRelease()
{
    const QVersionNumber release = this->release();
    core::cache::RouteTable table;
    table.setRelease(release);
    if (release.isNull())
        m_releaseText->setText(tr("A release is written 0.4.0."));
    else if (table.honoursVaryOn())
        m_releaseText->setText(tr("Keys begin with lightapi: and hold the parameters of vary_on, where a class has it."));
    else if (table.hasAutomaticKeys())
        m_releaseText->setText(tr("Keys begin with lightapi: and hold the whole query; vary_on has no effect."));
    else if (table.hasHashedKeys())
        m_releaseText->setText(tr("Keys are the MD5 of the whole URL and the body."));
    else
        m_releaseText->setText(tr("This release caches nothing by itself."));
}

void KeyRulesDialog::showRoutes()
{
    m_routes->setRows(m_workspace->routes().routes());
}

QStringList KeyRulesDialog::typed() const
{
    return QStringList {m_release->currentText().trimmed()} + m_templates->typed();
}

void KeyRulesDialog::reject()
{
    if (typed() == m_before)
        return QDialog::reject();
    m_strips->show(unsavedStrip, {Tone::Warn, tr("What you edited is not saved."), m_save->isEnabled() ? QString() : release().isNull() ? tr("The release cannot be read.") : tr("A template with a mistake cannot be saved."),
                                     m_save->isEnabled() ? QList<StripAction> {{tr("Save"), [this] { save(); }}, {tr("Discard"), [this] { QDialog::reject(); }}}
                                                         : QList<StripAction> {{tr("Discard"), [this] { QDialog::reject(); }}}});
}

void KeyRulesDialog::judge()
{
    m_strips->remove(unsavedStrip);
    showRelease();
    m_save->setEnabled(m_templates->isGood() && !release().isNull());
}

void KeyRulesDialog::save()
{
    const auto saved = m_workspace->setKeyRules(release(), m_templates->arguments());
    if (saved)
        accept();
    else
        m_strips->showError(QStringLiteral("save"), saved.error()); // in force all the same, for this session
}

}
