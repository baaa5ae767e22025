// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/settings/profile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace core;
using namespace core::settings;

namespace {
// Single quotes for double ones, for reading's sake.
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

Profile shop()
{
    Profile profile;
    profile.name = QStringLiteral("shop <b>prod</b>");
    profile.endpoint.transport = Endpoint::Transport::Tls;
    profile.endpoint.host = QStringLiteral("redis.example");
    profile.endpoint.port = 6390;
    profile.endpoint.database = 3;
    profile.endpoint.user = "us er:@\xC3\xA9";
    profile.endpoint.tlsCaFile = QStringLiteral("/etc/ca.pem");
    profile.endpoint.tlsServerName = QStringLiteral("other.example");
    profile.endpoint.connectTimeoutMs = 1234;
    profile.endpoint.replyTimeoutMs = 4321;
    profile.colour = QStringLiteral("teal");
    profile.environment = Environment::Production;
    profile.apiUrl = QStringLiteral("https://api.example");
    profile.apiCaFile = QStringLiteral("/etc/api.pem");
    profile.lightapiConfig = QStringLiteral("/srv/lightapi.yaml");
    profile.lightapiRelease = QStringLiteral("0.2.1");
    profile.endpoints = {QStringLiteral("Book=/books,vary_on=a%2Cb")};
    profile.keyTemplates = {QStringLiteral("own={class}%2C{path},ttl=60")};
    profile.identities = {{QStringLiteral("Al \"1\""), QStringLiteral("login"), QStringLiteral("al"), QStringLiteral("/login")}, {QStringLiteral("Bo"), QStringLiteral("bearer"), {}, {}}};
    return profile;
}
}

class TestStore final : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;

    QByteArray text() const
    {
        QFile file(m_file);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QByteArray& text) const
    {
        QVERIFY(QDir().mkpath(QFileInfo(m_file).path()));
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }
    QStringList keptAside() const
    {
        return QDir(QFileInfo(m_file).path()).entryList({QStringLiteral("*.damaged-*")}, QDir::Files);
    }

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("deep/settings.json"));
    }

    void comesBack_data()
    {
        QTest::addColumn<Endpoint>("endpoint");
        Endpoint endpoint;
        QTest::newRow("default") << endpoint;
        endpoint.host = QStringLiteral("2001:db8::1");
        QTest::newRow("ipv6") << endpoint;
        endpoint = {};
        endpoint.transport = Endpoint::Transport::Unix;
        endpoint.path = QStringLiteral("/run/a b?#%/r.sock");
        endpoint.database = 9;
        QTest::newRow("unix") << endpoint;
        QTest::newRow("tls") << shop().endpoint;
    }
    void comesBack()
    {
        QFETCH(Endpoint, endpoint);
        Profile profile = shop();
        profile.endpoint = endpoint;
        Store store(m_file);
        QVERIFY(store.load());
        QVERIFY(store.put(profile));
        QVERIFY(store.setChoice(QStringLiteral("theme"), QStringLiteral("dark")));
        Store again(m_file);
        QVERIFY(again.load());
        QCOMPARE(again.profiles().size(), 1);
        const Profile* read = again.find(profile.name);
        QVERIFY(read);
        QCOMPARE(read->endpoint, endpoint);
        QCOMPARE(read->colour, profile.colour);
        QCOMPARE(read->identities, profile.identities);
        QCOMPARE(read->environment, profile.environment);
        QCOMPARE(read->apiUrl, profile.apiUrl);
        QCOMPARE(read->apiCaFile, profile.apiCaFile);
        QCOMPARE(read->lightapiConfig, profile.lightapiConfig);
        QCOMPARE(read->lightapiRelease, profile.lightapiRelease);
        QCOMPARE(read->endpoints, profile.endpoints);
        QCOMPARE(read->keyTemplates, profile.keyTemplates);
        QCOMPARE(again.choice(QStringLiteral("theme")), QStringLiteral("dark"));
        QCOMPARE(again.choice(QStringLiteral("none")), QString());
    }

    void replacesAndRemoves()
    {
        Store store(m_file);
        QVERIFY(store.put(shop()));
        Profile changed = *store.find(shop().name);
        changed.colour = QStringLiteral("red");
        QVERIFY(store.put(changed));
        QCOMPARE(store.profiles().size(), 1);
        QCOMPARE(store.find(changed.name)->colour, QStringLiteral("red"));
        QVERIFY(store.put(*store.find(changed.name))); // one of its own
        QVERIFY(store.remove(changed.name));
        QCOMPARE(store.remove(changed.name).error().reason, Reason::NoSuchProfile);
        QVERIFY(store.profiles().isEmpty());
    }

    void twoWritersKeepBoth()
    {
        Store window(m_file);
        Store command(m_file);
        QVERIFY(window.load() && command.load());
        QVERIFY(window.put(shop()));
        Profile other = shop();
        other.name = QStringLiteral("other");
        QVERIFY(command.put(other));
        QVERIFY(window.setChoice(QStringLiteral("theme"), QStringLiteral("light")));
        QCOMPARE(window.profiles().size(), 2);
    }

    void noPasswordIsWritten()
    {
        Profile profile = shop();
        profile.endpoint.password = "s3cret";
        profile.apiUrl = QStringLiteral("https://user:s3cret@api.example/v1");
        Store store(m_file);
        QVERIFY(store.put(profile));
        QVERIFY(store.find(profile.name)->endpoint.password.isEmpty());
        QVERIFY(!text().contains("s3cret"));
        QVERIFY(text().contains("https://user@api.example/v1"));
        write(json("{'profiles':[{'name':'x','url':'redis://:s3cret@h','environment':'staging'}]}"));
        QVERIFY(store.load());
        QVERIFY(store.find(QStringLiteral("x"))->endpoint.password.isEmpty());
        QVERIFY(store.save());
        QVERIFY(!text().contains("s3cret"));
    }

    void theFileIsPrivate()
    {
        write("{}");
        QVERIFY(QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        Store store(m_file);
        QVERIFY(store.put(shop()));
        const auto forOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
        QCOMPARE(QFile::permissions(m_file) & forOthers, QFile::Permissions());
    }

    void damaged_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("left"); // connections that could be read
        const QByteArray good = json("{'name':'a','url':'redis://h','environment':'staging'}");
        const auto row = [](const char* title, const QByteArray& text, int left) { QTest::newRow(title) << text << left; };
        row("empty", "", 0);
        row("cut", json("{'profiles':[{'name':"), 0);
        row("bytes", QByteArray("\0\xFF\x01", 3), 0);
        row("list", "[]", 0);
        row("profiles no list", json("{'profiles':{}}"), 0);
        row("choices no object", json("{'choices':[]}"), 0);
        row("one bad", json("{'profiles':[") + good + json(",{'name':'b','url':'nonsense','environment':'staging'}]}"), 1);
        row("no name", json("{'profiles':[") + good + json(",{'url':'redis://h','environment':'staging'}]}"), 1);
        row("same name", json("{'profiles':[") + good + ',' + good + "]}", 1);
        row("unknown environment", json("{'profiles':[{'name':'b','url':'redis://h','environment':'Production!'}]}"), 0);
        row("no environment", json("{'profiles':[{'name':'b','url':'redis://h'}]}"), 0);
        row("number for text", json("{'profiles':[{'name':'b','url':'redis://h','environment':'staging','colour':5}]}"), 0);
        row("two identities of one name", json("{'profiles':[{'name':'b','url':'redis://h','environment':'staging','identities':[{'name':'x'},{'name':'x'}]}]}"), 0);
        row("an identity without a name", json("{'profiles':[{'name':'b','url':'redis://h','environment':'staging','identities':[{'method':'basic'}]}]}"), 0);
        row("bad time", json("{'profiles':[{'name':'b','url':'redis://h','environment':'staging','reply_timeout_ms':-5}]}"), 0);
        row("bad endpoints", json("{'profiles':[{'name':'b','url':'redis://h','environment':'staging','endpoints':[1]}]}"), 0);
    }
    void damaged()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, left);
        write(text);
        Store store(m_file);
        const Result<void> loaded = store.load();
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().reason, Reason::SettingsDamaged);
        QCOMPARE(loaded.error().code, Code::File);
        QCOMPARE(keptAside().size(), 1);
        QVERIFY2(loaded.error().detail.contains(keptAside().first()), qPrintable(loaded.error().detail));
        QFile aside(QFileInfo(m_file).path() + u'/' + keptAside().first());
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QCOMPARE(aside.readAll(), text);
        QCOMPARE(store.profiles().size(), left);
        // Usable after it, and the next start is clean.
        QVERIFY(store.put(shop()));
        Store again(m_file);
        QVERIFY(again.load());
        QCOMPARE(again.profiles().size(), left + 1);
    }

    void damagedTwiceKeepsBoth()
    {
        Store store(m_file);
        for (int i = 1; i <= 3; ++i) {
            write("x");
            QVERIFY(!store.load());
            QCOMPARE(keptAside().size(), i);
        }
    }

    void whatCannotBeReadIsNotOverwritten()
    {
        if (::geteuid() == 0) {
            // root reads everything: a folder in the file's place cannot be read by anybody.
            QVERIFY(QDir().mkpath(m_file));
        } else {
            write("{}");
            QVERIFY(QFile::setPermissions(m_file, {}));
        }
        Store store(m_file);
        QCOMPARE(store.load().error().reason, Reason::FilePermission);
        QVERIFY(!store.put(shop()));
        QCOMPARE(store.save().error().reason, Reason::FilePermission);
        QVERIFY(QFileInfo::exists(m_file));
        QVERIFY(keptAside().isEmpty());
    }

    void noRoomIsSaid()
    {
        // A file where the folder should be.
        QFile inTheWay(m_folder->filePath(QStringLiteral("deep")));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        Store store(m_file);
        const Result<void> put = store.put(shop());
        QVERIFY(!put);
        QCOMPARE(put.error().code, Code::File);
        QVERIFY(!describe(put.error()).what.isEmpty());
    }

    void badNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("empty") << QString();
        QTest::newRow("blank") << QStringLiteral("  ");
        QTest::newRow("newline") << QStringLiteral("a\nb");
        QTest::newRow("nul") << QString(QChar(0));
    }
    void badNames()
    {
        QFETCH(QString, name);
        Profile profile = shop();
        profile.name = name;
        Store store(m_file);
        QCOMPARE(store.put(profile).error().code, Code::Input);
        QVERIFY(!QFileInfo::exists(m_file));
    }

    void theDefaultFileFollowsXdg()
    {
        QCOMPARE(Store::defaultFile(), qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/cachelight/settings.json"));
    }

    void onlyProductionStartsReadOnly()
    {
        Profile profile;
        QVERIFY(!profile.startsReadOnly());
        profile.environment = Environment::Production;
        QVERIFY(profile.startsReadOnly());
        for (const auto environment : {Environment::Development, Environment::Staging, Environment::Production})
            QCOMPARE(environmentFromName(environmentName(environment)), environment);
        QVERIFY(!environmentFromName(QStringLiteral("prod")));
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
