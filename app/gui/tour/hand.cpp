// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/hand.h"

#include <QAbstractButton>
#include <QDeadlineTimer>
#include <QEventLoop>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTest>
#include <QTimer>

namespace tour {

void need(bool condition, const QString& why)
{
    if (!condition)
        throw StepFailed {why};
}

void waitFor(const std::function<bool()>& condition, const QString& what, int timeoutMs)
{
    // Not QTest::qWaitFor(): that sleeps after each turn of the loop, and a request takes a dozen turns.
    const QDeadlineTimer deadline(timeoutMs);
    while (!condition()) {
        need(!deadline.hasExpired(), QStringLiteral("waited %1 s for %2").arg(timeoutMs / 1000).arg(what));
        QEventLoop loop;
        QTimer::singleShot(10, &loop, &QEventLoop::quit);
        loop.exec();
    }
}

namespace {
    bool isCalled(const QWidget* widget, const QString& name)
    {
        QString called = widget->accessibleName();
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget); button && called.isEmpty())
            called = button->text();
        return name.endsWith(u'…') && !called.endsWith(u'…') ? called.startsWith(name.chopped(1)) : called == name;
    }
}

template <typename Widget>
Widget* Place::lookFor(const QString& name) const
{
    const QList<Widget*> widgets = m_root->findChildren<Widget*>();
    for (Widget* widget : widgets) {
        if (widget->isVisible() && isCalled(widget, name))
            return widget;
    }
    return nullptr;
}

template <typename Widget>
Widget* Place::waitForWidget(const QString& name) const
{
    Widget* found = nullptr;
    waitFor([&] { return (found = lookFor<Widget>(name)) && found->isEnabled(); }, QStringLiteral("\"%1\" to be shown and enabled").arg(name));
    return found;
}

QWidget* Place::look(const QString& name) const
{
    return lookFor<QWidget>(name);
}

QWidget* Place::find(const QString& name) const
{
    return waitForWidget<QWidget>(name);
}

QAbstractItemView* Place::table(const QString& name) const
{
    return waitForWidget<QAbstractItemView>(name);
}

void Place::click(const QString& name) const
{
    QTest::mouseClick(waitForWidget<QAbstractButton>(name), Qt::LeftButton);
}

void Place::chooseTab(const QString& title) const
{
    QTabBar* bar = nullptr;
    int tab = -1;
    waitFor([&] {
        for (QTabBar* each : m_root->findChildren<QTabBar*>()) {
            for (int i = 0; each->isVisible() && i < each->count(); ++i) {
                if (each->tabText(i) == title && each->isTabEnabled(i)) {
                    bar = each;
                    tab = i;
                }
            }
        }
        return bar != nullptr;
    }, QStringLiteral("the tab \"%1\"").arg(title));
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
    need(bar->currentIndex() == tab, QStringLiteral("a click on the tab \"%1\" chose another").arg(title));
}

void Place::type(const QString& name, const QString& text) const
{
    QWidget* field = find(name);
    // A scroll area takes the mouse by its viewport.
    auto* area = qobject_cast<QAbstractScrollArea*>(field);
    QTest::mouseClick(area ? area->viewport() : field, Qt::LeftButton);
    QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(field, Qt::Key_Delete);
    for (const QString& line : text.split(u'\n')) {
        QTest::keyClicks(field, line);
        if (area)
            QTest::keyClick(field, Qt::Key_Return);
    }
}

void Place::press(const QString& name, Qt::Key key) const
{
    QTest::keyClick(find(name), key);
}

void clickRow(QAbstractItemView* view, int row)
{
    const QModelIndex index = view->model()->index(row, 0);
    need(index.isValid(), QStringLiteral("there is no row %1 in \"%2\"").arg(row).arg(view->accessibleName()));
    view->scrollTo(index);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
}

int rowCount(const QAbstractItemView* view)
{
    return view->model()->rowCount();
}

QString cell(const QAbstractItemView* view, int row, int column)
{
    return view->model()->index(row, column).data().toString();
}

int rowWith(const QAbstractItemView* view, int column, const QString& text)
{
    for (int row = 0; row < rowCount(view); ++row) {
        if (cell(view, row, column) == text)
            return row;
    }
    return -1;
}

}
