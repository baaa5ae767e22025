// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redistest.h"
#include "tests/support/runtest.h"
#include "ui/pages/tags/tagspage.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/tableview.h"

#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class TestTagsPage final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<TagsPage> m_page;

    TableView* table() const
    {
        for (TableView* view : m_page->findChildren<TableView*>()) {
            if (view->accessibleName() == QStringLiteral("Tags"))
                return view;
        }
        return nullptr;
    }
    QString live(int row) const { return table()->model()->index(row, 3).data().toString(); }
    void fill(int tags)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        core::redis::Pipeline pipeline {{"FLUSHALL"}, {"CONFIG", "RESETSTAT"}, {"SET", "item", "v"}};
        for (int i = 0; i < tags; ++i)
            pipeline << core::redis::Command {"SADD", "tag:t" + QByteArray::number(10'000 + i), "item", "gone"};
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
    }
    qint64 askedMembers()
    {
        core::redis::Session admin(m_redis.endpoint());
        return redistest::wait(admin.open()) ? runtest::callsOf(admin, "sscan") : -1;
    }
    void open()
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("tags");
        profile.endpoint = m_redis.endpoint();
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_page->resize(1000, 500);
        m_page->show();
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }
    void init()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<TagsPage>(m_workspace.get());
    }
    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }

    void fewTagsAreAllAskedForTheirStates()
    {
        fill(30);
        open();
        QTRY_COMPARE(table()->model()->rowCount(), 30);
        for (int row = 0; row < 30; ++row)
            QTRY_COMPARE(live(row), QStringLiteral("1"));
    }

    // Of many only those in sight: a member costs a lookup.
    void ofManyTagsThoseInSightAreAsked()
    {
        fill(1000);
        open();
        QTRY_COMPARE(table()->model()->rowCount(), 1000);
        QTRY_COMPARE(live(0), QStringLiteral("1"));
        QTRY_VERIFY(m_workspace->jobs()->running().isEmpty());
        QVERIFY2(askedMembers() < 100, qPrintable(QString::number(askedMembers())));
        QCOMPARE(live(900), QStringLiteral("…"));
        table()->scrollTo(table()->model()->index(900, 0), QAbstractItemView::PositionAtTop);
        QTRY_COMPARE(live(900), QStringLiteral("1"));
        QVERIFY(askedMembers() < 200);
    }

    // "tag:foo" alone would be read as the index of the tag "foo".
    void aTagNamedLikeAnIndexIsPlannedByItsKey()
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send({{"FLUSHALL"}, {"SADD", "tag:tag:foo", "a"}})));
        open();
        QTRY_COMPARE(table()->model()->rowCount(), 1);
        table()->selectRow(0);
        QSignalSpy asked(m_workspace.get(), &Workspace::pageRequested);
        for (QPushButton* button : m_page->findChildren<QPushButton*>()) {
            if (button->text().startsWith(QStringLiteral("Invalidate tag")))
                button->click();
        }
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.first().at(1).value<PageHint>().selection.first().text, QByteArray("tag:tag:foo"));
    }
};

QTEST_MAIN(TestTagsPage)
#include "tst_tagspage.moc"
