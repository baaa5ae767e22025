// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stripstack.h"

#include <QVBoxLayout>

#include <algorithm>

namespace ui {

StripStack::StripStack(QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(8);
    hide();
}

void StripStack::show(const QString& id, const StripText& text)
{
    if (MessageStrip* strip = m_strips.value(id)) {
        strip->setText(text);
        return;
    }
    auto* strip = new MessageStrip(text, this);
    connect(strip, &MessageStrip::closed, this, [this, id] { remove(id); });
    m_strips.insert(id, strip);
    m_column->addWidget(strip);
    showWanted();
}

void StripStack::setAside(const QStringList& prefixes)
{
    m_aside = prefixes;
    showWanted();
}

bool StripStack::isAside(const QString& id) const
{
    return std::ranges::any_of(m_aside, [&id](const QString& prefix) { return id.startsWith(prefix); });
}

void StripStack::showWanted()
{
    bool any = false;
    for (auto at = m_strips.cbegin(); at != m_strips.cend(); ++at) {
        at.value()->setVisible(!isAside(at.key()));
        any = any || !isAside(at.key());
    }
    setVisible(any);
}

void StripStack::showError(const QString& id, const core::Error& error, std::function<void()> retry)
{
    QList<StripAction> actions;
    if (retry)
        actions += StripAction {tr("Retry"), [this, id, retry] {
                                    remove(id);
                                    retry();
                                }};
    show(id, stripForError(error, std::move(actions)));
}

void StripStack::remove(const QString& id)
{
    MessageStrip* strip = m_strips.take(id);
    if (!strip)
        return;
    m_column->removeWidget(strip);
    strip->hide();
    strip->deleteLater();
    showWanted();
}

const StripText* StripStack::text(const QString& id) const
{
    const MessageStrip* strip = m_strips.value(id);
    return strip ? &strip->text() : nullptr;
}

bool StripStack::closeNewest()
{
    for (int i = m_column->count() - 1; i >= 0; --i) {
        auto* strip = qobject_cast<MessageStrip*>(m_column->itemAt(i)->widget());
        if (strip && strip->text().closable && !isAside(m_strips.key(strip))) {
            remove(m_strips.key(strip));
            return true;
        }
    }
    return false;
}

void StripStack::clear()
{
    const QStringList ids = m_strips.keys();
    for (const QString& id : ids)
        remove(id);
}

}
