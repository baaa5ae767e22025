// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"
#include "core/settings/profile.h"

#include <QFile>
#include <QTest>

// What the command line does without a server: words, exit codes, the forms of output, parse, predict, headers, profiles.
class TestCliOffline final : public QObject {
    Q_OBJECT
private slots:
    void badInput_data();
    void badInput();
    void errorsAreOfOneShape_data();
    void errorsAreOfOneShape();
    void versionAndHelp();
    void withoutCommandPrintsHelp();
    void withoutDisplaySaysSo();
    void windowIsOpenedWithTheWords();
    void parse();
    void parseKeepsOddBytes();
    void parseStdin_data();
    void parseStdin();
    void predict();
    void predictFromConfig();
    void headers_data();
    void headers();
    void headersOfOtherCaches();
    void profiles();
    void replacingTellsOfSecrets();
    void profilesNeverHoldPasswords();
    void damagedSettingsAreSaid();
    void auditWithoutLog();
    void closedReaderEndsBySigpipe();
    void fullDiskIsSaid_data();
    void fullDiskIsSaid();
    void closedStdoutIsSaid();

private:
    Cli m_cli;
};

static QString text(const char* latin1)
{
    return QString::fromLatin1(latin1);
}

static void writeFile(const QString& name, const QByteArray& content)
{
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

void TestCliOffline::badInput_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("exit");
    QTest::addColumn<QString>("code");
    const std::tuple<const char*, int, const char*> rows[] {
        {"frobnicate", 2, "usage"},
        {"keys --frob", 2, "usage"},
        {"get", 2, "usage"},
        {"parse", 2, "usage"},
        {"predict", 2, "usage"},
        {"replay", 2, "usage"},
        {"replay /a --diff-fresh --fresh-parameter a&b", 2, "input"},
        {"predict books", 2, "input"},
        {"predict /a --method G1", 2, "usage"},
        {"parse b64:!!", 2, "input"},
        {"get b64:!! --url redis://localhost:1", 2, "input"},
        {"keys --kind nonsense", 2, "usage"},
        {"keys --sort size", 2, "usage"},
        {"keys --with everything", 2, "usage"},
        {"keys --limit -1", 2, "usage"},
        {"keys --limit many", 2, "usage"},
        {"keys --db x", 2, "usage"},
        {"keys --timeout 0", 2, "usage"},
        {"keys --timeout nan", 2, "usage"},
        {"keys --url http://localhost", 2, "input"},
        {"keys --url redis+cluster://localhost", 2, "unsupported"},
        {"keys --profile nobody", 2, "input"},
        {"keys --profile a --url redis://localhost", 2, "usage"},
        {"predict /a --endpoint nonsense", 2, "input"},
        {"predict /a --lightapi-release soon", 2, "usage"},
        {"predict /a --lightapi-config /nowhere/at/all.yaml", 6, "file"},
        {"tags --tag-template plain", 2, "input"},
        {"stats --interval 0", 2, "usage"},
        {"stats --samples 0", 2, "usage"},
        {"release-lock lock:a", 2, "usage"},
        {"release-lock lock:a --owner o", 2, "usage"}, // writes, and no server was named
        {"invalidate --class C", 2, "usage"}, // the same
        {"invalidate", 2, "usage"},
        {"invalidate --url redis://localhost:1 --except nonsense --class C", 2, "usage"},
        {"invalidate --plan p --class C", 2, "usage"},
        {"invalidate --url redis://localhost:1 --keys-from /nowhere/at/all", 6, "file"},
        {"invalidate --url redis://localhost:1 --read-only --class C", 4, "readonly"},
        {"replay /a --method HEAD", 4, "guard"},
        {"replay /a --method POST", 4, "unconfirmed"},
        {"replay /a --method POST --yes --read-only", 4, "readonly"},
        {"replay /a --expect MAYBE", 2, "usage"},
        {"replay /a -H nonsense", 2, "input"},
        {"warm", 2, "usage"},
        {"warm --file /nowhere/at/all", 6, "file"},
        {"warm /a --concurrency 0", 2, "usage"},
        {"warm /a --top 3", 2, "usage"}, // of what?
        {"warm /a --param a=b", 2, "usage"},
        {"warm /a --pages", 2, "usage"},
        {"warm --from-config --param nonsense", 2, "input"},
        {"warm --access-log f --top 0", 2, "usage"},
        {"audit --since yesterday", 2, "usage"},
        {"profiles dance", 2, "usage"},
        {"profiles show", 2, "usage"},
        {"profiles show nobody", 2, "input"},
        {"profiles remove nobody", 2, "input"},
        {"profiles list too", 2, "usage"},
        {"profiles add shop", 2, "usage"},
        {"profiles add shop --url redis://h --environment test", 2, "usage"},
        {"profiles add shop --url redis://h --read-only", 4, "readonly"},
        {"help nonsense", 2, "usage"},
        {"help analyze", 2, "usage"},
        {"export", 2, "usage"},
        {"import", 2, "usage"},
        {"import --file f --on-conflict merge", 2, "usage"},
        {"import --file f", 2, "usage"}, // no server was named
        {"import --file f --url redis://localhost:1 --read-only", 4, "readonly"},
        {"keys --url redis://localhost:1", 3, "connect"},
        {"stats --url unix:///nowhere/at/all.sock", 3, "connect"},
    };
    for (const auto& [line, exit, code] : rows)
        QTest::newRow(line) << text(line) << exit << text(code);
    for (const char* line : {"untagged --class C", "undo list", "analyze", "completion bash", "invalidate --tag t --soft 3",
             "invalidate --tag t --no-undo", "invalidate --tag t --warm", "replay /a --concurrency 0", "replay /a --fresh-unlink",
             "replay /a --collection f", "replay /a --diff-fresh --fresh-unlink --fresh-parameter x",
             "warm --undo-id 1", "warm /a --keep"})
        QTest::newRow(line) << text(line) << 2 << text("usage");
}

void TestCliOffline::badInput()
{
    QFETCH(QString, line);
    QFETCH(int, exit);
    const CliRun run = m_cli.run(Cli::words(line) << text("--json"));
    QVERIFY2(run.exit == exit, run.all().constData());
    const QJsonObject error = run.lines().last().value(text("error")).toObject();
    QCOMPARE(error.value(text("exit")).toInt(), exit);
    QTEST(error.value(text("code")).toString(), "code");
    QVERIFY2(error.value(text("message")).toString().endsWith(u'.'), run.out.constData()); // whole sentences
    QVERIFY(!error.value(text("message")).toString().contains(text("..")));
    QVERIFY(!error.value(text("hint")).toString().isEmpty());
    if (error.value(text("message")).toString().contains(text("not in this version")))
        return; // one text form stands for all of them, see versionAndHelp()
    const CliRun people = m_cli.run(Cli::words(line));
    QCOMPARE(people.exit, exit);
    QCOMPARE(people.out, QByteArray());
    QVERIFY2(people.err.contains("cachelight: "), people.err.constData());
}

void TestCliOffline::errorsAreOfOneShape_data()
{
    QTest::addColumn<QString>("form");
    QTest::newRow("json") << text("--json");
    QTest::newRow("ndjson") << text("--ndjson");
}

void TestCliOffline::errorsAreOfOneShape()
{
    QFETCH(QString, form);
    const CliRun run = m_cli.run({text("keys"), text("--url"), text("redis://ann:secret@localhost:1"), form});
    QCOMPARE(run.exit, 3);
    const QJsonObject line = run.lines().last();
    QCOMPARE(line.value(text("schema")).toInt(), 1);
    QCOMPARE(line.value(text("type")).toString(), form == text("--ndjson") ? text("error") : QString());
    QCOMPARE(line.value(text("error")).toObject().value(text("code")).toString(), text("connect"));
    QVERIFY(!run.out.contains("secret"));
    QVERIFY(!run.err.contains("secret"));
    QVERIFY2(run.err.contains("password given as an argument"), run.err.constData());
    QVERIFY2(run.err.contains("redis://ann@localhost:1/0 (--url)"), run.err.constData());
    QVERIFY(m_cli.run({text("keys"), text("-q"), text("--url"), text("redis://localhost:1"), form}).err.isEmpty());
}

void TestCliOffline::versionAndHelp()
{
    const CliRun version = m_cli.run({text("version"), text("--json")});
    QCOMPARE(version.exit, 0);
    QCOMPARE(version.err, QByteArray()); // a C locale is no reason to complain
    QVERIFY(!version.json().value(text("version")).toString().isEmpty());
    QVERIFY(m_cli.run({text("--version")}).out.startsWith("cachelight "));
    const CliRun help = m_cli.run({text("help")});
    QCOMPARE(help.exit, 0);
    QVERIFY(help.out.contains("\n  invalidate "));
    QVERIFY(!help.out.contains("\n  analyze "));
    QCOMPARE(m_cli.run({text("get"), text("--help")}).out, m_cli.run({text("help"), text("get")}).out);
    QCOMPARE(m_cli.run({text("--help")}).out, help.out);
    for (const char* command : {"put", "expire"}) {
        const QByteArray out = m_cli.run({text("help"), text(command)}).out.simplified();
        QVERIFY2(out.contains("A production profile is read-only: --confirm NAME"), out.constData());
    }
    QVERIFY(m_cli.run({text("analyze")}).err.contains("analyze: not in this version"));
    QCOMPARE(m_cli.run({text("get"), text("a"), text("--raw"), text("--json")}).exit, 2);
    QVERIFY(m_cli.run({text("help"), text("--"), text("--man")}).out.startsWith(".TH CACHELIGHT"));
}

void TestCliOffline::withoutCommandPrintsHelp()
{
    // In a folder of its own there is no cachelight-gui beside it, and PATH is empty.
    QTemporaryDir folder;
    const QString copy = folder.filePath(text("cachelight"));
    QVERIFY(QFile::copy(Cli::program(), copy));
    QProcess process;
    m_cli.prepare(process, {});
    QProcessEnvironment environment = process.processEnvironment();
    environment.insert(text("PATH"), folder.path());
    process.setProcessEnvironment(environment);
    process.setProgram(copy);
    process.start();
    const CliRun run = Cli::ended(process);
    QCOMPARE(run.exit, 0);
    QCOMPARE(run.out, m_cli.run({text("help")}).out);
}

// A folder with the command line and a window program that does what the script says.
static QString folderWithWindow(const QTemporaryDir& folder, const QByteArray& script)
{
    const QString gui = folder.filePath(text("cachelight-gui"));
    writeFile(gui, "#!/bin/sh\n" + script);
    QFile::setPermissions(gui, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QString copy = folder.filePath(text("cachelight"));
    QFile::copy(Cli::program(), copy);
    return copy;
}

void TestCliOffline::withoutDisplaySaysSo()
{
    QTemporaryDir folder;
    QProcess process;
    m_cli.prepare(process, {text("--read-only")});
    process.setProgram(folderWithWindow(folder, "kill -ABRT $$\n")); // as Qt does where no platform starts
    process.start();
    const CliRun run = Cli::ended(process);
    QVERIFY2(run.exit == 2, run.all().constData());
    QCOMPARE(run.out, QByteArray());
    QVERIFY2(run.err.contains("There is no display"), run.err.constData());
}

void TestCliOffline::windowIsOpenedWithTheWords()
{
    QTemporaryDir folder;
    QProcess process;
    m_cli.prepare(process, {text("--read-only")});
    process.setProgram(folderWithWindow(folder, "test \"$1\" = --check-display || echo window \"$@\"\n"));
    process.start();
    const CliRun run = Cli::ended(process);
    QCOMPARE(run.exit, 0);
    QCOMPARE(run.out, QByteArray("window --read-only\n"));
}

void TestCliOffline::parse()
{
    const CliRun run = m_cli.run({text("parse"), text("lightapi:Book:/books:a=x+y&a=2"), text("lock:lightapi:Book:/books:"),
        text("tag:table:products"), text("nothing we know"), text("--json")});
    QCOMPARE(run.exit, 0);
    QCOMPARE(run.items().size(), 4);
    const QJsonObject entry = run.items().at(0).toObject();
    QCOMPARE(entry.value(text("kind")).toString(), text("entry"));
    QCOMPARE(entry.value(text("class")).toString(), text("Book"));
    QCOMPARE(entry.value(text("path")).toString(), text("/books"));
    const QJsonArray query = entry.value(text("query")).toArray();
    QCOMPARE(query, (QJsonArray {QJsonArray {text("a"), text("x y")}, QJsonArray {text("a"), text("2")}}));
    for (const char* field : {"key", "scheme", "tag", "inner", "user", "confidence", "alternatives", "notes"})
        QVERIFY2(entry.contains(text(field)), field);
    const QJsonObject lock = run.items().at(1).toObject();
    QCOMPARE(lock.value(text("kind")).toString(), text("lock"));
    QCOMPARE(lock.value(text("inner")).toObject().value(text("key")).toString(), text("lightapi:Book:/books:"));
    QCOMPARE(run.items().at(2).toObject().value(text("tag")).toString(), text("table:products"));
    QCOMPARE(run.items().at(3).toObject().value(text("kind")).toString(), text("unknown"));
    QVERIFY(run.items().at(3).toObject().value(text("scheme")).isNull());
}

void TestCliOffline::parseKeepsOddBytes()
{
    const QByteArray key("a\0\xff\n<b>", 7);
    const CliRun run = m_cli.run({text("parse"), QString(text("b64:") + QString::fromLatin1(key.toBase64())), text("--json")});
    QCOMPARE(run.exit, 0);
    const QJsonObject item = run.items().first().toObject();
    QVERIFY(item.value(text("key")).isNull());
    QCOMPARE(QByteArray::fromBase64(item.value(text("key_b64")).toString().toLatin1()), key);
    QCOMPARE(item.value(text("key_text")).toString(), text("a\\x00\\xff\\n<b>"));
    const CliRun utf8 = m_cli.run({text("parse"), QStringLiteral("grün\n"), text("--json")});
    QCOMPARE(utf8.items().first().toObject().value(text("key")).toString(), QStringLiteral("grün\n"));
    QVERIFY(!utf8.items().first().toObject().contains(text("key_b64")));
    QVERIFY(m_cli.run({text("parse"), text("a\nb")}).out.startsWith("a\\nb\n"));
}

void TestCliOffline::parseStdin_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<bool>("nul");
    QTest::addColumn<QByteArrayList>("keys");
    QTest::newRow("lines") << QByteArray("a\nb\n\nc") << false << QByteArrayList {"a", "b", "c"};
    QTest::newRow("b64 lines") << QByteArray("b64:AAE=\nx\n") << false << QByteArrayList {QByteArray("\0\1", 2), "x"};
    QTest::newRow("NUL") << QByteArray("a\nb\0c\xff\0", 6) << true << QByteArrayList {"a\nb", "c\xff"};
    QTest::newRow("NDJSON") << QByteArray(
        "{\"type\":\"item\",\"key\":\"a\"}\n{\"type\":\"item\",\"key\":null,\"key_b64\":\"/w==\"}\n"
        "{\"type\":\"summary\",\"schema\":1,\"summary\":{}}\n")
                            << false << QByteArrayList {"a", "\xff"};
    QTest::newRow("brace keys are no NDJSON")
        << QByteArray("{user}:1\n{user}:2\n") << false << QByteArrayList {"{user}:1", "{user}:2"};
}

void TestCliOffline::parseStdin()
{
    QFETCH(QByteArray, input);
    QFETCH(bool, nul);
    QStringList words {text("parse"), text("--stdin"), text("--json")};
    if (nul)
        words << text("-0");
    const CliRun run = m_cli.run(words, input);
    QCOMPARE(run.exit, 0);
    QByteArrayList keys;
    for (const QJsonValue& item : run.items()) {
        const QJsonObject object = item.toObject();
        keys << (object.value(text("key")).isString()
                ? object.value(text("key")).toString().toUtf8()
                : QByteArray::fromBase64(object.value(text("key_b64")).toString().toLatin1()));
    }
    QTEST(keys, "keys");
    const CliRun bad
        = m_cli.run({text("parse"), text("--stdin"), text("--json")}, "{\"type\":\"item\",\"key\":\"a\"}\nnonsense\n");
    QCOMPARE(bad.exit, 2);
    QVERIFY(bad.error().value(text("message")).toString().contains(text("Line 2")));
}

void TestCliOffline::predict()
{
    const CliRun run = m_cli.run({text("predict"), text("/books?b=2&a=x%20y"), text("/private"), text("/elsewhere"),
        text("--endpoint"), text("Book=/books,ttl=60"), text("--endpoint"), text("Private=/private,cached=no"), text("--json")});
    QCOMPARE(run.exit, 0);
    QCOMPARE(run.items().size(), 3);
    const QJsonObject yes = run.items().at(0).toObject();
    QCOMPARE(yes.value(text("cached")).toString(), text("yes"));
    const QJsonObject prediction = yes.value(text("predictions")).toArray().first().toObject();
    QCOMPARE(prediction.value(text("key")).toString(), text("lightapi:Book:/books:b=2&a=x+y"));
    QCOMPARE(prediction.value(text("class")).toString(), text("Book"));
    const QJsonObject no = run.items().at(1).toObject();
    QCOMPARE(no.value(text("cached")).toString(), text("no"));
    QVERIFY(no.value(text("predictions")).toArray().isEmpty());
    QCOMPARE(no.value(text("would_be_key")).toString(), text("lightapi:Private:/private:"));
    QCOMPARE(run.items().at(2).toObject().value(text("cached")).toString(), text("unknown"));
    const CliRun post = m_cli.run({text("predict"), text("/books"), text("--method"), text("post"), text("--endpoint"),
        text("Book=/books,ttl=60"), text("--json")});
    const QJsonObject effect = post.items().first().toObject().value(text("effects")).toArray().first().toObject();
    QCOMPARE(effect.value(text("effect")).toString(), text("purge"));
    QCOMPARE(effect.value(text("pattern")).toString(), text("lightapi:Book:*"));
}

void TestCliOffline::predictFromConfig()
{
    const QString file = m_cli.file(text("broken.yaml"));
    writeFile(file, "endpoints:\n  - route: [\n");
    const CliRun broken = m_cli.run({text("predict"), text("/a"), text("--lightapi-config"), file, text("--json")});
    QCOMPARE(broken.exit, 2);
    QCOMPARE(broken.error().value(text("code")).toString(), text("input"));
    const CliRun stdinTargets = m_cli.run({text("predict"), text("--stdin"), text("--json")}, "# two\n/a\n/b?c=1\n");
    QCOMPARE(stdinTargets.items().size(), 2);
    QCOMPARE(m_cli.run({text("predict"), text("--stdin"), text("--json")}, "/a\nbad target\n").exit, 2);
}

void TestCliOffline::headers_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QStringList>("verdicts");
    QTest::newRow("none") << QByteArray("HTTP/1.1 200 OK\r\nServer: uvicorn\r\n\r\nX-Cache: HIT\r\n") << QStringList();
    QTest::newRow("X-Cache") << QByteArray("HTTP/1.1 200 OK\r\nX-Cache: HIT\r\nAge: 12\r\n\r\n") << QStringList {text("HIT")};
    QTest::newRow("X-Cache-Status") << QByteArray("X-Cache-Status: EXPIRED\nX-Cache-Key: k\nX-Cache-TTL: 60\n")
                                    << QStringList {text("EXPIRED")};
    QTest::newRow("last head") << QByteArray("HTTP/1.1 301 Moved\r\nX-Cache: HIT\r\n\r\nHTTP/1.1 200 OK\r\nX-Cache: MISS\r\n\r\n")
                               << QStringList {text("MISS")};
    QTest::newRow("empty") << QByteArray() << QStringList();
}

void TestCliOffline::headers()
{
    QFETCH(QByteArray, head);
    const CliRun run = m_cli.run({text("headers"), text("--json")}, head);
    QCOMPARE(run.exit, 0);
    QVERIFY(run.json().value(text("items")).isArray());
    QStringList verdicts;
    for (const QJsonValue& item : run.items()) {
        verdicts << item.toObject().value(text("verdict")).toString();
        for (const char* field : {"name", "ttl_s", "key", "detail", "raw"})
            QVERIFY2(item.toObject().contains(text(field)), field);
    }
    QTEST(verdicts, "verdicts");
    QCOMPARE(run.summary().value(text("count")).toInt(), run.items().size());
    QCOMPARE(m_cli.run({text("headers")}, head).exit, 0);
}

void TestCliOffline::headersOfOtherCaches()
{
    const QByteArray head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nCache-Status: edge; hit\r\nCF-Cache-Status: HIT\r\n"
                            "cache-status: shield; fwd=miss\r\nX-Varnish: 12 34\r\n\r\n";
    const CliRun run = m_cli.run({text("headers"), text("--json")}, head);
    QCOMPARE(run.exit, 0);
    QStringList layers;
    for (const QJsonValue& item : run.items())
        layers << item.toObject().value(text("name")).toString() + u' ' + item.toObject().value(text("verdict")).toString();
    QCOMPARE(layers, (QStringList {text("edge HIT"), text("CF-Cache-Status HIT"), text("shield MISS"), text("X-Varnish HIT")}));
    QVERIFY2(!run.err.contains("no cache speaks"), run.err.constData());
    QVERIFY(m_cli.run({text("headers")}, "Cache-Control: no-store\r\n\r\n").err.contains("no cache speaks"));
}

void TestCliOffline::profiles()
{
    QVERIFY(m_cli.run({text("profiles"), text("list"), text("--json")}).items().isEmpty());
    const CliRun added = m_cli.run({text("profiles"), text("add"), text("shop"), text("--url"), text("redis://ann@cache:6380/3"),
        text("--environment"), text("production"), text("--api"), text("http://localhost:8000"), text("--endpoint"),
        text("Book=/books,ttl=60"), text("--json")});
    QVERIFY2(added.exit == 0, added.out.constData());
    const CliRun shown = m_cli.run({text("profiles"), text("show"), text("shop"), text("--json")});
    QCOMPARE(shown.json().value(text("url")).toString(), text("redis://ann@cache:6380/3"));
    QCOMPARE(shown.json().value(text("environment")).toString(), text("production"));
    QCOMPARE(shown.json().value(text("read_only")).toBool(), true);
    QCOMPARE(m_cli.run({text("profiles"), text("list"), text("--json")}).items().size(), 1);
    // The profile's routes hold where none are given.
    const CliRun predicted = m_cli.run({text("predict"), text("/books"), text("--profile"), text("shop"), text("--json")});
    QCOMPARE(predicted.items().first().toObject().value(text("cached")).toString(), text("yes"));
    // Replacing wants a word.
    const QStringList again {text("profiles"), text("add"), text("shop"), text("--url"), text("redis://other")};
    QCOMPARE(m_cli.run(again).exit, 4);
    QCOMPARE(m_cli.run(QStringList(again) << text("--yes")).exit, 0);
    QCOMPARE(m_cli.run({text("profiles"), text("remove"), text("shop")}).exit, 0);
    QCOMPARE(m_cli.run({text("profiles"), text("show"), text("shop")}).exit, 2);
}

// Secrets are kept by the API's origin: another one leaves them where only the window reaches them.
void TestCliOffline::replacingTellsOfSecrets()
{
    const auto add = [this](const char* api) {
        return m_cli.run({text("profiles"), text("add"), text("who"), text("--url"), text("redis://cache"), text("--api"), text(api), text("--yes")});
    };
    QCOMPARE(add("http://localhost:8000").exit, 0);
    core::settings::Store store(m_cli.file(text(".config/cachelight/settings.json")));
    QVERIFY(store.load());
    core::settings::Profile profile = *store.find(text("who"));
    QVERIFY(!add("http://localhost:8001").err.contains("secrets")); // of nobody
    profile.identities = {{text("Al"), text("bearer"), {}, {}}};
    QVERIFY(store.put(profile));
    QVERIFY(!add("http://localhost:8000/v1").err.contains("secrets"));
    const CliRun moved = add("http://localhost:8001");
    QCOMPARE(moved.exit, 0);
    QVERIFY2(moved.err.contains("keeps the secrets of its identities"), moved.err.constData());
    QCOMPARE(m_cli.run({text("profiles"), text("remove"), text("who")}).exit, 0);
}

void TestCliOffline::profilesNeverHoldPasswords()
{
    const CliRun added = m_cli.run({text("profiles"), text("add"), text("p"), text("--url"), text("redis://ann:hunter2@cache")});
    QCOMPARE(added.exit, 0);
    QVERIFY(!added.out.contains("hunter2"));
    QVERIFY2(added.err.contains("not saved"), added.err.constData());
    QFile file(m_cli.file(text(".config/cachelight/settings.json")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("hunter2"));
    QCOMPARE(m_cli.run({text("profiles"), text("remove"), text("p")}).exit, 0);
}

void TestCliOffline::damagedSettingsAreSaid()
{
    QVERIFY(QDir().mkpath(m_cli.file(text(".config/cachelight"))));
    writeFile(m_cli.file(text(".config/cachelight/settings.json")), "{ broken");
    const CliRun run = m_cli.run({text("profiles"), text("list"), text("--json")});
    QCOMPARE(run.exit, 0);
    QVERIFY2(run.err.contains("settings.json"), run.err.constData());
    QVERIFY(run.items().isEmpty());
    QCOMPARE(QDir(m_cli.file(text(".config/cachelight"))).entryList({text("*damaged*")}).size(), 1);
}

void TestCliOffline::auditWithoutLog()
{
    const CliRun run = m_cli.run({text("audit"), text("--since"), text("7d"), text("--json")});
    QCOMPARE(run.exit, 0);
    QVERIFY(run.items().isEmpty());
    QCOMPARE(run.summary().value(text("count")).toInt(-1), 0);
}

void TestCliOffline::closedReaderEndsBySigpipe()
{
    QByteArray keys;
    for (int n = 0; n < 20'000; ++n)
        keys += "lightapi:Book:/books/" + QByteArray::number(n) + ":\n";
    QTemporaryDir folder;
    const QString file = folder.filePath(text("keys"));
    writeFile(file, keys);
    QProcess shell;
    m_cli.prepare(shell, {});
    shell.setProgram(text("/bin/sh"));
    shell.setArguments({text("-c"), text("{ \"$0\" parse --stdin --ndjson < \"$1\"; echo $? > \"$2\"; } | head -n 1"),
        Cli::program(), file, folder.filePath(text("status"))});
    shell.start();
    const CliRun run = Cli::ended(shell);
    QCOMPARE(run.out.count('\n'), 1);
    QFile status(folder.filePath(text("status")));
    QVERIFY(status.open(QIODevice::ReadOnly));
    QCOMPARE(status.readAll().trimmed(), QByteArray("141"));
}

void TestCliOffline::fullDiskIsSaid_data()
{
    QTest::addColumn<QString>("line");
    for (const char* line : {"version", "version --json", "--version", "help", "--help", "parse a", "parse a --ndjson",
             "get --json", "keys --url redis://localhost:1 --json"})
        QTest::newRow(line) << text(line);
}

void TestCliOffline::fullDiskIsSaid()
{
    QFETCH(QString, line);
    const CliRun run = m_cli.runInto(text("/dev/full"), Cli::words(line));
    QVERIFY2(run.exit == 6, run.all().constData());
    QCOMPARE(run.err.count("There is no room to write stdout."), 1);
}

// Its number must not become that of a socket or file, which would take what is printed.
void TestCliOffline::closedStdoutIsSaid()
{
    QProcess shell;
    m_cli.prepare(shell, {});
    shell.setProgram(text("/bin/sh"));
    shell.setArguments({text("-c"), text("\"$0\" version >&-"), Cli::program()});
    shell.start();
    const CliRun run = Cli::ended(shell);
    QVERIFY2(run.exit == 6, run.all().constData());
    QVERIFY2(run.err.contains("(stdout)"), run.err.constData());
}

QTEST_GUILESS_MAIN(TestCliOffline)
#include "tst_clioffline.moc"
