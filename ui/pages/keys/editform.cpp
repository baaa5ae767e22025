// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/editform.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/values/escapes.h"
#include "ui/shell/placeline.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QHash>
#include <QKeyEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QTextDocument>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace ui {

namespace {
    constexpr int margin = 12;
    constexpr double longestMs = 100.0 * 366 * 86400 * 1000;
}

EditForm::EditForm(const QString& title, const QString& act, ButtonKind kind, Workspace* workspace, const std::optional<QByteArray>& key, QWidget* parent)
    : QWidget(parent)
    , m_fields(new QVBoxLayout)
    , m_preview(new Label({}, Type::Small, Token::Text2))
    , m_act(makeButton(act, {}, kind))
{
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed); // its fields are never squeezed
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(margin, margin, margin, margin);
    column->setSpacing(8);
    column->addWidget(new Label(title, Type::CardTitle));
    if (key) {
        auto* name = new ElidedLabel(Type::Mono, Token::Text, Qt::ElideMiddle);
        name->setText(core::displayText(*key));
        column->addWidget(name);
    }
    column->addWidget(new PlaceLine(workspace));
    m_fields->setSpacing(8);
    column->addLayout(m_fields);
    m_preview->setWordWrap(true);
    column->addWidget(m_preview);
    auto* buttons = new QHBoxLayout;
    auto* cancel = makeButton(tr("Cancel"));
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_act);
    column->addLayout(buttons);
    setFocusProxy(m_act); // until there is a field
    connect(m_act, &QPushButton::clicked, this, &EditForm::accepted);
    connect(cancel, &QPushButton::clicked, this, &EditForm::cancelled);
    connect(this, &EditForm::edited, this, [this] { m_touched = true; });
}

QLineEdit* EditForm::addField(const QString& label, const QString& text)
{
    auto* field = makeField(label, {}, true);
    field->setText(text);
    addRow(new FormField(label, field));
    connect(field, &QLineEdit::textChanged, this, &EditForm::edited);
    connect(field, &QLineEdit::returnPressed, m_act, &QPushButton::click);
    takeFirst(field);
    return field;
}

QLineEdit* EditForm::addName(const QString& label, const QByteArray& bytes)
{
    const QString text = core::displayText(bytes);
    QLineEdit* field = addField(label, {});
    if (text.size() < field->maxLength()) { // it would be another name, cut
        const QSignalBlocker quiet(field);
        field->setText(text);
    }
    field->setToolTip(tr("Bytes as \\xNN, a backslash as \\\\"));
    return field;
}

QPlainTextEdit* EditForm::addText(const QString& label, const QByteArray& bytes)
{
    auto* field = new QPlainTextEdit(core::displayText(bytes));
    field->setAccessibleName(label);
    field->setFont(ui::font(Type::Mono));
    field->setLayoutDirection(Qt::LeftToRight);
    field->setTabChangesFocus(true);
    field->setFixedHeight(scaled(84));
    field->setToolTip(tr("Bytes as \\xNN, a line end as \\n, a backslash as \\\\"));
    addRow(new FormField(label, field));
    connect(field, &QPlainTextEdit::textChanged, this, &EditForm::edited);
    takeFirst(field);
    return field;
}

void EditForm::takeFirst(QWidget* field)
{
    if (m_first)
        return;
    m_first = field;
    setFocusProxy(field);
}

void EditForm::addRow(QWidget* widget)
{
    m_fields->addWidget(widget);
}

void EditForm::setPreview(const QString& text)
{
    m_good = true;
    m_act->setEnabled(true);
    m_preview->setColour(Token::Text2);
    m_preview->setText(text);
}

void EditForm::setProblem(const QString& problem)
{
    m_good = false;
    m_act->setEnabled(false);
    m_preview->setColour(Token::Warn);
    m_preview->setText(problem);
}

// Esc is the window's, but for who is inside of a form.
bool EditForm::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void EditForm::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit cancelled();
    else
        QWidget::keyPressEvent(event);
}

void EditForm::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_first)
        m_first->setFocus();
    if (auto* field = qobject_cast<QLineEdit*>(m_first); field && !m_touched)
        field->selectAll(); // so that typing replaces it
}

void EditForm::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(QRect(0, height() - 1, width(), 1), color(Token::Border));
}

void EditForm::setIdle(const QString& why)
{
    setProblem(why);
    m_preview->setColour(Token::Text2);
}

QString rawText(const QPlainTextEdit* field)
{
    QString text = field->document()->toRawText();
    return text.replace(QChar::ParagraphSeparator, u'\n');
}

std::optional<QByteArray> escapedBytes(const QString& text)
{
    const core::values::Unescaped read = core::values::bytesFromEscapes(text);
    return read.isGood() ? std::optional(read.bytes) : std::nullopt;
}

QString nameProblem(const QLineEdit* field)
{
    if (field->text().size() >= field->maxLength())
        return EditForm::tr("A name this long cannot be typed here: the field ends at %1 characters.").arg(core::formatCount(field->maxLength()));
    return escapedBytes(field->text()) ? QString() : EditForm::tr("A backslash begins an escape: \\xNN, \\n, \\t; itself it is \\\\.");
}

std::optional<qint64> durationMs(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^\\s*([0-9]{1,12}(?:\\.[0-9]{1,3})?)\\s*(ms|s|m|min|h|d)?\\s*$"));
    static const QHash<QString, double> units {{QStringLiteral("ms"), 1}, {QString(), 1000}, {QStringLiteral("s"), 1000}, {QStringLiteral("m"), 60'000},
        {QStringLiteral("min"), 60'000}, {QStringLiteral("h"), 3'600'000}, {QStringLiteral("d"), 86'400'000}};
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const double ms = match.captured(1).toDouble() * units.value(match.captured(2));
    return ms < 1 || ms > longestMs ? std::nullopt : std::optional<qint64>(std::llround(ms));
}

}
