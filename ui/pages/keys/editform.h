// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/button.h"

#include <QWidget>

#include <optional>

class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace ui {

class FormField;
class Label;
class Workspace;

// A small form above a value: a title, the key that it is about, some fields, what would come of it, the act and Cancel. Return is the act.
class EditForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EditForm)
public:
    EditForm(const QString& title, const QString& act, ButtonKind kind, Workspace* workspace, const std::optional<QByteArray>& key, QWidget* parent = nullptr);
    // Bytes as escapes; see bytesFromEscapes(). Empty where the field cannot hold them.
    QLineEdit* addName(const QString& label, const QByteArray& bytes);
    QPlainTextEdit* addText(const QString& label, const QByteArray& bytes);
    QLineEdit* addField(const QString& label, const QString& text);
    void addRow(QWidget* widget);
    // What it comes to, or why it cannot be done (then the act is greyed).
    void setPreview(const QString& text);
    void setProblem(const QString& problem);
    // There is nothing to do yet, which is no mistake.
    void setIdle(const QString& why);
    bool isGood() const { return m_good; }
    // Something was typed.
    bool isTouched() const { return m_touched; }

signals:
    void edited(); // any field
    void accepted();
    void cancelled();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void takeFirst(QWidget* field);

    QVBoxLayout* m_fields;
    Label* m_preview;
    QPushButton* m_act;
    QWidget* m_first = nullptr;
    bool m_good = true;
    bool m_touched = false;
};

// Exactly what was typed: toPlainText() turns a no-break space into a space.
QString rawText(const QPlainTextEdit* field);
// Escapes of a field as bytes; none where a backslash begins no escape.
std::optional<QByteArray> escapedBytes(const QString& text);
// What is wrong with a name that was typed; empty: nothing. A field cuts what is too long for it, which then is another name.
QString nameProblem(const QLineEdit* field);
// "90", "90 s", "15m", "2h", "7 d", "500ms"; none for anything else, and for what is no time.
std::optional<qint64> durationMs(const QString& text);

}
