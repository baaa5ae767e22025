// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replaymode.h"

#include "ui/widgets/stripstack.h"

#include <QLayout>

namespace ui {

ReplayMode::ReplayMode(const QString& title, Place place, QWidget* parent)
    : QWidget(parent)
    , m_title(title)
    , m_place(std::move(place))
{
}

QString ReplayMode::verb() const
{
    return tr("Send");
}

int ReplayMode::heightForWidth(int width) const
{
    return layout() ? layout()->totalMinimumHeightForWidth(width) : -1;
}

QString ReplayMode::refusal() const
{
    return m_place.refusal ? m_place.refusal() : QString();
}

void ReplayMode::sendAs(const core::http::Request& request, const QList<QByteArray>& identityFields)
{
    m_identityFields = identityFields;
    send(request);
}

bool ReplayMode::mayStart()
{
    const QString why = refusal();
    if (why.isEmpty())
        m_place.strips->remove(refusalStrip());
    else
        m_place.strips->show(refusalStrip(), {Tone::Info, tr("Not started."), why});
    return why.isEmpty();
}

QString ReplayMode::refusalStrip()
{
    return QStringLiteral("refusal");
}

}
