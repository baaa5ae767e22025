// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/profile.h"
#include "tests/support/redistest.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/shell/workspace.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

using namespace ui;

namespace {
    const QByteArray wild("k\0\xFF\n\"'\\ $(touch x) \xE4\xB8\xAD", 22);
}

// What is copied is run by the programs it is meant for.
class TestKeyCopy final : public QObject {
    Q_OBJECT
private slots:
    void redisCliReadsTheBytes();
    void curlSendsTheTarget_data();
    void curlSendsTheTarget();
    void jsonIsExact();
    void offersWhatThereIs();
};

void TestKeyCopy::redisCliReadsTheBytes()
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("redis-cli"));
    if (program.isEmpty())
        QSKIP("no redis-cli");
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    core::redis::Session session(server.endpoint());
    VERIFY_OK(redistest::wait(session.open()));
    QProcess cli;
    cli.start(program, {QStringLiteral("-s"), server.endpoint().path});
    cli.write("SET " + redisCliWord(wild).toLatin1() + " found\n");
    cli.closeWriteChannel();
    QVERIFY(cli.waitForFinished(redistest::patienceMs));
    QCOMPARE(redistest::ask(session, {"GET", wild}).bytes, QByteArray("found"));
}

void TestKeyCopy::curlSendsTheTarget_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("a query") << QByteArray("lightapi:Book:/books:page=1&size=20") << QByteArray("/books?page=1&size=20");
    QTest::newRow("what a shell would run") << QByteArray("lightapi:Book:/books/$(id)'`;:q={a,b}[1-3]") << QByteArray();
    QTest::newRow("dots") << QByteArray("lightapi:Book:/a/../books:") << QByteArray("/a/../books");
}

void TestKeyCopy::curlSendsTheTarget()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, target);
    if (QStandardPaths::findExecutable(QStringLiteral("curl")).isEmpty())
        QSKIP("no curl");
    QTcpServer api;
    QVERIFY(api.listen(QHostAddress::LocalHost));
    QByteArray asked;
    connect(&api, &QTcpServer::newConnection, this, [&] {
        QTcpSocket* line = api.nextPendingConnection();
        connect(line, &QTcpSocket::readyRead, line, [&asked, line] {
            asked += line->readAll();
            line->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            line->disconnectFromHost();
        });
    });
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    QTemporaryDir folder;
    core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
    Workspace workspace(&store);
    core::settings::Profile profile;
    profile.name = QStringLiteral("copy");
    profile.endpoint = server.endpoint();
    profile.apiUrl = QStringLiteral("http://127.0.0.1:%1").arg(api.serverPort());
    workspace.connectTo(profile);
    QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
    const auto expected = targetOfKey(key, workspace.routes());
    QVERIFY(expected);
    if (!target.isEmpty())
        QCOMPARE(*expected, target);
    QCOMPARE(urlOfKey(key, &workspace), QString(profile.apiUrl + QString::fromLatin1(*expected)));
    QProcess shell;
    shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), curlOfKey(key, &workspace) + QStringLiteral(" --silent --noproxy '*'")});
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), QProcess::NotRunning, redistest::patienceMs);
    QCOMPARE(shell.exitCode(), 0);
    QCOMPARE(asked.left(asked.indexOf("\r\n")), QByteArray("GET " + *expected + " HTTP/1.1"));
}

void TestKeyCopy::jsonIsExact()
{
    QCOMPARE(jsonOfKey("a\"\xE4\xB8\xAD\n"), QStringLiteral("{\"key\":\"a\\\"中\\n\"}"));
    const QJsonObject object = QJsonDocument::fromJson(jsonOfKey(wild).toUtf8()).object();
    QVERIFY(object.value(QStringLiteral("key")).isNull());
    QCOMPARE(QByteArray::fromBase64(object.value(QStringLiteral("key_b64")).toString().toLatin1()), wild);
    const QByteArray marked("\xEF\xBB\xBF" "a"); // a text would lose its byte order mark
    const QJsonObject other = QJsonDocument::fromJson(jsonOfKey(marked).toUtf8()).object();
    QCOMPARE(QByteArray::fromBase64(other.value(QStringLiteral("key_b64")).toString().toLatin1()), marked);
}

void TestKeyCopy::offersWhatThereIs()
{
    QTemporaryDir folder;
    core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
    Workspace workspace(&store);
    QMenu menu;
    addCopyActions(&menu, &workspace, "plain");
    QStringList offered, greyed;
    for (const QAction* action : menu.actions())
        (action->isEnabled() ? offered : greyed) += action->text();
    QCOMPARE(offered, (QStringList {QStringLiteral("Copy key"), QStringLiteral("Copy as bytes for redis-cli"), QStringLiteral("Copy key as JSON")}));
    QCOMPARE(greyed, (QStringList {QStringLiteral("Copy request target"), QStringLiteral("Copy URL"), QStringLiteral("Copy as curl"), QStringLiteral("Copy as cachelight command")}));
}

QTEST_MAIN(TestKeyCopy)
#include "tst_keycopy.moc"
