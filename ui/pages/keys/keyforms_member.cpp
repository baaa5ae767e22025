// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/values/collectionwriter.h"
#include "ui/pages/keys/collectionmodel.h"
#include "ui/pages/keys/editacts.h"
#include "ui/pages/keys/editform.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/pages/keys/keyeditor.h"
#include "ui/pages/keys/keyforms.h"
#include "ui/pages/keys/valueview.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QLineEdit>
#include <QPlainTextEdit>

// The forms of KeyForms that are about what a collection holds.
namespace ui {

using core::values::Change;
using Member = CollectionModel::Member;

namespace {
    constexpr qsizetype mostTyped = 64 * 1024; // bytes of an element, as escapes in a small field

    enum class Kind { Field, Element, Member, Scored };
    Kind kindOf(const QByteArray& type)
    {
        return type == "hash" ? Kind::Field : type == "list" ? Kind::Element : type == "zset" ? Kind::Scored : Kind::Member;
    }

    QString titleOf(Kind kind)
    {
        return kind == Kind::Field ? KeyForms::tr("Add a field") : kind == Kind::Element ? KeyForms::tr("Add an element") : KeyForms::tr("Add a member");
    }

    // What a form asks for; those that do not apply are null.
    struct Fields {
        QLineEdit* name = nullptr;
        QPlainTextEdit* value = nullptr;
        QLineEdit* score = nullptr;
        SegmentedControl* end = nullptr;

        std::optional<QByteArray> nameBytes() const { return name ? escapedBytes(name->text()) : QByteArray(); }
        std::optional<QByteArray> valueBytes() const { return value ? escapedBytes(rawText(value)) : QByteArray(); }
        QByteArray scoreText() const { return score ? score->text().trimmed().toUtf8() : QByteArray("0"); }
    };

    Fields addFields(EditForm* form, Kind kind, const Member& now, bool isNew)
    {
        Fields fields;
        if (kind == Kind::Field && isNew)
            fields.name = form->addName(KeyForms::tr("Field"), {});
        if (kind == Kind::Field || kind == Kind::Element)
            fields.value = form->addText(KeyForms::tr("Value"), now.value);
        if (kind == Kind::Member || (kind == Kind::Scored && isNew))
            fields.name = form->addName(KeyForms::tr("Member"), {});
        if (kind == Kind::Scored)
            fields.score = form->addField(KeyForms::tr("Score"), isNew ? QStringLiteral("0") : QString::fromUtf8(now.value));
        if (kind == Kind::Element && isNew) {
            fields.end = new SegmentedControl(KeyForms::tr("Where it is put"), {KeyForms::tr("At the end"), KeyForms::tr("At the beginning")});
            form->addRow(fields.end);
        }
        return fields;
    }

    // What is wrong with what was typed; empty: nothing.
    QString problemOf(const Fields& fields)
    {
        const QString badName = fields.name ? nameProblem(fields.name) : QString();
        if (!badName.isEmpty())
            return badName;
        if (!fields.valueBytes())
            return KeyForms::tr("A backslash begins an escape: \\xNN, \\n, \\t; itself it is \\\\.");
        if (!core::values::isScore(fields.scoreText()))
            return KeyForms::tr("A score is a number, inf or -inf.");
        return {};
    }

    bool isAsBefore(const Fields& fields, const Member& now)
    {
        return fields.score ? fields.scoreText() == now.value : fields.valueBytes() == now.value;
    }

    Change changeOf(Kind kind, const QByteArray& key, int row, const Member& now, const Fields& fields, bool isNew)
    {
        using namespace core::values;
        const QByteArray value = fields.valueBytes().value_or(QByteArray());
        const QByteArray name = isNew ? fields.nameBytes().value_or(QByteArray()) : now.name;
        const auto expected = isNew ? std::nullopt : std::optional(now.value);
        switch (kind) {
        case Kind::Field: return setField(key, name, expected, value);
        case Kind::Element: return isNew ? pushElement(key, fields.end->current() == 1 ? ListEnd::First : ListEnd::Last, value) : setElement(key, row, now.value, value);
        case Kind::Member: return addMember(key, name);
        case Kind::Scored: return setScore(key, name, expected, fields.scoreText());
        }
        Q_UNREACHABLE();
    }

    Change removalOf(Kind kind, const QByteArray& key, int row, const Member& now)
    {
        using namespace core::values;
        switch (kind) {
        case Kind::Field: return removeField(key, now.name, now.value);
        case Kind::Element: return removeElement(key, row, now.value);
        case Kind::Member: return core::values::removeMember(key, now.name);
        case Kind::Scored: return removeScored(key, now.name, now.value);
        }
        Q_UNREACHABLE();
    }

    QString called(Kind kind, int row, const QByteArray& name)
    {
        switch (kind) {
        case Kind::Field: return KeyForms::tr("field %1").arg(inSentence(name));
        case Kind::Element: return KeyForms::tr("element %1").arg(core::formatCount(row));
        case Kind::Member:
        case Kind::Scored: return KeyForms::tr("member %1").arg(inSentence(name));
        }
        Q_UNREACHABLE();
    }
}

void KeyForms::addMember()
{
    member(true);
}

void KeyForms::changeMember()
{
    if (m_editor->m_view->chosenMember() >= 0 && m_editor->m_value.type != "set" && m_editor->m_value.type != "stream")
        member(false);
}

void KeyForms::member(bool isNew)
{
    const int row = m_editor->m_view->chosenMember();
    const Member now = isNew ? Member() : m_editor->m_view->members()->member(row);
    if (now.value.size() > mostTyped) {
        m_editor->m_notice->show({Tone::Info, tr("This one is not edited here."), tr("It holds %1: up to %2 can be.").arg(core::formatBytes(now.value.size()), core::formatBytes(mostTyped))});
        return;
    }
    const QByteArray key = m_editor->m_value.key;
    const Kind kind = kindOf(m_editor->m_value.type);
    auto* form = new EditForm(isNew ? titleOf(kind) : tr("Change %1").arg(called(kind, row, now.name)), isNew ? tr("Add") : tr("Change"), ButtonKind::Primary, m_editor->m_workspace, m_editor->m_value.key);
    const Fields fields = addFields(form, kind, now, isNew);
    const auto judge = [form, fields, now, isNew, kind, row] {
        const QString problem = problemOf(fields);
        if (!problem.isEmpty())
            form->setProblem(problem);
        else if (!isNew && isAsBefore(fields, now))
            form->setIdle(tr("This is what it holds."));
        else if (isNew)
            form->setPreview(kind == Kind::Element ? tr("The expiry of the key stays.") : tr("One that is there already is never overwritten. The expiry of the key stays."));
        else
            form->setPreview(tr("Only if %1 still holds what you saw. The expiry of the key stays.").arg(called(kind, row, now.name)));
    };
    QObject::connect(form, &EditForm::edited, form, judge);
    QObject::connect(form, &EditForm::accepted, m_editor, [=, this] {
        if (!form->isGood())
            return;
        const QString what = called(kind, row, isNew ? fields.nameBytes().value_or(QByteArray()) : now.name);
        const QString shownKey = inSentence(key);
        const QString done = !isNew ? tr("Changed %1 of %2.").arg(what, shownKey)
            : kind == Kind::Element ? tr("Added an element to %1.").arg(shownKey)
                                    : tr("Added %1 to %2.").arg(what, shownKey);
        m_editor->write({isNew ? QStringLiteral("add-member") : QStringLiteral("change-member"), {key}, changeOf(kind, key, row, now, fields, isNew), done, {},
            isNew ? tr("Undone: it is gone from %1 again.").arg(shownKey) : tr("Undone: %1 of %2 is as it was.").arg(what, shownKey)});
    });
    judge();
    m_editor->openForm(form);
}

// The form is the preview: what goes, and what goes with it.
void KeyForms::removeMember()
{
    const int row = m_editor->m_view->chosenMember();
    if (row < 0 || m_editor->m_value.type == "stream")
        return;
    const Member now = m_editor->m_view->members()->member(row);
    const QByteArray key = m_editor->m_value.key;
    const Kind kind = kindOf(m_editor->m_value.type);
    const QString what = called(kind, row, now.name);
    auto* form = new EditForm(tr("Remove %1?").arg(what), tr("Remove"), ButtonKind::DangerText, m_editor->m_workspace, m_editor->m_value.key);
    QStringList words;
    if (kind != Kind::Member)
        words += kind == Kind::Scored ? tr("Its score is %1.").arg(inSentence(now.value)) : tr("It holds %1.").arg(inSentence(now.value));
    if (m_editor->m_value.length == 1)
        words += tr("It is the last one: the key goes with it.");
    words += tr("It can be undone.");
    form->setPreview(words.join(u' '));
    QObject::connect(form, &EditForm::accepted, m_editor, [=, this] {
        const QString shownKey = inSentence(key);
        m_editor->write({QStringLiteral("remove-member"), {key}, removalOf(kind, key, row, now), tr("Removed %1 of %2.").arg(what, shownKey), {},
            tr("Undone: %1 of %2 is back.").arg(what, shownKey)});
    });
    m_editor->openForm(form);
}

}
