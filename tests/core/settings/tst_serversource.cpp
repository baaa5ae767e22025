// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/settings/serversource.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace core;
using namespace core::settings;

namespace {
void write(const QString& name, const QByteArray& text)
{
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}
}

class TestServerSource final : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;

    Store storeWithShop() const
    {
        Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Profile shop;
        shop.name = QStringLiteral("shop-prod");
        shop.endpoint.host = QStringLiteral("shop");
        shop.environment = Environment::Production;
        if (!store.put(shop))
            qFatal("the store cannot be written");
        return store;
    }

private slots:
    void order_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("profile");
        QTest::addColumn<QStringList>("variables"); // NAME=value
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("server");
        const auto row = [](const char* url, const char* profile, const QStringList& variables, const char* source, const char* server) {
            QTest::addRow("%s %s %s", source, server, qPrintable(variables.join(u' ')))
                << QString::fromLatin1(url) << QString::fromLatin1(profile) << variables << QString::fromLatin1(source)
                << QString::fromLatin1(server);
        };
        const QString one = QStringLiteral("CACHELIGHT_URL=redis://one");
        const QString two = QStringLiteral("LIGHTAPI_REDIS_URL=redis://two/2");
        const QString three = QStringLiteral("REDIS_URL=redis://three");
        const QString host = QStringLiteral("REDIS_HOST=four");
        row("redis://zero", "", {one, two, three, host}, "--url", "zero:6379/0");
        row("", "shop-prod", {one, two, three, host}, "profile shop-prod", "shop:6379/0");
        row("", "", {one, two, three, host}, "CACHELIGHT_URL", "one:6379/0");
        row("", "", {two, three, host}, "LIGHTAPI_REDIS_URL", "two:6379/2");
        row("", "", {QStringLiteral("CACHELIGHT_URL="), three, host}, "REDIS_URL", "three:6379/0");
        row("", "", {host}, "REDIS_HOST", "four:6379/0");
        row("", "", {host, QStringLiteral("REDIS_PORT=6400"), QStringLiteral("REDIS_DB=5")}, "REDIS_HOST", "four:6400/5");
        row("", "", {QStringLiteral("REDIS_HOST=[::1]")}, "REDIS_HOST", "[::1]:6379/0");
        row("", "", {QStringLiteral("REDIS_PORT=6400"), QStringLiteral("REDIS_DB=5"), QStringLiteral("REDIS_PASSWORD=x")}, "default", "localhost:6379/0");
        row("", "", {}, "default", "localhost:6379/0");
    }
    void order()
    {
        QFETCH(QString, url);
        QFETCH(QString, profile);
        QFETCH(QStringList, variables);
        QFETCH(QString, source);
        QFETCH(QString, server);
        Environ environment;
        for (const QString& variable : variables)
            environment[variable.section(u'=', 0, 0)] = variable.section(u'=', 1);
        ServerOptions options;
        options.url = url;
        options.profile = profile;
        const Result<ServerChoice> choice = chooseServer(options, environment, storeWithShop());
        QVERIFY2(choice, qPrintable(choice ? QString() : oneLine(choice.error())));
        QCOMPARE(choice->source, source);
        QCOMPARE(endpointLabel(choice->endpoint), server);
        QCOMPARE(choice->isDefault, source == QStringLiteral("default"));
        QCOMPARE(choice->profile.has_value(), !profile.isEmpty());
        QVERIFY(choice->endpoint.password.isEmpty());
    }

    void hostVariablesAreTakenAsTheyStand()
    {
        const Environ environment {{QStringLiteral("REDIS_HOST"), QStringLiteral("h")}, {QStringLiteral("REDIS_USERNAME"), QStringLiteral("u%41")},
            {QStringLiteral("REDIS_PASSWORD"), QStringLiteral("p%41 ")}};
        const ServerChoice choice = chooseServer({}, environment, storeWithShop()).value();
        QCOMPARE(choice.endpoint.user, QByteArray("u%41"));
        QCOMPARE(choice.endpoint.password, QByteArray("p%41 "));
        QVERIFY(!choice.passwordInArgument);
    }

    void passwords()
    {
        const Environ environment {{QStringLiteral("REDISCLI_AUTH"), QStringLiteral("from-environment")}};
        const QString file = m_folder.filePath(QStringLiteral("password"));
        write(file, "from file \r\nsecond line\n");
        const auto passwordOf = [&](const char* url, const QString& passwordFile) -> QByteArray {
            ServerOptions options;
            options.url = QString::fromLatin1(url);
            options.passwordFile = passwordFile;
            const ServerChoice choice = chooseServer(options, environment, storeWithShop()).value();
            return choice.endpoint.password + (choice.passwordInArgument ? "!" : "");
        };
        QCOMPARE(passwordOf("redis://h", {}), QByteArray("from-environment"));
        QCOMPARE(passwordOf("redis://:own@h", {}), QByteArray("own!"));
        QCOMPARE(passwordOf("redis://h", file), QByteArray("from file "));
        QCOMPARE(passwordOf("redis://:own@h", file), QByteArray("from file !"));
        QCOMPARE(passwordOf("redis://h", QStringLiteral("-")), QByteArray()); // the caller reads stdin
        QCOMPARE(passwordFromText("a"), QByteArray("a"));
        QCOMPARE(passwordFromText(""), QByteArray());
        QCOMPARE(passwordFromText("\nx"), QByteArray());
        ServerOptions profile;
        profile.profile = QStringLiteral("shop-prod");
        QCOMPARE(chooseServer(profile, environment, storeWithShop())->endpoint.password, QByteArray("from-environment"));
    }

    void badPasswordFiles()
    {
        const auto reason = [](const QString& file) { return passwordFromFile(file).error().reason; };
        QCOMPARE(reason(m_folder.filePath(QStringLiteral("nowhere"))), Reason::FileMissing);
        QCOMPARE(reason(m_folder.path()), Reason::FilePermission);
        write(m_folder.filePath(QStringLiteral("empty")), "\n");
        QCOMPARE(reason(m_folder.filePath(QStringLiteral("empty"))), Reason::FileDamaged);
    }

    void optionsApply()
    {
        ServerOptions options;
        options.url = QStringLiteral("rediss://h/1");
        options.db = 7;
        options.connectTimeoutMs = 100;
        options.replyTimeoutMs = 200;
        options.tlsCa = QStringLiteral("ca.pem");
        options.tlsCert = QStringLiteral("c.pem");
        options.tlsKey = QStringLiteral("k.pem");
        options.tlsServerName = QStringLiteral("name");
        const Endpoint endpoint = chooseServer(options, {}, storeWithShop())->endpoint;
        QCOMPARE(endpoint.database, 7);
        QCOMPARE(endpoint.connectTimeoutMs, 100);
        QCOMPARE(endpoint.replyTimeoutMs, 200);
        QCOMPARE(endpoint.tlsCaFile, QStringLiteral("ca.pem"));
        QCOMPARE(endpoint.tlsServerName, QStringLiteral("name"));
    }

    void aCertificateMayHoldItsKey()
    {
        ServerOptions options;
        options.url = QStringLiteral("rediss://h");
        options.tlsCert = QStringLiteral("both.pem");
        const auto choice = chooseServer(options, {}, storeWithShop());
        QVERIFY(choice);
        QCOMPARE(choice->endpoint.tlsCertFile, QStringLiteral("both.pem"));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("options"); // name=value
        QTest::addColumn<QStringList>("variables");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("reason");
        const auto row = [](const char* options, const char* variables, Code code, Reason reason) {
            QTest::addRow("%s %s", options, variables) << QString::fromLatin1(options).split(u' ', Qt::SkipEmptyParts)
                << QString::fromLatin1(variables).split(u' ', Qt::SkipEmptyParts) << static_cast<int>(code) << static_cast<int>(reason);
        };
        row("url=redis://h profile=shop-prod", "", Code::Usage, Reason::BadOption);
        row("profile=nobody", "", Code::Input, Reason::NoSuchProfile);
        row("url=h:6379", "", Code::Input, Reason::BadUrl);
        row("url=redis+cluster://u:s3cret@h", "", Code::Unsupported, Reason::NotInThisVersion);
        row("", "CACHELIGHT_URL=h:6379 REDIS_URL=redis://good", Code::Input, Reason::BadUrl);
        row("", "LIGHTAPI_REDIS_URL=user:s3cret@h:6379", Code::Input, Reason::BadUrl);
        row("", "REDIS_HOST=h REDIS_PORT=x", Code::Input, Reason::BadOption);
        row("", "REDIS_HOST=h REDIS_DB=-1", Code::Input, Reason::BadOption);
        row("", "REDIS_HOST=h REDIS_PORT=0 REDIS_PASSWORD=s3cret", Code::Input, Reason::BadOption);
        row("url=redis://h db=-1", "", Code::Usage, Reason::BadOption);
        row("url=redis://h ca=x", "", Code::Usage, Reason::BadOption);
        row("url=unix:///s name=x", "", Code::Usage, Reason::BadOption);
        row("url=rediss://h key=x", "", Code::Usage, Reason::BadOption);
        row("url=redis://h file=/nowhere/s3", "", Code::File, Reason::FileMissing);
    }
    void refuses()
    {
        QFETCH(QStringList, options);
        QFETCH(QStringList, variables);
        ServerOptions given;
        for (const QString& option : options) {
            const QString value = option.section(u'=', 1);
            const QMap<QString, QString*> fields {{QStringLiteral("url"), &given.url}, {QStringLiteral("profile"), &given.profile},
                {QStringLiteral("ca"), &given.tlsCa}, {QStringLiteral("cert"), &given.tlsCert}, {QStringLiteral("key"), &given.tlsKey},
                {QStringLiteral("name"), &given.tlsServerName}, {QStringLiteral("file"), &given.passwordFile}};
            if (QString* field = fields.value(option.section(u'=', 0, 0)))
                *field = value;
            else
                given.db = value.toInt();
        }
        Environ environment;
        for (const QString& variable : variables)
            environment[variable.section(u'=', 0, 0)] = variable.section(u'=', 1);
        const Result<ServerChoice> choice = chooseServer(given, environment, storeWithShop());
        QVERIFY(!choice);
        QTEST(static_cast<int>(choice.error().code), "code");
        QTEST(static_cast<int>(choice.error().reason), "reason");
        QVERIFY2(!oneLine(choice.error()).contains(QStringLiteral("s3cret")), qPrintable(oneLine(choice.error())));
        if (!variables.isEmpty() && choice.error().reason == Reason::BadUrl)
            QVERIFY2(choice.error().detail.contains(variables.first().section(u'=', 0, 0)), qPrintable(choice.error().detail));
    }

    void dotEnv_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("value"); // of A; "-": not set
        const auto row = [](const char* title, const char* text, const char* value) {
            QTest::newRow(title) << QByteArray(text) << QString::fromUtf8(value);
        };
        row("plain", "A=1", "1");
        row("spaces", "  A = a b  \n", "a b");
        row("export", "export A=1\n", "1");
        row("comment", "# A=2\nA=1 # one\n", "1");
        row("hash inside", "A=a#b", "a#b");
        row("hash alone", "A=#b", "");
        row("double", "A=\"a # \\n \\\"b\\\" \\x\" # c", "a # \n \"b\" \\x");
        row("single", "A='a # \\n \"b\"'", "a # \\n \"b\"");
        row("empty", "A=", "");
        row("empty quotes", "A=\"\"", "");
        row("equals inside", "A=redis://u:p@h?db=1", "redis://u:p@h?db=1");
        row("no expansion", "B=2\nA=$B${B}", "$B${B}");
        row("crlf", "B=1\r\nA=2\r\n", "2");
        row("last wins", "A=1\nA=2\n", "2");
        row("over lines", "A=\"a\nb\"\nB=1", "a\nb");
        row("mark", "\xEF\xBB\xBF""A=1", "1");
        row("no value", "A\nB=1", "-");
        row("number first", "1A=1\n", "-");
        row("unclosed", "A=\"x\nB=1\n", "-");
        row("unicode", "A=caf\xC3\xA9", "caf\xC3\xA9");
        row("nothing", "", "-");
    }
    void dotEnv()
    {
        QFETCH(QByteArray, text);
        QTEST(parseDotEnv(text).value(QStringLiteral("A"), QStringLiteral("-")), "value");
    }

    void finds()
    {
        const QString folder = m_folder.filePath(QStringLiteral("project"));
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(findServers(folder, {}).isEmpty());

        write(folder + QStringLiteral("/lightapi.yaml"), "endpoints: []\n");
        QList<Found> found = findServers(folder, {});
        QCOMPARE(found.size(), 1);
        QCOMPARE(found[0].where, QStringLiteral("lightapi.yaml"));
        QVERIFY(found[0].choice.isDefault);
        QCOMPARE(found[0].lightapiConfig, folder + QStringLiteral("/lightapi.yaml"));

        write(folder + QStringLiteral("/.env"), "LIGHTAPI_REDIS_URL=redis://:s3cret@file/1\nREDIS_URL=redis://shared\nREDIS_HOST=bad\nREDIS_PORT=x\n");
        const Environ environment {{QStringLiteral("REDIS_URL"), QStringLiteral("redis://shared")}, {QStringLiteral("CACHELIGHT_URL"), QStringLiteral("u:s3cret@nowhere")}};
        QList<Error> problems;
        found = findServers(folder, environment, &problems);
        QCOMPARE(found.size(), 2);
        QCOMPARE(found[0].where, QStringLiteral("environment"));
        QCOMPARE(endpointLabel(found[0].choice.endpoint), QStringLiteral("shared:6379/0"));
        QCOMPARE(found[1].where, QStringLiteral(".env"));
        QCOMPARE(found[1].choice.source, QStringLiteral("LIGHTAPI_REDIS_URL"));
        QCOMPARE(found[1].choice.endpoint.password, QByteArray("s3cret"));
        QCOMPARE(problems.size(), 2);
        for (const Error& problem : problems)
            QVERIFY(!oneLine(problem).contains(QStringLiteral("s3cret")));
    }
};

QTEST_GUILESS_MAIN(TestServerSource)
#include "tst_serversource.moc"
