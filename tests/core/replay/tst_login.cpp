// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/base/async.h"
#include "core/base/clock.h"
#include "core/base/errortext.h"
#include "core/base/log.h"
#include "core/replay/login.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace core;
using namespace core::replay;

namespace {
class SetClock final : public Clock {
public:
    qint64 monotonicMs() const override { return 0; }
    QDateTime utcNow() const override { return now; }
    QDateTime now = QDateTime::currentDateTimeUtc();
};

QStringList logged;
void keepLog(QtMsgType, const QMessageLogContext&, const QString& text)
{
    logged << text;
}
}

class TestLogin final : public QObject {
    Q_OBJECT
private:
    Stage m_stage;
    Identity m_alice {QStringLiteral("alice"), IdentityKind::Login, QStringLiteral("alice"), "right-alice"};

    Result<http::Headers> headersOf(Login& login, const Identity& identity)
    {
        std::optional<Result<http::Headers>> out;
        onFinished(login.headersFor(identity), this, [&out](const Result<http::Headers>& headers) { out = headers; });
        if (!QTest::qWaitFor([&out] { return out.has_value(); }))
            return fail(Code::Timeout);
        return *out;
    }

private slots:
    void initTestCase() { QVERIFY(m_stage.build()); }

    void asksOnceWhileTheTokenIsGood()
    {
        SetClock clock;
        Login login(m_stage.client.get(), &clock);
        const int before = m_stage.api->logins();
        const auto first = headersOf(login, m_alice);
        QVERIFY(first);
        QVERIFY(first->first().second.startsWith("Bearer eyJ"));
        QCOMPARE(login.factsOf(m_alice)->subject, QByteArray("alice"));
        const auto again = headersOf(login, m_alice);
        QVERIFY(again);
        QCOMPARE(*again, *first);
        QCOMPARE(m_stage.api->logins(), before + 1);
        clock.now = clock.now.addSecs(3600 - 2); // two seconds are not enough for a request
        const auto later = headersOf(login, m_alice);
        QVERIFY(later);
        QVERIFY(*later != *first);
        QCOMPARE(m_stage.api->logins(), before + 2);
    }

    // After a 401, with another password, and after the server has gone.
    void asksAnew()
    {
        Login login(m_stage.client.get());
        const auto first = headersOf(login, m_alice);
        QVERIFY(first);
        QVERIFY(!login.refused(m_alice, {{"Authorization", "Bearer typed by hand"}}));
        QVERIFY(login.refused(m_alice, *first));
        QVERIFY(!login.refused(m_alice, *first)); // it is not held any more
        const auto second = headersOf(login, m_alice);
        QVERIFY(second && *second != *first);
        Identity changed = m_alice;
        changed.secret = "wrong";
        QVERIFY(!headersOf(login, changed));
        QVERIFY(!login.factsOf(m_alice)); // one name, one token
        login.forget();
        QVERIFY(headersOf(login, m_alice));
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("password");
        QTest::addColumn<int>("reason");
        QTest::newRow("password") << QByteArray("/auth/login") << QByteArray("wr\"ong-9a") << int(Reason::LoginRefused);
        QTest::newRow("no such path") << QByteArray("/nowhere") << QByteArray("right-alice") << int(Reason::LoginRefused);
        QTest::newRow("redirect is not followed") << QByteArray("/moved/login") << QByteArray("right-alice") << int(Reason::LoginRefused);
        QTest::newRow("no token, as with Basic alone") << QByteArray("/basic/login") << QByteArray("right-alice") << int(Reason::NoToken);
        QTest::newRow("path of another origin") << QByteArray("http://127.0.0.1:1/auth/login") << QByteArray("right-alice") << int(Reason::BadTarget);
        QTest::newRow("no password") << QByteArray("/auth/login") << QByteArray() << int(Reason::BadIdentity);
    }
    void refusals()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, password);
        QFETCH(int, reason);
        Login login(m_stage.client.get());
        const int before = m_stage.api->logins();
        const auto headers = headersOf(login, {QStringLiteral("a"), IdentityKind::Login, QStringLiteral("alice"), password, path});
        QVERIFY(!headers);
        QCOMPARE(headers.error().reason, Reason(reason));
        const QString said = oneLine(headers.error());
        QVERIFY2(password.isEmpty() || !said.contains(QString::fromUtf8(password)), qPrintable(said));
        QVERIFY(!login.factsOf({QStringLiteral("a"), IdentityKind::Login, QStringLiteral("alice"), password, path}));
        QCOMPARE(m_stage.api->logins(), before);
    }

    void serverIsGone()
    {
        http::Client nobody({.baseUrl = QStringLiteral("http://127.0.0.1:1")});
        Login login(&nobody);
        const auto headers = headersOf(login, m_alice);
        QVERIFY(!headers);
        QCOMPARE(headers.error().reason, Reason::ApiUnreachable);
    }

    // Who gives up waits for nothing, and the server is told.
    void cancelled()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        http::Client client({.baseUrl = QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())});
        Login login(&client);
        QFuture<Result<http::Headers>> asked = login.headersFor(m_alice);
        QTRY_VERIFY(silent.hasPendingConnections());
        const std::unique_ptr<QTcpSocket> line(silent.nextPendingConnection());
        QTRY_VERIFY(line->bytesAvailable() > 0);
        asked.cancel();
        QTRY_COMPARE(line->state(), QAbstractSocket::UnconnectedState);
        QTRY_VERIFY(asked.isFinished());
        QVERIFY(asked.isCanceled());
    }

    void logsNoSecret()
    {
        QLoggingCategory::setFilterRules(QStringLiteral("*.debug=true"));
        const QtMessageHandler old = qInstallMessageHandler(&keepLog);
        Login login(m_stage.client.get());
        const auto headers = headersOf(login, m_alice);
        qInstallMessageHandler(old);
        QLoggingCategory::setFilterRules(QStringLiteral("*.debug=false"));
        QVERIFY(headers);
        const QString all = logged.join(u'\n');
        QVERIFY2(all.contains(QStringLiteral("/auth/login")), "the log was not seen");
        QVERIFY(!all.contains(QStringLiteral("right-alice")));
        QVERIFY(!all.contains(QString::fromLatin1(headers->first().second.sliced(7))));
    }
};

QTEST_GUILESS_MAIN(TestLogin)
#include "tst_login.moc"
