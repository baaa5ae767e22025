// SPDX-License-Identifier: GPL-3.0-or-later
#include "cachingapi.h"
#include "ui/pages/replay/freshmode.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace ui;

// The tab "Fresh or stale" of Replay, by its widgets.
class TestFreshMode final : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    Stage m_stage;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ReplayPage> m_page;

    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }
    template <typename Widget>
    Widget* named(const char* name) const
    {
        for (Widget* widget : m_page->findChildren<Widget*>()) {
            if (widget->accessibleName() == text(name))
                return widget;
        }
        return nullptr;
    }
    QPushButton* button(const QString& label) const
    {
        for (QPushButton* each : m_page->findChildren<QPushButton*>()) {
            if (each->text() == label)
                return each;
        }
        return nullptr;
    }
    void store(const char* key, const char* value) { QVERIFY(m_stage.ask({"SETEX", key, "50", value})); }
    QAbstractItemModel* results() const { return named<TableView>("Entries compared")->model(); }
    QString cell(int row, int column) const { return results()->index(row, column).data().toString(); }
    void compare(const QByteArray& target)
    {
        named<QLineEdit>("Request target")->setText(QString::fromLatin1(target));
        QVERIFY(button(text("Compare")));
        button(text("Compare"))->click();
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        QVERIFY(m_stage.build());
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(text("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<ReplayPage>(m_workspace.get());
        core::settings::Profile profile;
        profile.name = text("local");
        profile.endpoint = m_stage.redis.endpoint();
        profile.apiUrl = m_stage.api->url();
        profile.endpoints = {text("Book=/books,ttl=60")};
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_workspace->setReadOnly(false);
        auto* tabs = named<QTabBar>("What to do with the request");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == text("Fresh or stale"))
                tabs->setCurrentIndex(i);
        }
    }
    void init() { QVERIFY(m_stage.ask({"FLUSHALL"})); }
    void cleanupTestCase()
    {
        m_page.reset();
        m_workspace.reset();
    }

    void aStaleEntryIsToldByPath()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        compare("/books");
        QTRY_COMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 1), text("STALE"));
        auto* changes = named<TableView>("Differences by path")->model();
        QCOMPARE(changes->rowCount(), 1);
        QCOMPARE(changes->index(0, 0).data().toString(), text("$.title"));
        QCOMPARE(changes->index(0, 1).data().toString(), text("\"tea\""));
        const auto buttons = m_page->findChild<FreshMode*>()->findChildren<QPushButton*>();
        QTRY_VERIFY(std::ranges::any_of(buttons, [](const QPushButton* each) { return each->text() == text("Export…") && each->isEnabled(); }));
        QCOMPARE(m_stage.ask({"DBSIZE"})->integer, 1);
    }

    void ignoredPathsAreNoDifference()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        named<QLineEdit>("Ignored differences")->setText(text("$.a, $.title"));
        compare("/books");
        QTRY_COMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 1), text("SAME"));
        named<QLineEdit>("Ignored differences")->clear();
    }

    void deletingAsksFirst()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(2);
        compare("/books");
        QVERIFY(button(text("Delete and compare")));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books:"})->bytes.contains("tea"));
        button(text("Delete and compare"))->click();
        QTRY_VERIFY(results()->rowCount() == 1 && cell(0, 1) == text("STALE"));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books:"})->bytes.contains("caf"));
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(0);
    }

    void aBadSecondAddressIsSaid()
    {
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(1);
        named<QLineEdit>("Second address")->setText(text("ftp://x"));
        const int before = m_stage.api->requests();
        compare("/books");
        QVERIFY(m_page->findChild<StripStack*>()->contains(text("fresh")));
        QCOMPARE(m_stage.api->requests(), before);
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(0);
    }

    void severalTargetsStaleOnesFirst()
    {
        store("lightapi:Book:/books/1:", R"({"id": 1, "title": "café"})");
        store("lightapi:Book:/books/2:", R"({"id": 1, "title": "tea"})");
        PageHint hint;
        hint.targets = {"/books/1", "/books/2", "/books/3"};
        m_page->openHint(hint);
        button(text("Compare"))->click();
        QTRY_COMPARE(results()->rowCount(), 3);
        QCOMPARE(cell(0, 0), text("/books/2"));
        QCOMPARE(cell(0, 1), text("STALE"));
    }

    void aNewDatabaseForgets()
    {
        m_workspace->selectDatabase(1);
        QTRY_COMPARE(results()->rowCount(), 0);
    }
};

QTEST_MAIN(TestFreshMode)
#include "tst_freshmode.moc"
