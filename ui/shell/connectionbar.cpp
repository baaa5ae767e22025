// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectionbar.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/metrics/sampler.h"
#include "core/redis/session.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QAbstractItemView>
#include <QActionGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>

namespace ui {

using core::settings::Environment;

namespace {
    // Older than this the figures on screen are called old.
    constexpr qint64 oldMs = 5000;

    QString serverText(const Workspace& workspace)
    {
        const core::Endpoint& endpoint = workspace.profile().endpoint;
        // The database has its own field beside it.
        const QString where = endpoint.transport == core::Endpoint::Transport::Unix ? endpoint.path : QStringLiteral("%1:%2").arg(endpoint.host).arg(endpoint.port);
        return core::displayText(where);
    }

    QString roleText(const core::redis::ServerFacts& facts)
    {
        if (facts.version.isEmpty())
            return {};
        const QString role = facts.role == QLatin1StringView("slave") ? ConnectionBar::tr("replica") : facts.role == QLatin1StringView("master") ? ConnectionBar::tr("primary") : core::displayText(facts.role);
        return QStringLiteral("Redis ") + core::displayText(facts.version) + u' ' + role;
    }
}

ConnectionBar::ConnectionBar(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_profile(makeButton({}, QStringLiteral("connections"), ButtonKind::Quiet, this))
    , m_environment(new Badge(this))
    , m_writes(makeButton({}, {}, ButtonKind::Quiet, this))
    , m_server(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideMiddle, this))
    , m_state(new Badge(this))
    , m_age(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideRight, this))
    , m_database(makeCombo(tr("Database"), {}, this))
    , m_theme(makeIconButton(tr("Theme"), QStringLiteral("moon"), ButtonKind::Quiet, this))
    , m_menuButton(makeIconButton(tr("Menu"), QStringLiteral("menu"), ButtonKind::Quiet, this))
    , m_menu(new QMenu(this))
{
    setFixedHeight(scaled(48));
    setAccessibleName(tr("Connection"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 1);
    row->setSpacing(8);
    setupStart(row);
    setupEnd(row);
    connect(workspace, &Workspace::connectionStateChanged, this, &ConnectionBar::showAll);
    connect(workspace, &Workspace::readOnlyChanged, this, &ConnectionBar::showAll);
    connect(workspace, &Workspace::databaseChanged, this, &ConnectionBar::showAll);
    connect(workspace, &Workspace::databaseRefused, this, &ConnectionBar::showDatabases);
    connect(workspace, &Workspace::dataAged, this, &ConnectionBar::showAge);
    connect(workspace, &Workspace::connected, this, [this] {
        connect(m_workspace->session(), &core::redis::Session::roundTripChanged, this, &ConnectionBar::showState);
        connect(m_workspace->session(), &core::redis::Session::factsChanged, this, &ConnectionBar::showAll);
        showAll();
    });
    showAll();
}

void ConnectionBar::setupStart(QHBoxLayout* row)
{
    connect(m_profile, &QPushButton::clicked, this, [this] { m_workspace->openPage(PageId::Connections); });
    connect(m_writes, &QPushButton::clicked, this, [this] { emit writeModeRequested(!m_workspace->isReadOnly()); });
    m_age->setFigures(true);
    row->addWidget(m_profile);
    row->addWidget(m_environment);
    row->addWidget(m_writes);
    m_server->setLeftToRight();
    m_server->setTailYields();
    row->addWidget(m_server, 1);
    row->addWidget(m_state);
    row->addWidget(m_age);
}

void ConnectionBar::setupEnd(QHBoxLayout* row)
{
    m_database->setMinimumWidth(scaled(120));
    m_database->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    setPlainToolTip(m_database, tr("Keys as INFO counted them when the figures were read last; those that have expired and are not removed yet are among them."));
    connect(m_database, &QComboBox::activated, this, [this](int index) { m_workspace->selectDatabase(m_database->itemData(index).toInt()); });
    setupThemeMenu();
    connect(m_menuButton, &QToolButton::clicked, this, &ConnectionBar::openMenu);
    row->addWidget(m_database);
    row->addWidget(m_theme);
    row->addWidget(m_menuButton);
}

void ConnectionBar::setupThemeMenu()
{
    auto* menu = new QMenu(this);
    menu->setAccessibleName(tr("Theme"));
    auto* group = new QActionGroup(menu);
    const QList<std::pair<QString, Theme::Choice>> choices {
        {tr("As the system"), Theme::Choice::System}, {tr("Light"), Theme::Choice::Light}, {tr("Dark"), Theme::Choice::Dark}};
    for (const auto& [text, choice] : choices) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [choice = choice] { Theme::instance().setChoice(choice); });
        connect(menu, &QMenu::aboutToShow, action, [action, choice = choice] { action->setChecked(Theme::instance().choice() == choice); });
    }
    connect(m_theme, &QToolButton::clicked, this, [this, menu] { menu->popup(m_theme->mapToGlobal(QPoint(0, m_theme->height() + 4))); });
    const auto showIcon = [this] { m_theme->setIcon(icon(Theme::instance().isDark() ? QStringLiteral("sun") : QStringLiteral("moon"))); };
    connect(&Theme::instance(), &Theme::changed, this, showIcon);
    showIcon();
}

void ConnectionBar::openMenu()
{
    const QPoint corner = m_menuButton->mapToGlobal(QPoint(m_menuButton->width() - m_menu->sizeHint().width(), m_menuButton->height() + 4));
    m_menu->popup(corner);
}

void ConnectionBar::setNarrow(bool narrow)
{
    m_narrow = narrow;
    showAll();
}

void ConnectionBar::showAll()
{
    showProfile();
    showServer();
    showState();
    showAge(m_workspace->dataAgeMs());
    showDatabases();
}

void ConnectionBar::showProfile()
{
    const bool open = m_workspace->isOpen();
    const bool known = open || m_workspace->state() == Workspace::State::Connecting;
    const core::settings::Profile profile = m_workspace->profile();
    const QString name = known && !profile.name.isEmpty() ? core::displayText(profile.name) : tr("No connection");
    m_profile->setText(fontMetrics().elidedText(name, Qt::ElideRight, scaled(m_narrow ? 110 : 160)));
    m_profile->setAccessibleName(tr("Connection: %1").arg(name));
    setPlainToolTip(m_profile, tr("%1: open Connections").arg(name));
    m_environment->setVisible(open);
    m_writes->setVisible(open);
    if (m_workspace->isDemo())
        m_environment->set(tr("DEMO"), Tone::Info, QStringLiteral("flask"));
    else if (profile.environment == Environment::Production)
        m_environment->set(tr("PRODUCTION"), Tone::Bad, QStringLiteral("shield"));
    else if (profile.environment == Environment::Staging)
        m_environment->set(tr("STAGING"), Tone::Warn, QStringLiteral("shield"));
    else
        m_environment->set(tr("DEVELOPMENT"), Tone::Neutral, QStringLiteral("terminal"));
    const bool readOnly = m_workspace->isReadOnly();
    m_writes->setText(readOnly ? tr("Read-only") : tr("Writes on"));
    m_writes->setIcon(icon(readOnly ? QStringLiteral("locks") : QStringLiteral("unlock"), readOnly ? Token::Text2 : Token::Warn));
    m_writes->setAccessibleName(readOnly ? tr("Read-only: press to allow writes") : tr("Writes allowed: press for read-only"));
    m_writes->setToolTip(m_writes->accessibleName());
}

void ConnectionBar::showServer()
{
    if (!m_workspace->isOpen()) {
        m_server->setText(QString());
        m_server->setMinimumWidth(0);
        return;
    }
    const QString role = m_narrow ? QString() : roleText(m_workspace->session()->facts());
    m_server->setMinimumWidth(scaled(m_narrow ? 70 : 110));
    m_server->setText(serverText(*m_workspace), role.isEmpty() ? role : QString(QStringLiteral("  ·  ") + role));
}

void ConnectionBar::showState()
{
    const core::redis::Session* session = m_workspace->session();
    switch (m_workspace->state()) {
    case Workspace::State::Disconnected: m_state->set(tr("Not connected"), Tone::Neutral, QStringLiteral("ring-dash")); break;
    case Workspace::State::Connecting: m_state->set(tr("Connecting"), Tone::Info, QStringLiteral("ring-clock")); break;
    case Workspace::State::Connected: {
        const qint64 us = session ? session->roundTripUs() : -1;
        const QString trip = us < 0 ? QString() : QString(u' ' + core::formatMs(static_cast<double>(us) / 1000));
        m_state->set(tr("Connected") + trip, Tone::Ok, QStringLiteral("ring-check"));
        break;
    }
    case Workspace::State::Reconnecting: {
        const qint64 ms = session ? QDateTime::currentDateTimeUtc().msecsTo(session->nextAttemptAt()) : 0;
        const QString when = session && session->nextAttemptAt().isValid() && ms > 0 ? tr(", try %1 in %2 s").arg(session->attempt() + 1).arg((ms + 999) / 1000) : QString();
        m_state->set(tr("Reconnecting") + (m_narrow ? QString() : when), Tone::Warn, QStringLiteral("ring-clock"));
        break;
    }
    }
}

void ConnectionBar::showAge(qint64 ageMs)
{
    m_age->setVisible(ageMs >= 0);
    if (ageMs < 0)
        return;
    const QString age = ageMs < 10'000 ? QString(QString::number(static_cast<double>(ageMs) / 1000, 'f', 1) + tr(" s")) : core::formatDuration(ageMs);
    const bool isBrief = m_narrow || m_workspace->state() == Workspace::State::Reconnecting; // which takes its room
    m_age->setText(isBrief ? age : tr("Data %1 old").arg(age));
    setPlainToolTip(m_age, isBrief ? tr("Data %1 old").arg(age) : QString());
    m_age->setColour(ageMs > oldMs ? Token::Warn : Token::Text2);
    showDatabases(); // the same reading brought its key counts
    if (m_workspace->state() == Workspace::State::Reconnecting)
        showState();
}

void ConnectionBar::showDatabases()
{
    m_database->setVisible(m_workspace->isOpen());
    m_database->setEnabled(m_workspace->state() == Workspace::State::Connected);
    if (!m_workspace->isOpen() || m_database->view()->isVisible())
        return;
    const core::redis::ServerFacts& facts = m_workspace->session()->facts();
    const core::metrics::Sampler* sampler = m_workspace->sampler();
    const QHash<int, qint64> keys = sampler && !sampler->history().isEmpty() ? sampler->history().last().keys : facts.keysPerDatabase;
    const int current = m_workspace->profile().endpoint.database;
    const QSignalBlocker quiet(m_database);
    const int wanted = qMax(facts.databases, current + 1);
    while (m_database->count() > wanted)
        m_database->removeItem(m_database->count() - 1);
    for (int i = 0; i < wanted; ++i) {
        const qint64 count = keys.value(i, 0);
        const QString text = count > 0 ? tr("db %1 · %2").arg(i).arg(keysText(count)) : tr("db %1").arg(i);
        if (i >= m_database->count())
            m_database->addItem(text, i);
        else if (m_database->itemText(i) != text)
            m_database->setItemText(i, text);
    }
    if (m_database->currentIndex() != current)
        m_database->setCurrentIndex(current);
}

void ConnectionBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.fillRect(QRect(0, height() - 1, width(), 1), color(Token::Border));
}

}
