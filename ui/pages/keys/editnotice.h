// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/messagestrip.h"

#include <QFrame>

class QHBoxLayout;

namespace ui {

class Label;

// Bytes as display text for a sentence: of long ones the beginning and the end.
QString inSentence(const QByteArray& bytes);
// The same text with places in its long words where a label may wrap it.
QString wrappable(const QString& text);

// A message strip for a narrow pane: its acts stand below its words. Hidden while it has none. All text is plain.
class EditNotice final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EditNotice)
public:
    explicit EditNotice(QWidget* parent = nullptr);
    // Up to three actions.
    void show(const StripText& text);
    using QWidget::show;
    void clear();
    const StripText& text() const { return m_text; }
    // Another one with each show() and clear().
    int number() const { return m_number; }

signals:
    void focusLeaving(); // the button that has the focus goes

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void rebuildActions();

    void letFocusGo();

    StripText m_text;
    int m_number = 0;
    Label* m_what;
    Label* m_why;
    QWidget* m_actionRow;
    QHBoxLayout* m_actions;
};

}
