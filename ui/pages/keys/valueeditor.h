// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/keys/editabletext.h"

#include <QTimer>
#include <QWidget>

class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace ui {

class Label;

// A string value as text to be changed; says where it stops being JSON. What is stored and how is not its matter.
class ValueEditor final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValueEditor)
public:
    explicit ValueEditor(QWidget* parent = nullptr);

    // `wantsJson`: anything else is pointed at. `base`: the bytes that `edited` stands for.
    void edit(const QByteArray& base, const EditableText& edited, bool wantsJson);
    // Where it is stored, under the text.
    void setPlace(QWidget* line); // takes ownership
    const QByteArray& base() const { return m_base; }
    void setBase(const QByteArray& base) { m_base = base; }
    const EditableText& form() const { return m_form; }
    bool wantsJson() const { return m_wantsJson; }
    // Exactly what was typed. QPlainTextEdit::toPlainText() would turn a no-break space into a space.
    QString text() const;
    void setText(const QString& text); // goes on from a draft
    bool isModified() const;
    Typed typed() const { return typedBytes(m_form, text(), m_wantsJson); }
    // Puts the cursor where it is wrong.
    void showProblem();
    void setSaving(bool saving);
    void setWritable(bool writable, const QString& why);

signals:
    void saveWanted();
    void cancelled();
    void differenceWanted();
    void judged(bool isGood); // what is typed, after a pause

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void judge();

    QByteArray m_base;
    EditableText m_form;
    bool m_wantsJson = false;
    bool m_saving = false;
    bool m_writable = true;
    QString m_whyNot;
    QPlainTextEdit* m_text;
    Label* m_state;
    QVBoxLayout* m_foot;
    QWidget* m_place = nullptr;
    QPushButton* m_save;
    QPushButton* m_cancel;
    QPushButton* m_difference;
    QTimer m_judging;
};

}
