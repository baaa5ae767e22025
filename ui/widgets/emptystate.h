// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/messagestrip.h"
#include "ui/widgets/tokens.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace ui {

// Says what was looked for, why nothing is there, and offers an act. Plain text.
struct EmptyText {
    QString icon; // in the 72 px disc
    QString title;
    QString text;
    Tone tone = Tone::Accent;
    QList<StripAction> actions = {}; // the last one is the primary
};

class EmptyState final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmptyState)
public:
    explicit EmptyState(QWidget* parent = nullptr);
    void setText(const EmptyText& text);
    const EmptyText& text() const { return m_text; }
    // Narrower than the text at rest: it wraps.
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void wrapBody();


    EmptyText m_text;
    QWidget* m_disc;
    QLabel* m_title;
    QLabel* m_body;
    QHBoxLayout* m_actions;
};

}
