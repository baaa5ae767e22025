// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/heldhint.h"

#include "core/base/bytes.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/stripstack.h"

#include <utility>

namespace ui {

HeldHint::HeldHint(StripStack* strips, std::function<QString()> whyNot, std::function<void(const PageHint&)> open)
    : m_strips(strips)
    , m_whyNot(std::move(whyNot))
    , m_open(std::move(open))
{
}

bool HeldHint::hold(const PageHint& hint)
{
    if (m_whyNot().isEmpty()) {
        drop(); // a newer one is opened
        return false;
    }
    m_hint = hint;
    show();
    return true;
}

void HeldHint::update()
{
    if (!m_hint)
        return;
    if (m_strips->contains(strip()))
        show();
    else
        m_hint.reset(); // the user closed it
}

void HeldHint::drop()
{
    m_hint.reset();
    m_strips->remove(strip());
}

QString HeldHint::strip()
{
    return QStringLiteral("held-hint");
}

void HeldHint::show()
{
    const QString what = !m_hint->list.isEmpty() ? keysText(m_hint->list.size())
        : m_hint->targets.size() == 1            ? core::shortDisplayText(m_hint->targets.first(), 60)
                                                 : counted(m_hint->targets.size(), tr("request"), tr("requests"));
    if (const QString why = m_whyNot(); !why.isEmpty())
        return m_strips->show(strip(), {Tone::Info, tr("Not opened yet: %1.").arg(what), tr("%1 Until then it is kept.").arg(why), {}});
    m_strips->show(strip(), {Tone::Info, tr("Kept for you: %1.").arg(what), tr("It came from another page while something ran here."), {{tr("Open"), [this] {
                                                                                                                                       if (const auto hint = std::exchange(m_hint, std::nullopt))
                                                                                                                                           m_open(*hint);
                                                                                                                                   }}}});
}

}
