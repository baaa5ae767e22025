// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/keys/glob.h"
#include "core/redis/globescape.h"

#include <hiredis/hiredis.h>

#include <QSet>
#include <QTest>

#include <memory>
#include <random>

using namespace core::keys;

namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Answer = std::unique_ptr<void, decltype(&freeReplyObject)>;

// An independent client: hiredis by itself.
class Server {
public:
    bool start()
    {
        if (!m_process.startAndWait({}))
            return false;
        m_context.reset(redisConnectUnix(m_process.socketPath().toLocal8Bit().constData()));
        return m_context && m_context->err == 0;
    }
    Answer ask(const QList<QByteArray>& words)
    {
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const QByteArray& word : words) {
            texts.push_back(word.constData());
            sizes.push_back(std::size_t(word.size()));
        }
        return {redisCommandArgv(m_context.get(), int(words.size()), texts.data(), sizes.data()), &freeReplyObject};
    }
    static QSet<QByteArray> strings(const redisReply* reply)
    {
        QSet<QByteArray> set;
        for (std::size_t i = 0; i < reply->elements; ++i)
            set << QByteArray(reply->element[i]->str, qsizetype(reply->element[i]->len));
        return set;
    }
    QSet<QByteArray> keys(const QByteArray& pattern)
    {
        const Answer answer = ask({"KEYS", pattern});
        return strings(static_cast<redisReply*>(answer.get()));
    }
    QSet<QByteArray> scan(const QByteArray& pattern)
    {
        const Answer answer = ask({"SCAN", "0", "MATCH", pattern, "COUNT", "1000000"});
        return strings(static_cast<redisReply*>(answer.get())->element[1]);
    }

private:
    demo::RedisProcess m_process;
    Context m_context {nullptr, &redisFree};
};

QByteArray word(std::mt19937& random, const QByteArray& alphabet, int longest)
{
    QByteArray text;
    for (auto left = int(random() % unsigned(longest + 1)); left > 0; --left)
        text += alphabet[qsizetype(random() % unsigned(alphabet.size()))];
    return text;
}

}

class TestGlob final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QVERIFY(m_server.start());
        std::mt19937 random(7);
        const QByteArray alphabet("ab-^]*?[\\\0\n\xff:Z", 14);
        m_keys = {"", "a", "A", "ab", "abc", "a*c", "a?c", "a[b]c", "a\\c", "\\", "*", "**", "[", "]", "^", "-", "a-c", "b", "caf\xc3\xa9", "x\xffy",
            QByteArray("n\0l", 3), "line\nbreak", "<img src=x>", "lightapi:Book:/books:", "lightapi:Book:/books:page=1", QByteArray(300, 'a')};
        for (int i = 0; i < 400; ++i)
            m_keys << word(random, alphabet, 6);
        for (const QByteArray& key : std::as_const(m_keys))
            m_server.ask({"SET", key, "1"});
    }

    void sameAsServer_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        const QList<QByteArray> written {"*", "**", "", "?", "a*", "*a", "*a*", "a?c", "a\\*c", "a\\?c", "[a-c]", "[c-a]", "[^a]", "[^a-b]*", "[]", "[]a]", "[^]",
            "[^]a]", "[", "[a", "[^", "[a-", "[a-]", "[-a]", "[a\\]b]", "[\\a-c]", "[a\\-c]", "[\\", "[a\\", "\\", "a\\", "\\\\", "*\\", "\\*", "[*]", "[?]", "[[]",
            "a[[]b]c", "lightapi:Book:*", "lightapi:*:page=?", "*\n*", "*\xff*", "[\x80-\xff]*", "*[\x01-\xff]", "caf??", "caf?", "[a-c-e]", "[^^]", "[a^]",
            QByteArray("n\0l", 3), QByteArray("n[\0]l", 5), QByteArray("\0*", 2), "A", "[A-z]", "a*a*a*a*a*a*a*a*b", "*?", "?*", "**?**", "*[", "*a[", "[]-a]"};
        for (int i = 0; i < written.size(); ++i)
            QTest::addRow("written %d", i) << written[i];
        std::mt19937 random(11);
        for (int i = 0; i < 1500; ++i)
            QTest::addRow("made %d", i) << word(random, QByteArray("aab-^]*?[[\\\0\xff", 13), 8);
    }
    void sameAsServer()
    {
        QFETCH(QByteArray, pattern);
        QSet<QByteArray> ours;
        for (const QByteArray& key : std::as_const(m_keys)) {
            if (globMatches(pattern, key))
                ours << key;
        }
        for (const QByteArray& key : std::as_const(ours))
            QVERIFY2(key.contains(globLiteralPart(pattern)) && key.startsWith(globLiteralPrefix(pattern)), pattern.toHex(' ').constData());
        QVERIFY2(ours == m_server.keys(pattern), pattern.toHex(' ').constData());
        QVERIFY2(ours == m_server.scan(pattern), pattern.toHex(' ').constData());
    }

    void escapedMatchesJustItself()
    {
        for (const QByteArray& key : std::as_const(m_keys)) {
            const QByteArray pattern = core::redis::globEscaped(key);
            for (const QByteArray& other : std::as_const(m_keys))
                QCOMPARE(globMatches(pattern, other), other == key);
            QCOMPARE(globLiteralPrefix(pattern), key);
        }
    }

    void literalPrefix_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("prefix");
        QTest::newRow("none") << QByteArray("*a") << QByteArray();
        QTest::newRow("star") << QByteArray("item:*") << QByteArray("item:");
        QTest::newRow("class") << QByteArray("item[a]") << QByteArray("item");
        QTest::newRow("escaped star") << QByteArray("a\\*b?") << QByteArray("a*b");
        QTest::newRow("backslash at the end") << QByteArray("a\\") << QByteArray("a\\");
    }
    void literalPrefix()
    {
        QFETCH(QByteArray, pattern);
        QTEST(globLiteralPrefix(pattern), "prefix");
    }

    void literalPart_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("none") << QByteArray("*?[abc]*") << QByteArray();
        QTest::newRow("middle") << QByteArray("a*page=*9") << QByteArray("page=");
        QTest::newRow("behind a class") << QByteArray("[a\\]bcd]x") << QByteArray("x");
        QTest::newRow("unclosed class") << QByteArray("ab[cdef") << QByteArray("ab");
        QTest::newRow("escaped") << QByteArray("*\\*\\?") << QByteArray("*?");
    }
    void literalPart()
    {
        QFETCH(QByteArray, pattern);
        QTEST(globLiteralPart(pattern), "part");
    }

    // Fifty stars over a long key would take for ever by trying all ways.
    void manyStarsEnd()
    {
        QByteArray pattern;
        for (int i = 0; i < 50; ++i)
            pattern += "*a";
        QVERIFY(!globMatches(QByteArray(pattern + "b"), QByteArray(100'000, 'a')));
        QVERIFY(globMatches(pattern, QByteArray(100'000, 'a')));
    }

private:
    Server m_server;
    QList<QByteArray> m_keys;
};

QTEST_GUILESS_MAIN(TestGlob)
#include "tst_glob.moc"
