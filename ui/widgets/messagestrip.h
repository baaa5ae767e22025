// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "ui/widgets/tokens.h"

#include <QFrame>
#include <QString>

#include <functional>

class QHBoxLayout;

namespace ui {

class SentenceLabel;

struct StripAction {
    QString text;
    std::function<void()> run;
};
// All text is plain; `what` is drawn bold. At most two actions.
struct StripText {
    Tone tone = Tone::Info; // Info notice, Warn caution, Bad failure, Ok done
    QString what;
    QString why; // cause and what to do
    QList<StripAction> actions = {};
    bool closable = true;
};
// The sentences of errortext.h as a failure strip (a cancel as a notice).
StripText stripForError(const core::Error& error, QList<StripAction> actions = {});

// One message inside a page: 42 px at least, glyph, bold what, plain why (wrapped where it is long), actions, Close.
class MessageStrip final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageStrip)
public:
    explicit MessageStrip(const StripText& text, QWidget* parent = nullptr);
    const StripText& text() const { return m_text; }
    void setText(const StripText& text);

signals:
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void rebuildActions();

    StripText m_text;
    QHBoxLayout* m_row = nullptr;
    SentenceLabel* m_label = nullptr;
    QList<QWidget*> m_buttons;
};

}
