// SPDX-License-Identifier: GPL-3.0-or-later
// A server that dies, comes back, or stops answering under every page: the window says so in time, recovers by itself, and sends no
// destructive command twice.
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "core/invalidate/run.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/shell/joblist.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/stripstack.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {
constexpr int saidWithinMs = 2000; // a killed server
constexpr int stopSaidWithinMs = 5000; // one that only stopped answering
constexpr int recoveredWithinMs = 20'000;

template <typename Widget>
Widget* named(QWidget* root, const QString& name)
{
    for (Widget* widget : root->findChildren<Widget*>()) {
        if (widget->isVisible() && (widget->accessibleName() == name || widget->property("text").toString().startsWith(name)))
            return widget;
    }
    return nullptr;
}
}

class TestOutage final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<gui::Composition> m_composition;

    Workspace* workspace() const { return m_composition->workspace(); }
    bool isConnected() const { return workspace()->state() == Workspace::State::Connected; }
    // The strip above the page, which a person sees.
    bool isSaid() const { return workspace()->state() == Workspace::State::Reconnecting && m_composition->window()->strips()->text(QStringLiteral("stale")); }
    void fill(int keys)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        core::redis::Pipeline pipeline;
        for (int i = 0; i < keys; ++i)
            pipeline << core::redis::Command {"SET", "k:" + QByteArray::number(i), "v", "EX", "600"};
        pipeline << core::redis::Command {"SET", "tag:t", R"(["k:1","k:2"])", "EX", "600"} << core::redis::Command {"SET", "lock:k:1", "owner", "EX", "30"};
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
    }
    // What the page says, for a failure.
    static QString told(QWidget* page)
    {
        QString text;
        for (const StripStack* stack : page->findChildren<StripStack*>()) {
            for (const char* id : {"input", "run"}) {
                if (const StripText* strip = stack->text(QString::fromLatin1(id)))
                    text += strip->what + u' ' + strip->why + u' ';
            }
        }
        for (const EmptyState* empty : page->findChildren<EmptyState*>())
            text += empty->isVisible() ? empty->text().title : QString();
        return text;
    }
    // Destructive commands that a fresh server has seen.
    int destructiveCalls()
    {
        core::redis::Session admin(m_redis.endpoint());
        if (!redistest::wait(admin.open()))
            return -1;
        const QByteArray stats = redistest::ask(admin, {"INFO", "commandstats"}).bytes;
        int found = 0;
        for (const char* name : {"cmdstat_unlink:", "cmdstat_del:", "cmdstat_eval:", "cmdstat_exec:", "cmdstat_spop:"})
            found += stats.contains(name);
        return found;
    }

private slots:
    void initTestCase()
    {
        VERIFY_OK(m_redis.startAndWait({}));
        fill(200);
        m_composition = std::make_unique<gui::Composition>(m_folder.filePath(QStringLiteral("settings.json")));
        m_composition->window()->show();
        core::settings::Profile profile;
        profile.name = QStringLiteral("outage");
        profile.endpoint = m_redis.endpoint();
        workspace()->connectTo(profile);
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(), recoveredWithinMs);
    }

    void killedAndBack_data()
    {
        QTest::addColumn<int>("page");
        for (int i = 0; i < pageCount; ++i)
            QTest::addRow("page %d", i) << i;
    }
    void killedAndBack()
    {
        QFETCH(int, page);
        m_composition->window()->showPage(static_cast<PageId>(page));
        QTRY_VERIFY(isConnected());
        m_redis.kill();
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(), saidWithinMs);
        VERIFY_OK(m_redis.restartAndWait());
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(), recoveredWithinMs);
        QTRY_VERIFY(!m_composition->window()->strips()->contains(QStringLiteral("stale")));
        QCOMPARE(destructiveCalls(), 0);
        fill(50);
    }

    void stoppedAndBack_data() { killedAndBack_data(); }
    void stoppedAndBack()
    {
        QFETCH(int, page);
        m_composition->window()->showPage(static_cast<PageId>(page));
        QTRY_VERIFY(isConnected());
        m_redis.pause();
        const bool said = QTest::qWaitFor([this] { return isSaid(); }, stopSaidWithinMs);
        m_redis.resume();
        QVERIFY(said);
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(), recoveredWithinMs);
    }

    // The line drops in the middle of a paced run: what was in flight is unknown, and the new server hears none of it again.
    void aRunIsNotSentTwice()
    {
        fill(5000);
        m_composition->window()->showPage(PageId::Invalidate);
        QWidget* page = m_composition->window()->page(PageId::Invalidate);
        PageHint hint;
        hint.selection = {{core::invalidate::Selector::Kind::Prefix, "k:"}};
        workspace()->openPage(PageId::Invalidate, hint);
        const bool planned = QTest::qWaitFor([page] { return named<QSpinBox>(page, QStringLiteral("Pace")) != nullptr; }, recoveredWithinMs);
        QVERIFY2(planned, qPrintable(told(page)));
        named<QSpinBox>(page, QStringLiteral("Pace"))->setValue(1000);
        auto* go = named<QPushButton>(page, QStringLiteral("Invalidate 5,"));
        QVERIFY(go && go->isEnabled());
        QTest::mouseClick(go, Qt::LeftButton);
        QTRY_VERIFY(!workspace()->jobs()->running().isEmpty());
        core::Job* run = workspace()->jobs()->running().constLast().job;
        QTRY_VERIFY_WITH_TIMEOUT(run->done() > 0, recoveredWithinMs);
        m_redis.kill();
        QTRY_VERIFY_WITH_TIMEOUT(workspace()->jobs()->running().isEmpty(), recoveredWithinMs);
        VERIFY_OK(m_redis.restartAndWait());
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(), recoveredWithinMs);
        QTRY_VERIFY(workspace()->dataAgeMs() >= 0 && workspace()->dataAgeMs() < 2000);
        QCOMPARE(destructiveCalls(), 0);
    }

    void cleanupTestCase() { m_composition.reset(); }
};

QTEST_MAIN(TestOutage)
#include "tst_outage.moc"
