// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate/guardpanel.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "ui/pages/invalidate/plancard.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

namespace {
    constexpr int maxPace = 1'000'000;

    // Painted, as a pixmap would keep the colour of the theme it was made in.
    class Glyph final : public QWidget {
    public:
        Glyph(QString name, Token colour)
            : m_name(std::move(name))
            , m_colour(colour)
        {
            setFixedWidth(scaled(16));
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            paintIcon(&painter, QRect(0, scaled(1), width(), width()), m_name, color(m_colour));
        }

    private:
        QString m_name;
        Token m_colour;
    };

    QWidget* checkRow(const QString& iconName, Token colour, const QString& title, const QString& text)
    {
        auto* row = new QWidget;
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(10);
        layout->addWidget(new Glyph(iconName, colour));
        auto* texts = new QVBoxLayout;
        texts->setSpacing(2);
        texts->addWidget(new Label(title, Type::Medium));
        auto* detail = new Label(text, Type::Small, Token::Text2);
        detail->setWordWrap(true);
        texts->addWidget(detail);
        layout->addLayout(texts, 1);
        return row;
    }
}

GuardPanel::GuardPanel(QWidget* parent)
    : QFrame(parent)
    , m_checks(new QWidget)
    , m_checkList(new QVBoxLayout(m_checks))
    , m_pace(new QSpinBox)
    , m_typed(makeField(tr("Name to confirm"), {}, true))
    , m_typedField(new FormField(tr("Type the name to confirm"), m_typed))
    , m_discard(makeButton(tr("Discard plan"), {}, ButtonKind::Quiet))
    , m_go(makeButton(tr("Invalidate"), QStringLiteral("invalidate"), ButtonKind::Danger))
{
    m_checkList->setContentsMargins(0, 0, 0, 0);
    m_checkList->setSpacing(12);
    m_pace->setRange(0, maxPace);
    m_pace->setSingleStep(1000);
    m_pace->setSpecialValueText(tr("As fast as it goes"));
    m_pace->setSuffix(tr(" keys a second"));
    auto* card = new Card(tr("Before it runs"));
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(20, 0, 20, 16);
    column->setSpacing(16);
    column->addWidget(m_checks);
    column->addWidget(new FormField(tr("Pace"), m_pace));
    column->addStretch(1);
    column->addWidget(m_typedField);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_discard);
    buttons->addWidget(m_go);
    column->addLayout(buttons);
    card->body()->addWidget(inner, 1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(card);
    m_go->setAutoDefault(false);
    connect(m_typed, &QLineEdit::textChanged, this, &GuardPanel::updateButton);
    connect(m_discard, &QPushButton::clicked, this, &GuardPanel::discarded);
    connect(m_go, &QPushButton::clicked, this, &GuardPanel::confirmed);
}

QList<GuardPanel::Check> GuardPanel::checks(const core::Result<void>& sameServer) const
{
    QList<Check> list;
    if (sameServer)
        list << Check {true, false, tr("Same server as the plan"), core::displayText(m_plan.server)};
    else
        list << Check {false, true, core::displayText(core::describe(sameServer.error()).what), core::describe(sameServer.error()).advice};
    if (!m_input.readOnly)
        list << Check {true, false, tr("The connection is not read-only"), tr("Whether its Redis user may delete, the server says when it runs.")};
    else if (m_input.production)
        list << Check {false, false, tr("Only this run may write"), tr("Typing the name permits it; for all else the connection stays read-only.")};
    else
        list << Check {false, true, tr("This connection is read-only"), tr("Switch read-only off in the bar above first.")};
    list << Check {false, false, tr("Cannot be undone"), tr("This version keeps no copy of the values. LightAPI stores an entry again with the next request for it.")};
    if (m_plan.dangerous())
        list << Check {false, false, tr("This selects everything"), tr("Every key of database %1 goes, not only LightAPI's.").arg(m_plan.database)};
    if (!m_plan.tagKeys.isEmpty())
        list << Check {true, false, tr("Tags are taken race-safe"), tr("Keys that a tag gains while this runs go with it; none is left live but untagged.")};
    return list;
}

void GuardPanel::rebuildChecks(const QList<Check>& list)
{
    qDeleteAll(m_checks->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    for (const Check& check : list) {
        const Tone tone = check.ok ? Tone::Ok : check.blocks ? Tone::Bad : Tone::Warn;
        m_checkList->addWidget(checkRow(toneIcon(tone), toneText(tone), check.title, check.text));
    }
    m_blocked = std::ranges::any_of(list, &Check::blocks);
}

void GuardPanel::setPlan(const core::invalidate::Plan& plan, const core::invalidate::GuardInput& input, const core::Result<void>& sameServer)
{
    const bool another = plan.id != m_plan.id;
    m_plan = plan;
    m_input = input;
    m_name = core::invalidate::nameToType(plan, input);
    rebuildChecks(checks(sameServer));
    m_typedField->setVisible(!m_name.isEmpty());
    m_typedField->setHint(tr("Type %1 exactly.").arg(m_name));
    if (another)
        m_typed->clear();
    m_go->setText(tr("Invalidate %1").arg(planCount(plan)));
    updateButton();
}

void GuardPanel::setRunning(bool running)
{
    m_running = running;
    updateButton();
}

void GuardPanel::updateButton()
{
    const bool empty = m_plan.keys.isEmpty() && m_plan.tagKeys.isEmpty();
    const bool named = m_name.isEmpty() || m_typed->text() == m_name;
    m_go->setEnabled(!m_running && !m_blocked && !empty && named);
    m_go->setToolTip(empty ? tr("The plan holds no key") : m_blocked ? tr("Something above stands in the way") : named ? QString() : tr("Type the name first"));
    m_discard->setEnabled(!m_running);
    m_pace->setEnabled(!m_running);
    m_typed->setEnabled(!m_running);
}

QString GuardPanel::typedName() const
{
    return m_typed->text();
}

int GuardPanel::keysPerS() const
{
    return m_pace->value();
}

}
