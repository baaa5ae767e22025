// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identitychooser.h"

#include "core/base/bytes.h"
#include "ui/pages/replay/identitiesdialog.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/label.h"
#include "ui/widgets/scrolled.h"

#include <QCheckBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr qsizetype longestName = 26; // fits the card
}

IdentityChooser::IdentityChooser(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_nobody(new QCheckBox(tr("nobody")))
{
    auto* inner = new QWidget;
    m_column = new QVBoxLayout(inner);
    m_column->setContentsMargins(12, 8, 12, 8);
    m_column->setSpacing(6);
    m_nobody->setChecked(true);
    m_column->addWidget(m_nobody);
    m_column->addStretch(1);
    QPushButton* more = makeButton(tr("Manage identities…"), QStringLiteral("user"), ButtonKind::Quiet);
    connect(more, &QPushButton::clicked, this, &IdentityChooser::manage);
    auto* card = new Card(tr("Send as each of"));
    card->body()->addWidget(scrolled(inner), 1);
    card->body()->addWidget(more);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(card);
    const Identities* identities = workspace->identities();
    connect(identities, &Identities::changed, this, &IdentityChooser::rebuild);
    connect(identities, &Identities::renamed, this, [this](const QString&, const QString& before, const QString& after) {
        if (m_left.remove(before))
            m_left.insert(after);
    });
    connect(workspace, &Workspace::connected, this, [this] {
        m_left.clear();
        rebuild();
    });
    rebuild();
}

void IdentityChooser::rebuild()
{
    qDeleteAll(std::exchange(m_boxes, {}));
    m_shown.clear();
    const Identities* identities = m_workspace->identities();
    for (const Identities::Saved& identity : identities->list(identities->placeOf(m_workspace->profile()).connection))
        add(identity);
}

void IdentityChooser::add(const Identities::Saved& identity)
{
    const QString shown = core::displayText(identity.name);
    auto* box = new QCheckBox(core::shortened(shown, longestName).replace(u'&', QStringLiteral("&&")));
    setPlainToolTip(box, shown);
    box->setChecked(!m_left.contains(identity.name));
    connect(box, &QCheckBox::toggled, this, [this, name = identity.name](bool on) { on ? static_cast<void>(m_left.remove(name)) : static_cast<void>(m_left.insert(name)); });
    m_column->insertWidget(m_column->count() - 1, box);
    m_boxes << box;
    m_shown << identity;
}

bool IdentityChooser::withNobody() const
{
    return m_nobody->isChecked();
}

QList<Identities::Saved> IdentityChooser::chosen() const
{
    QList<Identities::Saved> all;
    for (qsizetype i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes.at(i)->isChecked())
            all << m_shown.at(i);
    }
    return all;
}

void IdentityChooser::manage()
{
    if (m_workspace->client())
        (new IdentitiesDialog(m_workspace, window()))->open();
}

}
