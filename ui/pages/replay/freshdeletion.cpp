// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/freshdeletion.h"

#include "core/base/bytes.h"
#include "core/invalidate/keyremover.h"
#include "ui/pages/replay/forecast.h"
#include "ui/shell/guardinput.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/stripstack.h"

namespace ui {

namespace {
    const QString deletionStrip = QStringLiteral("fresh-deletion");
}

FreshDeletion::FreshDeletion(Workspace* workspace, StripStack* strips, std::function<bool()> mayStart, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_strips(strips)
    , m_mayStart(std::move(mayStart))
{
}

QString FreshDeletion::refusal(const Workspace* workspace)
{
    if (!workspace->isOpen())
        return {};
    if (workspace->isProduction())
        return tr("Production wants its name typed before a key is deleted: Invalidate asks for it.");
    if (workspace->isReadOnly())
        return tr("This connection is read-only.");
    return {};
}

core::invalidate::Plan FreshDeletion::planOf(const core::http::Request& request, const QList<QByteArray>& targets) const
{
    return core::invalidate::planOfKeys(*m_workspace->session(), core::keys::KeyList(predictedKeys(m_workspace, targets, request.headers)));
}

void FreshDeletion::ask(const core::http::Request& request, const QList<QByteArray>& targets)
{
    m_session = m_workspace->session();
    m_asked = Confirmed {request, targets, planOf(request, targets)};
    showQuestion({});
}

void FreshDeletion::showQuestion(const QString& first)
{
    const core::keys::KeyList& keys = m_asked->plan.keys;
    if (keys.isEmpty()) {
        m_asked.reset();
        return m_strips->show(deletionStrip, {Tone::Warn, tr("No key is predicted."), tr("No route is known for the target, so its entry cannot be deleted first.")});
    }
    const QString name = core::displayText(keys.key(0));
    const QString why = keys.size() > 1 ? tr("%1 and others. The app then stores them anew.").arg(name) : tr("%1. The app then stores it anew.").arg(name);
    m_strips->show(deletionStrip, {Tone::Warn, tr("%1 will be deleted, each before its request.").arg(keysText(keys.size())), first + why,
                                      {{tr("Delete and compare"), [this] { confirm(); }}, {tr("Don't"), [this] { dismiss(); }}}});
}

// The keys are made again: routes may have been learned since.
bool FreshDeletion::isStillSo() const
{
    if (!m_session || m_session != m_workspace->session())
        return false;
    return core::invalidate::sameServer(m_asked->plan, *m_session) && planOf(m_asked->request, m_asked->targets).keys == m_asked->plan.keys;
}

void FreshDeletion::confirm()
{
    if (!m_asked || !m_mayStart())
        return;
    if (!isStillSo()) {
        ask(m_asked->request, m_asked->targets);
        if (m_asked)
            showQuestion(tr("The keys or the server are not what they were when you were asked. Now: "));
        return;
    }
    const Confirmed what = *std::exchange(m_asked, std::nullopt);
    m_strips->remove(deletionStrip);
    if (const auto allowed = core::invalidate::allow(what.plan, guardInput(m_workspace), true, {}); !allowed)
        return m_strips->showError(deletionStrip, allowed.error());
    emit confirmed(what);
}

void FreshDeletion::dismiss()
{
    m_asked.reset();
    m_strips->remove(deletionStrip);
}

}
