// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace ui {

class SegmentedControl;

// What to invalidate: the kind, its text, and the button that makes a plan of it. A selection that another page sent (many keys)
// is shown as a sentence in place of the text.
class SelectorBar final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SelectorBar)
public:
    explicit SelectorBar(QWidget* parent = nullptr);

    QWidget* field() const;
    void setSelection(const core::invalidate::Selection& selection, const core::keys::KeyList& list = {});
    // EmptySelection, BadKeyArgument: what is typed cannot be used.
    core::Result<core::invalidate::Selection> selection() const;
    const core::keys::KeyList& list() const { return m_list; } // for Selector::Kind::List
    void setBusy(bool busy, bool connected);
    void setHasPlan(bool has);
    // Puts the field right after bad input was mended.
    void setBad(bool bad);

signals:
    void planRequested();
    void edited();

private:
    void onKindChanged();

    SegmentedControl* m_kind;
    QLineEdit* m_text;
    QPushButton* m_plan;
    core::invalidate::Selection m_sent; // from another page; empty once something was typed
    core::keys::KeyList m_list;
};

}
