// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/pageid.h"
#include "ui/widgets/tokens.h"

#include <QHash>
#include <QPushButton>
#include <QWidget>

class QVBoxLayout;

namespace ui {

// One entry of the rail: icon, word, badge; in the narrow rail the word moves to the tooltip and the badge becomes a dot.
class NavButton final : public QPushButton {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NavButton)
public:
    NavButton(const QString& title, const QString& icon, const QString& shortcut, QWidget* parent = nullptr);
    void setBadge(int count, Tone tone);
    void setCompact(bool compact);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintBadge(QPainter* painter) const;

    QString m_icon;
    QString m_shortcut;
    int m_badge = 0;
    Tone m_tone = Tone::Neutral;
    bool m_compact = false;
};

// The labelled rail: Connections; Observe; Act; Check. 192 px, 56 when the window is narrow.
class NavRail final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NavRail)
public:
    explicit NavRail(QWidget* parent = nullptr);
    // In the order of PageId.
    void add(PageId page, const QString& title, const QString& icon);
    void setCurrent(PageId page);
    void setBadge(PageId page, int count, Tone tone);
    void setCompact(bool compact);
    bool isCompact() const { return m_compact; }
    NavButton* button(PageId page) const { return m_buttons.value(page); }

signals:
    void chosen(ui::PageId page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addGroup(const QString& title);

    QVBoxLayout* m_column;
    QHash<PageId, NavButton*> m_buttons;
    QList<QWidget*> m_groups;
    bool m_compact = false;
};

}
