// SPDX-License-Identifier: GPL-3.0-or-later
#include "identitystage.h"
#include "ui/pages/replay/pastedialog.h"
#include "ui/pages/replay/requestmode.h"
#include "ui/widgets/label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>

using namespace ui;

// "From…" of the Replay page: text from elsewhere becomes a request, and its credentials an identity.
class TestPasteDialog final : public QObject {
    Q_OBJECT
    std::unique_ptr<IdentityStage> m;

    PasteDialog* paste(const QString& text)
    {
        m->click(m->page.get(), "From…");
        auto* dialog = m->page->findChild<PasteDialog*>();
        m->named<QPlainTextEdit>(dialog, "curl command, line of an access log, or URL")->setPlainText(text);
        return dialog;
    }
    QString account(const PasteDialog* dialog) const
    {
        QStringList all {m->strips(dialog)};
        for (const Label* label : dialog->findChildren<Label*>())
            all << label->text();
        return all.join(u'\n');
    }
    QString target() const { return m->named<QLineEdit>(m->page.get(), "Request target")->text(); }
    QString method() const { return m->named<QComboBox>(m->page.get(), "Method")->currentText(); }
    QString headers() const { return m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->toPlainText(); }
    void close(QDialog* dialog)
    {
        QSignalSpy gone(dialog, &QObject::destroyed);
        dialog->reject();
        QTRY_COMPARE(gone.size(), 1);
    }
    QString curl(const char* rest, const QString& origin = {}) const
    {
        return QStringLiteral("curl '%1/mine?a=1' ").arg(origin.isEmpty() ? m->stage.api->url() : origin) + IdentityStage::text(rest);
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
        m->named<QLineEdit>(m->page.get(), "Request target")->setText(IdentityStage::text("/before"));
        m->named<QComboBox>(m->page.get(), "Method")->setCurrentIndex(0);
        m->named<QPlainTextEdit>(m->page.get(), "Request headers, one a line")->clear();
    }
    void cleanupTestCase() { m.reset(); }

    // The token is shown nowhere, and sent as the identity that was made of it.
    void credentialsBecomeAnIdentity()
    {
        PasteDialog* dialog = paste(curl("-u alice:sesame-7 -H 'Accept: application/json'"));
        m->click(dialog, "Use");
        QCOMPARE(target(), IdentityStage::text("/mine?a=1"));
        QCOMPARE(headers(), IdentityStage::text("Accept: application/json"));
        auto* identities = m->page->findChild<IdentitiesDialog*>();
        QVERIFY(identities);
        QCOMPARE(m->named<QLineEdit>(identities, "User")->text(), IdentityStage::text("alice"));
        QVERIFY(m->secrets.asked.isEmpty());
        identities->reject();
        QVERIFY2(m->strips(identities).contains(IdentityStage::text("is not saved")), qPrintable(m->strips(identities)));
        m->named<QLineEdit>(identities, "Name")->setText(IdentityStage::text("Pasted"));
        m->click(identities, "Save");
        QTRY_VERIFY(m->strips(identities).contains(IdentityStage::text("was saved")));
        close(identities);
        QCOMPARE(m->choice()->currentText(), IdentityStage::text("as: Pasted"));
        m->click(m->page.get(), "Send");
        QTRY_COMPARE(m->results()->rowCount(), 1);
        QVERIFY(!m->settings().contains("sesame-7"));
        QVERIFY(!headers().contains(IdentityStage::text("Authorization")));
    }

    void foreignCredentialsAreLeftOut()
    {
        PasteDialog* dialog = paste(curl("-H 'Authorization: Bearer sesame-7' -H 'Accept: */*'", QStringLiteral("https://elsewhere.example")));
        QTRY_VERIFY2(account(dialog).contains(IdentityStage::text("It was meant for https://elsewhere.example")), qPrintable(account(dialog)));
        QVERIFY2(account(dialog).contains(IdentityStage::text("Its credentials (Authorization) are for that server")), qPrintable(account(dialog)));
        QVERIFY(!account(dialog).contains(IdentityStage::text("sesame-7")));
        m->click(dialog, "Use");
        QCOMPARE(headers(), IdentityStage::text("Accept: */*"));
        QVERIFY(!m->page->findChild<IdentitiesDialog*>());
    }

    void logLine()
    {
        PasteDialog* dialog = paste(QStringLiteral(R"(10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "POST /books?x=1 HTTP/1.1" 200 12)"));
        m->click(dialog, "Use");
        QCOMPARE(method(), IdentityStage::text("POST"));
        QCOMPARE(target(), IdentityStage::text("/books?x=1"));
    }

    void whatIsNotSentIsTold_data()
    {
        QTest::addColumn<QString>("pasted");
        QTest::addColumn<QString>("told");
        QTest::newRow("method of a log") << QStringLiteral(R"(10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "PURGE /books HTTP/1.1" 200 12)") << QStringLiteral("PURGE is not sent here.");
        QTest::newRow("method of curl") << QStringLiteral("curl -X OPTIONS http://h/books") << QStringLiteral("OPTIONS is not sent here.");
        QTest::newRow("HEAD") << QStringLiteral("curl -I http://h/books") << QStringLiteral("HEAD");
        QTest::newRow("neither") << QStringLiteral("what is this") << QStringLiteral("is not a line of an access log");
    }
    void whatIsNotSentIsTold()
    {
        QFETCH(QString, pasted);
        QFETCH(QString, told);
        PasteDialog* dialog = paste(pasted);
        QTRY_VERIFY2(m->strips(dialog).contains(told), qPrintable(account(dialog)));
        QVERIFY(!m->button(dialog, "Use")->isEnabled());
        close(dialog);
        QCOMPARE(method(), IdentityStage::text("GET"));
        QCOMPARE(target(), IdentityStage::text("/before"));
    }

    // Two readings at a time: the text that is there counts.
    void theLastTextCounts()
    {
        PasteDialog* dialog = paste(QStringLiteral("/one") + QString(20'000, u'a'));
        m->named<QPlainTextEdit>(dialog, "curl command, line of an access log, or URL")->setPlainText(QStringLiteral("/two"));
        m->click(dialog, "Use");
        QCOMPARE(target(), IdentityStage::text("/two"));
    }

    // Laying out megabytes would stop the window.
    void aWholeLogIsRefused()
    {
        PasteDialog* dialog = paste(QStringLiteral("/two"));
        auto* field = m->named<QPlainTextEdit>(dialog, "curl command, line of an access log, or URL");
        QGuiApplication::clipboard()->setText(QString(70'000, u'a'));
        field->paste();
        QVERIFY2(m->strips(dialog).contains(IdentityStage::text("Not pasted: 70,000 characters.")), qPrintable(m->strips(dialog)));
        QCOMPARE(field->toPlainText(), IdentityStage::text("/two"));
        close(dialog);
    }

    // Of a tab that has requests of its own.
    void anUnknownMethodLeavesTheLine()
    {
        emit m->page->findChild<RequestMode*>()->requestChosen({.method = "PURGE", .target = "/books"});
        QVERIFY2(m->strips(m->page.get()).contains(IdentityStage::text("PURGE is not sent here. The request line stays as it was.")), qPrintable(m->strips(m->page.get())));
        QCOMPARE(method(), IdentityStage::text("GET"));
        QCOMPARE(target(), IdentityStage::text("/before"));
    }
};

QTEST_MAIN(TestPasteDialog)
#include "tst_pastedialog.moc"
