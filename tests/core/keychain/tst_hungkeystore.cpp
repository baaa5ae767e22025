// SPDX-License-Identifier: GPL-3.0-or-later
#include "asked.h"
#include "core/keychain/keychainstore.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QTemporaryDir>

using namespace core;
using namespace core::keychain;

// A session bus that takes connections and never says a word.
class TestHungKeyStore final : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QLocalServer m_bus;
    const QString m_service = QStringLiteral("cachelight-test");

private slots:
    void initTestCase()
    {
        QVERIFY(m_bus.listen(m_folder.filePath(QStringLiteral("bus"))));
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + m_bus.fullServerName().toLocal8Bit());
        qputenv("XDG_CURRENT_DESKTOP", "KDE");
        qputenv("KDE_SESSION_VERSION", "5");
    }

    // Each question ends by its own limit, also the one that waits behind; a cancel ends at once; the caller's thread goes on.
    void endsInTime()
    {
        std::optional<KeychainStore> store(std::in_place, 700);
        QElapsedTimer clock;
        clock.start();
        QFuture<Result<std::optional<QByteArray>>> first = store->read(m_service, QStringLiteral("a"));
        const QFuture<Result<void>> second = store->write(m_service, QStringLiteral("b"), "x");
        QFuture<Result<void>> third = store->remove(m_service, QStringLiteral("c"));
        QVERIFY2(clock.elapsed() < 300, "asking waits for nothing");
        third.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(third.isFinished(), 400);
        QVERIFY(!first.isFinished());
        const auto read = answered(first);
        QVERIFY(read && !*read);
        QCOMPARE(read->error().reason, Reason::SecretsTimeout);
        QCOMPARE(read->error().code, Code::Timeout);
        const auto written = answered(second);
        QVERIFY(written && !*written);
        QCOMPARE(written->error().reason, Reason::SecretsTimeout);
        const auto cancelled = answered(third);
        QVERIFY(cancelled && !*cancelled);
        QCOMPARE(cancelled->error().code, Code::Cancelled);
        QVERIFY2(clock.elapsed() < 3'000, qPrintable(QString::number(clock.elapsed())));
        store.reset(); // nor does the end wait
        QVERIFY2(clock.elapsed() < 5'000, qPrintable(QString::number(clock.elapsed())));
    }

    // Frees the thread that was left behind before the sanitizers look for leaks.
    void cleanupTestCase() { m_bus.close(); }
};

QTEST_GUILESS_MAIN(TestHungKeyStore)
#include "tst_hungkeystore.moc"
