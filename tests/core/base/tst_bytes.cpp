// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/errortext.h"
#include "core/base/format.h"

#include <QSet>
#include <QTest>

using namespace core;

class TestBytes final : public QObject {
    Q_OBJECT
private slots:
    void utf8_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("valid");
        QTest::newRow("empty") << QByteArray() << true;
        QTest::newRow("ascii") << QByteArray("abc") << true;
        QTest::newRow("nul") << QByteArray("a\0b", 3) << true;
        QTest::newRow("two") << QByteArray("caf\xC3\xA9") << true;
        QTest::newRow("astral") << QByteArray("\xF0\x9F\x98\x80") << true;
        QTest::newRow("overlong") << QByteArray("\xC0\xAF") << false;
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << false;
        QTest::newRow("cut") << QByteArray("\xE2\x82") << false;
        QTest::newRow("beyond") << QByteArray("\xF4\x90\x80\x80") << false;
    }
    void utf8()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, valid);
        QCOMPARE(isUtf8(bytes), valid);
    }

    void display_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray("lightapi:Book:/books:") << QStringLiteral("lightapi:Book:/books:");
        QTest::newRow("controls") << QByteArray("a\nb\0c\x1b", 6) << QStringLiteral("a\\nb\\x00c\\x1b");
        QTest::newRow("bad utf-8") << QByteArray("\xFF""x") << QStringLiteral("\\xffx");
        QTest::newRow("bidi") << QByteArray("\xE2\x80\xAE") << QStringLiteral("\\u{202e}");
        QTest::newRow("backslash") << QByteArray("\\n") << QStringLiteral("\\\\n");
        QTest::newRow("html stays") << QByteArray("<img src=x>") << QStringLiteral("<img src=x>");
    }
    void display()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QCOMPARE(displayText(bytes), text);
    }

    // A key goes into a sentence once; the sinks of the sentence leave it as it is.
    void aSentenceIsEscapedOnce()
    {
        const QString sentence = QStringLiteral("The key %1").arg(displayText(QByteArray("a\\b\n\xff\xE2\x80\xAE")));
        QCOMPARE(sentence, QStringLiteral("The key a\\\\b\\n\\xff\\u{202e}"));
        QCOMPARE(displayText(sentence), sentence);
        QCOMPARE(plain(sentence), sentence);
        QCOMPARE(displayText(QStringLiteral("a\n\u202e")), QStringLiteral("a\\n\\u{202e}"));
    }

    // No character is cut into halves, of text or of bytes.
    void longTextIsShortened()
    {
        QCOMPARE(shortened(QStringLiteral("abcdef"), 6), QStringLiteral("abcdef"));
        QCOMPARE(shortened(QStringLiteral("abcdefg"), 6), QStringLiteral("abc…efg"));
        QCOMPARE(shortened(QStringLiteral("ab😀cd😀fg"), 6), QStringLiteral("ab…fg"));
        QCOMPARE(shortDisplayText("abcdefg", 7), QStringLiteral("abcdefg"));
        QCOMPARE(shortDisplayText("ab\xF0\x9F\x98\x80zzzz\xF0\x9F\x98\x80gh", 8), QStringLiteral("ab…gh"));
        QCOMPARE(shortDisplayText(QByteArray("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), 8), QStringLiteral("\\x80…\\x80"));
        QVERIFY(shortDisplayText(QByteArray(1'000'000, '\xE2')).size() < 5000);
    }

    void plainEscapesHtml() { QCOMPARE(plain(QByteArrayView("<img src=x>&")), QStringLiteral("&lt;img src=x&gt;&amp;")); }

    void argumentsRoundTrip_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("text") << QByteArray("item:1");
        QTest::newRow("nul") << QByteArray("a\0b", 3);
        QTest::newRow("bad") << QByteArray("\xFF\xFE");
        QTest::newRow("own prefix") << QByteArray("b64:xyz");
        QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "a");
        QTest::newRow("two byte order marks") << QByteArray("\xEF\xBB\xBF\xEF\xBB\xBF");
        QTest::newRow("byte order mark inside") << QByteArray("a\xEF\xBB\xBF");
    }
    void argumentsRoundTrip()
    {
        QFETCH(QByteArray, bytes);
        QCOMPARE(bytesFromArgument(argumentFromBytes(bytes)).value(), bytes);
    }
    // Pasted in a terminal they would be acted on, or show another name than is meant.
    void hiddenCharactersAreEncoded_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("encoded");
        QTest::newRow("escape") << QByteArray("\x1b[31mred") << true;
        QTest::newRow("newline") << QByteArray("a\nb") << true;
        QTest::newRow("delete") << QByteArray("a\x7f") << true;
        QTest::newRow("C1 control") << QByteArray("a\xC2\x9B") << true;
        QTest::newRow("bidi override") << QByteArray("a\xE2\x80\xAE" "b") << true;
        QTest::newRow("no width") << QByteArray("a\xE2\x80\x8B" "b") << true;
        QTest::newRow("space") << QByteArray("a b") << false;
        QTest::newRow("letters") << QByteArray("gr\xC3\xBC\xC3\x9F \xE4\xB8\xAD \xD7\x90") << false;
        QTest::newRow("empty") << QByteArray("") << false;
    }
    void hiddenCharactersAreEncoded()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, encoded);
        const QString argument = argumentFromBytes(bytes);
        QCOMPARE(argument.startsWith(QStringLiteral("b64:")), encoded);
        QCOMPARE(bytesFromArgument(argument).value(), bytes);
    }
    void badBase64() { QCOMPARE(bytesFromArgument(QStringLiteral("b64:***")).error().code, Code::Input); }

    void shell()
    {
        QCOMPARE(shellQuoted(QStringLiteral("/a?b=c")), QStringLiteral("'/a?b=c'"));
        QCOMPARE(shellQuoted(QStringLiteral("it's")), QStringLiteral("'it'\\''s'"));
        QCOMPARE(shellQuoted(QString()), QStringLiteral("''"));
    }

    void formats()
    {
        QCOMPARE(formatCount(41204), QStringLiteral("41,204"));
        QCOMPARE(formatBytes(1'420'000'000), QStringLiteral("1.42 GB"));
        QCOMPARE(formatBytes(999), QStringLiteral("999 B"));
        QCOMPARE(formatDuration(291'000), QStringLiteral("4 m 51 s"));
        QCOMPARE(formatDuration(108'000), QStringLiteral("108 s"));
        QCOMPARE(formatDuration(2'250), QStringLiteral("2.2 s"));
        QCOMPARE(formatRate(11'948), QStringLiteral("11.9 k/s"));
        QCOMPARE(formatPercent(0.947), QStringLiteral("94.7 %"));
    }

    void labels()
    {
        Endpoint endpoint;
        endpoint.password = "secret";
        QCOMPARE(endpointLabel(endpoint), QStringLiteral("localhost:6379/0"));
        QVERIFY(!endpointUrl(endpoint).contains(QStringLiteral("secret")));
        endpoint.host = QStringLiteral("::1");
        QCOMPARE(endpointLabel(endpoint), QStringLiteral("[::1]:6379/0"));
        endpoint.transport = Endpoint::Transport::Unix;
        endpoint.path = QStringLiteral("/run/redis.sock");
        endpoint.database = 3;
        QCOMPARE(endpointLabel(endpoint), QStringLiteral("/run/redis.sock/3"));
    }

    // No two reasons share a sentence, and each has one.
    void everyReasonHasItsSentence()
    {
        QSet<QString> seen;
        const int last = static_cast<int>(Reason::ApiNotSet);
        for (int i = 1; i <= last; ++i) {
            const ErrorText text = describe({Code::Internal, static_cast<Reason>(i), QStringLiteral("X"), {}});
            QVERIFY2(!text.advice.isEmpty(), qPrintable(QString::number(i) + text.what));
            QVERIFY2(!seen.contains(text.what), qPrintable(text.what));
            seen.insert(text.what);
        }
    }
};

QTEST_GUILESS_MAIN(TestBytes)
#include "tst_bytes.moc"
