// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/loggedrelease.h"
#include "tests/support/redistest.h"

#include <QTemporaryDir>

using namespace core;
using namespace core::invalidate;
using namespace redistest;

class TestLoggedRelease final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_server;
    std::unique_ptr<redis::Session> m_session;
    std::unique_ptr<QTemporaryDir> m_folder;

    QString file() const { return m_folder->filePath(QStringLiteral("audit.ndjson")); }
    QByteArrayList lines() const
    {
        QFile log(file());
        return log.open(QIODevice::ReadOnly) ? log.readAll().trimmed().split('\n') : QByteArrayList();
    }
    Result<LoggedRelease> release(const QByteArray& owner)
    {
        return wait(releaseLogged(m_session.get(), AuditLog(file()), QStringLiteral("shop"), "lock:a", owner));
    }

private slots:
    void initTestCase() { VERIFY_OK(m_server.startAndWait({})); }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_session = std::make_unique<redis::Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        QCOMPARE(ask(*m_session, {"SET", "lock:a", "me"}).bytes, "OK");
    }
    void cleanup() { m_session.reset(); }

    void writesItsStartAndItsEnd()
    {
        const auto done = release("me");
        VERIFY_OK(done);
        QCOMPARE(done->release, cache::Release::Released);
        QVERIFY(!done->unlogged);
        QCOMPARE(lines().size(), 2);
        QVERIFY(lines().first().contains("\"outcome\":\"started\""));
        const auto log = AuditLog(file()).read();
        VERIFY_OK(log);
        QCOMPARE(log->entries.size(), 1); // the same id
        const AuditEntry& entry = log->entries.first();
        QCOMPARE(entry.outcome, QStringLiteral("done"));
        QCOMPARE(entry.act, QStringLiteral("release-lock"));
        QCOMPARE(entry.profile, QStringLiteral("shop"));
        QCOMPARE(entry.server, endpointLabel(m_session->endpoint()));
        QCOMPARE(entry.selectors, QStringList {QStringLiteral("key=lock:a")});
        QCOMPARE(entry.counts.value(QStringLiteral("deleted")).toInt(), 1);
    }

    void sendsNothingThatCannotBeLogged()
    {
        QVERIFY(QDir().mkdir(file())); // a folder where the file should be
        QVERIFY(!release("me"));
        QCOMPARE(ask(*m_session, {"EXISTS", "lock:a"}).integer, 1);
    }

    void otherOwnerIsOnRecord()
    {
        const auto changed = release("you");
        VERIFY_OK(changed);
        QCOMPARE(changed->release, cache::Release::OwnerChanged);
        QVERIFY(lines().last().contains("\"outcome\":\"owner-changed\""));
    }

    void readOnlySessionLogsNothing()
    {
        m_session->setReadOnly(true);
        VERIFY_FAILED(release("me"), Code::ReadOnly, Reason::ProfileReadOnly);
        QCOMPARE(lines(), QByteArrayList());
    }

    // The window may leave the server at any time: what was started has an end all the same.
    void notWhileAnotherDatabaseIsSelected()
    {
        m_server.pause();
        const auto selected = m_session->select(3);
        const auto answer = releaseLogged(m_session.get(), AuditLog(file()), {}, "lock:a", "me");
        m_server.resume();
        VERIFY_FAILED(wait(answer), Code::Guard, Reason::DatabaseChanging);
        QVERIFY(!QFile::exists(file()));
        VERIFY_OK(wait(selected));
    }

    void sessionThatClosesIsOnRecord()
    {
        const auto answer = releaseLogged(m_session.get(), AuditLog(file()), {}, "lock:a", "me");
        m_session.reset();
        QVERIFY(!wait(answer));
        QCOMPARE(lines().size(), 2);
        QVERIFY2(lines().last().contains("\"outcome\":\"failed: "), lines().last().constData());
    }
};

QTEST_GUILESS_MAIN(TestLoggedRelease)
#include "tst_loggedrelease.moc"
