// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakesecrets.h"
#include "ui/pages/connections/connectionlist.h"
#include "ui/pages/connections/connectionspage.h"
#include "ui/pages/connections/profileform.h"
#include "ui/shell/identities.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"

#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;
using core::settings::Profile;

namespace {
QLineEdit* field(const QWidget& form, const QString& name)
{
    for (QLineEdit* edit : form.findChildren<QLineEdit*>()) {
        if (edit->accessibleName() == name)
            return edit;
    }
    return nullptr;
}

Profile profileOf(const QString& name, quint16 port)
{
    Profile profile;
    profile.name = name;
    profile.endpoint.port = port;
    return profile;
}
}

class TestConnectionsPage final : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(); }

    void whatTheFormDoesNotShowStays()
    {
        Profile profile = profileOf(QStringLiteral("shop"), 6380);
        profile.endpoint.transport = core::Endpoint::Transport::Tls;
        profile.endpoint.connectTimeoutMs = 1234;
        profile.endpoint.replyTimeoutMs = 2345;
        profile.endpoint.tlsCertFile = QStringLiteral("/tls/client.pem");
        profile.endpoint.tlsKeyFile = QStringLiteral("/tls/client.key");
        profile.endpoint.tlsServerName = QStringLiteral("redis.shop");
        ProfileForm form;
        form.setProfile(profile, true);
        const auto same = form.profile();
        QVERIFY(same);
        QVERIFY(same->endpoint == profile.endpoint);
    }

    void whatAPastedUrlSaysIsTaken()
    {
        ProfileForm form;
        form.setProfile(profileOf(QStringLiteral("shop"), 6380), true);
        field(form, QStringLiteral("Redis URL"))
            ->setText(QStringLiteral("rediss://redis.shop:6380/2?ssl_ca_certs=/tls/ca.pem&ssl_certfile=/tls/c.pem&ssl_keyfile=/tls/k.pem&socket_timeout=1.5"));
        const auto pasted = form.profile();
        QVERIFY(pasted);
        QCOMPARE(pasted->endpoint.tlsCaFile, QStringLiteral("/tls/ca.pem"));
        QCOMPARE(pasted->endpoint.tlsCertFile, QStringLiteral("/tls/c.pem"));
        QCOMPARE(pasted->endpoint.tlsKeyFile, QStringLiteral("/tls/k.pem"));
        QCOMPARE(pasted->endpoint.replyTimeoutMs, 1500);
    }

    // They are edited in a dialog of their own, maybe while the form shows the connection as it was.
    void savingKeepsTheKeyRules()
    {
        const QTemporaryDir folder;
        core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
        Profile profile = profileOf(QStringLiteral("shop"), 1001);
        profile.endpoints = {QStringLiteral("Book=/books,ttl=60")};
        QVERIFY(store.put(profile));
        Workspace workspace(&store);
        ConnectionsPage page(&workspace);
        PageHint hint;
        hint.profile = profile.name;
        page.openHint(hint);
        profile.keyTemplates = {QStringLiteral("shop=product:{id}")};
        profile.lightapiRelease = QStringLiteral("0.2.1");
        QVERIFY(store.put(profile));
        auto* form = page.findChild<ProfileForm*>();
        field(*form, QStringLiteral("LightAPI URL"))->setText(QStringLiteral("http://127.0.0.1:8000"));
        emit form->saveRequested();
        const Profile* saved = store.find(QStringLiteral("shop"));
        QVERIFY(saved);
        QCOMPARE(saved->apiUrl, QStringLiteral("http://127.0.0.1:8000"));
        QCOMPARE(saved->keyTemplates, profile.keyTemplates);
        QCOMPARE(saved->lightapiRelease, profile.lightapiRelease);
        QCOMPARE(saved->endpoints, profile.endpoints);
        // Also under another name.
        field(*form, QStringLiteral("Name"))->setText(QStringLiteral("store"));
        emit form->saveRequested();
        QVERIFY(store.find(QStringLiteral("store")) && !store.find(QStringLiteral("shop")));
        QCOMPARE(store.find(QStringLiteral("store"))->keyTemplates, profile.keyTemplates);
    }

    void renamingOntoAnotherAsksFirst()
    {
        const QTemporaryDir folder;
        core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
        QVERIFY(store.put(profileOf(QStringLiteral("one"), 1001)));
        QVERIFY(store.put(profileOf(QStringLiteral("two"), 1002)));
        Workspace workspace(&store);
        ConnectionsPage page(&workspace);
        auto* form = page.findChild<ProfileForm*>();
        form->setProfile(*store.find(QStringLiteral("one")), true);
        field(*form, QStringLiteral("Name"))->setText(QStringLiteral("two"));
        emit form->saveRequested();
        QCOMPARE(store.profiles().size(), 2);
        QCOMPARE(store.find(QStringLiteral("two"))->endpoint.port, quint16(1002));
        auto* strips = page.findChild<StripStack*>();
        const StripText* asked = strips->text(QStringLiteral("form"));
        QVERIFY(asked && asked->actions.size() == 1);
        const auto replace = asked->actions.first().run;
        replace();
        QCOMPARE(store.profiles().size(), 1);
        QCOMPARE(store.find(QStringLiteral("two"))->endpoint.port, quint16(1001));
        QCOMPARE(form->savedName(), QStringLiteral("two"));
    }

    // They follow a new name, also onto another connection, whose own go; they end with their server, and with the connection.
    void secretsOfIdentitiesFollow()
    {
        const QTemporaryDir folder;
        FakeSecrets secrets;
        core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
        const QByteArray origin = "http://127.0.0.1:8000";
        const auto secretOf = [&origin](const char* connection) { return core::settings::identitySecretName(QString::fromUtf8(connection), origin, QStringLiteral("Alice")); };
        const auto waiting = [&secrets](const QHash<QString, QByteArray>& held) { return QTest::qWaitFor([&] { return secrets.held == held; }); };
        for (const char* name : {"one", "two"}) {
            Profile profile = profileOf(QString::fromUtf8(name), 1001);
            profile.apiUrl = QString::fromUtf8(origin);
            QVERIFY(store.put(profile));
        }
        Workspace workspace(&store);
        workspace.identities()->setKeyStore(&secrets);
        ConnectionsPage page(&workspace);
        auto* form = page.findChild<ProfileForm*>();
        form->setProfile(*store.find(QStringLiteral("one")), true);
        // Made in Replay while the form shows the connection.
        for (const char* name : {"one", "two"}) {
            Profile profile = *store.find(QString::fromUtf8(name));
            profile.identities = {{QStringLiteral("Alice"), QStringLiteral("bearer"), {}, {}}};
            QVERIFY(store.put(profile));
            secrets.held.insert(secretOf(name), name);
        }
        field(*form, QStringLiteral("Name"))->setText(QStringLiteral("two"));
        emit form->saveRequested();
        auto* strips = page.findChild<StripStack*>();
        const auto replace = strips->text(QStringLiteral("form"))->actions.first().run;
        replace();
        QVERIFY2(waiting({{secretOf("two"), "one"}}), qPrintable(secrets.asked.join(u'\n')));
        QCOMPARE(store.find(QStringLiteral("two"))->identities.size(), 1);
        emit form->removeRequested();
        const auto remove = strips->text(QStringLiteral("form"))->actions.first().run;
        remove();
        QVERIFY(store.profiles().isEmpty());
        QVERIFY2(waiting({}), qPrintable(secrets.asked.join(u'\n')));
    }
};

QTEST_MAIN(TestConnectionsPage)
#include "tst_connectionspage.moc"
