// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/indexed/livebutton.h"

#include "core/base/errortext.h"
#include "core/keys/keytracking.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

using core::keys::KeyTracking;

namespace ui {

namespace {
    struct Face {
        QString icon;
        Token tint;
    };

    Face faceOf(KeyTracking::State state, bool covers)
    {
        switch (state) {
        case KeyTracking::State::Following: return {QStringLiteral("ring-check"), covers ? Token::Ok : Token::Text3};
        case KeyTracking::State::Starting: return {QStringLiteral("ring-clock"), Token::Text3};
        case KeyTracking::State::Refused:
        case KeyTracking::State::Overrun: return {QStringLiteral("triangle"), Token::Warn};
        case KeyTracking::State::Off: break;
        }
        return {QStringLiteral("ring-dash"), Token::Text3};
    }
}

LiveButton::LiveButton(Workspace* workspace, QWidget* parent)
    : QToolButton(parent)
    , m_workspace(workspace)
{
    setButtonKind(this, ButtonKind::Normal);
    setText(tr("Live"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setCheckable(true);
    setVisible(false);
    connect(this, &QToolButton::clicked, this, [this](bool on) { m_workspace->tracking()->setEnabled(on); });
    connect(workspace, &Workspace::connected, this, &LiveButton::follow);
    connect(workspace, &Workspace::disconnected, this, [this] { setVisible(false); });
    if (workspace->isOpen())
        follow();
}

bool LiveButton::isLive() const
{
    return m_workspace->isOpen() && m_workspace->tracking()->covers(m_workspace->keyIndex()->snapshot());
}

// What is shown was followed till then, or more has changed since than could be. Where the session's line was lost the page says that.
bool LiveButton::isBehind() const
{
    if (!m_workspace->isOpen() || m_workspace->keyIndex()->lineWasLost() || isLive())
        return false;
    const KeyTracking* tracking = m_workspace->tracking();
    const QDateTime shown = m_workspace->keyIndex()->snapshot().scannedAt;
    return tracking->state() == KeyTracking::State::Overrun || (tracking->isEnabled() && shown.isValid() && shown == m_followed);
}

void LiveButton::follow()
{
    m_followed = {};
    connect(m_workspace->tracking(), &KeyTracking::stateChanged, this, &LiveButton::showState);
    connect(m_workspace->keyIndex(), &core::keys::KeyIndex::stateChanged, this, &LiveButton::showState);
    setVisible(true);
    showState();
}

void LiveButton::showState()
{
    const KeyTracking* tracking = m_workspace->tracking();
    if (!tracking)
        return;
    if (isLive())
        m_followed = m_workspace->keyIndex()->snapshot().scannedAt;
    const Face face = faceOf(tracking->state(), isLive());
    setChecked(tracking->isEnabled());
    setIcon(ui::icon(face.icon, face.tint));
    const QString text = explanation();
    setPlainToolTip(this, text); // an error may name a user or an address
    setAccessibleDescription(text);
    emit liveChanged();
}

QString LiveButton::explanation() const
{
    const KeyTracking* tracking = m_workspace->tracking();
    switch (tracking->state()) {
    case KeyTracking::State::Following:
        if (isLive())
            return tr("The list follows the server: Redis tells each key that is written, deleted or expires.");
        return tr("The list follows the server from now on; what changed before may be missing. F5 scans again.");
    case KeyTracking::State::Starting: return tr("Asking Redis to tell of changes.");
    case KeyTracking::State::Refused: {
        const core::ErrorText text = core::describe(tracking->error());
        return tr("The list does not follow the server: %1 F5 scans again.").arg(text.what);
    }
    case KeyTracking::State::Overrun: return tr("More keys changed than can be followed. F5 scans again and follows from there.");
    case KeyTracking::State::Off: break;
    }
    return tr("Off: the list is as it was scanned. On, Redis sends the name of each key that is written, deleted or expires (client tracking), "
              "which costs it a little with every write.");
}

}
