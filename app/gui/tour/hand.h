// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QList>
#include <QModelIndex>
#include <QString>

#include <functional>

// The tour's hand on the window: widgets are found by the name a screen reader says, and moved by mouse and keys.
namespace tour {

// Ends a step; report.h catches it.
struct StepFailed {
    QString why;
};

void need(bool condition, const QString& why);
// Runs the event loop until `condition` holds; fails the step after `timeoutMs`. `what` completes "waited for …".
void waitFor(const std::function<bool()>& condition, const QString& what, int timeoutMs = 10'000);

// Where names are looked up: one page, or the whole window. Shown widgets only.
class Place final {
public:
    explicit Place(QWidget* root)
        : m_root(root)
    {
    }

    // Null when there is none now. A name that ends with "…" stands for every name that begins so.
    QWidget* look(const QString& name) const;
    // Waits for it, shown and enabled.
    QWidget* find(const QString& name) const;
    // The table or the button of that name: a page may have both.
    QAbstractItemView* table(const QString& name) const;
    void click(const QString& name) const;
    void chooseTab(const QString& title) const;
    // Clicks into the field, replaces what it holds.
    void type(const QString& name, const QString& text) const;
    void press(const QString& name, Qt::Key key) const;

    QWidget* root() const { return m_root; }

private:
    template <typename Widget>
    Widget* lookFor(const QString& name) const;
    template <typename Widget>
    Widget* waitForWidget(const QString& name) const;

    QWidget* m_root;
};

void clickRow(QAbstractItemView* view, int row);
int rowCount(const QAbstractItemView* view);
QString cell(const QAbstractItemView* view, int row, int column);
// First row whose cell in `column` is `text`; -1.
int rowWith(const QAbstractItemView* view, int column, const QString& text);

}
