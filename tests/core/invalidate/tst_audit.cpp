// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/audit.h"
#include "tests/support/redistest.h"

#include <QTemporaryDir>

using namespace core;
using namespace core::invalidate;

namespace {
    AuditEntry entryAt(qint64 ms, const QString& id, const QString& outcome = QStringLiteral("done"))
    {
        AuditEntry entry;
        entry.id = id;
        entry.at = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
        entry.act = QStringLiteral("invalidate");
        entry.server = QStringLiteral("localhost:6379/3");
        entry.runId = QStringLiteral("run");
        entry.profile = QStringLiteral("shop");
        entry.user = QStringLiteral("operator");
        entry.database = 3;
        entry.selectors = {QStringLiteral("tag=a\\nb"), QStringLiteral("except key=é")};
        entry.counts = {{QStringLiteral("deleted"), 7}};
        entry.outcome = outcome;
        return entry;
    }

    void appendRaw(const QString& file, const QByteArray& bytes)
    {
        QFile out(file);
        QVERIFY(out.open(QIODevice::Append));
        out.write(bytes);
    }
}

class TestAudit final : public QObject {
    Q_OBJECT
private slots:
    void init();
    void comesBackNewestFirst();
    void isForItsOwnerOnly();
    void theEndReplacesTheStart();
    void damagedLinesAreCounted();
    void goesOnAfterALineCutShort();
    void noLogIsAnEmptyLog();
    void cannotBeWritten();
    void standsInTheStateFolder();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

void TestAudit::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath(QStringLiteral("state/cachelight/audit.ndjson"));
}

void TestAudit::comesBackNewestFirst()
{
    const AuditLog log(m_file);
    VERIFY_OK(log.append(entryAt(1000, QStringLiteral("one"))));
    VERIFY_OK(log.append(entryAt(2000, QStringLiteral("two"))));
    const auto contents = log.read();
    VERIFY_OK(contents);
    QCOMPARE(contents->damagedLines, 0);
    QCOMPARE(contents->entries.size(), 2);
    const AuditEntry& newest = contents->entries.first();
    const AuditEntry wanted = entryAt(2000, QStringLiteral("two"));
    QCOMPARE(newest.id, wanted.id);
    QCOMPARE(newest.at, wanted.at);
    QCOMPARE(newest.act, wanted.act);
    QCOMPARE(newest.server, wanted.server);
    QCOMPARE(newest.runId, wanted.runId);
    QCOMPARE(newest.profile, wanted.profile);
    QCOMPARE(newest.user, wanted.user);
    QCOMPARE(newest.database, wanted.database);
    QCOMPARE(newest.selectors, wanted.selectors);
    QCOMPARE(newest.counts, wanted.counts);
    QCOMPARE(newest.outcome, wanted.outcome);
    const auto since = log.read(QDateTime::fromMSecsSinceEpoch(1500));
    QCOMPARE(since->entries.size(), 1);
    QCOMPARE(since->entries.first().id, QStringLiteral("two"));
}

void TestAudit::isForItsOwnerOnly()
{
    VERIFY_OK(AuditLog(m_file).append(entryAt(1000, QStringLiteral("one"))));
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QCOMPARE(QFile::permissions(m_file) & others, QFile::Permissions());
}

void TestAudit::theEndReplacesTheStart()
{
    const AuditLog log(m_file);
    VERIFY_OK(log.append(entryAt(1000, QStringLiteral("one"), QStringLiteral("started"))));
    VERIFY_OK(log.append(entryAt(1500, QStringLiteral("two"), QStringLiteral("started"))));
    VERIFY_OK(log.append(entryAt(1000, QStringLiteral("one"), QStringLiteral("cancelled"))));
    const auto contents = log.read();
    QCOMPARE(contents->entries.size(), 2);
    QCOMPARE(contents->entries.at(0).outcome, QStringLiteral("started")); // two, never ended
    QCOMPARE(contents->entries.at(1).outcome, QStringLiteral("cancelled"));
}

void TestAudit::damagedLinesAreCounted()
{
    const AuditLog log(m_file);
    VERIFY_OK(log.append(entryAt(1000, QStringLiteral("one"))));
    appendRaw(m_file, "not JSON\n[]\n{\"id\":\"x\"}\n\n\xff\xfe\n");
    VERIFY_OK(log.append(entryAt(2000, QStringLiteral("two"))));
    const auto contents = log.read();
    QCOMPARE(contents->entries.size(), 2);
    QCOMPARE(contents->damagedLines, 4);
}

void TestAudit::goesOnAfterALineCutShort()
{
    const AuditLog log(m_file);
    VERIFY_OK(log.append(entryAt(1000, QStringLiteral("one"))));
    appendRaw(m_file, R"({"id":"half","at":)");
    VERIFY_OK(log.append(entryAt(2000, QStringLiteral("two"))));
    const auto contents = log.read();
    QCOMPARE(contents->entries.size(), 2);
    QCOMPARE(contents->damagedLines, 1);
}

void TestAudit::noLogIsAnEmptyLog()
{
    const auto contents = AuditLog(m_file).read();
    VERIFY_OK(contents);
    QVERIFY(contents->entries.isEmpty());
}

void TestAudit::cannotBeWritten()
{
    // A file where the folder should be, and a folder where the file should be.
    appendRaw(m_folder->filePath(QStringLiteral("state")), "x");
    QCOMPARE(AuditLog(m_file).append(entryAt(1, QStringLiteral("one"))).error().code, Code::File);
    VERIFY_FAILED(AuditLog(m_folder->path()).append(entryAt(1, QStringLiteral("one"))), Code::File, Reason::FileDamaged); // a folder
    VERIFY_FAILED(AuditLog(QStringLiteral("/dev/full")).append(entryAt(1, QStringLiteral("one"))), Code::File, Reason::DiskFull);
}

void TestAudit::standsInTheStateFolder()
{
    QVERIFY(AuditLog::defaultFile().startsWith(qEnvironmentVariable("XDG_STATE_HOME")));
    const QByteArray before = qgetenv("XDG_STATE_HOME");
    qputenv("XDG_STATE_HOME", "relative");
    QCOMPARE(AuditLog::defaultFile(), QDir::homePath() + QStringLiteral("/.local/state/cachelight/audit.ndjson"));
    qputenv("XDG_STATE_HOME", before);
    QCOMPARE(AuditLog(QString()).file(), AuditLog::defaultFile());
}

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
