// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"

#include <QFile>
#include <QTest>

#include <functional>

#include <sys/resource.h>

// What is handed in by files and stdin: whatever it is, reading it ends, in bounded memory and with a sentence.
class TestCliInput final : public QObject {
    Q_OBJECT
    Cli m_cli;

    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }
    QString made(const char* name, const QByteArray& content) const
    {
        QFile file(m_cli.file(text(name)));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? file.fileName() : QString();
    }
    // Address sanitizer takes terabytes of addresses.
    static void limitMemory(QProcess& process, [[maybe_unused]] rlim_t bytes)
    {
#ifndef __SANITIZE_ADDRESS__
        process.setChildProcessModifier([bytes] {
            const rlimit limit {bytes, bytes};
            ::setrlimit(RLIMIT_AS, &limit);
        });
#else
        Q_UNUSED(process);
#endif
    }
    CliRun limited(const QStringList& words, const QString& input = QStringLiteral("/dev/null"), rlim_t bytes = 2'000'000'000) const
    {
        QProcess process;
        m_cli.prepare(process, words);
        limitMemory(process, bytes);
        process.setStandardInputFile(input);
        process.start();
        return Cli::ended(process);
    }
    static void addWords(const std::function<void(const char*)>& add)
    {
        for (const char* words : {"replay --collection %1", "replay --curl %1", "replay --log-line %1", "replay /a --bearer-file %1", "replay /a -H @%1",
                 "warm /a --bearer-file %1", "warm /a -H @%1", "warm --file %1", "warm --file %1 -0", "warm --keys-from %1", "predict /a --lightapi-config %1",
                 "predict /a --body-file %1", "predict /a --learn-from %1", "invalidate --keys-from %1 --dry-run", "invalidate --plan %1",
                 "put k --keep-ttl --file %1"})
            add(words);
    }
    static QStringList wordsFor(const QString& words, const QString& file)
    {
        return Cli::words(words.arg(file)) + QStringList {QStringLiteral("--json"), QStringLiteral("--url"), QStringLiteral("redis://127.0.0.1:1"), QStringLiteral("--api"), QStringLiteral("http://127.0.0.1:1")};
    }

private slots:
    void hugeFiles_data()
    {
        QTest::addColumn<QString>("words");
        addWords([](const char* words) { QTest::newRow(words) << text(words); });
    }
    // No more than a size each: nothing of them has to be read, or the first megabyte.
    void hugeFiles()
    {
        QFETCH(QString, words);
        QFile huge(m_cli.file(text("huge")));
        QVERIFY(huge.open(QIODevice::ReadWrite) && huge.resize(qint64(5) << 30));
        const CliRun run = limited(wordsFor(words, huge.fileName()));
        QVERIFY2(run.exit == 2, run.all().constData());
        QCOMPARE(run.error().value(text("code")).toString(), text("input"));
        QVERIFY2(run.out.contains("the most that is taken"), run.all().constData());
    }

    void withoutAnEnd_data()
    {
        QTest::addColumn<QString>("words");
        addWords([](const char* words) {
            if (const QByteArray row(words); !row.contains("--plan") && !row.startsWith("put")) // their limits are gigabytes
                QTest::newRow(words) << text(words);
        });
    }
    void withoutAnEnd()
    {
        QFETCH(QString, words);
        const CliRun run = limited(wordsFor(words, text("/dev/zero")));
        QVERIFY2(run.exit == 2, run.all().constData());
        QVERIFY2(run.out.contains("the most that is taken"), run.all().constData());
    }

    void folders_data() { hugeFiles_data(); }
    void folders()
    {
        QFETCH(QString, words);
        const CliRun run = limited(wordsFor(words, m_cli.home()));
        QVERIFY2(run.exit == 6, run.all().constData());
        QVERIFY2(run.out.contains("folder"), run.all().constData());
    }

    void stdinWithoutAnEnd_data()
    {
        QTest::addColumn<QString>("words");
        for (const char* words : {"parse --stdin", "parse --stdin -0", "predict --stdin", "headers", "warm --file -", "replay --collection -"})
            QTest::newRow(words) << text(words);
    }
    void stdinWithoutAnEnd()
    {
        QFETCH(QString, words);
        const CliRun run = limited(Cli::words(words), text("/dev/zero"));
        QVERIFY2(run.exit == 2, run.all().constData());
        QVERIFY2(run.err.contains("the most that is taken"), run.all().constData());
    }

    // Nobody waits for the end of the list, and nothing of it is kept.
    void linesAreAnsweredAsTheyCome_data()
    {
        QTest::addColumn<QString>("words");
        QTest::newRow("parse") << text("parse --stdin");
        QTest::newRow("parse as NDJSON") << text("parse --stdin --ndjson");
        QTest::newRow("predict") << text("predict --stdin");
    }
    void linesAreAnsweredAsTheyCome()
    {
        QFETCH(QString, words);
        QProcess process;
        m_cli.prepare(process, Cli::words(words));
        process.start();
        QByteArray out;
        for (const char* line : {"/first", "/second"}) {
            process.write(QByteArray(line) + '\n');
            QTRY_VERIFY2_WITH_TIMEOUT((out += process.readAllStandardOutput()).contains(line), out.constData(), 10'000);
        }
        process.closeWriteChannel();
        QCOMPARE(Cli::ended(process).exit, 0);
    }

    // A bad line ends it: what stands before it was answered.
    void badLineInTheMiddle()
    {
        const CliRun run = m_cli.run({text("predict"), text("--stdin"), text("--json")}, "/a\n/b\nbad target\n/c\n");
        QCOMPARE(run.exit, 2);
        QCOMPARE(run.items().size(), 2);
        QVERIFY2(run.error().value(text("message")).toString().contains(text("Line 3")), run.all().constData());
    }

    void anEmptyListIsAnEmptyResult()
    {
        for (const char* command : {"predict", "parse"}) {
            const CliRun run = m_cli.run({text(command), text("--stdin"), text("--json")});
            QVERIFY2(run.exit == 0, run.all().constData());
            QVERIFY(run.json().value(text("items")).isArray() && run.items().isEmpty() && run.error().isEmpty());
            QCOMPARE(run.summary().value(text("count")).toInt(-1), 0);
            QCOMPARE(m_cli.run({text(command)}).exit, 2);
        }
    }

    // The body is let through: whoever writes it is not cut off, and it may be as long as it likes.
    void bodyBehindAHead()
    {
        const QByteArray head = "HTTP/1.1 200 OK\r\nX-Cache: HIT\r\n\r\n";
        const CliRun run = limited({text("headers"), text("--json")}, made("response", head + QByteArray(20'000'000, 'x')));
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().size(), 1);
    }

    void documentsAreNoLists_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("count"); // -1: refused
        QTest::newRow("keys --json") << QByteArray(R"({"schema":1,"items":[{"key":"a"}],"summary":{}})") << -1;
        QTest::newRow("laid out") << QByteArray("{\n  \"items\": [\n    1\n  ]\n}\n") << -1;
        QTest::newRow("laid out, long") << "[\n" + QByteArray("\"a\",\n").repeated(500) + "\"b\"\n]\n" << -1;
        QTest::newRow("without end") << "[\n" + QByteArray("\"a\",\n").repeated(300'000) << -1;
        QTest::newRow("list on one line") << QByteArray("[\"a\"]\n[\"b\"]\n") << 2;
        QTest::newRow("braces") << QByteArray("{\n{user}:1\n\n{user}:2\n") << 3;
        QTest::newRow("cut JSON that goes on otherwise") << QByteArray("[1,\n2,\nx\n") << 3;
    }
    void documentsAreNoLists()
    {
        QFETCH(QByteArray, input);
        QFETCH(int, count);
        const CliRun run = m_cli.run({text("parse"), text("--stdin"), text("--json")}, input);
        QCOMPARE(run.exit, count < 0 ? 2 : 0);
        if (count < 0)
            QVERIFY2(run.error().value(text("message")).toString().contains(text("JSON document")), run.all().constData());
        else
            QCOMPARE(run.items().size(), count);
    }

    void memoryRunsOut()
    {
#ifndef __SANITIZE_ADDRESS__
        const QString list = made("list", QByteArray("/a\n").repeated(8'000'000));
        const CliRun run = limited({text("warm"), text("--file"), list, text("--url"), text("redis://127.0.0.1:1"), text("--api"), text("http://127.0.0.1:1")}, text("/dev/null"), 400'000'000);
        QVERIFY2(run.exit == 6, run.all().constData());
        QVERIFY2(run.err.contains("not enough memory"), run.all().constData());
#endif
    }
};

QTEST_GUILESS_MAIN(TestCliInput)
#include "tst_cliinput.moc"
