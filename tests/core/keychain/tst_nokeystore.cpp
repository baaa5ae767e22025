// SPDX-License-Identifier: GPL-3.0-or-later
#include "asked.h"
#include "core/base/errortext.h"
#include "core/keychain/keychainstore.h"

#include <QDirIterator>
#include <QTemporaryDir>

using namespace core;
using namespace core::keychain;

// The key store of whoever runs the tests is never asked: there is no session bus here.
class TestNoKeyStore final : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::optional<KeychainStore> m_store; // one a process
    const QString m_service = QStringLiteral("cachelight-test");

private slots:
    void initTestCase()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + m_folder.filePath(QStringLiteral("none")).toLocal8Bit());
        for (const char* place : {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"})
            qputenv(place, m_folder.path().toLocal8Bit());
        qputenv("XDG_CURRENT_DESKTOP", "KDE"); // else the answer depends on whether libsecret is there
        qputenv("KDE_SESSION_VERSION", "5");
        qunsetenv("DISPLAY");
        m_store.emplace(8'000);
    }

    void saysSo()
    {
        QElapsedTimer clock;
        clock.start();
        const auto read = answered(m_store->read(m_service, QStringLiteral("a")));
        QVERIFY(read && !*read);
        QCOMPARE(read->error().reason, Reason::NoSecretStore);
        QCOMPARE(read->error().code, Code::Unsupported);
        QVERIFY2(clock.elapsed() < 5'000, "by the store itself, not by the time limit");
        const auto removed = answered(m_store->remove(m_service, QStringLiteral("a")));
        QVERIFY(removed && !*removed);
        QCOMPARE(removed->error().reason, Reason::NoSecretStore);
    }

    // Nothing falls back to a file, and no error repeats the secret.
    void keepsNothingElsewhere()
    {
        const QByteArray secret = "secret-5f2c";
        const auto written = answered(m_store->write(m_service, QStringLiteral("a"), secret));
        QVERIFY(written && !*written);
        QCOMPARE(written->error().reason, Reason::NoSecretStore);
        QVERIFY(!oneLine(written->error()).contains(QString::fromLatin1(secret)));
        const auto read = answered(m_store->read(m_service, QStringLiteral("a")));
        QVERIFY(read && !*read);
        QDirIterator files(m_folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QFile::ReadOnly));
            QVERIFY2(!file.readAll().contains(secret), qPrintable(file.fileName()));
        }
    }

    void cleanupTestCase() { m_store.reset(); }
};

QTEST_GUILESS_MAIN(TestNoKeyStore)
#include "tst_nokeystore.moc"
