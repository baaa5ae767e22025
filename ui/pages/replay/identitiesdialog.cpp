// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identitiesdialog.h"

#include "core/base/bytes.h"
#include "ui/pages/replay/identityform.h"
#include "ui/pages/replay/identitysave.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QVBoxLayout>

#include <chrono>

namespace ui {

using core::Reason;

namespace {
    constexpr std::chrono::milliseconds patience {200};
    const QString actStrip = QStringLiteral("act");
    const QString secretStrip = QStringLiteral("secret");

    QString methodText(const Identities::Saved& identity)
    {
        using core::replay::IdentityKind;
        switch (core::replay::identityKindFromName(identity.method).value_or(IdentityKind::None)) {
        case IdentityKind::Bearer: return IdentitiesDialog::tr("bearer token");
        case IdentityKind::Basic: return IdentitiesDialog::tr("basic");
        case IdentityKind::Login: return IdentitiesDialog::tr("login");
        case IdentityKind::Headers: return IdentitiesDialog::tr("header fields");
        case IdentityKind::None: break;
        }
        return IdentitiesDialog::tr("unknown");
    }

    QList<RowModel<Identities::Saved>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        return {{IdentitiesDialog::tr("Name"), left, [](const Identities::Saved& each) { return core::displayText(each.name); }, {}},
            {IdentitiesDialog::tr("Method"), left, methodText, {}}};
    }

    bool isOfKeyStore(const core::Error& error)
    {
        const bool isReason = error.reason == Reason::NoSecretStore || error.reason == Reason::SecretsTimeout || error.reason == Reason::SecretsRefused || error.reason == Reason::SecretsFailed;
        return isReason || error.code == core::Code::Cancelled;
    }
}

IdentitiesDialog::IdentitiesDialog(Workspace* workspace, QWidget* parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_identities(workspace->identities())
    , m_place(m_identities->placeOf(workspace->profile()))
    , m_rows(new RowModel<Identities::Saved>(columns(), this))
    , m_form(new IdentityForm)
    , m_strips(new StripStack)
    , m_new(makeButton(tr("New"), QStringLiteral("plus")))
    , m_remove(makeButton(tr("Remove…"), QStringLiteral("trash"), ButtonKind::DangerText))
    , m_discard(makeButton(tr("Discard changes")))
    , m_save(makeButton(tr("Save"), QStringLiteral("check"), ButtonKind::Primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Identities"));
    resize(scaled(820), scaled(560));
    auto* parts = new QHBoxLayout;
    parts->setSpacing(12);
    parts->addWidget(makeList(), 2);
    parts->addWidget(makeEditor(), 3);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->setContentsMargins(20, 20, 20, 20);
    column->addWidget(new PlaceLine(workspace));
    column->addWidget(m_strips);
    column->addLayout(parts, 1);
    QPushButton* close = makeButton(tr("Close"));
    close->setAutoDefault(false);
    column->addWidget(close, 0, Qt::AlignRight);
    connect(close, &QPushButton::clicked, this, &IdentitiesDialog::reject);
    connect(workspace, &Workspace::disconnected, this, &IdentitiesDialog::leave);
    connect(m_identities, &Identities::changed, this, &IdentitiesDialog::reload);
    connect(m_identities, &Identities::secretLeft, this, [this](const core::Error& error) { m_strips->show(secretStrip, secretLeftText(error)); });
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, &IdentitiesDialog::showWaiting);
    reload();
    show(QString());
}

QWidget* IdentitiesDialog::makeList()
{
    auto* card = new Card(tr("Identities"));
    m_table = new TableView(tr("Identities"));
    m_table->setModel(m_rows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({140, 110});
    m_table->setStretchColumn(0, 100);
    card->addTitleWidget(m_new);
    card->body()->addWidget(m_table, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid() && m_rows->row(index.row()).name != m_edited)
            edit(m_rows->row(index.row()).name);
    });
    connect(m_new, &QPushButton::clicked, this, &IdentitiesDialog::startNew);
    return card;
}

QWidget* IdentitiesDialog::makeEditor()
{
    auto* card = new Card;
    card->padded();
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_remove);
    row->addStretch(1);
    row->addWidget(m_discard);
    row->addWidget(m_save);
    card->body()->addWidget(m_form, 1);
    card->body()->addLayout(row);
    for (QPushButton* button : {m_new, m_remove, m_discard})
        button->setAutoDefault(false);
    m_save->setDefault(true);
    connect(m_form, &IdentityForm::edited, this, [this] {
        m_strips->remove(actStrip);
        updateActs();
    });
    connect(m_save, &QPushButton::clicked, this, [this] { save(); });
    connect(m_remove, &QPushButton::clicked, this, &IdentitiesDialog::askRemove);
    connect(m_discard, &QPushButton::clicked, this, [this] {
        m_strips->remove(actStrip);
        m_edited.isEmpty() ? show(QString()) : edit(m_edited);
    });
    return card;
}

void IdentitiesDialog::reload()
{
    m_rows->setRows(m_identities->list(m_place.connection));
    select(m_edited);
}

void IdentitiesDialog::select(const QString& name)
{
    for (int row = 0; row < m_rows->rowCount(); ++row) {
        if (m_rows->row(row).name == name)
            return m_table->selectRow(row);
    }
    m_table->clearSelection();
    m_table->setCurrentIndex({});
}

void IdentitiesDialog::show(const QString& name)
{
    if (m_identities->find(m_place.connection, name))
        edit(name);
    else if (m_rows->rowCount() > 0)
        edit(m_rows->row(0).name);
    else
        startNew();
}

void IdentitiesDialog::edit(const QString& name)
{
    const auto saved = m_identities->find(m_place.connection, name);
    if (!saved)
        return startNew();
    m_edited = name;
    select(name);
    m_form->show({*saved, {}, !m_identities->isForSession(m_place, name)}, true, m_identities->canLast(m_place));
    updateActs();
}

void IdentitiesDialog::startNew()
{
    m_edited.clear();
    select({});
    const bool mayLast = m_identities->canLast(m_place);
    m_form->show({{{}, core::replay::identityKindName(core::replay::IdentityKind::Bearer), {}, {}}, {}, mayLast}, false, mayLast);
    m_form->focusName();
    updateActs();
}

void IdentitiesDialog::offer(const core::replay::Identity& found)
{
    startNew();
    const bool mayLast = m_identities->canLast(m_place);
    m_form->show({{found.name, core::replay::identityKindName(found.kind), found.user, {}}, found.secret, mayLast}, false, mayLast);
    updateActs();
    m_strips->show(actStrip, {Tone::Info, tr("The request had credentials. Name them to send it as this identity."), tr("They are kept nowhere until you save; closing forgets them."), {}});
}

void IdentitiesDialog::save(std::optional<bool> lasts)
{
    m_strips->remove(actStrip);
    const auto values = m_form->values();
    if (!values || m_running)
        return;
    m_running = new IdentitySave(m_identities, {m_place, m_edited, values->identity, values->secret, lasts.value_or(values->lasts)}, this);
    connect(m_running, &IdentitySave::finished, this, &IdentitiesDialog::onSaved);
    updateActs();
    m_patience.start();
    m_running->start();
}

void IdentitiesDialog::showWaiting()
{
    const StripAction cancel {tr("Cancel"), [this] { cancelSave(); }};
    m_strips->show(actStrip, {Tone::Info, tr("Waiting for the key store …"), tr("It may ask you to unlock it."), {cancel}, false});
}

bool IdentitiesDialog::cancelSave()
{
    if (!m_running)
        return false;
    m_running->cancel();
    return true;
}

void IdentitiesDialog::onSaved()
{
    IdentitySave* done = m_running;
    m_running = nullptr;
    done->deleteLater();
    m_patience.stop();
    m_strips->remove(actStrip);
    if (!done->outcome()) {
        showSaveFailure(done->outcome().error());
        return updateActs();
    }
    const IdentitySave::Wish& wish = done->wish();
    edit(wish.identity.name);
    const bool lasts = wish.lasts && m_identities->canLast(m_place);
    m_strips->show(actStrip, {Tone::Ok, tr("%1 was saved.").arg(core::displayText(wish.identity.name)),
                                 lasts ? tr("Its secret is in the key store.") : tr("Its secret is kept for this session only, in memory."), {}});
    if (wish.before.isEmpty())
        emit added(wish.identity.name);
}

void IdentitiesDialog::showSaveFailure(const core::Error& error)
{
    QList<StripAction> actions;
    if (isOfKeyStore(error))
        actions << StripAction {tr("Keep for this session only"), [this] { save(false); }} << StripAction {tr("Try again"), [this] { save(); }};
    StripText text = stripForError(error, actions);
    text.what = tr("Not saved.") + u' ' + text.what;
    m_strips->show(actStrip, text);
}

void IdentitiesDialog::askRemove()
{
    const QString name = m_edited;
    m_strips->show(actStrip, {Tone::Warn, tr("Remove %1?").arg(core::displayText(name)), tr("Its secret goes with it, also from the key store."), {{tr("Remove it"), [this, name] { remove(name); }}}});
}

void IdentitiesDialog::remove(const QString& name)
{
    m_strips->remove(actStrip);
    m_edited.clear();
    const auto removed = m_identities->remove(m_place, name);
    show(removed ? QString() : name);
    if (!removed)
        m_strips->showError(actStrip, removed.error());
}

void IdentitiesDialog::updateActs()
{
    const bool isIdle = !m_running;
    const bool isDirty = m_form->isDirty();
    m_form->setEnabled(isIdle);
    m_table->setEnabled(isIdle && !isDirty);
    m_new->setEnabled(isIdle && !isDirty);
    m_remove->setEnabled(isIdle && !m_edited.isEmpty());
    m_discard->setEnabled(isIdle && isDirty);
    m_save->setEnabled(isIdle && isDirty);
}

void IdentitiesDialog::reject()
{
    if (cancelSave())
        return;
    if (!m_form->isDirty())
        return QDialog::reject();
    const QString name = m_form->name().isEmpty() ? tr("The new identity") : core::displayText(m_form->name());
    m_strips->show(actStrip, {Tone::Warn, tr("%1 is not saved.").arg(name), tr("What you typed would be lost."), {{tr("Close without saving"), [this] { leave(); }}}});
}

// Without a question: also where the connection ends.
void IdentitiesDialog::leave()
{
    cancelSave();
    QDialog::reject();
}

}
