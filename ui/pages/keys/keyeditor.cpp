// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyeditor.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "ui/pages/keys/diffreader.h"
#include "ui/pages/keys/diffview.h"
#include "ui/pages/keys/editacts.h"
#include "ui/pages/keys/editform.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/pages/keys/keyforms.h"
#include "ui/pages/keys/valueeditor.h"
#include "ui/pages/keys/valueview.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <algorithm>

namespace ui {

using core::values::Decoded;
using core::values::Value;
using core::values::Verdict;

namespace {
    constexpr qsizetype foundAtOnce = 16 * 1024; // bytes
    constexpr qsizetype mostNamed = 3; // of the keys whose text is not stored
}

KeyEditor::KeyEditor(Workspace* workspace, ValueView* view, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_panel(new QWidget(this))
    , m_panelColumn(new QVBoxLayout(m_panel))
    , m_notice(new EditNotice)
    , m_stack(new QStackedWidget)
    , m_view(view)
    , m_editor(new ValueEditor)
    , m_diff(new DiffView)
    , m_acts(new EditActs(workspace, m_notice, this))
    , m_edit(makeIconButton(tr("Edit (F2)"), QStringLiteral("edit")))
    , m_more(makeIconButton(tr("More acts"), QStringLiteral("more")))
    , m_forms(std::make_unique<KeyForms>(this))
{
    m_panelColumn->setContentsMargins(0, 0, 0, 0);
    m_panelColumn->setSpacing(0);
    m_panelColumn->addWidget(m_notice);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    for (QWidget* face : QList<QWidget*> {m_view, m_editor, m_diff})
        m_stack->addWidget(face);
    connect(m_editor, &ValueEditor::saveWanted, this, [this] { save(false); });
    connect(m_editor, &ValueEditor::cancelled, this, &KeyEditor::askDiscard);
    connect(m_editor, &ValueEditor::differenceWanted, this, [this] { showDifference(tr("stored"), m_editor->base(), tr("your text"), m_editor->typed().bytes); });
    connect(m_view, &ValueView::addWanted, this, [this] { m_forms->addMember(); });
    connect(m_view, &ValueView::editWanted, this, [this] { m_forms->changeMember(); });
    connect(m_view, &ValueView::removeWanted, this, [this] { m_forms->removeMember(); });
    connect(m_stack, &QStackedWidget::currentChanged, this, &KeyEditor::shapeChanged);
    connect(m_diff, &DiffView::closed, this, &KeyEditor::closeDifference);
    connect(m_acts, &EditActs::changed, this, &KeyEditor::changed);
    connect(m_acts, &EditActs::keyWanted, this, &KeyEditor::keyWanted);
    connect(m_acts, &EditActs::runningChanged, this, [this](bool running) {
        if (running)
            holdFocus();
        m_editor->setSaving(running);
        if (m_form)
            m_form->setEnabled(!running);
        showActs();
        if (!running && window()->focusWidget() == m_panel)
            giveFocusBack();
    });
    connect(m_notice, &EditNotice::focusLeaving, this, &KeyEditor::focusFace);
    connect(m_editor, &ValueEditor::judged, this, [this](bool isGood) {
        if (isGood && m_notice->number() == m_notJson)
            m_notice->clear();
    });
    connect(workspace, &Workspace::readOnlyChanged, this, &KeyEditor::showActs);
    connect(m_edit, &QToolButton::clicked, this, &KeyEditor::startEdit);
    connect(m_more, &QToolButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setToolTipsVisible(true);
        m_forms->fillMenu(menu);
        menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    showActs();
}

KeyEditor::~KeyEditor() = default;

void KeyEditor::setValue(const Value& value, const Decoded& decoded, const QElapsedTimer& read)
{
    const bool isOther = !m_held || value.key != m_value.key;
    m_value = value;
    m_read = read;
    findEditable(decoded);
    m_draftName = draftName(value.key);
    m_held = true;
    m_gone = false;
    showActs();
    const auto draft = m_drafts.constFind(m_draftName);
    if (isOther && draft != m_drafts.constEnd()) {
        openEditor(*draft);
        m_notice->show({Tone::Info, tr("Your text that was not saved is still here."), tr("Save it, or Cancel to let it go.")});
    }
}

// Laying a megabyte of JSON out and back takes longer than a key stroke may.
void KeyEditor::findEditable(const Decoded& decoded)
{
    const int finding = ++m_finding;
    m_editable = {};
    if (!m_value.isString() || m_value.truncated)
        return;
    if (m_value.bytes.size() <= foundAtOnce) {
        m_editable = editableText(m_value.bytes, decoded);
        return;
    }
    m_editable.refusal = tr("How it can be edited is being found out");
    const auto find = [bytes = m_value.bytes, decoded]() -> core::Result<Editable> { return editableText(bytes, decoded); };
    core::onFinished(QtConcurrent::run(find), this, [this, finding](const core::Result<Editable>& found) {
        if (!found || finding != m_finding)
            return;
        m_editable = *found;
        showActs();
    });
}

// What has the focus while it is locked loses it to the next control of the window.
void KeyEditor::holdFocus()
{
    QWidget* held = window()->focusWidget();
    if (m_editor->isAncestorOf(held))
        return m_editor->setFocus(); // its text is only read-only meanwhile
    m_focus = held;
    if (m_panel->isAncestorOf(held) || isAncestorOf(held))
        m_panel->setFocus();
}

void KeyEditor::giveFocusBack()
{
    if (m_focus && m_focus->isVisible() && m_focus->isEnabled())
        m_focus->setFocus();
    else
        focusFace();
}

// To what the user works on: a form, the editor, a comparison, the value.
void KeyEditor::focusFace()
{
    if (m_form)
        return m_form->setFocus();
    if (isEditing())
        return m_stack->currentWidget()->setFocus();
    for (QWidget* next = m_view->nextInFocusChain(); next != m_view; next = next->nextInFocusChain()) {
        if (m_view->isAncestorOf(next) && next->isVisible() && next->isEnabled() && (next->focusPolicy() & Qt::TabFocus) == Qt::TabFocus)
            return next->setFocus();
    }
    m_panel->setFocus(); // nothing is on screen yet
}

bool KeyEditor::isWriting() const
{
    return m_acts->isRunning();
}

bool KeyEditor::tellChanged()
{
    if (m_notice->isVisible())
        return false;
    m_notice->show({Tone::Warn, tr("Changed meanwhile."), tr("What is on screen was read before. What you typed stays; nothing is written over a value that you did not see."),
        {{tr("Read again"), [this] { m_notice->clear(); emit changed(); }}}});
    m_ofText = m_notice->number();
    return true;
}

bool KeyEditor::hasForm() const
{
    return m_form != nullptr;
}

bool KeyEditor::isEditing() const
{
    return m_stack->currentWidget() != m_view;
}

bool KeyEditor::hasEditor() const
{
    return m_stack->currentWidget() == m_editor || (m_stack->currentWidget() == m_diff && m_beforeDiff == m_editor);
}

void KeyEditor::setGone()
{
    m_gone = true;
    showActs();
}

void KeyEditor::leave()
{
    if (isEditing() || m_notice->number() == m_ofText) // its acts are about the text that is left; those of an act that is done stay good
        m_notice->clear();
    delete m_comparing;
    if (m_stack->currentWidget() == m_diff)
        closeDifference();
    if (m_held && m_stack->currentWidget() == m_editor)
        fileDraft();
    putFormAway();
    m_stack->setCurrentWidget(m_view);
    m_held = m_gone = false;
    showActs();
}

void KeyEditor::fileDraft()
{
    if (m_editor->isModified())
        m_drafts.insert(m_draftName, {m_editor->base(), m_editor->form(), m_editor->text()});
    else
        m_drafts.remove(m_draftName);
}

void KeyEditor::leaveServer()
{
    leave();
    m_notice->clear();
}

bool KeyEditor::cancel()
{
    if (m_form)
        putFormAway();
    else if (m_stack->currentWidget() == m_diff)
        closeDifference();
    else if (m_stack->currentWidget() == m_view)
        return false;
    else if (!m_acts->isRunning()) // what is being stored is not let go
        askDiscard();
    return true;
}

// A draft is of one key of one server's database.
QByteArray KeyEditor::draftName(const QByteArray& key) const
{
    return core::endpointLabel(m_workspace->profile().endpoint).toUtf8() + '\n' + key;
}

// LightAPI reads back nothing else.
bool KeyEditor::wantsJson() const
{
    return core::cache::parseKey(m_value.key, m_workspace->routes()).kind == core::cache::Kind::Entry;
}

qint64 KeyEditor::ttlMs() const
{
    return m_value.ttlMs < 0 ? m_value.ttlMs : std::max<qint64>(0, m_value.ttlMs - m_read.elapsed());
}

QString KeyEditor::refusal() const
{
    if (!m_held)
        return tr("Nothing is shown yet");
    if (m_gone)
        return tr("This key is gone");
    if (m_workspace->isReadOnly())
        return tr("This connection is read-only");
    if (!m_value.isString())
        return tr("Its elements are changed one at a time, by the buttons below them");
    if (m_value.truncated)
        return tr("It holds %1, and is shown in part: up to %2 can be edited here.").arg(core::formatBytes(m_value.length), core::formatBytes(mostEditable));
    return m_editable.refusal;
}

void KeyEditor::showActs()
{
    const QString why = refusal();
    m_edit->setEnabled(why.isEmpty() && !m_acts->isRunning());
    m_edit->setToolTip(why.isEmpty() ? tr("Edit (F2)") : why);
    m_more->setEnabled(m_held);
    const QString locked = m_gone ? tr("This key is gone") : m_workspace->isReadOnly() ? tr("This connection is read-only") : QString();
    m_view->setWritable(m_held && locked.isEmpty() && !m_acts->isRunning(), locked);
    m_editor->setWritable(!m_workspace->isReadOnly(), tr("This connection is read-only"));
}

void KeyEditor::startEdit()
{
    if (m_stack->currentWidget() == m_editor)
        return;
    if (m_held && !m_value.isString() && !m_gone && !m_workspace->isReadOnly() && m_view->chosenMember() >= 0)
        return m_forms->changeMember();
    if (const QString why = refusal(); !why.isEmpty()) {
        m_notice->show({Tone::Info, tr("This value is not edited here."), why});
        return;
    }
    const EditableText form = *m_editable.text;
    putFormAway();
    m_notice->clear();
    openEditor({m_value.bytes, form, form.text});
}

void KeyEditor::openEditor(const Draft& draft)
{
    m_editor->setPlace(new PlaceLine(m_workspace));
    m_editor->edit(draft.base, draft.form, draft.form.isJson || wantsJson());
    if (draft.text != draft.form.text)
        m_editor->setText(draft.text);
    if (m_acts->isRunning())
        m_editor->setSaving(true);
    m_stack->setCurrentWidget(m_editor);
}

void KeyEditor::closeEditor()
{
    m_drafts.remove(m_draftName);
    m_stack->setCurrentWidget(m_view);
    if (m_notice->number() == m_ofText)
        m_notice->clear();
}

void KeyEditor::askDiscard()
{
    if (!m_editor->isModified()) {
        m_notice->clear();
        return closeEditor();
    }
    m_notice->show({Tone::Warn, tr("Let your changes go?"), tr("Nothing of them has been stored."),
        {{tr("Discard"), [this] { closeEditor(); }}, {tr("Keep editing"), [this] { m_notice->clear(); m_editor->setFocus(); }}}});
    m_ofText = m_notice->number();
}

void KeyEditor::save(bool asText)
{
    if (!m_held || !hasEditor())
        return;
    const Typed typed = m_editor->typed();
    if (!typed.isStorable || m_acts->isRunning())
        return;
    if (typed.badAt >= 0 && !asText) {
        const QString where = tr("It stops being JSON at line %1, column %2.").arg(core::formatCount(typed.position.line), core::formatCount(typed.position.column));
        m_notice->show({Tone::Warn, tr("Not saved: this is not JSON."), wantsJson() ? tr("%1 LightAPI cannot read such an entry.").arg(where) : where,
            {{tr("Show where"), [this] { m_editor->showProblem(); }}, {tr("Save as text"), [this] { save(true); }}}});
        m_notJson = m_notice->number();
        return;
    }
    const QByteArray before = m_editor->base();
    if (typed.bytes == before) {
        m_notice->show({Tone::Info, tr("Nothing to save: it would be stored as it is."), {}});
        return;
    }
    EditAct act {QStringLiteral("edit"), {m_value.key}, core::values::storeString(m_value.key, before, typed.bytes), tr("Saved %1.").arg(inSentence(m_value.key)),
        tr("%1 instead of %2; its expiry stays as it was.").arg(core::formatBytes(typed.bytes.size()), core::formatBytes(before.size())),
        tr("Undone: %1 holds what it held before, its expiry stays.").arg(inSentence(m_value.key))};
    act.onWritten = [this, draft = m_draftName] { m_drafts.remove(draft); };
    m_acts->showDifference = [this, before, after = typed.bytes] { showDifference(tr("before"), before, tr("after your edit"), after); };
    m_acts->run(act, [this, key = m_value.key](const Verdict& verdict) {
        if (!m_held || m_value.key != key)
            return false; // the text is a draft by now
        if (verdict.answer == Verdict::Answer::Written)
            closeEditor();
        else if (verdict.answer == Verdict::Answer::Changed && verdict.current)
            onTheirs(*verdict.current);
        else if (verdict.answer == Verdict::Answer::Gone)
            m_notice->show({Tone::Warn, tr("Not saved: the key is gone."), tr("It expired or was deleted meanwhile, and is not made anew by an edit. Your text is kept below."),
                {{tr("Copy my text"), [this] { QGuiApplication::clipboard()->setText(m_editor->text()); }}}});
        else
            return false;
        return true;
    });
}

// Somebody was faster: both texts stay, and the user decides.
void KeyEditor::onTheirs(const QByteArray& theirs)
{
    m_notice->show({Tone::Warn, tr("Not saved: another value is there by now."), tr("It was stored by somebody else since you began. Your text is kept below."),
        {{tr("Difference"), [this, theirs] { showDifference(tr("stored now"), theirs, tr("your text"), m_editor->typed().bytes); }},
            {tr("Edit over it"), [this, theirs] {
                 m_editor->setBase(theirs); // the next save is over this one, and no other
                 if (m_stack->currentWidget() == m_diff)
                     closeDifference();
                 m_notice->show({Tone::Info, tr("Saving will now replace the value that is stored now."), tr("Only that one: if it changes again, you will be asked again.")});
             }}}});
}

void KeyEditor::showDifference(const QString& beforeName, const QByteArray& before, const QString& afterName, const QByteArray& after)
{
    if (m_stack->currentWidget() != m_diff)
        m_beforeDiff = m_stack->currentWidget();
    m_diff->compare(beforeName, before, afterName, after);
    m_stack->setCurrentWidget(m_diff);
}

void KeyEditor::closeDifference()
{
    m_stack->setCurrentWidget(m_beforeDiff ? m_beforeDiff : m_view);
}

// What is on screen may be old, and only a part of it.
void KeyEditor::compareKeys(const QByteArray& first, const QByteArray& second)
{
    delete m_comparing;
    m_notice->clear();
    m_comparing = new DiffReader(m_workspace->session(), first, second, this);
    connect(m_comparing, &DiffReader::failed, this, [this](const core::Error& error) { m_notice->show(stripForError(error)); });
    connect(m_comparing, &DiffReader::missing, this, [this](const QByteArray& key) {
        m_notice->show({Tone::Warn, tr("There is no key %1.").arg(inSentence(key)), tr("It may have expired or never been there.")});
    });
    connect(m_comparing, &DiffReader::read, this, [this](const DiffReader::Side& a, const DiffReader::Side& b) {
        closeForm();
        showDifference(a.name, a.bytes, b.name, b.bytes);
    });
    m_comparing->start();
}

void KeyEditor::openForm(EditForm* form)
{
    putFormAway();
    m_notice->clear();
    m_form = form;
    m_panelColumn->addWidget(form);
    connect(form, &EditForm::cancelled, this, &KeyEditor::closeForm, Qt::UniqueConnection);
    form->setEnabled(!m_acts->isRunning());
    form->show();
    emit shapeChanged();
}

void KeyEditor::closeForm()
{
    if (m_form)
        discard(m_form);
}

void KeyEditor::discard(EditForm* form)
{
    for (QPointer<EditForm>* held : {&m_form, &m_newKey}) {
        if (*held == form)
            *held = nullptr;
    }
    if (m_notice->number() == m_ofText)
        m_notice->clear();
    if (form->isAncestorOf(window()->focusWidget()))
        focusFace();
    form->hide();
    form->deleteLater();
    emit shapeChanged();
}

void KeyEditor::putFormAway()
{
    if (!m_form || m_form != m_newKey || !m_form->isTouched())
        return closeForm();
    m_form->hide();
    m_form = nullptr;
    emit shapeChanged();
}

// The form goes when the act was done; else what was typed stays for another try.
void KeyEditor::write(EditAct act)
{
    act.onWritten = [this, form = m_form] {
        if (form)
            discard(form);
    };
    m_acts->run(act);
}

void KeyEditor::createKey()
{
    if (m_newKey && m_newKey != m_form)
        openForm(m_newKey);
    else if (!m_newKey)
        m_newKey = m_forms->create();
}

QString KeyEditor::unsaved() const
{
    QStringList parts;
    QHash<QByteArray, Draft> texts = m_drafts;
    if (hasEditor() && m_editor->isModified())
        texts.insert(m_draftName, Draft());
    for (auto at = texts.keyBegin(); at != texts.keyEnd(); ++at)
        parts += tr("the value of %1").arg(inSentence(at->mid(at->indexOf('\n') + 1)));
    parts.sort();
    if (parts.size() > mostNamed)
        parts = parts.first(mostNamed) << tr("%1 more").arg(core::formatCount(parts.size() - mostNamed));
    for (const EditForm* form : {m_newKey.data(), m_form == m_newKey ? nullptr : m_form.data()}) {
        if (form && form->isTouched())
            parts += tr("the form “%1”").arg(form->accessibleName());
    }
    return parts.isEmpty() ? QString() : tr("It would be lost: %1.").arg(parts.join(QStringLiteral(", ")));
}

}
