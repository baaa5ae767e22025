// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/locks/lockspage.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/messagestrip.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QPushButton>
#include <QTemporaryDir>

using namespace ui;

class TestLocksPage final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    std::unique_ptr<core::redis::Session> m_admin;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<LocksPage> m_page;

    void fill(int locks)
    {
        core::redis::Pipeline pipeline {{"FLUSHALL"}, {"CONFIG", "RESETSTAT"}};
        for (int i = 0; i < locks; ++i)
            pipeline << core::redis::Command {"SET", "lock:k" + QByteArray::number(i), "me", "EX", "600"};
        VERIFY_OK(redistest::wait(m_admin->send(pipeline)));
    }
    void open()
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("locks");
        profile.endpoint = m_redis.endpoint();
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
    }
    TableView* table() const { return m_page->findChild<TableView*>(); }
    int calls(const QByteArray& command)
    {
        const QByteArray stats = redistest::ask(*m_admin, {"INFO", "commandstats"}).bytes;
        const QByteArray name = "cmdstat_" + command + ":calls=";
        const qsizetype at = stats.indexOf(name);
        return at < 0 ? 0 : stats.mid(at + name.size()).split(',').first().toInt();
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
        m_admin = std::make_unique<core::redis::Session>(m_redis.endpoint());
        VERIFY_OK(redistest::wait(m_admin->open()));
    }
    void init()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<LocksPage>(m_workspace.get());
        m_page->resize(1000, 600);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }
    void cleanupTestCase() { m_admin.reset(); }

    void manyLocksAreNotAllReadEachTime()
    {
        constexpr int locks = 2000;
        fill(locks);
        open();
        QTRY_COMPARE(table()->model()->rowCount(), locks);
        QTRY_VERIFY(!m_workspace->keyIndex()->isScanning());
        // A reading of the rows on screen changes them one by one. The third: passes that the scan began are over by then.
        int readings = 0;
        int before = 0;
        connect(table()->model(), &QAbstractItemModel::dataChanged, this, [&](const QModelIndex& first, const QModelIndex& last) {
            readings += first.row() == 0 && last.row() == 0 && first.column() == 0;
        });
        QTRY_COMPARE_WITH_TIMEOUT(readings, 2, 15'000);
        before = calls("pttl");
        QTRY_COMPARE_WITH_TIMEOUT(readings, 3, 15'000);
        const int asked = calls("pttl") - before;
        QVERIFY2(asked > 0 && asked < locks / 4, qPrintable(QString::number(asked)));
        table()->model()->disconnect(this);
        QVERIFY(redistest::ask(*m_admin, {"DEL", "lock:k0"}).integer == 1); // the first row
        QTRY_COMPARE(table()->model()->rowCount(), locks - 1);
    }

    void releaseNeedsTheLog()
    {
        fill(1);
        m_workspace->audit() = core::invalidate::AuditLog(m_folder.path()); // a folder: nothing can be written
        open();
        QTRY_COMPARE(table()->model()->rowCount(), 1);
        table()->selectRow(0);
        for (QPushButton* button : m_page->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Release lock…"))
                button->click();
        }
        auto* strips = m_page->findChild<StripStack*>();
        const StripText* asked = strips->text(QStringLiteral("release"));
        QVERIFY(asked && asked->actions.size() == 1);
        const auto release = asked->actions.first().run;
        release();
        QTRY_VERIFY(strips->contains(QStringLiteral("release")));
        QCOMPARE(strips->text(QStringLiteral("release"))->tone, Tone::Bad);
        QCOMPARE(redistest::ask(*m_admin, {"EXISTS", "lock:k0"}).integer, 1);
    }
};

QTEST_MAIN(TestLocksPage)
#include "tst_lockspage.moc"
