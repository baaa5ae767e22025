// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/pagehint.h"
#include "ui/shell/pageid.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/theme.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace ui {

class ElidedLabel;
class Workspace;

// A page of the window. Every page is laid out alike: title and one fact in grey, actions at the far end, message strips, filter
// row, content. The window owns it, calls the hooks below and draws the rail entry from title, icon and badge.
class Page : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Page)
public:
    // `workspace` outlives the page. `icon` is a name of resources/icons, `title` is translated.
    Page(PageId id, const QString& title, const QString& icon, Workspace* workspace, QWidget* parent = nullptr);

    PageId pageId() const { return m_id; }
    QString title() const { return m_title; }
    QString iconName() const { return m_icon; }
    QString fact() const;
    int badgeCount() const { return m_badge; }
    Tone badgeTone() const { return m_badgeTone; }

    // F5: read anew what is shown.
    virtual void refresh() { }
    // Ctrl+F: focus to the filter field. The default takes the widget given to setFilterField().
    virtual void focusFilter();
    // Esc: cancel or clear the innermost thing. False when there was nothing: the window then closes strips.
    virtual bool cancel() { return false; }
    // What was typed here and would be lost, in a sentence; empty: nothing. The window asks before it closes.
    virtual QString unsaved() const { return {}; }
    // Another page sent the user here.
    virtual void openHint(const PageHint& hint) { Q_UNUSED(hint) }

    // Used by the window's Esc after cancel().
    bool closeNewestStrip() { return m_strips->closeNewest(); }

signals:
    void badgeChanged();

protected:
    // Plain text beside the title: "412,806 keys in database 0".
    void setFact(const QString& fact);
    // 0 hides the badge in the rail.
    void setBadge(int count, Tone tone = Tone::Neutral);
    void setFilterField(QWidget* field) { m_filterField = field; }
    Workspace* workspace() const { return m_workspace; }

    // At the far end of the header, in reading order.
    void addAction(QWidget* widget);
    using QWidget::addAction;
    StripStack* strips() const { return m_strips; }
    // Hidden until the first addFilter().
    void addFilter(QWidget* widget, int stretch = 0);
    // Content below, gaps of 12 between what is added. Give the main part a stretch of 1.
    QVBoxLayout* content() const { return m_content; }

    // Only a page that is shown may ask the server for rows; charts stop while hidden.
    virtual void pageShown() { }
    virtual void pageHidden() { }
    bool isShown() const { return m_shown; }
    // The workspace opened or closed a connection (also called at construction time of the window if it is open already).
    virtual void pageConnected() { }
    virtual void pageDisconnected() { }

    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void setupHeader(QVBoxLayout* column);
    void followTables();

    PageId m_id;
    QString m_title;
    QString m_icon;
    Workspace* m_workspace;
    QLabel* m_titleLabel = nullptr;
    ElidedLabel* m_factLabel = nullptr;
    QHBoxLayout* m_actions = nullptr;
    StripStack* m_strips = nullptr;
    QWidget* m_filterRow = nullptr;
    QHBoxLayout* m_filters = nullptr;
    QVBoxLayout* m_content = nullptr;
    QWidget* m_filterField = nullptr;
    int m_badge = 0;
    Tone m_badgeTone = Tone::Neutral;
    bool m_shown = false;
};

}
