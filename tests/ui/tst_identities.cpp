// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/replay.h"
#include "identitystage.h"
#include "ui/pages/replay/replaymode.h"
#include "ui/pages/replay/sentrequests.h"

#include <QSignalSpy>
#include <QTabBar>

using namespace ui;
using core::replay::ReplayResult;
using Manner = FakeSecrets::Manner;

// Who a request is sent as, by the widgets of the Replay page; where the secrets go, with a key store that is late, silent or refuses.
class TestIdentities final : public QObject {
    Q_OBJECT
    std::unique_ptr<IdentityStage> m;

    const ReplayResult& last() const { return static_cast<SentRequests*>(m->results())->rows().last().result; }
    void sendAndWait(const QByteArray& target)
    {
        const int before = m->results()->rowCount();
        m->send(target);
        QTRY_COMPARE(m->results()->rowCount(), before + 1);
        QTRY_VERIFY(!m->page->findChild<SendAs*>()->isBusy());
    }
    QByteArray owner() const { return last().response ? last().response->body : QByteArray("no answer"); }
    static QByteArray ownedBy(const char* user) { return "{\"owner\": \"" + QByteArray(user) + "\"}"; }

    // Fills the dialog's form for a login; does not save.
    void type(IdentitiesDialog* dialog, const char* name, const char* password)
    {
        m->named<QComboBox>(dialog, "Method")->setCurrentIndex(2);
        fill(m->named<QLineEdit>(dialog, "Name"), name);
        fill(m->named<QLineEdit>(dialog, "User"), IdentityStage::text(name).toLower().toUtf8().constData());
        fill(m->named<QLineEdit>(dialog, "Secret"), password);
    }
    static void fill(QLineEdit* field, const char* text)
    {
        field->clear();
        QTest::keyClicks(field, IdentityStage::text(text));
    }
    void close(IdentitiesDialog* dialog)
    {
        QSignalSpy gone(dialog, &QObject::destroyed);
        dialog->reject();
        QTRY_COMPARE(gone.size(), 1);
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        m = std::make_unique<IdentityStage>();
        m->build();
    }
    void init()
    {
        m->forgetAll();
        if (m->workspace->profile().name != IdentityStage::text("local") || !m->workspace->isOpen())
            m->open("local");
        m->choose("as: nobody");
    }
    void cleanupTestCase() { m.reset(); }

    void aNewOneIsChosenAndItsSecretIsInTheKeyStoreAlone()
    {
        IdentitiesDialog* dialog = m->manage();
        type(dialog, "Alice", "right-alice");
        m->click(dialog, "Save");
        QTRY_VERIFY2(m->strips(dialog).contains(IdentityStage::text("Alice was saved. Its secret is in the key store.")), qPrintable(m->strips(dialog)));
        QCOMPARE(m->secrets.held, (QHash<QString, QByteArray> {{m->secretName("Alice"), "right-alice"}}));
        close(dialog);
        QVERIFY(m->settings().contains("Alice"));
        QVERIFY(!m->settings().contains("right-alice"));
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice"));
        sendAndWait("/mine");
        QCOMPARE(owner(), ownedBy("alice"));
        QVERIFY2(!m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->toPlainText().contains(IdentityStage::text("Bearer")), "a token is on screen");
    }

    void eachIsSentAsItself()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        sendAndWait("/mine?n=1");
        QCOMPARE(last().response->status, 401);
        m->choose("as: Bob");
        sendAndWait("/mine?n=2");
        QCOMPARE(owner(), ownedBy("bob"));
        m->choose("as: Alice");
        sendAndWait("/mine?n=3");
        QCOMPARE(owner(), ownedBy("alice"));
    }

    void failedSignInIsToldAndSendsNothing()
    {
        m->keep("Alice", "wrong");
        m->choose("as: Alice");
        const int before = m->stage.api->requests();
        m->send();
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Nothing was sent as Alice. /auth/login did not accept the login.")), qPrintable(m->strips(m->page.get())));
        QCOMPARE(m->stage.api->requests(), before);
        m->secrets.held.clear();
        m->send();
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Its secret is not kept")), qPrintable(m->strips(m->page.get())));
    }

    void aTypedFieldWinsAndIsTold()
    {
        m->keep("Alice", "right-alice");
        m->choose("as: Alice");
        auto* headers = m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line");
        headers->setPlainText(IdentityStage::text("Authorization: Basic Ym9iOng="));
        sendAndWait("/mine?typed=1");
        QCOMPARE(owner(), ownedBy("bob"));
        QVERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Authorization of Headers is sent, not that of Alice")), qPrintable(m->strips(m->page.get())));
        headers->clear();
    }

    // A revoked token is refused once, and asked for anew with the next request.
    void aRefusedTokenIsTakenAnew()
    {
        m->keep("Carol", "right-carol");
        m->choose("as: Carol");
        sendAndWait("/mine?c=1");
        m->stage.api->revokeTokens();
        sendAndWait("/mine?c=2");
        QCOMPARE(last().response->status, 401);
        sendAndWait("/mine?c=3");
        QCOMPARE(owner(), ownedBy("carol"));
        m->open("second"); // the tokens of the others end with the connection
    }

    void everyTabTellsOfARefusedToken_data()
    {
        QTest::addColumn<QString>("title");
        QTest::newRow("series") << IdentityStage::text("Series");
        QTest::newRow("fresh or stale") << IdentityStage::text("Fresh or stale");
    }
    void everyTabTellsOfARefusedToken()
    {
        QFETCH(QString, title);
        m->keep("Carol", "right-carol");
        m->choose("as: Carol");
        sendAndWait("/mine?tab=1");
        QCOMPARE(owner(), ownedBy("carol"));
        m->stage.api->revokeTokens();
        auto* tabs = m->named<QTabBar>(m->page.get(), "What to do with the request");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == title)
                tabs->setCurrentIndex(i);
        }
        QCOMPARE(tabs->tabText(tabs->currentIndex()), title);
        ReplayMode* mode = nullptr;
        for (ReplayMode* each : m->page->findChildren<ReplayMode*>())
            mode = each->title() == title ? each : mode;
        QSignalSpy refused(mode, &ReplayMode::refused);
        m->click(m->page.get(), mode->verb().toUtf8().constData());
        QTRY_COMPARE(refused.size(), 1);
        QTRY_VERIFY(!mode->isBusy());
        QCOMPARE(refused.size(), 1);
        tabs->setCurrentIndex(0);
        sendAndWait("/mine?tab=1");
        QCOMPARE(owner(), ownedBy("carol"));
    }

    // The store answers for Alice when Bob is already asked for.
    void aLateSecretReachesNobodyElse()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        m->secrets.manner = Manner::Waits;
        m->choose("as: Alice");
        const int before = m->results()->rowCount();
        const int requests = m->stage.api->requests();
        m->send("/mine?late=1");
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Signing in as Alice … Waiting for the key store")), qPrintable(m->strips(m->page.get())));
        QVERIFY(!m->button(m->page.get(), "Send")->isEnabled());
        m->click(m->page.get(), "Cancel");
        QVERIFY(m->button(m->page.get(), "Send")->isEnabled());
        m->choose("as: Bob");
        m->send("/mine?late=2");
        QTRY_COMPARE(m->secrets.waiting(), 2);
        m->secrets.answer();
        QTRY_COMPARE(m->results()->rowCount(), before + 1);
        QCOMPARE(last().target, QByteArray("/mine?late=2"));
        QCOMPARE(owner(), ownedBy("bob"));
        QCOMPARE(m->stage.api->requests(), requests + 1);
    }

    void aLateSecretReachesNoOtherConnection()
    {
        m->keep("Alice", "right-alice");
        m->secrets.manner = Manner::Waits;
        m->choose("as: Alice");
        const int requests = m->stage.api->requests();
        const int logins = m->stage.api->logins();
        m->send("/mine?other=1");
        QTRY_COMPARE(m->secrets.waiting(), 1);
        m->open("second");
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: nobody"));
        m->secrets.answer();
        sendAndWait("/mine?other=2"); // as nobody; what was late would have come before it
        QCOMPARE(last().response->status, 401);
        QCOMPARE(m->stage.api->requests(), requests + 1);
        QCOMPARE(m->stage.api->logins(), logins);
        m->open("local");
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice"));
    }

    // Same name, same server, another connection: another secret.
    void eachConnectionHasItsOwn()
    {
        m->keep("Alice", "wrong", "second");
        m->keep("Alice", "right-alice");
        m->choose("as: Alice");
        sendAndWait("/mine?own=1");
        QCOMPARE(owner(), ownedBy("alice"));
        m->open("second");
        m->choose("as: Alice");
        m->send("/mine?own=2");
        QTRY_VERIFY(m->strips(m->page.get()).contains(IdentityStage::text("did not accept the login")));
    }

    void noAnswerOffersTheSession_data()
    {
        QTest::addColumn<int>("manner");
        QTest::addColumn<int>("reason");
        QTest::newRow("never answers, or locked") << int(Manner::Waits) << int(core::Reason::SecretsTimeout);
        QTest::newRow("refuses") << int(Manner::Refuses) << int(core::Reason::SecretsRefused);
        QTest::newRow("there is none") << int(Manner::Refuses) << int(core::Reason::NoSecretStore);
    }
    void noAnswerOffersTheSession()
    {
        QFETCH(int, manner);
        QFETCH(int, reason);
        m->secrets.manner = Manner(manner);
        m->secrets.refusal.reason = core::Reason(reason);
        IdentitiesDialog* dialog = m->manage();
        type(dialog, "Alice", "right-alice");
        m->click(dialog, "Save");
        QVERIFY(!m->button(dialog, "Save")->isEnabled());
        if (m->secrets.manner == Manner::Waits) {
            QTRY_VERIFY(m->strips(dialog).contains(IdentityStage::text("Waiting for the key store")));
            m->secrets.timeOut();
        }
        QTRY_VERIFY2(m->strips(dialog).contains(IdentityStage::text("Not saved.")), qPrintable(m->strips(dialog)));
        QVERIFY(m->store->find(IdentityStage::text("local"))->identities.isEmpty());
        m->click(dialog, "Keep for this session only");
        QTRY_VERIFY2(m->strips(dialog).contains(IdentityStage::text("for this session only, in memory")), qPrintable(m->strips(dialog)));
        close(dialog);
        QVERIFY(m->secrets.held.isEmpty());
        QVERIFY(!m->settings().contains("right-alice"));
        const qsizetype asked = m->secrets.asked.size();
        sendAndWait("/mine?session=1");
        QCOMPARE(owner(), ownedBy("alice"));
        // Another database, and the same connection anew: still known, and the store is not asked.
        m->workspace->selectDatabase(1);
        QTRY_COMPARE(m->workspace->profile().endpoint.database, 1);
        m->open("second");
        m->open("local");
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice"));
        sendAndWait("/mine?session=2");
        QCOMPARE(owner(), ownedBy("alice"));
        QCOMPARE(m->secrets.asked.size(), asked);
    }

    void cancelWhileSavingListsNothing()
    {
        m->secrets.manner = Manner::Waits;
        IdentitiesDialog* dialog = m->manage();
        type(dialog, "Alice", "right-alice");
        m->click(dialog, "Save");
        m->click(dialog, "Cancel");
        QTRY_VERIFY(m->button(dialog, "Save")->isEnabled());
        QVERIFY(m->store->find(IdentityStage::text("local"))->identities.isEmpty());
        m->click(dialog, "Discard changes");
        close(dialog);
    }

    // A store that was locked is unlocked and asked again.
    void lockedThenUnlocked()
    {
        m->keep("Alice", "right-alice");
        m->choose("as: Alice");
        m->secrets.manner = Manner::Waits;
        m->send("/mine?locked=1");
        QTRY_COMPARE(m->secrets.waiting(), 1);
        m->secrets.timeOut();
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Nothing was sent as Alice. The system's key store did not answer in time.")), qPrintable(m->strips(m->page.get())));
        m->secrets.manner = Manner::Answers;
        const int before = m->results()->rowCount();
        m->click(m->page.get(), "Try again");
        QTRY_COMPARE(m->results()->rowCount(), before + 1);
        QCOMPARE(owner(), ownedBy("alice"));
    }

    void renamedStaysChosen()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        m->choose("as: Alice");
        IdentitiesDialog* dialog = m->manage();
        fill(m->named<QLineEdit>(dialog, "Name"), "Bob");
        m->click(dialog, "Save");
        QTRY_VERIFY2(m->strips(dialog).contains(IdentityStage::text("has this name")), qPrintable(m->strips(dialog)));
        fill(m->named<QLineEdit>(dialog, "Name"), "Alicia/1");
        m->click(dialog, "Save");
        QTRY_VERIFY(m->strips(dialog).contains(IdentityStage::text("was saved")));
        close(dialog);
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alicia/1"));
        QTRY_COMPARE(m->secrets.held, (QHash<QString, QByteArray> {{m->secretName("Alicia/1"), "right-alice"}, {m->secretName("Bob"), "right-bob"}}));
        sendAndWait("/mine?renamed=1");
        QCOMPARE(owner(), ownedBy("alice"));
    }

    void asksBeforeRemovingAndBeforeClosing()
    {
        m->keep("Alice", "right-alice");
        m->choose("as: Alice");
        IdentitiesDialog* dialog = m->manage();
        fill(m->named<QLineEdit>(dialog, "User"), "other");
        dialog->reject();
        QVERIFY(dialog->isVisible());
        QVERIFY2(m->strips(dialog).contains(IdentityStage::text("Alice is not saved.")), qPrintable(m->strips(dialog)));
        m->click(dialog, "Discard changes");
        m->click(dialog, "Remove…");
        QVERIFY(m->strips(dialog).contains(IdentityStage::text("Remove Alice?")));
        QCOMPARE(m->store->find(IdentityStage::text("local"))->identities.size(), 1);
        QCOMPARE(m->secrets.held.size(), 1);
        m->click(dialog, "Remove it");
        QVERIFY(m->store->find(IdentityStage::text("local"))->identities.isEmpty());
        QTRY_VERIFY(m->secrets.held.isEmpty());
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice (removed)")); // and not as nobody in her place
        fill(m->named<QLineEdit>(dialog, "Name"), "Dora");
        dialog->reject();
        QVERIFY(dialog->isVisible());
        QSignalSpy gone(dialog, &QObject::destroyed);
        m->click(dialog, "Close without saving");
        QTRY_COMPARE(gone.size(), 1);
        QVERIFY(!m->settings().contains("Dora"));
    }

    // The store takes the secret when its identity, and then the whole connection, has gone.
    void aLateWriteIsNotAddedAgain_data()
    {
        QTest::addColumn<bool>("connectionGoes");
        QTest::newRow("identity") << false;
        QTest::newRow("connection") << true;
    }
    void aLateWriteIsNotAddedAgain()
    {
        QFETCH(bool, connectionGoes);
        m->keep("Alice", "old");
        m->secrets.manner = Manner::Waits;
        IdentitiesDialog* dialog = m->manage();
        fill(m->named<QLineEdit>(dialog, "Secret"), "right-alice");
        m->click(dialog, "Save");
        QTRY_COMPARE(m->secrets.waiting(), 1);
        Identities* identities = m->workspace->identities();
        const core::settings::Profile profile = *m->store->find(IdentityStage::text("local"));
        if (connectionGoes) {
            QVERIFY(m->store->remove(profile.name));
            identities->onRemoved(profile);
        } else {
            QVERIFY(identities->remove(identities->placeOf(profile), IdentityStage::text("Alice")));
        }
        m->secrets.answer(); // the write, then the removal; what follows from them is asked meanwhile
        m->secrets.manner = Manner::Answers;
        QTRY_VERIFY(!m->button(dialog, "Discard changes") || m->button(dialog, "Discard changes")->isEnabled());
        m->secrets.answer();
        QTRY_VERIFY2(m->secrets.held.isEmpty(), "a secret of nobody is kept");
        QVERIFY(!m->settings().contains("Alice"));
        QCOMPARE(m->store->find(IdentityStage::text("local")) != nullptr, !connectionGoes);
        m->click(dialog, "Discard changes");
        close(dialog);
    }

    void secretsFollowTheConnection()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        Identities* identities = m->workspace->identities();
        const core::settings::Profile before = *m->store->find(IdentityStage::text("local"));
        core::settings::Profile after = before;
        after.name = IdentityStage::text("renamed");
        QVERIFY(m->store->put(after));
        QVERIFY(m->store->remove(before.name));
        identities->onChanged(before, after);
        QTRY_COMPARE(m->secrets.held, (QHash<QString, QByteArray> {{m->secretName("Alice", "renamed"), "right-alice"}, {m->secretName("Bob", "renamed"), "right-bob"}}));
        // Credentials are for their own server.
        core::settings::Profile moved = after;
        moved.apiUrl = IdentityStage::text("http://127.0.0.1:1");
        QVERIFY(m->store->put(moved));
        identities->onChanged(after, moved);
        QTRY_VERIFY(m->secrets.held.isEmpty());
        QVERIFY(m->store->remove(moved.name));
    }

    // What is open has another name, and is then saved no more: nobody takes the place of who was chosen.
    void theChoiceFollowsTheConnection()
    {
        m->keep("Alice", "right-alice");
        m->choose("as: Alice");
        Identities* identities = m->workspace->identities();
        const core::settings::Profile before = *m->store->find(IdentityStage::text("local"));
        core::settings::Profile after = before;
        after.name = IdentityStage::text("renamed");
        QVERIFY(m->store->put(after));
        QVERIFY(m->store->remove(before.name));
        identities->onChanged(before, after);
        QCOMPARE(m->workspace->profile().name, after.name);
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice"));
        QTRY_COMPARE(m->secrets.held.value(m->secretName("Alice", "renamed")), QByteArray("right-alice"));
        sendAndWait("/mine?follows=1");
        QCOMPARE(owner(), ownedBy("alice"));
        const int requests = m->stage.api->requests();
        QVERIFY(m->store->remove(after.name));
        identities->onRemoved(after);
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice (removed)"));
        m->send("/mine?follows=2");
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Nothing was sent as Alice.")), qPrintable(m->strips(m->page.get())));
        QCOMPARE(m->stage.api->requests(), requests);
    }

    // The rename waits for the store; meanwhile the connection goes.
    void aLateRenameIsNotAddedAgain()
    {
        m->keep("Alice", "right-alice", "second");
        Identities* identities = m->workspace->identities();
        const core::settings::Profile before = *m->store->find(IdentityStage::text("second"));
        core::settings::Profile after = before;
        after.name = IdentityStage::text("renamed");
        m->secrets.manner = Manner::Waits;
        identities->onChanged(before, after);
        identities->onRemoved(after);
        while (m->secrets.waiting() > 0) {
            m->secrets.answer();
            QCoreApplication::processEvents();
        }
        QTRY_VERIFY(m->secrets.held.value(m->secretName("Alice", "renamed")).isEmpty());
        m->secrets.manner = Manner::Answers;
    }

    void whatStaysInTheKeyStoreIsTold_data()
    {
        QTest::addColumn<int>("reason");
        QTest::newRow("refuses") << int(core::Reason::SecretsRefused);
        QTest::newRow("does not run now") << int(core::Reason::NoSecretStore);
    }
    void whatStaysInTheKeyStoreIsTold()
    {
        QFETCH(int, reason);
        m->keep("Alice", "right-alice");
        Identities* identities = m->workspace->identities();
        QSignalSpy left(identities, &Identities::secretLeft);
        m->secrets.manner = Manner::Refuses;
        m->secrets.refusal.reason = core::Reason(reason);
        QVERIFY(identities->remove(identities->placeOf(m->workspace->profile()), IdentityStage::text("Alice")));
        QTRY_COMPARE(left.size(), 1);
        QTRY_VERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("The key store may hold a secret that should be gone")), qPrintable(m->strips(m->page.get())));
    }

    // What was for the session from the beginning is in no key store.
    void whatWasForTheSessionOnlyIsNotTold()
    {
        Identities* identities = m->workspace->identities();
        const Identities::Place place = identities->placeOf(m->workspace->profile());
        QSignalSpy left(identities, &Identities::secretLeft);
        m->secrets.manner = Manner::Refuses;
        m->secrets.refusal.reason = core::Reason::NoSecretStore;
        identities->keepSecret(place, IdentityStage::text("Dora"), "x", false);
        identities->forgetSecret(place, IdentityStage::text("Dora"));
        identities->forgetSecret(place, IdentityStage::text("Emil")); // of whom nothing is known
        QTRY_VERIFY(!left.isEmpty());
        QCOMPARE(m->secrets.asked.size(), 2);
        QCOMPARE(left.size(), 1);
    }

    // The store was locked when another secret was saved, which was then kept for the session: the older one is in the store still.
    void anOlderSecretGoesToo_data()
    {
        QTest::addColumn<bool>("connectionIsRenamed");
        QTest::newRow("removed") << false;
        QTest::newRow("its connection renamed") << true;
    }
    void anOlderSecretGoesToo()
    {
        QFETCH(bool, connectionIsRenamed);
        m->keep("Alice", "old");
        Identities* identities = m->workspace->identities();
        const core::settings::Profile before = *m->store->find(IdentityStage::text("local"));
        const Identities::Place place = identities->placeOf(before);
        m->secrets.manner = Manner::Waits;
        identities->keepSecret(place, IdentityStage::text("Alice"), "right-alice", false);
        QCOMPARE(m->secrets.waiting(), 1);
        m->secrets.timeOut();
        m->secrets.manner = Manner::Answers;
        QCOMPARE(m->secrets.held.value(m->secretName("Alice")), QByteArray("old"));
        if (connectionIsRenamed) {
            core::settings::Profile after = before;
            after.name = IdentityStage::text("renamed");
            QVERIFY(m->store->put(after));
            QVERIFY(m->store->remove(before.name));
            identities->onChanged(before, after);
            QVERIFY(identities->isForSession(identities->placeOf(after), IdentityStage::text("Alice")));
            QVERIFY(m->store->remove(after.name));
            identities->onRemoved(after);
        } else {
            QVERIFY(identities->remove(place, IdentityStage::text("Alice")));
        }
        QTRY_VERIFY(m->secrets.held.isEmpty());
    }

    // Nobody would ever remove it.
    void anUnsavedConnectionKeepsNothing()
    {
        core::settings::Profile profile = m->profile("unsaved");
        m->workspace->connectTo(profile);
        QTRY_COMPARE(m->workspace->state(), Workspace::State::Connected);
        IdentitiesDialog* dialog = m->manage();
        type(dialog, "Alice", "right-alice");
        m->click(dialog, "Save");
        QTRY_VERIFY(m->strips(dialog).contains(IdentityStage::text("for this session only")));
        close(dialog);
        QVERIFY(m->secrets.asked.isEmpty());
        sendAndWait("/mine?unsaved=1");
        QCOMPARE(owner(), ownedBy("alice"));
        m->open("local");
        m->workspace->connectTo(profile);
        QTRY_COMPARE(m->workspace->state(), Workspace::State::Connected);
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Alice"));
    }

    void longNamesLeaveRoom()
    {
        m->keep(QByteArray(200, 'W').constData(), "right-alice");
        QVERIFY(m->choice()->maximumWidth() <= scaled(190));
        m->page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m->page.get()));
        QVERIFY(m->named<QLineEdit>(m->page.get(), "Request target")->width() > 300);
        m->page->hide();
    }
};

QTEST_MAIN(TestIdentities)
#include "tst_identities.moc"
