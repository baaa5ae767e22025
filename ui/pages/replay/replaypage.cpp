// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replaypage.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/cache/routes.h"
#include "core/http/credentials.h"
#include "core/replay/requestsource.h"
#include "ui/pages/replay/collectionmode.h"
#include "ui/pages/replay/connectionform.h"
#include "ui/pages/replay/forecast.h"
#include "ui/pages/replay/freshmode.h"
#include "ui/pages/replay/identitymode.h"
#include "ui/pages/replay/pastedialog.h"
#include "ui/pages/replay/requestmode.h"
#include "ui/pages/replay/sendas.h"
#include "ui/pages/replay/seriesmode.h"
#include "ui/shell/guardinput.h"
#include "ui/shell/typednamebar.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/possible.h"
#include "ui/widgets/scrolled.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {
    // HEAD is not offered: every LightAPI from 0.1.13 on empties the class for it.
    const QStringList methods {QStringLiteral("GET"), QStringLiteral("POST"), QStringLiteral("PUT"), QStringLiteral("PATCH"), QStringLiteral("DELETE")};
    const QString requestStrip = QStringLiteral("request");
    const QString noteStrip = QStringLiteral("note");
}

ReplayPage::ReplayPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Replay, tr("Replay"), QStringLiteral("replay"), workspace, parent)
    , m_method(makeCombo(tr("Method"), methods))
    , m_target(makeField(tr("Request target"), tr("/products?page=1"), true))
    , m_sendAs(new SendAs(workspace, strips()))
    , m_from(makeButton(tr("From…"), QStringLiteral("upload")))
    , m_send(makeButton(tr("Send"), QStringLiteral("arrow-right"), ButtonKind::Primary))
    , m_headersButton(makeButton(tr("Headers"), QStringLiteral("edit")))
    , m_headers(new QPlainTextEdit)
    , m_connectionButton(makeButton(tr("Connection"), QStringLiteral("link")))
    , m_connection(new ConnectionForm)
    , m_typedName(new TypedNameBar(tr("Send it"), tr("Don't")))
    , m_tabs(new QTabBar)
    , m_stack(new QStackedWidget)
    , m_held(strips(), [this] { return busyText(); }, [this](const PageHint& hint) { openHint(hint); })
{
    setupRequest();
    m_faces = new FaceStack(makeModes());
    content()->addWidget(m_faces, 1);
    connect(workspace, &Workspace::connectionStateChanged, this, &ReplayPage::updateActs);
    connect(workspace, &Workspace::databaseChanged, this, &ReplayPage::restart);
    connect(workspace, &Workspace::routesChanged, this, &ReplayPage::showForecast);
    auto* sendKey = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    sendKey->setContext(Qt::WidgetWithChildrenShortcut);
    connect(sendKey, &QShortcut::activated, m_send, &QPushButton::click);
    updateActs();
}

QWidget* ReplayPage::makeModes()
{
    const ReplayMode::Place place {workspace(), strips(), [this] { return draft(); }, [this] { return refusal(); }, [this] { return client(); }};
    auto* request = new RequestMode(place);
    auto* collection = new CollectionMode(place);
    connect(request, &RequestMode::exchanged, collection, &CollectionMode::noteExchange);
    addMode(request);
    addMode(new SeriesMode(place));
    addMode(new FreshMode(place));
    addMode(new IdentityMode(place));
    addMode(collection);
    m_tabs->setAccessibleName(tr("What to do with the request"));
    m_tabs->setExpanding(false);
    m_tabs->setVisible(m_modes.size() > 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &ReplayPage::showMode);
    setStripsAside();
    auto* all = new QWidget;
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    return all;
}

void ReplayPage::addMode(ReplayMode* mode)
{
    m_modes << mode;
    m_tabs->addTab(mode->title());
    m_stack->addWidget(scrolled(mode)); // a low window has no room for all that is in it
    connect(mode, &ReplayMode::busyChanged, this, &ReplayPage::updateActs);
    connect(mode, &ReplayMode::refused, m_sendAs, &SendAs::onRefused);
    connect(mode, &ReplayMode::requestChosen, this, &ReplayPage::showRequest);
}

ReplayMode* ReplayPage::mode() const
{
    return m_modes.at(m_stack->currentIndex());
}

// One at a time: two would see each other's reads as the server's.
ReplayMode* ReplayPage::busyMode() const
{
    const auto at = std::ranges::find_if(m_modes, [](const ReplayMode* mode) { return mode->isBusy(); });
    return at == m_modes.end() ? nullptr : *at;
}

QString ReplayPage::refusal() const
{
    if (!workspace()->isOpen())
        return tr("There is no connection.");
    if (!workspace()->client())
        return tr("The connection has no LightAPI address.");
    return busyText();
}

QString ReplayPage::busyText() const
{
    if (const ReplayMode* busy = busyMode())
        return tr("\"%1\" is running. Wait for its end, or cancel it.").arg(busy->title());
    if (m_sendAs->isBusy())
        return tr("An identity is signing in. Wait for its end, or cancel it.");
    return {};
}

void ReplayPage::showMode(int index)
{
    m_stack->setCurrentIndex(index);
    m_send->setText(mode()->verb());
    setStripsAside();
    forgetConfirmation();
    updateActs();
}

// What another tab has to say would be taken for this one's.
void ReplayPage::setStripsAside()
{
    QStringList others;
    for (const ReplayMode* each : std::as_const(m_modes)) {
        if (each != mode())
            others << each->stripPrefixes();
    }
    strips()->setAside(others);
}

// Into the line, not sent.
void ReplayPage::showRequest(const core::http::Request& request)
{
    const QString method = QString::fromLatin1(request.method);
    if (!methods.contains(method))
        return strips()->show(requestStrip, {Tone::Warn, tr("%1 is not sent here.").arg(core::shortened(core::displayText(method), 40)), tr("The request line stays as it was. Replay sends %1.").arg(methods.join(QStringLiteral(", "))), {}});
    m_tabs->setCurrentIndex(0);
    m_method->setCurrentText(method);
    m_target->setText(QString::fromUtf8(request.target));
    QStringList lines;
    for (const auto& [name, value] : request.headers)
        lines << QString::fromUtf8(name + ": " + value);
    m_headers->setPlainText(lines.join(u'\n'));
    m_target->setFocus(Qt::OtherFocusReason);
}

void ReplayPage::paste()
{
    auto* dialog = new PasteDialog(workspace(), methods, this);
    connect(dialog, &PasteDialog::chosen, this, &ReplayPage::useSource);
    dialog->open();
}

// What would prove who asks goes to an identity, not among the fields that are shown.
void ReplayPage::useSource(const core::replay::SourcedRequest& sourced)
{
    showRequest(sourced.withoutCredentials());
    showNotes(sourced.warnings);
    core::http::Headers credentials = sourced.request.headers;
    credentials.removeIf([](const auto& header) { return !core::http::isCredential(header.first); });
    if (!credentials.isEmpty())
        m_sendAs->manage(core::replay::identityFromHeaders(credentials));
}

void ReplayPage::showNotes(const QStringList& notes)
{
    strips()->remove(noteStrip);
    if (!notes.isEmpty())
        strips()->show(noteStrip, {Tone::Info, notes.first(), notes.mid(1).join(u' '), {}});
}

void ReplayPage::setupRequest()
{
    addAction(m_from); // first: the Tab key goes as the eye does
    addFilter(m_method);
    addFilter(m_target, 1);
    addFilter(m_headersButton);
    addFilter(m_connectionButton);
    addFilter(m_sendAs);
    connect(m_from, &QPushButton::clicked, this, &ReplayPage::paste);
    addFilter(m_send);
    setFilterField(m_target);
    m_headersButton->setCheckable(true);
    m_headers->setAccessibleName(tr("Request headers, one a line"));
    m_headers->setPlaceholderText(tr("Authorization: Bearer …\nAccept: application/json"));
    m_headers->setFont(ui::font(Type::Mono));
    m_headers->setLayoutDirection(Qt::LeftToRight);
    m_headers->setTabChangesFocus(true);
    m_headers->setFixedHeight(scaled(76));
    m_headers->hide();
    content()->addWidget(m_headers);
    setupConnection();
    content()->addWidget(m_typedName);
    connect(m_typedName, &TypedNameBar::confirmed, this, &ReplayPage::sendConfirmed);
    connect(m_headersButton, &QPushButton::toggled, m_headers, &QWidget::setVisible);
    connect(m_headers, &QPlainTextEdit::textChanged, this, &ReplayPage::showHeaderCount);
    connect(m_headers, &QPlainTextEdit::textChanged, this, &ReplayPage::showForecast); // Host is part of some keys
    connect(m_send, &QPushButton::clicked, this, &ReplayPage::send);
    connect(m_sendAs, &SendAs::busyChanged, this, &ReplayPage::updateActs);
    connect(m_target, &QLineEdit::returnPressed, m_send, &QPushButton::click);
    connect(m_target, &QLineEdit::textChanged, this, [this] {
        forgetConfirmation();
        showForecast();
    });
    connect(m_method, &QComboBox::currentIndexChanged, this, [this] {
        forgetConfirmation();
        showForecast();
    });
}

void ReplayPage::openHint(const PageHint& hint)
{
    if (hint.targets.isEmpty() || m_held.hold(hint))
        return;
    m_method->setCurrentIndex(0);
    m_target->setText(QString::fromUtf8(hint.targets.first()));
    m_target->setFocus(Qt::OtherFocusReason);
    showNotes(hint.notes);
    if (hint.compare)
        m_tabs->setCurrentIndex(static_cast<int>(m_modes.indexOf(findChild<FreshMode*>())));
    mode()->openTargets(hint.targets);
}

// Before anything is sent: the key that is expected, or what else the request would do.
void ReplayPage::showForecast()
{
    const QByteArray target = m_target->text().toUtf8();
    if (target.isEmpty() || !core::cache::checkTarget(target)) {
        setFact(workspace()->client() ? workspace()->client()->options().baseUrl : QString());
        return;
    }
    const auto fields = headers();
    const core::cache::RequestForecast forecast = forecastOf(workspace(), {.method = m_method->currentText().toLatin1(), .target = target, .headers = fields.value_or(core::http::Headers())});
    if (!forecast.effects.isEmpty())
        setFact(tr("would purge %1").arg(core::displayText(forecast.effects.first().pattern)));
    else if (!forecast.predictions.isEmpty())
        setFact((forecast.route && forecast.route->isLearned() ? tr("expected key %1, by a route learned from the keys") : tr("expected key %1"))
                    .arg(core::displayText(forecast.predictions.first().key)));
    else if (forecast.cached == core::cache::Cached::No)
        setFact(tr("this class is not cached"));
    else
        setFact(tr("no route is known for this target, so no key can be predicted; a whole scan of the keys may teach one"));
}

core::Result<core::http::Headers> ReplayPage::headers() const
{
    core::http::Headers list;
    const QStringList lines = m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const auto header = core::http::headerFromArgument(line);
        if (!header)
            return core::fail(header.error());
        list << *header;
    }
    return list;
}

void ReplayPage::setupConnection()
{
    m_connectionButton->setCheckable(true);
    m_connection->hide();
    content()->addWidget(m_connection);
    connect(m_connectionButton, &QPushButton::toggled, this, &ReplayPage::showConnection);
    connect(m_connection, &ConnectionForm::changed, this, [this] {
        const int changes = m_connection->changes();
        m_connectionButton->setText(changes == 0 ? tr("Connection") : tr("Connection %1").arg(changes));
        strips()->remove(requestStrip);
    });
}

// Not where it would do nothing.
void ReplayPage::showConnection()
{
    const bool isTaken = mode()->takesConnection();
    setPossible(m_connectionButton, isTaken ? QString() : tr("This tab sends by the connection's own settings."), tr("How requests travel"));
    m_connection->setVisible(isTaken && m_connectionButton->isChecked());
}

// Before each run, never while one is on: its client stays.
core::Result<void> ReplayPage::useProxy()
{
    const auto proxy = m_connection->proxy();
    if (!proxy)
        return core::fail(proxy.error());
    core::http::Client::Options options = workspace()->client()->options();
    options.proxy = *proxy;
    const bool isThere = m_proxied && m_proxied->options().proxy == options.proxy && m_proxied->options().baseUrl == options.baseUrl;
    if (!isThere)
        m_proxied = options.proxy.isEmpty() ? nullptr : std::make_unique<core::http::Client>(options);
    return {};
}

core::http::Client* ReplayPage::client() const
{
    return m_proxied ? m_proxied.get() : workspace()->client();
}

// They are sent also while the field is hidden, so the button tells of them.
void ReplayPage::showHeaderCount()
{
    const QStringList lines = m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    m_headersButton->setText(lines.isEmpty() ? tr("Headers") : tr("Headers %1").arg(lines.size()));
}

// A request other than GET may change data and purges the class: it is said first and wants a second click, on production the name.
bool ReplayPage::confirmMethod()
{
    const QString method = m_method->currentText();
    if (method == QLatin1StringView("GET") || m_methodConfirmed)
        return true;
    const QString what = tr("%1 may change data, and LightAPI empties the whole class for it.").arg(method);
    if (const core::invalidate::GuardInput guard = guardInput(workspace()); guard.production)
        m_typedName->ask(guard.confirmName, what, tr("This is production: type %1 to send it.").arg(core::displayText(guard.confirmName)));
    else
        strips()->show(requestStrip, {Tone::Warn, what, tr("Even if the request fails."), {{tr("Send %1").arg(method), [this] { sendConfirmed(); }}}});
    return false;
}

void ReplayPage::sendConfirmed()
{
    m_methodConfirmed = true;
    send();
}

void ReplayPage::forgetConfirmation()
{
    m_methodConfirmed = false;
    m_typedName->hide();
    strips()->remove(requestStrip);
}

core::Result<core::http::Request> ReplayPage::draft() const
{
    core::http::Request request;
    request.method = m_method->currentText().toLatin1();
    request.target = m_target->text().toUtf8();
    if (const auto valid = core::cache::checkTarget(request.target); !valid)
        return core::fail(valid.error());
    const auto fields = headers();
    if (!fields)
        return core::fail(fields.error());
    request.headers = *fields;
    request.sending = m_connection->sending();
    return request;
}

// Why this connection lets no such request through; empty: it does. As "cachelight replay --read-only --method".
QString ReplayPage::methodRefusal(const core::http::Request& request) const
{
    return request.method != "GET" && workspace()->isReadOnly() ? tr("This connection is read-only. Switch read-only off in the bar above first.") : QString();
}

void ReplayPage::showDraftError(const core::Error& error)
{
    const bool badTarget = !core::cache::checkTarget(m_target->text().toUtf8());
    setFieldBad(m_target, badTarget);
    if (!badTarget)
        m_headersButton->setChecked(true);
    strips()->showError(requestStrip, error);
}

void ReplayPage::send()
{
    if (!refusal().isEmpty())
        return;
    strips()->remove(requestStrip);
    setFieldBad(m_target, false);
    if (const auto proxy = mode()->takesConnection() ? useProxy() : core::Result<void>(); !proxy) {
        m_connectionButton->setChecked(true);
        return strips()->showError(requestStrip, proxy.error());
    }
    if (!mode()->needsTarget())
        return mode()->send({});
    const auto request = draft();
    if (!request)
        return showDraftError(request.error());
    if (request->method != "GET" && mode()->takesOnlyGet()) {
        strips()->show(requestStrip, {Tone::Warn, tr("%1 is not sent here.").arg(m_method->currentText()), tr("This sends GET alone. Other methods are sent one at a time, in Request."), {}});
        return;
    }
    if (const QString why = methodRefusal(*request); !why.isEmpty()) {
        forgetConfirmation();
        strips()->show(requestStrip, {Tone::Warn, tr("%1 was not sent.").arg(m_method->currentText()), why, {}});
        return;
    }
    if (!confirmMethod())
        return;
    m_methodConfirmed = false;
    m_typedName->hide();
    if (mode()->takesIdentity())
        m_sendAs->sign(*request, [this, chosen = mode()](const core::http::Request& whole, const QList<QByteArray>& identityFields) {
            const QString busy = refusal();
            if (const QString why = busy.isEmpty() ? methodRefusal(whole) : busy; !why.isEmpty())
                strips()->show(ReplayMode::refusalStrip(), {Tone::Info, tr("Not started."), why});
            else
                chosen->sendAs(whole, identityFields);
        });
    else
        mode()->send(*request);
}

void ReplayPage::showFace()
{
    if (!workspace()->isOpen())
        m_faces->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to the Redis server that the LightAPI app caches in."), Tone::Accent,
            {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
    else if (!workspace()->client())
        m_faces->showEmpty({QStringLiteral("server"), tr("No LightAPI address"), tr("Replay sends requests to the LightAPI server. Give its base URL in the connection."), Tone::Warn,
            {{tr("Edit the connection"), [this] {
                  PageHint hint;
                  hint.profile = workspace()->profile().name;
                  workspace()->openPage(PageId::Connections, hint);
              }}}});
    else
        m_faces->showFilled();
}

void ReplayPage::updateActs()
{
    const bool isAsked = mode()->needsTarget() && mode()->takesIdentity();
    setPossible(m_sendAs, isAsked ? QString() : tr("This tab does not send as one identity of the request line."));
    showConnection();
    setPossible(m_from, refusal(), tr("From a curl command, a line of an access log or a URL"));
    setPossible(m_send, refusal(), tr("%1 (Ctrl+Enter)").arg(mode()->verb()));
    if (refusal().isEmpty())
        strips()->remove(ReplayMode::refusalStrip());
    for (ReplayMode* each : std::as_const(m_modes))
        each->onRefusalChanged();
    m_held.update();
    showFace();
    showForecast();
}

void ReplayPage::restart()
{
    forgetConfirmation();
    m_held.drop();
    for (ReplayMode* mode : m_modes)
        mode->restart();
    updateActs();
}

void ReplayPage::pageConnected()
{
    strips()->clear();
    restart();
}

void ReplayPage::pageDisconnected()
{
    m_headers->clear(); // a token for this server must not reach the next one
    m_connection->reset();
    restart();
    m_proxied.reset(); // nothing uses it any more
}

bool ReplayPage::cancel()
{
    ReplayMode* busy = busyMode();
    return m_sendAs->cancel() || (busy && busy->cancel());
}

QString ReplayPage::unsaved() const
{
    QStringList texts;
    for (const ReplayMode* mode : m_modes)
        texts << mode->unsaved();
    texts.removeAll(QString());
    return texts.join(u' ');
}

}
