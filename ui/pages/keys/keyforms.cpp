// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyforms.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/jsontext.h"
#include "core/redis/session.h"
#include "ui/pages/keys/diffreader.h"
#include "ui/pages/keys/editacts.h"
#include "ui/pages/keys/editform.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/pages/keys/keyeditor.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QAction>
#include <QDateTime>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>

namespace ui {

using core::values::TtlWish;

namespace {
    QString ttlText(qint64 ttlMs)
    {
        return ttlMs < 0 ? KeyForms::tr("no expiry") : core::formatDuration(ttlMs);
    }

    // The last instant of it, in the reader's time.
    QString endText(qint64 ttlMs)
    {
        const QDateTime end = QDateTime::currentDateTime().addMSecs(ttlMs);
        return end.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    }
}

void KeyForms::fillMenu(QMenu* menu)
{
    const QString why = m_editor->m_gone ? tr("This key is gone") : m_editor->m_workspace->isReadOnly() ? tr("This connection is read-only") : QString();
    const auto add = [&](const QString& title, bool writes, void (KeyForms::*open)()) {
        QAction* action = menu->addAction(title);
        action->setEnabled(!writes || why.isEmpty());
        action->setToolTip(writes ? why : QString());
        QObject::connect(action, &QAction::triggered, m_editor, [this, open] { (this->*open)(); });
    };
    add(tr("Change expiry…"), true, &KeyForms::expiry);
    add(tr("Rename…"), true, &KeyForms::rename);
    add(tr("Duplicate…"), true, &KeyForms::duplicate);
    menu->addSeparator();
    add(tr("Compare with…"), false, &KeyForms::compare);
}

void KeyForms::expiry()
{
    auto* form = new EditForm(tr("Change the expiry"), tr("Change"), ButtonKind::Primary, m_editor->m_workspace, m_editor->m_value.key);
    auto* kind = new SegmentedControl(tr("How the expiry changes"), {tr("Set to"), tr("Extend by"), tr("None")});
    const core::values::Identity identity = core::values::identityOf(m_editor->m_value);
    const qint64 ttlMs = m_editor->ttlMs();
    kind->setSegmentEnabled(1, ttlMs >= 0, tr("It has no expiry to extend"));
    kind->setSegmentEnabled(2, ttlMs >= 0, tr("It has none"));
    form->addRow(kind);
    QLineEdit* time = form->addField(tr("Time: 90 s, 15 m, 2 h, 7 d"), ttlMs >= 0 ? QString(QString::number((ttlMs + 999) / 1000) + QStringLiteral(" s")) : QStringLiteral("300 s"));
    const auto wish = [kind, time]() -> std::optional<TtlWish> {
        if (kind->current() == 2)
            return TtlWish {TtlWish::Kind::Persist, 0};
        const auto ms = durationMs(time->text());
        return ms ? std::optional(TtlWish {kind->current() == 1 ? TtlWish::Kind::Extend : TtlWish::Kind::Set, *ms}) : std::nullopt;
    };
    const auto judge = [this, form, kind, time, wish] {
        const qint64 leftMs = m_editor->ttlMs();
        time->setEnabled(kind->current() != 2);
        const auto wanted = wish();
        if (!wanted)
            return form->setProblem(tr("This is no time: 90 s, 15 m, 2 h or 7 d, at most a hundred years."));
        const qint64 after = core::values::ttlAfter(leftMs, *wanted).value_or(-1);
        form->setPreview(after < 0 ? tr("It will stay until it is deleted or evicted. LightAPI always sets an expiry.")
                                   : tr("It will end in %1, about %2. Before: %3.").arg(core::formatDuration(after), endText(after), ttlText(leftMs)));
    };
    QObject::connect(form, &EditForm::edited, form, judge);
    QObject::connect(kind, &SegmentedControl::currentChanged, form, judge);
    QObject::connect(form, &EditForm::accepted, m_editor, [this, form, wish, identity] {
        const auto wanted = wish();
        if (!wanted || !form->isGood())
            return;
        const QString key = inSentence(identity.key);
        EditAct act {QStringLiteral("expire"), {identity.key}, core::values::setTtl(identity, *wanted),
            wanted->kind == TtlWish::Kind::Persist      ? tr("%1 has no expiry any more.").arg(key)
                : wanted->kind == TtlWish::Kind::Extend ? tr("%1 lives %2 longer.").arg(key, core::formatDuration(wanted->ms))
                                                        : tr("%1 ends in %2.").arg(key, core::formatDuration(wanted->ms)),
            tr("Its value is the one you saw."), tr("Undone: %1 has the time again that it had left then.").arg(key)};
        m_editor->write(act);
    });
    judge();
    m_editor->openForm(form);
}

void KeyForms::rename()
{
    name(tr("Rename the key"), tr("Rename"), false);
}

void KeyForms::duplicate()
{
    name(tr("Duplicate the key"), tr("Duplicate"), true);
}

void KeyForms::name(const QString& title, const QString& verb, bool copies)
{
    auto* form = new EditForm(title, verb, ButtonKind::Primary, m_editor->m_workspace, m_editor->m_value.key);
    const core::values::Identity identity = core::values::identityOf(m_editor->m_value);
    QLineEdit* field = form->addName(tr("New name"), identity.key);
    const auto judge = [form, field, identity, copies] {
        const auto to = escapedBytes(field->text());
        if (!form->isTouched() && to != identity.key)
            form->setIdle(tr("This name is too long to be edited here. Type another one."));
        else if (const QString problem = nameProblem(field); !problem.isEmpty())
            form->setProblem(problem);
        else if (*to == identity.key)
            form->setIdle(tr("This is the name it has."));
        else
            form->setPreview((copies ? tr("Value and expiry are copied. ") : tr("Value and expiry go along. ")) + tr("A key that has the new name already is never overwritten."));
    };
    QObject::connect(form, &EditForm::edited, form, judge);
    QObject::connect(form, &EditForm::accepted, m_editor, [this, form, field, identity, copies] {
        const auto to = escapedBytes(field->text());
        if (!to || !form->isGood())
            return;
        const QString from = inSentence(identity.key);
        const QString after = inSentence(*to);
        EditAct act {copies ? QStringLiteral("duplicate") : QStringLiteral("rename"), {identity.key, *to},
            copies ? core::values::duplicateKey(identity, *to, m_editor->m_workspace->session()->facts().version) : core::values::renameKey(identity, *to),
            copies ? tr("Copied %1 to %2.").arg(from, after) : tr("Renamed %1 to %2.").arg(from, after),
            copies ? tr("With its expiry.") : tr("Its value and expiry went along."),
            copies ? tr("Undone: the copy %1 is gone again.").arg(after) : tr("Undone: it is called %1 again.").arg(from)};
        act.shows = to->isNull() ? QByteArray("") : *to;
        act.showsUndone = identity.key.isNull() ? QByteArray("") : identity.key;
        if (!copies)
            act.gone = {identity.key};
        m_editor->write(act);
    });
    judge();
    m_editor->openForm(form);
}

void KeyForms::compare()
{
    auto* form = new EditForm(tr("Compare with another key"), tr("Compare"), ButtonKind::Primary, m_editor->m_workspace, m_editor->m_value.key);
    const QByteArray key = m_editor->m_value.key;
    QLineEdit* field = form->addName(tr("Other key"), {});
    const auto judge = [form, field, key] {
        const auto other = escapedBytes(field->text());
        if (!form->isTouched())
            form->setIdle(tr("Type the key to compare it with."));
        else if (const QString problem = nameProblem(field); !problem.isEmpty())
            form->setProblem(problem);
        else if (*other == key)
            form->setIdle(tr("This is the key itself."));
        else
            form->setPreview(tr("Both are read again, up to %1 or %2 elements of each.").arg(core::formatBytes(DiffReader::mostBytes), core::formatCount(DiffReader::mostRows)));
    };
    QObject::connect(form, &EditForm::edited, form, judge);
    QObject::connect(form, &EditForm::accepted, m_editor, [this, form, field, key] {
        const auto other = escapedBytes(field->text());
        if (other && form->isGood())
            m_editor->compareKeys(key, *other);
    });
    judge();
    m_editor->openForm(form);
}

EditForm* KeyForms::create()
{
    if (!m_editor->m_workspace->isOpen())
        return nullptr;
    auto* form = new EditForm(tr("New key"), tr("Create"), ButtonKind::Primary, m_editor->m_workspace, std::nullopt);
    QLineEdit* field = form->addName(tr("Name"), {});
    auto* kind = new SegmentedControl(tr("Type of the value"), {tr("JSON"), tr("Text")});
    form->addRow(kind);
    QPlainTextEdit* value = form->addText(tr("Value"), {});
    QLineEdit* time = form->addField(tr("Expiry: 90 s, 15 m, 2 h; empty for none"), QStringLiteral("300 s"));
    const auto typed = [kind, value] { return kind->current() == 0 ? std::optional(rawText(value).toUtf8()) : escapedBytes(rawText(value)); };
    const auto judge = [=] {
        const auto bytes = typed();
        const bool isForever = time->text().trimmed().isEmpty();
        const auto ttlMs = durationMs(time->text());
        const qsizetype badAt = bytes && kind->current() == 0 ? core::cache::jsonErrorAt(*bytes) : -1;
        if (const QString problem = nameProblem(field); !problem.isEmpty())
            return form->setProblem(problem);
        if (!bytes)
            return form->setProblem(tr("A backslash begins an escape: \\xNN, \\n, \\t; itself it is \\\\."));
        if (badAt >= 0) {
            const auto at = core::values::positionOf(*bytes, badAt);
            return bytes->isEmpty() ? form->setIdle(tr("JSON holds at least a value.")) : form->setProblem(tr("Not JSON: line %1, column %2.").arg(at.line).arg(at.column));
        }
        if (!isForever && !ttlMs)
            return form->setProblem(tr("This is no time: 90 s, 15 m, 2 h or 7 d, at most a hundred years."));
        form->setPreview(tr("A string of %1, %2. A key that has this name already is never overwritten.")
                             .arg(core::formatBytes(bytes->size()), isForever ? tr("no expiry") : tr("ends in %1").arg(core::formatDuration(*ttlMs))));
    };
    QObject::connect(form, &EditForm::edited, form, judge);
    QObject::connect(kind, &SegmentedControl::currentChanged, form, judge);
    QObject::connect(form, &EditForm::accepted, m_editor, [=, this] {
        const auto key = escapedBytes(field->text());
        const auto bytes = typed();
        if (!form->isGood() || !key || !bytes)
            return;
        EditAct act {QStringLiteral("create"), {*key}, core::values::createString(*key, *bytes, durationMs(time->text()).value_or(-1)),
            tr("Created %1.").arg(inSentence(*key)), tr("It holds %1.").arg(core::formatBytes(bytes->size())), tr("Undone: %1 is gone again.").arg(inSentence(*key))};
        act.shows = key->isNull() ? QByteArray("") : *key;
        m_editor->write(act);
    });
    judge();
    m_editor->openForm(form);
    return form;
}

}
