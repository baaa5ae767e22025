// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyreplay.h"

#include "core/base/async.h"
#include "core/replay/requestsource.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"

#include <QAction>
#include <QMenu>
#include <QtConcurrentRun>

namespace ui {

using core::replay::SourcedRequest;

namespace {
    const QString replayStrip = QStringLiteral("replay-key");
}

KeyReplay::KeyReplay(Workspace* workspace, StripStack* strips, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_strips(strips)
{
}

void KeyReplay::addAction(QMenu* menu, QObject* context, std::function<void()> act)
{
    // A tab parts the shortcut, which is the page's: the same on the action would make both ambiguous.
    connect(menu->addAction(tr("Replay this key") + QStringLiteral("\tCtrl+R")), &QAction::triggered, context, std::move(act));
}

// A key may have megabytes, and be read in many ways.
void KeyReplay::open(const QByteArray& key)
{
    m_strips->remove(replayStrip);
    if (!m_workspace->isOpen())
        return;
    const auto work = [key, routes = m_workspace->routes()] { return core::replay::requestFromKey(key, routes); };
    core::onFinished(QtConcurrent::run(work), this, [this, key, turn = ++m_turn](const core::Result<SourcedRequest>& sourced) {
        if (turn != m_turn || !m_workspace->isOpen())
            return;
        if (!sourced)
            return m_strips->showError(replayStrip, sourced.error());
        PageHint hint;
        hint.targets = {sourced->request.target};
        hint.key = key;
        hint.notes = sourced->warnings;
        m_workspace->openPage(PageId::Replay, hint);
    });
}

}
