// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyindex.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/keyrules/keyrulesdialog.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>

using namespace redistest;
using namespace ui;

// The rules by which keys are made, learned from a server's keys and edited against them.
class TestKeyRulesDialog final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    std::unique_ptr<core::redis::Session> m_admin;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    QPointer<KeyRulesDialog> m_dialog;

    void connectTo(const QStringList& templates = {})
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("shop");
        profile.endpoint = m_redis.endpoint();
        profile.endpoints = {QStringLiteral("Book=/books,ttl=60")};
        profile.keyTemplates = templates;
        VERIFY_OK(m_store->put(profile));
        m_workspace->connectTo(profile);
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->state(), Workspace::State::Connected, patienceMs);
    }
    void scan()
    {
        m_workspace->keyIndex()->start();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->keyIndex()->state(), core::keys::KeyIndex::State::Complete, patienceMs);
    }
    void open()
    {
        m_dialog = new KeyRulesDialog(m_workspace.get());
        m_dialog->open();
        for (TableView* table : m_dialog->findChildren<TableView*>())
            new QAbstractItemModelTester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest, table);
    }
    template <typename Widget>
    Widget* named(const QString& name) const
    {
        for (Widget* widget : m_dialog->findChildren<Widget*>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }
    QPushButton* button(const QString& text) const
    {
        for (QPushButton* one : m_dialog->findChildren<QPushButton*>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }
    void type(const QString& field, const QString& text) const
    {
        auto* edit = named<QLineEdit>(field);
        QVERIFY2(edit, qPrintable(field));
        edit->selectAll();
        QTest::keyClicks(edit, text);
        if (text.isEmpty())
            QTest::keyClick(edit, Qt::Key_Delete);
    }
    QString cell(const QString& table, int row, int column) const { return named<TableView>(table)->model()->index(row, column).data().toString(); }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
        m_admin = std::make_unique<core::redis::Session>(m_redis.endpoint());
        VERIFY_OK(wait(m_admin->open()));
    }
    void init()
    {
        ask(*m_admin, {"FLUSHALL"});
        for (const char* key : {"lightapi:Book:/books:", "lightapi:Author:/authors:page=1", "product:7:a=1", "product:8:", "u:ann:/x", "u:a:/b:/x"})
            ask(*m_admin, {"SET", key, "1"});
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
    }
    void cleanup()
    {
        delete m_dialog;
        m_workspace.reset();
    }

    void routesAreLearnedFromAWholeScan()
    {
        connectTo();
        QCOMPARE(m_workspace->routes().routes().size(), 1);
        open();
        QSignalSpy changed(m_workspace.get(), &Workspace::routesChanged);
        scan();
        QVERIFY(changed.count() > 0 || changed.wait(patienceMs));
        const core::cache::Route* author = m_workspace->routes().byClass("Author");
        QVERIFY(author && author->isLearned());
        QVERIFY(!m_workspace->routes().byClass("Book")->isLearned());
        QCOMPARE(cell(QStringLiteral("Known routes"), 0, 5), QStringLiteral("the connection"));
        bool shown = false;
        for (int row = 0; row < named<TableView>(QStringLiteral("Known routes"))->model()->rowCount(); ++row)
            shown = shown || (cell(QStringLiteral("Known routes"), row, 0) == QLatin1StringView("Author") && cell(QStringLiteral("Known routes"), row, 5) == QLatin1StringView("learned from keys"));
        QVERIFY(shown);
        m_workspace->selectDatabase(1);
        QTRY_VERIFY_WITH_TIMEOUT(!m_workspace->routes().byClass("Author"), patienceMs);
    }

    void templateIsTriedAndSaved()
    {
        connectTo();
        scan();
        open();
        button(QStringLiteral("Add"))->click();
        QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
        type(QStringLiteral("Name"), QStringLiteral("shop"));
        type(QStringLiteral("Template"), QStringLiteral("product:{id}:{query}"));
        type(QStringLiteral("Lives, seconds"), QStringLiteral("300"));
        QTRY_COMPARE_WITH_TIMEOUT(cell(QStringLiteral("Key templates"), 0, 3), QStringLiteral("2"), patienceMs);
        QCOMPARE(cell(QStringLiteral("Keys that fit"), 0, 0), QStringLiteral("product:7:a=1"));
        QCOMPARE(cell(QStringLiteral("Keys that fit"), 0, 6), QStringLiteral("certain"));
        type(QStringLiteral("Request to try"), QStringLiteral("/products/8?id=8"));
        button(QStringLiteral("Save"))->click();
        QVERIFY(m_workspace->routes().hasTemplate(QStringLiteral("shop")));
        QCOMPARE(m_store->find(QStringLiteral("shop"))->keyTemplates, QStringList {QStringLiteral("shop=product:{id}:{query},ttl=300")});
    }

    void editsAreNotLostByEsc()
    {
        connectTo();
        open();
        QTest::keyClick(m_dialog, Qt::Key_Escape); // nothing was edited
        QTRY_VERIFY(!m_dialog);
        open();
        button(QStringLiteral("Add"))->click();
        type(QStringLiteral("Name"), QStringLiteral("shop"));
        type(QStringLiteral("Template"), QStringLiteral("product:{id}"));
        QTest::keyClick(m_dialog, Qt::Key_Escape);
        QVERIFY(m_dialog && m_dialog->isVisible());
        auto* strips = m_dialog->findChild<StripStack*>();
        QVERIFY(strips->contains(QStringLiteral("unsaved")));
        QCOMPARE(strips->text(QStringLiteral("unsaved"))->actions.size(), 2);
        type(QStringLiteral("Name"), QStringLiteral("store")); // goes on: the question is over
        QVERIFY(!strips->contains(QStringLiteral("unsaved")));
        m_dialog->close();
        QVERIFY(m_dialog && m_dialog->isVisible());
        const StripText asked = *strips->text(QStringLiteral("unsaved"));
        asked.actions.last().run();
        QTRY_VERIFY(!m_dialog);
        QVERIFY(m_store->find(QStringLiteral("shop"))->keyTemplates.isEmpty());
    }

    void scansWhereNothingWasScanned()
    {
        connectTo({QStringLiteral("mine=product:{id}:{query}")});
        open();
        QPushButton* start = button(QStringLiteral("Scan the keys"));
        QVERIFY(start->isVisible());
        start->click();
        QTRY_COMPARE_WITH_TIMEOUT(cell(QStringLiteral("Key templates"), 0, 3), QStringLiteral("2"), patienceMs);
        QVERIFY(!start->isVisible());
        ask(*m_admin, {"SET", "product:9:", "1"});
        scan(); // another page did
        QTRY_COMPARE_WITH_TIMEOUT(cell(QStringLiteral("Key templates"), 0, 3), QStringLiteral("3"), patienceMs);
    }

    void rulesOfAnUnsavedConnectionAreOfThisSession()
    {
        const auto isTold = [this] {
            const auto labels = m_dialog->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("this session only")); });
        };
        connectTo();
        open();
        QVERIFY(!isTold());
        delete m_dialog;
        VERIFY_OK(m_store->remove(QStringLiteral("shop")));
        open();
        QVERIFY(isTold());
    }

    void ambiguousReadingsAreTold()
    {
        connectTo({QStringLiteral("mine=u:{user}:{path}")});
        scan();
        open();
        QTRY_COMPARE_WITH_TIMEOUT(cell(QStringLiteral("Key templates"), 0, 3), QStringLiteral("2"), patienceMs);
        QCOMPARE(cell(QStringLiteral("Keys that fit"), 0, 6), QStringLiteral("ambiguous"));
        QCOMPARE(cell(QStringLiteral("Keys that fit"), 1, 6), QStringLiteral("certain"));
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ttl");
        QTest::newRow("open brace") << "product:{id" << "";
        QTest::newRow("no such placeholder") << "product:{nothing}" << "";
        QTest::newRow("fits all") << "{user}" << "";
        QTest::newRow("zero") << "product:{id}" << "0";
        QTest::newRow("no number") << "product:{id}" << "soon";
        QTest::newRow("too large") << "product:{id}" << "99999999999999999999";
    }
    void mistakes()
    {
        QFETCH(QString, text);
        QFETCH(QString, ttl);
        connectTo({QStringLiteral("shop=product:{id}")});
        open();
        QVERIFY(button(QStringLiteral("Save"))->isEnabled());
        type(QStringLiteral("Template"), text);
        type(QStringLiteral("Lives, seconds"), ttl);
        QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
    }

    // A template that an editor of settings.json broke is shown to be mended, and does not go with the next save.
    void brokenTemplateStays()
    {
        connectTo({QStringLiteral("shop=product:{id"), QStringLiteral("good=item:{id}")});
        open();
        QCOMPARE(cell(QStringLiteral("Key templates"), 0, 1), QStringLiteral("product:{id"));
        QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
        type(QStringLiteral("Template"), QStringLiteral("product:{id}"));
        button(QStringLiteral("Save"))->click();
        QCOMPARE(m_store->find(QStringLiteral("shop"))->keyTemplates, (QStringList {QStringLiteral("shop=product:{id}"), QStringLiteral("good=item:{id}")}));
    }

    void release()
    {
        connectTo();
        open();
        auto* release = named<QComboBox>(QStringLiteral("LightAPI release"));
        release->setCurrentText(QStringLiteral("what"));
        QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
        release->setCurrentText(QStringLiteral("0.x")); // is not release 0
        QVERIFY(!button(QStringLiteral("Save"))->isEnabled());
        release->setCurrentText(QStringLiteral("0.2.1"));
        button(QStringLiteral("Save"))->click();
        QCOMPARE(m_workspace->routes().release(), QVersionNumber(0, 2, 1));
        QCOMPARE(m_store->find(QStringLiteral("shop"))->lightapiRelease, QStringLiteral("0.2.1"));
    }

    void goesWithTheConnection()
    {
        connectTo({QStringLiteral("shop=product:{id}")});
        open();
        m_workspace->disconnectFromServer();
        QTRY_VERIFY(!m_dialog);
    }
};

QTEST_MAIN(TestKeyRulesDialog)
#include "tst_keyrulesdialog.moc"
