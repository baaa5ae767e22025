// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/format.h"
#include "identitystage.h"
#include "ui/pages/replay/identitymode.h"
#include "ui/pages/replay/identityrows.h"

#include <QCheckBox>
#include <QTabBar>

using namespace ui;
using Manner = FakeSecrets::Manner;

// The tab "Identities" of Replay: what two users are given by one key, by its widgets.
class TestIdentityMode final : public QObject {
    Q_OBJECT
    std::unique_ptr<IdentityStage> m;

    IdentityMode* mode() const { return m->page->findChild<IdentityMode*>(); }
    StripStack* findings() const { return mode()->findChild<StripStack*>(); }
    QAbstractItemModel* rows() const { return m->named<TableView>(mode(), "Answers by identity")->model(); }
    QStringList row(const char* name) const
    {
        QStringList cells;
        for (int at = 0; at < rows()->rowCount(); ++at) {
            for (int column = 0; column < rows()->columnCount() && rows()->index(at, 0).data().toString() == IdentityStage::text(name); ++column)
                cells << rows()->index(at, column).data().toString();
        }
        return cells;
    }
    void tick(const char* name, bool on) const
    {
        for (QCheckBox* box : mode()->findChildren<QCheckBox*>()) {
            if (box->text() == IdentityStage::text(name))
                box->setChecked(on);
        }
    }
    void begin(const QByteArray& target)
    {
        m->named<QLineEdit>(m->page.get(), "Request target")->setText(QString::fromLatin1(target));
        m->click(m->page.get(), "Compare");
    }
    void compare(const QByteArray& target)
    {
        begin(target);
        QTRY_VERIFY(!mode()->isBusy());
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        m = std::make_unique<IdentityStage>();
        m->build();
        auto* tabs = m->named<QTabBar>(m->page.get(), "What to do with the request");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == IdentityStage::text("Identities"))
                tabs->setCurrentIndex(i);
        }
    }
    void init()
    {
        m->forgetAll();
        m->open("local");
        tick("nobody", true);
        m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->clear();
    }
    void cleanupTestCase() { m.reset(); }

    // A13.13: what Alice's request stored is shown to Bob, in red, with what that means.
    void oneIsServedWhatBelongsToAnother()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        compare("/mine");
        QCOMPARE(rows()->rowCount(), 3);
        const StripText* found = findings()->text(IdentityStage::text("result0"));
        QVERIFY2(found, qPrintable(m->strips(mode())));
        QCOMPARE(found->tone, Tone::Bad);
        QCOMPARE(found->what, IdentityStage::text("Same key and same body for Alice and Bob."));
        QVERIFY2(found->why.contains(IdentityStage::text("one is shown what belongs to another")), qPrintable(found->why));
        QCOMPARE(row("Alice").value(1), IdentityStage::text("alice"));
        QCOMPARE(row("Bob").value(1), IdentityStage::text("bob"));
        QCOMPARE(row("Bob").value(3), IdentityStage::text("HIT"));
        QCOMPARE(row("Alice").value(4), row("Bob").value(4));
        QCOMPARE(row("nobody").value(5), IdentityStage::text("Nobody is refused."));
        QVERIFY(!m->strips(mode()).contains(IdentityStage::text("Not compared")));
    }

    // A sign-in that failed is shown, and nothing green stands for it.
    void aFailedSignInIsNoAllClear()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "wrong");
        m->keep("Carol", "right-carol");
        m->secrets.held.remove(m->secretName("Carol"));
        compare("/mine?failed=1");
        QVERIFY2(row("Bob").value(5).contains(IdentityStage::text("did not accept the login")), qPrintable(row("Bob").join(u'|')));
        QVERIFY2(row("Carol").value(5).contains(IdentityStage::text("Its secret is not kept")), qPrintable(row("Carol").join(u'|')));
        QVERIFY2(m->strips(mode()).contains(IdentityStage::text("Not compared: Carol, Bob.")), qPrintable(m->strips(mode())));
        QVERIFY2(m->strips(mode()).contains(IdentityStage::text("Bob: /auth/login did not accept the login.")), qPrintable(m->strips(mode())));
        QCOMPARE(findings()->text(IdentityStage::text("result"))->tone, Tone::Info);
        QVERIFY2(m->strips(mode()).contains(IdentityStage::text("Only the answer of Alice was found stored")), qPrintable(m->strips(mode())));
    }

    void whatIsNotStoredIsNoAllClear()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        compare("/plain");
        QCOMPARE(rows()->rowCount(), 3);
        QCOMPARE(findings()->text(IdentityStage::text("result"))->tone, Tone::Info);
    }

    // The line's own choice would be for nothing here.
    void theLineIsAskedByItsOwnTabsOnly()
    {
        auto* tabs = m->named<QTabBar>(m->page.get(), "What to do with the request");
        const int here = tabs->currentIndex();
        QVERIFY(!m->page->findChild<SendAs*>()->isEnabled());
        tabs->setCurrentIndex(0);
        QVERIFY(m->page->findChild<SendAs*>()->isEnabled());
        tabs->setCurrentIndex(here);
    }

    void conclusions()
    {
        QCOMPARE(conclusionOf({}).tone, Tone::Info);
        QCOMPARE(conclusionOf({IdentityStage::text("Alice")}).tone, Tone::Info);
        const StripText clear = conclusionOf({IdentityStage::text("Alice"), IdentityStage::text("Bob")});
        QCOMPARE(clear.tone, Tone::Ok);
        QVERIFY(clear.what.contains(IdentityStage::text("Alice, Bob")));
    }

    // The line's own credential would make all of them one.
    void typedCredentialsAreLeftOut()
    {
        m->keep("Bob", "right-bob");
        m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->setPlainText(IdentityStage::text("Authorization: Basic YWxpY2U6eA=="));
        compare("/mine?typed=1");
        QCOMPARE(row("nobody").value(2), IdentityStage::text("401"));
        QCOMPARE(row("Bob").value(2), IdentityStage::text("200"));
        QVERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("Authorization of Headers is left out here.")), qPrintable(m->strips(m->page.get())));
    }

    // Nor a field of any name that one of them sets: it would make them one, too.
    void whatAnIdentitySetsIsLeftOut()
    {
        core::settings::Profile changed = *m->store->find(IdentityStage::text("local"));
        changed.identities << core::settings::SavedIdentity {IdentityStage::text("Tenant"), IdentityStage::text("headers"), {}, {}};
        QVERIFY(m->store->put(changed));
        m->secrets.held.insert(m->secretName("Tenant"), "X-Tenant: a");
        emit m->workspace->identities()->changed(IdentityStage::text("local"));
        tick("Tenant", true);
        m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->setPlainText(IdentityStage::text("x-tenant: typed\nX-Zone: typed"));
        compare("/mine?tenant=1");
        QCOMPARE(rows()->rowCount(), 2);
        QVERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("x-tenant of Headers is left out here.")), qPrintable(m->strips(m->page.get())));
    }

    void twoAreWanted()
    {
        m->keep("Alice", "right-alice");
        tick("nobody", false);
        compare("/mine");
        QVERIFY(m->strips(m->page.get()).contains(IdentityStage::text("Choose two identities or more")));
        QCOMPARE(rows()->rowCount(), 0);
    }

    void refusedByTheKeyStore()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        tick("nobody", false);
        m->secrets.manner = Manner::Refuses;
        const int requests = m->stage.api->requests();
        compare("/mine?refused=1");
        QCOMPARE(rows()->rowCount(), 2);
        QVERIFY2(row("Bob").value(5).contains(IdentityStage::text("refused access")), qPrintable(row("Bob").join(u'|')));
        QCOMPARE(findings()->text(IdentityStage::text("result"))->tone, Tone::Info);
        QCOMPARE(m->stage.api->requests(), requests);
    }

    void cancelledWhileTheKeyStoreIsAsked()
    {
        m->keep("Alice", "right-alice");
        m->secrets.manner = Manner::Waits;
        const int requests = m->stage.api->requests();
        begin("/mine?cancel=1");
        QTRY_VERIFY2(m->strips(mode()).contains(IdentityStage::text("Signing in as Alice")), qPrintable(m->strips(mode())));
        QTRY_COMPARE(m->secrets.waiting(), 1);
        m->click(mode(), "Cancel");
        QVERIFY(!mode()->isBusy());
        m->secrets.answer();
        m->secrets.manner = Manner::Answers;
        compare("/mine?cancel=2"); // would come after what was late
        QCOMPARE(rows()->rowCount(), 2);
        QCOMPARE(m->stage.api->requests(), requests + 2);
    }

    void theConnectionEndsMeanwhile()
    {
        m->keep("Alice", "right-alice");
        m->secrets.manner = Manner::Waits;
        const int requests = m->stage.api->requests();
        begin("/mine?gone=1");
        QTRY_COMPARE(m->secrets.waiting(), 1);
        m->open("second");
        QVERIFY(!mode()->isBusy());
        m->secrets.answer();
        m->secrets.manner = Manner::Answers;
        m->keep("Bob", "right-bob", "second");
        tick("nobody", true);
        tick("Bob", true);
        compare("/mine?gone=2"); // would come after what was late
        QCOMPARE(rows()->rowCount(), 2);
        QVERIFY(row("Alice").isEmpty());
        QCOMPARE(row("Bob").value(2), IdentityStage::text("200"));
        QCOMPARE(m->stage.api->requests(), requests + 2);
    }

    // A megabyte each: told apart and judged elsewhere.
    void largeAnswers()
    {
        m->keep("Alice", "right-alice");
        m->keep("Bob", "right-bob");
        compare("/large");
        QCOMPARE(findings()->text(IdentityStage::text("result0"))->tone, Tone::Bad);
        const auto* model = static_cast<RowModel<core::replay::IdentityRow>*>(rows());
        for (const core::replay::IdentityRow& one : model->rows())
            QVERIFY(one.result.response->body.isEmpty() && one.result.storedAfter.isEmpty()); // three megabytes less
        QVERIFY2(row("Bob").value(4).startsWith(core::formatBytes(1'000'002)), qPrintable(row("Bob").value(4)));
    }
};

QTEST_MAIN(TestIdentityMode)
#include "tst_identitymode.moc"
