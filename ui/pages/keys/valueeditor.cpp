// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/valueeditor.h"

#include "core/base/format.h"
#include "ui/pages/keys/editform.h"
#include "ui/widgets/button.h"
#include "ui/widgets/jsonhighlighter.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <chrono>

namespace ui {

namespace {
    constexpr int margin = 12;
    constexpr std::chrono::milliseconds pause {200}; // of typing, before it is judged
    constexpr qsizetype highlighted = 200'000; // characters
}

ValueEditor::ValueEditor(QWidget* parent)
    : QWidget(parent)
    , m_text(new QPlainTextEdit)
    , m_state(new Label({}, Type::Small, Token::Text2))
    , m_foot(new QVBoxLayout)
    , m_save(makeButton(tr("Save"), QStringLiteral("check"), ButtonKind::Primary))
    , m_cancel(makeButton(tr("Cancel")))
    , m_difference(makeButton(tr("Difference")))
{
    setFocusProxy(m_text);
    m_text->setAccessibleName(tr("Value to edit"));
    m_text->setFont(ui::font(Type::Mono));
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setTabChangesFocus(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->document()->setDocumentMargin(margin);
    m_state->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_text, 1);
    m_foot->setContentsMargins(margin, 8, margin, margin);
    m_foot->setSpacing(6);
    m_foot->addWidget(m_state);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_difference);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_save);
    m_foot->addLayout(buttons);
    column->addLayout(m_foot);
    m_judging.setSingleShot(true);
    m_judging.setInterval(pause);
    connect(&m_judging, &QTimer::timeout, this, &ValueEditor::judge);
    connect(m_text, &QPlainTextEdit::textChanged, &m_judging, qOverload<>(&QTimer::start));
    connect(m_save, &QPushButton::clicked, this, &ValueEditor::saveWanted);
    connect(m_difference, &QPushButton::clicked, this, &ValueEditor::differenceWanted);
    connect(m_cancel, &QPushButton::clicked, this, &ValueEditor::cancelled);
    for (const QKeySequence& keys : {QKeySequence(QKeySequence::Save), QKeySequence(Qt::CTRL | Qt::Key_Return)}) {
        auto* save = new QShortcut(keys, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
        connect(save, &QShortcut::activated, m_save, &QPushButton::click);
    }
    m_save->setToolTip(tr("Ctrl+S"));
    auto* highlighter = new JsonHighlighter(m_text->document());
    highlighter->setObjectName(QStringLiteral("highlighter"));
}

void ValueEditor::edit(const QByteArray& base, const EditableText& edited, bool wantsJson)
{
    m_base = base;
    m_form = edited;
    m_wantsJson = wantsJson;
    const bool isJson = edited.isJson && edited.text.size() <= highlighted;
    m_text->document()->findChild<JsonHighlighter*>()->setActive(isJson);
    m_text->setLineWrapMode(edited.form == EditableText::Form::LaidOut ? QPlainTextEdit::NoWrap : QPlainTextEdit::WidgetWidth);
    setText(edited.text);
    setSaving(false);
    m_text->setFocus();
}

void ValueEditor::setText(const QString& text)
{
    m_text->setPlainText(text);
    judge();
}

void ValueEditor::setPlace(QWidget* line)
{
    delete m_place;
    m_place = line;
    m_foot->insertWidget(1, line);
}

QString ValueEditor::text() const
{
    return rawText(m_text);
}

bool ValueEditor::isModified() const
{
    return text() != m_form.text;
}

void ValueEditor::judge()
{
    m_judging.stop();
    const Typed now = typed();
    QList<QTextEdit::ExtraSelection> marks;
    if (now.badAt >= 0) {
        const bool isEscape = m_form.form == EditableText::Form::Escaped;
        m_state->setColour(Token::Warn);
        m_state->setText((isEscape ? tr("No escape: line %1, column %2. A backslash is \\\\.") : tr("Not JSON: line %1, column %2."))
                             .arg(core::formatCount(now.position.line), core::formatCount(now.position.column)));
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_text->document());
        const auto last = static_cast<int>(m_text->document()->characterCount() - 1);
        mark.cursor.setPosition(std::min(static_cast<int>(now.badAt), last));
        mark.cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        if (!mark.cursor.hasSelection())
            mark.cursor.movePosition(QTextCursor::PreviousCharacter, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(color(Token::Bad));
        mark.format.setBackground(color(Token::BadSoft));
        marks += mark;
    } else {
        m_state->setColour(Token::Text2);
        m_state->setText(m_form.form == EditableText::Form::LaidOut ? tr("JSON; stored on one line as before, %1.").arg(core::formatBytes(now.bytes.size()))
                : m_form.form == EditableText::Form::Escaped        ? tr("Bytes as escapes, %1.").arg(core::formatBytes(now.bytes.size()))
                                                                    : core::formatBytes(now.bytes.size()));
    }
    m_text->setExtraSelections(marks);
    m_save->setEnabled(m_writable && !m_saving && now.isStorable && isModified());
    m_difference->setEnabled(isModified());
    m_save->setToolTip(!m_writable ? m_whyNot : tr("Ctrl+S"));
    emit judged(now.badAt < 0);
}

void ValueEditor::showProblem()
{
    const qsizetype at = typed().badAt;
    if (at < 0)
        return;
    QTextCursor cursor(m_text->document());
    cursor.setPosition(static_cast<int>(std::min<qsizetype>(at, m_text->document()->characterCount() - 1)));
    m_text->setTextCursor(cursor);
    m_text->ensureCursorVisible();
    m_text->setFocus();
}

void ValueEditor::setSaving(bool saving)
{
    m_saving = saving;
    m_text->setReadOnly(saving);
    m_cancel->setEnabled(!saving);
    m_save->setText(saving ? tr("Saving…") : tr("Save"));
    judge();
}

void ValueEditor::setWritable(bool writable, const QString& why)
{
    if (writable == m_writable && why == m_whyNot)
        return;
    m_writable = writable;
    m_whyNot = why;
    judge();
}

// Esc is the window's, but for who is typing.
bool ValueEditor::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void ValueEditor::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !m_saving)
        emit cancelled();
    else
        QWidget::keyPressEvent(event);
}

void ValueEditor::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !m_text)
        return;
    m_text->document()->findChild<JsonHighlighter*>()->rehighlight();
    judge();
}

}
