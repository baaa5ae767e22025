// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/messagestrip.h"

#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace ui {

// The place for strips in a page. One strip an id: showing the same id again changes it in place, so that repeated failures do not
// pile up.
class StripStack final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StripStack)
public:
    explicit StripStack(QWidget* parent = nullptr);
    void show(const QString& id, const StripText& text);
    using QWidget::show;
    // failure + optional Retry
    void showError(const QString& id, const core::Error& error, std::function<void()> retry = {});
    void remove(const QString& id);
    bool contains(const QString& id) const { return m_strips.contains(id); }
    const StripText* text(const QString& id) const;
    // Strips whose ids begin with one of these are kept but not in sight, as is the part of the page that they tell of.
    void setAside(const QStringList& prefixes);
    // Esc: closes the newest closable one; false when there is none.
    bool closeNewest();
    void clear();

private:
    bool isAside(const QString& id) const;
    void showWanted();

    QVBoxLayout* m_column;
    QStringList m_aside;
    QHash<QString, MessageStrip*> m_strips;
};

}
