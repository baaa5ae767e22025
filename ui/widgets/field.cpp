// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/field.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QAction>
#include <QVBoxLayout>

namespace ui {

QLineEdit* makeSearchField(const QString& name, const QString& placeholder, QWidget* parent)
{
    QLineEdit* field = makeField(name, placeholder, false, parent);
    field->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    field->setClearButtonEnabled(true);
    for (QWidget* button : field->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        // The magnifier is decoration, the cross clears.
        if (button->inherits("QLineEditIconButton") && button->accessibleName().isEmpty())
            button->setAccessibleName(button->objectName().contains(QLatin1StringView("clear")) ? QObject::tr("Clear") : name);
    }
    return field;
}

QLineEdit* makeField(const QString& name, const QString& placeholder, bool mono, QWidget* parent)
{
    auto* field = new QLineEdit(parent);
    field->setAccessibleName(name);
    field->setPlaceholderText(placeholder);
    if (mono) {
        field->setFont(font(Type::Mono));
        field->setLayoutDirection(Qt::LeftToRight);
    }
    return field;
}

QComboBox* makeCombo(const QString& name, const QStringList& items, QWidget* parent)
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->addItems(items);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return combo;
}

void setFieldBad(QWidget* field, bool bad)
{
    field->setProperty("bad", bad);
    field->update();
}

FormField::FormField(const QString& label, QWidget* field, QWidget* parent)
    : QWidget(parent)
    , m_field(field)
    , m_line(new Label({}, Type::Small, Token::Text3, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* name = new Label(label, Type::SmallMedium, Token::Text2, this);
    name->setBuddy(field);
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(label);
    m_line->setWordWrap(true);
    column->addWidget(name);
    column->addWidget(field);
    column->addWidget(m_line);
    showLine();
}

void FormField::setHint(const QString& hint)
{
    m_hint = hint;
    showLine();
}

void FormField::setError(const QString& error)
{
    m_error = error;
    setFieldBad(m_field, !error.isEmpty());
    m_field->setAccessibleDescription(error);
    showLine();
}

void FormField::showLine()
{
    m_line->setText(m_error.isEmpty() ? m_hint : m_error);
    m_line->setColour(m_error.isEmpty() ? Token::Text3 : Token::Bad);
    m_line->setVisible(!m_line->text().isEmpty());
}

}
