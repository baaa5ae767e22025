// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/mainwindow.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/redis/session.h"
#include "core/settings/profile.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/jobstrip.h"
#include "ui/shell/navrail.h"
#include "ui/shell/unlockbar.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/icon.h"

#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QMessageBox>
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace {
    constexpr int compactBelow = 1180;
    const QString staleStrip = QStringLiteral("stale");
    const QString connectStrip = QStringLiteral("connect");
    const QString closeStrip = QStringLiteral("close");
    const QString unsavedStrip = QStringLiteral("unsaved");
    const QString databaseStrip = QStringLiteral("database");

    QString themeName(Theme::Choice choice)
    {
        return choice == Theme::Choice::Light ? QStringLiteral("light") : choice == Theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("system");
    }
}

MainWindow::MainWindow(Workspace* workspace, QWidget* parent)
    : QMainWindow(parent)
    , m_workspace(workspace)
    , m_rail(new NavRail)
    , m_bar(new ConnectionBar(workspace))
    , m_unlock(new UnlockBar)
    , m_strips(new StripStack)
    , m_stack(new QStackedWidget)
    , m_jobs(new JobStrip(workspace->jobs()))
    , m_staleTimer(new QTimer(this))
{
    setWindowTitle(QStringLiteral("Cachelight"));
    setMinimumSize(900, 600);
    resize(1280, 800);
    setupLayout();
    setupKeys();
    setupMenu();
    connect(m_rail, &NavRail::chosen, this, &MainWindow::showPage);
    connect(m_bar, &ConnectionBar::writeModeRequested, this, &MainWindow::setWriteMode);
    connect(m_unlock, &UnlockBar::confirmed, this, [this] { m_workspace->setReadOnly(false); });
    connect(workspace, &Workspace::pageRequested, this, [this](PageId id, const PageHint& hint) {
        showPage(id);
        if (Page* target = page(id))
            target->openHint(hint);
    });
    connect(workspace, &Workspace::connectionStateChanged, this, &MainWindow::showConnection);
    connect(workspace, &Workspace::disconnected, m_unlock, &QWidget::hide);
    connect(workspace, &Workspace::connectFailed, this, [this](const core::Error& error) {
        m_strips->showError(connectStrip, error, [this] { m_workspace->retryNow(); });
    });
    connect(workspace, &Workspace::databaseRefused, this, [this](const core::Error& error) { m_strips->showError(databaseStrip, error); });
    connect(workspace, &Workspace::databaseChanged, this, [this] { m_strips->remove(databaseStrip); });
    connect(workspace->jobs(), &JobList::runningChanged, this, [this] {
        if (!m_workspace->jobs()->deleting().isEmpty())
            return;
        m_strips->remove(closeStrip);
        if (m_closing || m_closesAfterEdit) // not inside the signal of the job that ended
            QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
    });
    m_staleTimer->setInterval(500);
    connect(m_staleTimer, &QTimer::timeout, this, &MainWindow::showStale);
    connect(&Theme::instance(), &Theme::changed, this, [this] { saveChoice(QStringLiteral("theme"), themeName(Theme::instance().choice())); });
}

void MainWindow::setupLayout()
{
    auto* centre = new QWidget(this);
    auto* across = new QHBoxLayout(centre);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    auto* notices = new QVBoxLayout;
    notices->setContentsMargins(20, 0, 20, 0);
    notices->setSpacing(0);
    notices->addWidget(m_unlock);
    notices->addWidget(m_strips);
    m_strips->layout()->setContentsMargins(0, 12, 0, 0);
    column->addWidget(m_bar);
    column->addLayout(notices);
    column->addWidget(m_stack, 1);
    column->addWidget(m_jobs);
    across->addWidget(m_rail);
    across->addLayout(column, 1);
    setCentralWidget(centre);
}

void MainWindow::setupKeys()
{
    const auto key = [this](const QKeySequence& keys, auto act) {
        auto* shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(QKeySequence(Qt::Key_F5), [this] {
        if (Page* current = currentPage())
            current->refresh();
    });
    key(QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        if (Page* current = currentPage())
            current->focusFilter();
    });
    for (int i = 0; i < pageCount; ++i)
        key(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + (i + 1) % 10)), [this, i] { showPage(static_cast<PageId>(i)); });
    key(QKeySequence(Qt::Key_Escape), [this] { escape(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_N), [this] { showPage(PageId::Connections); });
    key(QKeySequence(Qt::Key_F10), [this] { m_bar->openMenu(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

void MainWindow::setupMenu()
{
    QMenu* menu = m_bar->menu();
    menu->setAccessibleName(tr("Menu"));
    const auto add = [&](const QString& text, const QString& name, const QString& keys, auto act) {
        QAction* action = menu->addAction(icon(name), keys.isEmpty() ? text : QString(text + u'\t' + keys));
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    add(tr("Connections"), QStringLiteral("connections"), QStringLiteral("Ctrl+N"), [this] { showPage(PageId::Connections); });
    QAction* disconnect = add(tr("Disconnect"), QStringLiteral("close"), {}, [this] { m_workspace->disconnectFromServer(); });
    add(tr("Refresh this page"), QStringLiteral("refresh"), QStringLiteral("F5"), [this] {
        if (Page* current = currentPage())
            current->refresh();
    });
    m_menuEnd = menu->addSeparator();
    add(tr("About Cachelight"), QStringLiteral("ring-info"), {}, [this] { showAbout(); });
    add(tr("Quit"), {}, QStringLiteral("Ctrl+Q"), [this] { close(); });
    connect(menu, &QMenu::aboutToShow, this, [this, disconnect] { disconnect->setEnabled(m_workspace->isOpen()); });
}

void MainWindow::addMenuAct(const QString& text, const QString& name, std::function<void()> act)
{
    auto* action = new QAction(icon(name), text, this);
    m_bar->menu()->insertAction(m_menuEnd, action);
    connect(action, &QAction::triggered, this, std::move(act));
    connect(m_bar->menu(), &QMenu::aboutToShow, action, [this, action] { action->setEnabled(m_workspace->isOpen()); });
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Cachelight"), {}, QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setText(tr("Cachelight %1").arg(QStringLiteral(CACHELIGHT_VERSION)));
    box->setInformativeText(tr("Shows and steers the Redis cache of LightAPI services.\nFree software under the GPL, version 3 or later. Made with Qt %1.").arg(QString::fromLatin1(qVersion())));
    box->open();
}

void MainWindow::addPage(Page* page)
{
    m_pages.insert(page->pageId(), page);
    m_stack->addWidget(page);
    m_rail->add(page->pageId(), page->title(), page->iconName());
    connect(page, &Page::badgeChanged, this, [this, page] { m_rail->setBadge(page->pageId(), page->badgeCount(), page->badgeTone()); });
    m_rail->setBadge(page->pageId(), page->badgeCount(), page->badgeTone());
    if (m_pages.size() == 1)
        showPage(page->pageId());
}

Page* MainWindow::currentPage() const
{
    return qobject_cast<Page*>(m_stack->currentWidget());
}

void MainWindow::showPage(PageId id)
{
    Page* wanted = page(id);
    if (!wanted)
        return;
    m_rail->setCurrent(id);
    m_stack->setCurrentWidget(wanted);
    setWindowTitle(wanted->title() + QStringLiteral(" – Cachelight"));
}

void MainWindow::setWriteMode(bool readOnly)
{
    const core::settings::Profile profile = m_workspace->profile();
    if (!readOnly && profile.environment == core::settings::Environment::Production && !m_workspace->isDemo())
        m_unlock->ask(profile.name);
    else
        m_workspace->setReadOnly(readOnly);
}

void MainWindow::showConnection()
{
    if (m_workspace->state() != Workspace::State::Disconnected)
        m_strips->remove(connectStrip);
    if (m_workspace->state() == Workspace::State::Reconnecting) {
        m_staleTimer->start();
        showStale();
    } else {
        m_staleTimer->stop();
        m_strips->remove(staleStrip);
    }
}

void MainWindow::showStale()
{
    const core::redis::Session* session = m_workspace->session();
    if (!session)
        return;
    const core::ErrorText text = core::describe(m_workspace->lastError());
    QStringList rest;
    if (!text.why.isEmpty())
        rest += text.why;
    const qint64 ms = QDateTime::currentDateTimeUtc().msecsTo(session->nextAttemptAt());
    rest += session->nextAttemptAt().isValid() && ms > 0 ? tr("Next try in %1 s.").arg((ms + 999) / 1000) : tr("Trying now.");
    const qint64 age = m_workspace->dataAgeMs();
    if (age >= 0)
        rest += tr("What you see is %1 old.").arg(core::formatDuration(age));
    StripText strip {Tone::Bad, text.what, rest.join(u' '), {}, false};
    strip.actions = {{tr("Try now"), [this] { m_workspace->retryNow(); }},
        {tr("Edit connection"), [this] { m_workspace->openPage(PageId::Connections, PageHint {.profile = m_workspace->profile().name}); }}};
    m_strips->show(staleStrip, strip);
}

void MainWindow::escape()
{
    if (!m_unlock->isHidden()) {
        m_unlock->hide();
        return;
    }
    Page* current = currentPage();
    if (current && (current->cancel() || current->closeNewestStrip()))
        return;
    if (!m_strips->closeNewest())
        m_jobs->closeResult();
}

void MainWindow::restore()
{
    const core::settings::Store* store = m_workspace->store();
    const QString theme = store->choice(QStringLiteral("theme"));
    Theme::instance().setChoice(theme == QLatin1StringView("dark") ? Theme::Choice::Dark : theme == QLatin1StringView("light") ? Theme::Choice::Light : Theme::Choice::System);
    restoreGeometry(QByteArray::fromBase64(store->choice(QStringLiteral("geometry")).toLatin1()));
    bool known = false;
    const int page = store->choice(QStringLiteral("page")).toInt(&known);
    if (known && page >= 0 && page < pageCount)
        showPage(static_cast<PageId>(page));
}

void MainWindow::saveChoice(const QString& name, const QString& value)
{
    if (m_workspace->store()->choice(name) == value)
        return;
    // Not being able to remember a window's size is no reason to stop, but it is said.
    if (const auto saved = m_workspace->store()->setChoice(name, value); !saved)
        m_strips->showError(QStringLiteral("settings"), saved.error());
}

void MainWindow::closeSettled()
{
    m_closing = true;
    const QList<core::Job*> jobs = m_workspace->jobs()->deleting();
    if (jobs.isEmpty()) {
        close();
        return;
    }
    m_strips->show(closeStrip, {Tone::Info, tr("Closing."), tr("The batch that was sent is waited for, so that the audit log tells what was done.")});
    for (core::Job* job : jobs)
        job->cancel();
}

bool MainWindow::mayClose()
{
    const QList<core::Job*> jobs = m_workspace->jobs()->deleting();
    const bool areEdits = std::ranges::all_of(jobs, [](const core::Job* job) { return job->kind() == QLatin1StringView("edit"); });
    m_closesAfterEdit = !jobs.isEmpty() && areEdits; // it ends by itself, at once: no question
    if (m_closesAfterEdit)
        m_strips->show(closeStrip, {Tone::Info, tr("Closing."), tr("The edit that was sent is waited for, so that the audit log tells what was done.")});
    else if (!m_closing && !m_letsGo && askUnsaved())
        return false;
    else if (!jobs.isEmpty() && !m_closing)
        m_strips->show(closeStrip,
            {Tone::Warn, tr("A run that changes keys is on."), tr("Closing stops it after the batch in flight; what was done stays done."),
                {{tr("Stop it and close"), [this] { closeSettled(); }}}});
    return jobs.isEmpty();
}

bool MainWindow::askUnsaved()
{
    QStringList lost;
    QList<StripAction> actions;
    for (Page* each : std::as_const(m_pages)) {
        const QString text = each->unsaved();
        if (text.isEmpty())
            continue;
        lost += text;
        actions = {{tr("Show it"), [this, id = each->pageId()] {
                        m_strips->remove(unsavedStrip);
                        showPage(id);
                    }}};
    }
    m_strips->remove(unsavedStrip);
    if (lost.isEmpty())
        return false;
    actions += {tr("Close without it"), [this] {
                    m_strips->remove(unsavedStrip);
                    m_letsGo = true;
                    close();
                    m_letsGo = false; // a run that is on may have been in the way
                }};
    m_strips->show(unsavedStrip, {Tone::Warn, tr("What you typed is not stored."), lost.join(u' '), actions});
    return true;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!mayClose()) {
        event->ignore();
        return;
    }
    saveChoice(QStringLiteral("geometry"), QString::fromLatin1(saveGeometry().toBase64()));
    if (const Page* current = currentPage())
        saveChoice(QStringLiteral("page"), QString::number(static_cast<int>(current->pageId())));
    QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    const bool compact = width() < scaled(compactBelow);
    m_rail->setCompact(compact);
    m_bar->setNarrow(compact);
}

}
