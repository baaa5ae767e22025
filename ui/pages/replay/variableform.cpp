// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/variableform.h"

#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"

#include <QGridLayout>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr int columns = 4;
    constexpr int mostFields = 12; // the others are given by the environment
}

VariableForm::VariableForm(QWidget* parent)
    : QWidget(parent)
    , m_more(new Label({}, Type::Small, Token::Text2))
{
    m_more->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_more);
    hide();
}

void VariableForm::setNames(const QStringList& names)
{
    if (names == m_names)
        return;
    m_names = names;
    delete m_inner;
    m_fields.clear();
    m_inner = new QWidget;
    m_grid = new QGridLayout(m_inner);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(12);
    static_cast<QVBoxLayout*>(layout())->insertWidget(0, m_inner);
    for (const QString& name : names.first(qMin<qsizetype>(names.size(), mostFields)))
        addField(name);
    m_more->setText(names.size() > mostFields
            ? tr("%1 more are taken from the environment: %2 and so on.").arg(core::formatCount(names.size() - mostFields), QString::fromLatin1(core::replay::environmentVariable(names.at(mostFields))))
            : tr("These values stay in memory until the connection ends; no file gets them."));
    setVisible(!names.isEmpty());
}

void VariableForm::addField(const QString& name)
{
    QLineEdit* field = makeField(tr("Value of %1").arg(name), {}, true);
    field->setEchoMode(QLineEdit::Password);
    const QByteArray variable = core::replay::environmentVariable(name);
    if (qEnvironmentVariableIsSet(variable.constData()))
        field->setPlaceholderText(tr("from the environment"));
    field->setText(QString::fromUtf8(m_typed.value(name)));
    connect(field, &QLineEdit::textChanged, this, [this, name](const QString& text) {
        if (text.isEmpty())
            m_typed.remove(name);
        else
            m_typed.insert(name, text.toUtf8());
        emit changed();
    });
    const int at = static_cast<int>(m_fields.size());
    m_fields.insert(name, field);
    m_grid->addWidget(new FormField(u"{{" + name + u"}}", field), at / columns, at % columns);
}

core::replay::Variables VariableForm::values() const
{
    core::replay::Variables values = core::replay::variablesFromEnvironment(m_names);
    for (const QString& name : m_names) {
        if (m_typed.contains(name))
            values.insert(name, m_typed.value(name));
    }
    return values;
}

QStringList VariableForm::missing() const
{
    const core::replay::Variables given = values();
    QStringList out = m_names;
    out.removeIf([&given](const QString& name) { return given.contains(name); });
    return out;
}

void VariableForm::add(const core::replay::Variables& values)
{
    for (auto at = values.begin(); at != values.end(); ++at) {
        m_typed.insert(at.key(), at.value());
        if (QLineEdit* field = m_fields.value(at.key()))
            field->setText(QString::fromUtf8(at.value()));
    }
    emit changed();
}

void VariableForm::forget()
{
    m_typed.clear();
    for (QLineEdit* field : std::as_const(m_fields))
        field->clear();
    emit changed();
}

void VariableForm::focusFirstMissing()
{
    for (const QString& name : missing()) {
        if (QLineEdit* field = m_fields.value(name))
            return field->setFocus(Qt::OtherFocusReason);
    }
}

}
