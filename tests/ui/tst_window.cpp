// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the embedded demo.
#include "app/gui/composition.h"
#include "core/redis/session.h"

#include <QAccessible>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {
    int visited = 0;

    QStringList unnamed(QAccessibleInterface* node)
    {
        static const QSet<int> controls {QAccessible::Button, QAccessible::ComboBox, QAccessible::EditableText, QAccessible::CheckBox, QAccessible::RadioButton,
            QAccessible::ProgressBar, QAccessible::ButtonMenu, QAccessible::Chart, QAccessible::Table, QAccessible::Tree, QAccessible::SpinBox, QAccessible::PageTab};
        QStringList found;
        for (int i = 0; i < node->childCount(); ++i) {
            QAccessibleInterface* child = node->child(i);
            if (!child || child->state().invisible)
                continue;
            // Qt's own inner fields (of spin boxes, search fields) are reached through their parents.
            const QByteArray type = child->object() ? QByteArray(child->object()->metaObject()->className()) : QByteArray();
            visited += controls.contains(child->role());
            if (controls.contains(child->role()) && child->text(QAccessible::Name).isEmpty() && !type.startsWith("Q_"))
                found += QString::fromLatin1(type) + u':' + (child->object() && child->object()->parent() ? QString::fromLatin1(child->object()->parent()->metaObject()->className()) : QString());
            if (child->role() != QAccessible::Table && child->role() != QAccessible::Tree)
                found += unnamed(child);
        }
        return found;
    }
}

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyPageStandsWithoutAConnection_data() { pages(); }
    void everyPageStandsWithoutAConnection();
    void demoConnects();
    void everyPageWorksOnTheDemo_data() { pages(); }
    void everyPageWorksOnTheDemo();
    void themeSwitchesUnderEveryPage();
    void disconnectsUnderEveryPage();
    void cleanupTestCase();

private:
    static void pages();
    void look(int index);

    QTemporaryDir m_folder;
    std::unique_ptr<gui::Composition> m_composition;
};

void TestWindow::pages()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < pageCount; ++i)
        QTest::addRow("page %d", i) << i;
}

void TestWindow::initTestCase()
{
    m_composition = std::make_unique<gui::Composition>(m_folder.filePath(QStringLiteral("settings.json")));
    m_composition->window()->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_composition->window()));
}

void TestWindow::cleanupTestCase()
{
    m_composition.reset();
}

void TestWindow::look(int index)
{
    // A missing icon, a signal that does not fit, a painter on nothing: all say so as a warning.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("svg|QObject::connect|QPainter|QLayout|QWidget::")));
    MainWindow* window = m_composition->window();
    window->showPage(static_cast<PageId>(index));
    QCOMPARE(static_cast<int>(window->currentPage()->pageId()), index);
    QCoreApplication::sendPostedEvents();
    QVERIFY(!window->grab().isNull());
    visited = 0;
    QCOMPARE(unnamed(QAccessible::queryAccessibleInterface(window)), QStringList());
    QVERIFY2(visited >= pageCount + 3, qPrintable(QString::number(visited))); // the rail and the bar at least
    QTest::keyClick(window, Qt::Key_F5);
    QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
    QTest::keyClick(window, Qt::Key_Escape);
}

void TestWindow::everyPageStandsWithoutAConnection()
{
    QFETCH(int, index);
    look(index);
}

void TestWindow::demoConnects()
{
    QSignalSpy connected(m_composition->workspace(), &Workspace::connected);
    m_composition->workspace()->startDemo();
    QVERIFY(connected.wait(15'000));
    QVERIFY(m_composition->workspace()->isDemo());
    QVERIFY(m_composition->workspace()->client());
    QVERIFY(!m_composition->workspace()->routes().isEmpty());
}

void TestWindow::everyPageWorksOnTheDemo()
{
    QFETCH(int, index);
    look(index);
}

void TestWindow::themeSwitchesUnderEveryPage()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("svg|QPainter")));
    MainWindow* window = m_composition->window();
    for (int i = 0; i < pageCount; ++i) {
        window->showPage(static_cast<PageId>(i));
        for (const Theme::Choice choice : {Theme::Choice::Dark, Theme::Choice::Light}) {
            Theme::instance().setChoice(choice);
            QCoreApplication::sendPostedEvents();
            const QImage image = window->grab().toImage();
            // The window's own ground, at the page's margin.
            QCOMPARE(image.pixelColor(image.width() - 4, image.height() - 4), color(Token::Canvas));
        }
    }
}

void TestWindow::disconnectsUnderEveryPage()
{
    for (int i = 0; i < pageCount; ++i) {
        m_composition->window()->showPage(static_cast<PageId>(i));
        QSignalSpy connected(m_composition->workspace(), &Workspace::connected);
        m_composition->workspace()->disconnectFromServer();
        QCoreApplication::sendPostedEvents();
        QVERIFY(!m_composition->workspace()->session());
        m_composition->workspace()->startDemo();
        QVERIFY(connected.wait(15'000));
    }
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
