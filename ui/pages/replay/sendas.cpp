// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/sendas.h"

#include "core/base/bytes.h"
#include "ui/pages/replay/identitiesdialog.h"
#include "ui/pages/replay/signin.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/field.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>

#include <chrono>

namespace ui {

namespace {
    constexpr int maxWidth = 190; // px at the usual font; names may be long
    constexpr qsizetype longestName = 60;
    constexpr std::chrono::milliseconds patience {200};
    const QString signInStrip = QStringLiteral("sign-in");
    const QString overruledStrip = QStringLiteral("overruled");
}

SendAs::SendAs(Workspace* workspace, StripStack* strips, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_strips(strips)
    , m_choice(makeCombo(tr("Send as"), {}))
    , m_signIn(new SignIn(workspace, this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_choice);
    m_choice->setMaximumWidth(scaled(maxWidth));
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, &SendAs::showWaiting);
    connect(m_choice, &QComboBox::activated, this, &SendAs::onActivated);
    connect(m_signIn, &SignIn::changed, this, [this] {
        m_choice->setEnabled(!isBusy());
        if (!isBusy())
            m_patience.stop();
        if (!isBusy() || m_strips->contains(signInStrip))
            isBusy() ? showWaiting() : m_strips->remove(signInStrip);
        emit busyChanged();
    });
    const Identities* identities = workspace->identities();
    connect(identities, &Identities::changed, this, &SendAs::follow);
    connect(identities, &Identities::renamed, this, &SendAs::onRenamed);
    connect(identities, &Identities::secretLeft, this, [this](const core::Error& error) { m_strips->show(QStringLiteral("secret"), secretLeftText(error)); });
    connect(workspace, &Workspace::connected, this, &SendAs::startAnew);
    connect(workspace, &Workspace::disconnected, this, &SendAs::startAnew);
    startAnew();
}

QString SendAs::connection() const
{
    return m_workspace->identities()->placeOf(m_workspace->profile()).connection;
}

QString SendAs::chosen() const
{
    return m_chosen.value(connection());
}

void SendAs::startAnew()
{
    m_open = m_workspace->isOpen() ? connection() : QString();
    rebuild();
}

// The connection that is open may have been renamed or removed, and is the same one all the time.
void SendAs::follow()
{
    if (!m_open.isEmpty() && m_open != connection()) {
        m_chosen.insert(connection(), m_chosen.take(m_open));
        m_open = connection();
    }
    rebuild();
}

void SendAs::rebuild()
{
    m_choice->clear();
    m_choice->addItem(tr("as: nobody"), QString());
    for (const Identities::Saved& identity : m_workspace->identities()->list(connection()))
        m_choice->addItem(tr("as: %1").arg(core::shortened(core::displayText(identity.name), longestName)), identity.name);
    if (!chosen().isEmpty() && m_choice->findData(chosen()) < 0)
        m_choice->addItem(tr("as: %1 (removed)").arg(core::shortened(core::displayText(chosen()), longestName)), chosen());
    m_choice->insertSeparator(m_choice->count());
    m_choice->addItem(tr("Manage identities…"));
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(chosen())));
    m_choice->setVisible(m_workspace->client());
}

void SendAs::onActivated(int index)
{
    if (index < m_choice->count() - 1)
        return choose(m_choice->itemData(index).toString());
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(chosen())));
    manage();
}

void SendAs::choose(const QString& name)
{
    m_chosen.insert(connection(), name);
    m_strips->remove(signInStrip);
    m_strips->remove(overruledStrip);
    rebuild();
}

void SendAs::onRenamed(const QString& connection, const QString& before, const QString& after)
{
    if (!m_chosen.value(connection).isEmpty() && m_chosen.value(connection) == before)
        m_chosen.insert(connection, after);
}

void SendAs::manage(const std::optional<core::replay::Identity>& found)
{
    if (!m_workspace->client())
        return;
    auto* dialog = new IdentitiesDialog(m_workspace, window());
    connect(dialog, &IdentitiesDialog::added, this, &SendAs::choose);
    dialog->show(chosen());
    if (found)
        dialog->offer(*found);
    dialog->open();
}

void SendAs::sign(const core::http::Request& request, Send send)
{
    m_strips->remove(signInStrip);
    m_strips->remove(overruledStrip);
    const auto identity = m_workspace->identities()->find(connection(), chosen());
    if (!identity && chosen().isEmpty())
        return send(request, {});
    if (!identity) // never as nobody in its place
        return showFailure({core::Code::Input, core::Reason::BadIdentity, core::displayText(chosen()), tr("It is no identity of this connection any more.")}, request, send);
    m_patience.start();
    m_signIn->start(*identity, [this, request, send, name = identity->name](const core::Result<core::http::Headers>& headers) {
        m_patience.stop();
        if (!headers)
            return showFailure(headers.error(), request, send);
        core::replay::JoinedHeaders joined = core::replay::joinHeaders(request.headers, *headers);
        if (!joined.overruled.isEmpty())
            m_strips->show(overruledStrip, {Tone::Warn, tr("%1 of Headers is sent, not that of %2.").arg(joined.overruled.join(QStringLiteral(", ")), core::displayText(name)),
                                               tr("A field that is typed wins. Remove it there to send the identity's."), {}});
        core::http::Request signedRequest = request;
        signedRequest.headers = std::move(joined.headers);
        send(signedRequest, core::replay::fieldNames(*headers));
    });
}

void SendAs::showWaiting()
{
    if (isBusy())
        m_strips->show(signInStrip, {Tone::Info, tr("Signing in as %1 …").arg(core::displayText(chosen())), tr("Waiting for %1.").arg(m_signIn->waitsFor()),
                                        {{tr("Cancel"), [this] { cancel(); }}}, false});
}

void SendAs::showFailure(const core::Error& error, const core::http::Request& request, const Send& send)
{
    const StripAction again {tr("Try again"), [this, request, send] {
                                 if (!isBusy() && m_workspace->client())
                                     sign(request, send);
                             }};
    const StripAction manageThem {tr("Manage identities…"), [this] { manage(); }};
    StripText text = stripForError(error, {again, manageThem});
    text.what = tr("Nothing was sent as %1.").arg(core::displayText(chosen())) + u' ' + text.what;
    m_strips->show(signInStrip, text);
}

bool SendAs::isBusy() const
{
    return m_signIn->isBusy();
}

bool SendAs::cancel()
{
    return m_signIn->cancel();
}

void SendAs::onRefused()
{
    m_signIn->onRefused();
}

}
