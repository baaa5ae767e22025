// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo.h"
#include "app/demo/redisprocess.h"
#include "clirun.h"

#include <QSignalSpy>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

// The commands that change or request something: what they refuse, what they do, how they end half-way.
class TestCliActs final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void unconfirmedChangesNothing();
    void dryRunNeedsNoConfirmation();
    void confirmedDeletesExactly_data();
    void confirmedDeletesExactly();
    void absentTagIsANo();
    void keysFromFiles();
    void everythingWantsAName();
    void savedPlanIsExecuted();
    void changedPlanIsRefused();
    void planSaysItsAge();
    void planThatCannotBeSavedIsAFailure();
    void planOfAnotherServerIsRefused();
    void productionProfile();
    void auditListsTheActs();
    void terminalAsks_data();
    void terminalAsks();
    void interruptedRunSaysWhatWasDone();
    void closedReaderStopsARun();
    void releaseLock();
    void replay();
    void replayWithoutApi();
    void oddBytesAreEscapedOnce();
    void warm();
    void warmWithoutServer();

private:
    QByteArray redis(const QStringList& words) const;
    qint64 size() const { return redis({QStringLiteral("DBSIZE")}).toLongLong(); }
    void fill(int keys) const;
    CliRun run(const QStringList& words, const QByteArray& input = {}) const;
    QString file(const char* name) const { return m_cli.file(QString::fromLatin1(name)); }

    demo::RedisProcess m_redis;
    demo::Demo m_demo;
    Cli m_cli;
    QString m_url;
    QStringList m_demoOptions;
};

static QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

// A bare chroot has a /dev without terminals: this process, and what it starts, then sees one of its own. Root only, as such a
// chroot is.
static void haveTerminals()
{
    const int probe = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (probe >= 0) {
        ::close(probe);
        return;
    }
    const bool made = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/dev", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        && ::mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=0620") == 0;
    if (!made)
        qWarning("there are no pseudo terminals here, and none can be made: %s", std::strerror(errno));
}

QByteArray TestCliActs::redis(const QStringList& words) const
{
    QProcess process;
    process.start(text("redis-cli"), QStringList {text("-s"), m_redis.socketPath()} + words);
    process.waitForFinished();
    return process.readAllStandardOutput().trimmed();
}

void TestCliActs::fill(int keys) const
{
    redis({text("EVAL"), text("for n = 1, tonumber(ARGV[1]) do redis.call('SET', 'k:' .. n, '[1]') end"), text("0"),
        QString::number(keys)});
}

CliRun TestCliActs::run(const QStringList& words, const QByteArray& input) const
{
    return m_cli.run(words + QStringList {text("--url"), m_url, text("--json")}, input);
}

void TestCliActs::initTestCase()
{
    haveTerminals();
    QVERIFY(m_redis.startAndWait({}));
    m_url = core::endpointUrl(m_redis.endpoint());
    QSignalSpy ready(&m_demo, &demo::Demo::ready);
    m_demo.start(false);
    QVERIFY(ready.wait(20'000));
    m_demoOptions = {text("--url"), m_demo.redisUrl(), text("--api"), m_demo.apiUrl(), text("--json")};
    for (const QString& route : demo::Demo::routes())
        m_demoOptions << text("--endpoint") << route;
}

void TestCliActs::init()
{
    QCOMPARE(redis({text("FLUSHALL")}), QByteArray("OK"));
}

static QJsonObject plan(const CliRun& run)
{
    return run.json().value(text("plan")).toObject();
}

void TestCliActs::unconfirmedChangesNothing()
{
    fill(25);
    const CliRun refused = run({text("invalidate"), text("--prefix"), text("k:")});
    QVERIFY2(refused.exit == 4, refused.all().constData());
    QCOMPARE(refused.error().value(text("code")).toString(), text("unconfirmed"));
    QCOMPARE(plan(refused).value(text("keys")).toInt(), 25);
    QCOMPARE(plan(refused).value(text("sample")).toArray().size(), 10);
    QVERIFY(plan(refused).value(text("confirm")).isNull());
    QCOMPARE(plan(refused).value(text("undoable")).toBool(true), false);
    QCOMPARE(plan(refused).value(text("sha256")).toString().size(), 64);
    for (const char* field : {"id", "made_at", "tag_keys", "bytes", "selectors"})
        QVERIFY2(plan(refused).contains(text(field)), field);
    QCOMPARE(size(), 25);
}

void TestCliActs::dryRunNeedsNoConfirmation()
{
    fill(3);
    const CliRun dry = run({text("invalidate"), text("--match"), text("k:*"), text("--dry-run"), text("--read-only")});
    QVERIFY2(dry.exit == 0, dry.all().constData());
    QCOMPARE(plan(dry).value(text("keys")).toInt(), 3);
    QVERIFY(dry.json().value(text("audit")).isNull());
    QCOMPARE(size(), 3);
}

void TestCliActs::confirmedDeletesExactly_data()
{
    QTest::addColumn<QString>("selectors");
    QTest::addColumn<QString>("left");
    QTest::newRow("class") << "--class Book"
                           << "lightapi:Author:/authors: tag:t x*y xzy";
    QTest::newRow("path") << "--path /books"
                          << "lightapi:Author:/authors: lightapi:Book:/books/1: tag:t x*y xzy";
    QTest::newRow("path prefix") << "--path-prefix /books"
                                 << "lightapi:Author:/authors: tag:t x*y xzy";
    QTest::newRow("tag") << "--tag t"
                         << "lightapi:Author:/authors: lightapi:Book:/books/1: x*y xzy";
    QTest::newRow("literal prefix") << "--prefix x*"
                                    << "lightapi:Author:/authors: lightapi:Book:/books/1: lightapi:Book:/books: tag:t xzy";
    QTest::newRow("glob") << "--match x*y"
                          << "lightapi:Author:/authors: lightapi:Book:/books/1: lightapi:Book:/books: tag:t";
    QTest::newRow("key") << "--key xzy --key absent"
                         << "lightapi:Author:/authors: lightapi:Book:/books/1: lightapi:Book:/books: tag:t x*y";
    QTest::newRow("kinds intersect") << "--class Book --path /books/1"
                                     << "lightapi:Author:/authors: lightapi:Book:/books: tag:t x*y xzy";
    QTest::newRow("except") << "--class Book --except path=/books/1"
                            << "lightapi:Author:/authors: lightapi:Book:/books/1: tag:t x*y xzy";
}

void TestCliActs::confirmedDeletesExactly()
{
    for (const char* key : {"lightapi:Book:/books:", "lightapi:Book:/books/1:", "lightapi:Author:/authors:", "x*y", "xzy"})
        redis({text("SET"), text(key), text("[]")});
    redis({text("SET"), text("tag:t"), text("[\"lightapi:Book:/books:\"]")});
    QFETCH(QString, selectors);
    const CliRun done = run(QStringList {text("invalidate"), text("--yes")} + Cli::words(selectors));
    QVERIFY2(done.exit == 0, done.all().constData());
    QByteArrayList left = redis({text("KEYS"), text("*")}).split('\n');
    std::ranges::sort(left);
    QTEST(QString::fromUtf8(left.join(' ')), "left");
    QCOMPARE(done.summary().value(text("verified")).toBool(), true);
    QVERIFY(!done.json().value(text("audit")).toString().isEmpty());
    QVERIFY(done.json().value(text("undo")).isNull());
    QVERIFY(done.items().isEmpty());
    for (const char* field :
        {"deleted", "vanished", "failed", "reappeared", "appeared", "duration_ms", "own_lookups", "own_lookups_unknown"})
        QVERIFY2(done.summary().contains(text(field)), field);
}

void TestCliActs::keysFromFiles()
{
    fill(30);
    const CliRun listed = m_cli.run({text("keys"), text("--url"), m_url, text("--prefix"), text("k:1"), text("--ndjson")});
    const CliRun done = run({text("invalidate"), text("--keys-from"), text("-"), text("--yes")}, listed.out);
    QVERIFY2(done.exit == 0, done.all().constData());
    QCOMPARE(done.summary().value(text("deleted")).toInt(), 11); // k:1, k:10 … k:19
    QCOMPARE(size(), 19);
    QCOMPARE(run({text("invalidate"), text("--keys-from"), text("-"), text("--yes")}, "\n").exit, 2);
    // The document of --json is not a list of lines: refused, not taken as keys of odd names.
    const CliRun document = m_cli.run({text("keys"), text("--url"), m_url, text("--json")});
    for (const QByteArray& input : {document.out, QJsonDocument(document.json()).toJson(QJsonDocument::Indented)}) {
        const CliRun refused = run({text("invalidate"), text("--keys-from"), text("-"), text("--yes")}, input);
        QVERIFY2(refused.exit == 2, refused.all().constData());
        QVERIFY(refused.error().value(text("message")).toString().contains(text("--ndjson")));
    }
    QCOMPARE(run({text("invalidate"), text("--keys-from"), text("-"), text("--yes")}, "{\"odd\":\"key\"}\n").exit, 0);
    QCOMPARE(size(), 19);
}

void TestCliActs::absentTagIsANo()
{
    redis({text("SET"), text("k:1"), text("[]")});
    redis({text("SET"), text("tag:t"), text("[\"k:1\"]")});
    for (const char* confirmation : {"--yes", "--dry-run"}) {
        const CliRun absent = run({text("invalidate"), text("--tag"), text("nosuch"), text(confirmation)});
        QVERIFY2(absent.exit == 1, absent.all().constData());
        QVERIFY(!absent.json().contains(text("error")));
        QCOMPARE(plan(absent).value(text("keys")).toInt(-1), 0);
        QVERIFY2(absent.err.contains("there is no tag nosuch"), absent.err.constData());
        QVERIFY(absent.json().value(text("audit")).isNull());
    }
    // One that is there is acted on.
    const CliRun one = run({text("invalidate"), text("--tag"), text("nosuch"), text("--tag"), text("t"), text("--yes")});
    QVERIFY2(one.exit == 0, one.all().constData());
    QCOMPARE(one.summary().value(text("deleted")).toInt(), 1);
}

void TestCliActs::everythingWantsAName()
{
    fill(3);
    const QStringList all {text("invalidate"), text("--match"), text("*")};
    const CliRun yes = run(all + QStringList {text("--yes")});
    QCOMPARE(yes.exit, 4);
    const QString name = plan(yes).value(text("confirm")).toString();
    QCOMPARE(name, core::endpointLabel(m_redis.endpoint()));
    QCOMPARE(
        run(all + QStringList {text("--confirm"), text("something else")}).error().value(text("code")).toString(), text("guard"));
    QCOMPARE(size(), 3);
    QCOMPARE(run(all + QStringList {text("--confirm"), name}).exit, 0);
    QCOMPARE(size(), 0);
}

void TestCliActs::savedPlanIsExecuted()
{
    fill(5);
    const QString name = file("plan.json");
    QCOMPARE(run({text("invalidate"), text("--prefix"), text("k:"), text("--dry-run"), text("--save-plan"), name}).exit, 0);
    QCOMPARE(QFile::permissions(name) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    fill(8); // three more, not in the frozen list
    QCOMPARE(run({text("invalidate"), text("--plan"), name}).exit, 4); // still to be confirmed
    QCOMPARE(size(), 8);
    const CliRun done = run({text("invalidate"), text("--plan"), name, text("--yes")});
    QVERIFY2(done.exit == 0, done.all().constData());
    QCOMPARE(done.summary().value(text("deleted")).toInt(), 5);
    QCOMPARE(size(), 3);
    // By stdout and stdin alike.
    const CliRun piped = m_cli.run({text("invalidate"), text("--prefix"), text("k:"), text("--dry-run"), text("--save-plan"),
        text("-"), text("--url"), m_url});
    QCOMPARE(piped.exit, 0);
    QCOMPARE(run({text("invalidate"), text("--plan"), text("-"), text("--yes")}, piped.out).exit, 0);
    QCOMPARE(size(), 0);
}

void TestCliActs::changedPlanIsRefused()
{
    fill(2);
    const QString name = file("changed.json");
    QCOMPARE(run({text("invalidate"), text("--key"), text("k:1"), text("--dry-run"), text("--save-plan"), name}).exit, 0);
    QFile saved(name);
    QVERIFY(saved.open(QIODevice::ReadWrite));
    QByteArray content = saved.readAll();
    QVERIFY(content.contains("k:1"));
    content.replace("\"k:1\"", "\"k:2\"");
    saved.resize(0);
    saved.write(content);
    saved.close();
    const CliRun refused = run({text("invalidate"), text("--plan"), name, text("--yes")});
    QVERIFY2(refused.exit == 4, refused.all().constData());
    QCOMPARE(refused.error().value(text("code")).toString(), text("guard"));
    QCOMPARE(size(), 2);
}

void TestCliActs::planSaysItsAge()
{
    fill(1);
    const QString name = file("aged.json");
    const CliRun dry = run({text("invalidate"), text("--key"), text("k:1"), text("--dry-run"), text("--save-plan"), name});
    QCOMPARE(dry.exit, 0);
    const QString madeAt = plan(dry).value(text("made_at")).toString();
    QVERIFY2(QDateTime::fromString(madeAt, Qt::ISODateWithMs).isValid(), dry.out.constData());
    const CliRun people = m_cli.run({text("invalidate"), text("--plan"), name, text("--dry-run"), text("--url"), m_url});
    QCOMPARE(people.exit, 0);
    QVERIFY2(people.out.contains(QByteArray("Made at " + madeAt.toUtf8())) && people.out.contains(" ago."), people.out.constData());
    QVERIFY2(people.out.contains("delete 1 entry and 0 tag indexes"), people.out.constData());
}

void TestCliActs::planThatCannotBeSavedIsAFailure()
{
    fill(1);
    const CliRun full = run({text("invalidate"), text("--key"), text("k:1"), text("--dry-run"), text("--save-plan"), text("/dev/full")});
    QVERIFY2(full.exit == 6, full.all().constData());
    QCOMPARE(full.error().value(text("code")).toString(), text("file"));
    QVERIFY2(!full.err.contains("was written"), full.err.constData());
    QVERIFY(!QFileInfo(text("/dev/full")).isFile()); // the device is still one
}

void TestCliActs::planOfAnotherServerIsRefused()
{
    fill(2);
    const QString name = file("other.json");
    QCOMPARE(run({text("invalidate"), text("--key"), text("k:1"), text("--dry-run"), text("--save-plan"), name}).exit, 0);
    const CliRun otherDatabase = m_cli.run(
        {text("invalidate"), text("--plan"), name, text("--yes"), text("--url"), m_url, text("--db"), text("1"), text("--json")});
    QCOMPARE(otherDatabase.exit, 4);
    const CliRun otherServer
        = m_cli.run({text("invalidate"), text("--plan"), name, text("--yes"), text("--url"), m_demo.redisUrl(), text("--json")});
    QCOMPARE(otherServer.exit, 4);
    QCOMPARE(size(), 2);
}

void TestCliActs::productionProfile()
{
    fill(2);
    QCOMPARE(m_cli
                 .run({text("profiles"), text("add"), text("live"), text("--url"), m_url, text("--environment"),
                     text("production"), text("--yes")})
                 .exit,
        0);
    const QStringList act {text("invalidate"), text("--key"), text("k:1"), text("--profile"), text("live"), text("--json")};
    const CliRun yes = m_cli.run(act + QStringList {text("--yes")});
    QCOMPARE(yes.exit, 4);
    QCOMPARE(plan(yes).value(text("confirm")).toString(), text("live"));
    QCOMPARE(m_cli.run(act + QStringList {text("--confirm"), text("live"), text("--read-only")}).exit, 4);
    QCOMPARE(size(), 2);
    const CliRun confirmed = m_cli.run(act + QStringList {text("--confirm"), text("live")});
    QVERIFY2(confirmed.exit == 0, confirmed.all().constData());
    QCOMPARE(size(), 1);
    redis({text("SET"), text("lock:a"), text("me")});
    const QStringList release {
        text("release-lock"), text("lock:a"), text("--owner"), text("me"), text("--profile"), text("live"), text("--json")};
    QCOMPARE(m_cli.run(release).error().value(text("code")).toString(), text("readonly"));
    QCOMPARE(m_cli.run(release + QStringList {text("--confirm"), text("dead")}).exit, 4);
    QCOMPARE(m_cli.run(release + QStringList {text("--confirm"), text("live")}).exit, 0);
    const QStringList expire {text("expire"), text("k:2"), text("600"), text("--profile"), text("live"), text("--json")};
    QCOMPARE(m_cli.run(expire).error().value(text("code")).toString(), text("readonly"));
    QCOMPARE(m_cli.run(expire + QStringList {text("--confirm"), text("dead")}).error().value(text("code")).toString(), text("guard"));
    QCOMPARE(m_cli.run(expire + QStringList {text("--confirm"), text("live"), text("--read-only")}).exit, 4);
    QCOMPARE(m_cli.run(expire + QStringList {text("--confirm"), text("live")}).exit, 0);
    const CliRun put = m_cli.run(
        {text("put"), text("k:2"), text("--file"), text("-"), text("--keep-ttl"), text("--profile"), text("live"), text("--confirm"), text("live")}, "new");
    QVERIFY2(put.exit == 0, put.all().constData());
}

void TestCliActs::auditListsTheActs()
{
    Cli fresh;
    fill(2);
    const CliRun done
        = fresh.run({text("invalidate"), text("--key"), text("k:1"), text("--yes"), text("--url"), m_url, text("--json")});
    redis({text("SET"), text("lock:a"), text("me")});
    fresh.run({text("release-lock"), text("lock:a"), text("--owner"), text("me"), text("--url"), m_url});
    const CliRun listed = fresh.run({text("audit"), text("--json")});
    QCOMPARE(listed.items().size(), 2);
    const QJsonObject release = listed.items().at(0).toObject();
    QCOMPARE(release.value(text("act")).toString(), text("release-lock"));
    QCOMPARE(release.value(text("outcome")).toString(), text("done"));
    const QJsonObject deletion = listed.items().at(1).toObject();
    QCOMPARE(deletion.value(text("id")).toString(), done.json().value(text("audit")).toString());
    QCOMPARE(deletion.value(text("counts")).toObject().value(text("deleted")).toInt(), 1);
    QCOMPARE(fresh.run({text("audit"), text("--since"), text("2999-01-01"), text("--json")}).items().size(), 0);
    // A byte that is not text is escaped once, when it is logged.
    fresh.run({text("invalidate"), text("--key"), text("b64:YmFk/w=="), text("--yes"), text("--url"), m_url});
    const QByteArray people = fresh.run({text("audit")}).out;
    QVERIFY2(people.contains("key=bad\\xff"), people.constData());
    QVERIFY2(!people.contains("key=bad\\\\xff"), people.constData());
}

void TestCliActs::terminalAsks_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("exit");
    QTest::addColumn<qint64>("left");
    QTest::newRow("yes") << QByteArray("yes\n") << 0 << qint64(1);
    QTest::newRow("no") << QByteArray("no\n") << 4 << qint64(2);
    QTest::newRow("nothing") << QByteArray("\n") << 4 << qint64(2);
    QTest::newRow("end of input") << QByteArray("\x04") << 4 << qint64(2);
    QTest::newRow("Ctrl-C") << QByteArray("\x03") << -SIGINT << qint64(2);
}

// A person at a pseudo terminal: the question is read before it is answered.
void TestCliActs::terminalAsks()
{
    fill(2);
    QFETCH(QByteArray, answer);
    int master = -1;
    const pid_t child = ::forkpty(&master, nullptr, nullptr, nullptr);
    QVERIFY(child >= 0);
    if (child == 0) {
        ::setenv("HOME", m_cli.home().toUtf8().constData(), 1);
        const QByteArray program = Cli::program().toUtf8();
        const QByteArray url = m_url.toUtf8();
        ::execl(program.constData(), "cachelight", "invalidate", "--key", "k:1", "--url", url.constData(), nullptr);
        ::_exit(127);
    }
    QByteArray seen;
    char part[1024];
    bool answered = false;
    for (ssize_t got = 0; (got = ::read(master, part, sizeof part)) > 0;) {
        seen.append(part, got);
        if (!answered && seen.contains("to delete: "))
            answered = ::write(master, answer.constData(), static_cast<std::size_t>(answer.size())) == answer.size();
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    ::close(master);
    QVERIFY2(answered, seen.constData());
    QVERIFY(seen.contains("Plan: ") && seen.indexOf("Plan: ") < seen.indexOf("to delete: "));
    QTEST(WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), "exit");
    QTEST(size(), "left");
}

void TestCliActs::interruptedRunSaysWhatWasDone()
{
    fill(2000);
    QProcess process;
    m_cli.prepare(process,
        {text("invalidate"), text("--prefix"), text("k:"), text("--yes"), text("--keys-per-s"), text("300"), text("--url"), m_url,
            text("--json")});
    process.start();
    QTRY_VERIFY_WITH_TIMEOUT(size() < 2000, 20'000); // it has begun
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    const CliRun stopped = Cli::ended(process);
    QVERIFY2(stopped.exit == -SIGINT, stopped.all().constData());
    const qint64 deleted = stopped.summary().value(text("deleted")).toInteger();
    QVERIFY(deleted > 0);
    QCOMPARE(size(), 2000 - deleted);
    QCOMPARE(stopped.summary().value(text("not_reached")).toInteger(), 2000 - deleted);
    QCOMPARE(stopped.error().value(text("code")).toString(), text("cancelled"));
    const CliRun listed = m_cli.run({text("audit"), text("--json")});
    QCOMPARE(listed.items().first().toObject().value(text("outcome")).toString(), text("cancelled"));
}

void TestCliActs::closedReaderStopsARun()
{
    fill(2000);
    QProcess shell;
    m_cli.prepare(shell, {});
    shell.setProgram(text("/bin/sh"));
    shell.setArguments({text("-c"),
        text("{ \"$0\" invalidate --prefix k: --yes --keys-per-s 300 --url \"$1\" --json; echo $? > \"$2\"; } | head -c 9"),
        Cli::program(), m_url, file("status")});
    shell.start();
    QCOMPARE(Cli::ended(shell).out, QByteArray("{\"schema\""));
    QFile status(file("status"));
    QVERIFY(status.open(QIODevice::ReadOnly));
    QCOMPARE(status.readAll().trimmed(), QByteArray("141"));
    QVERIFY(size() > 0 && size() < 2000);
    const CliRun listed = m_cli.run({text("audit"), text("--json")});
    QCOMPARE(listed.items().first().toObject().value(text("outcome")).toString(), text("cancelled"));
}

void TestCliActs::releaseLock()
{
    redis({text("SET"), text("lock:a"), text("me")});
    const auto release = [this](const char* owner) {
        return run({text("release-lock"), text("lock:a"), text("--owner"), text(owner)});
    };
    const CliRun changed = release("you");
    QCOMPARE(changed.exit, 1);
    QCOMPARE(changed.json().value(text("result")).toString(), text("owner-changed"));
    QCOMPARE(size(), 1);
    QCOMPARE(run({text("release-lock"), text("lock:a"), text("--owner"), text("me"), text("--read-only")}).exit, 4);
    const CliRun released = release("me");
    QCOMPARE(released.exit, 0);
    QCOMPARE(released.json().value(text("result")).toString(), text("released"));
    QCOMPARE(size(), 0);
    const CliRun gone = release("me");
    QCOMPARE(gone.exit, 1);
    QCOMPARE(gone.json().value(text("result")).toString(), text("gone"));
}

void TestCliActs::replay()
{
    QCOMPARE(m_cli.run(QStringList {text("invalidate"), text("--class"), text("ProductsEndpoint"), text("--yes")} + m_demoOptions)
                 .exit,
        0);
    const CliRun two
        = m_cli.run(QStringList {text("replay"), text("/products?page=1"), text("--repeat"), text("2")} + m_demoOptions);
    QVERIFY2(two.exit == 0, two.all().constData());
    QCOMPARE(two.items().size(), 2);
    const QJsonObject miss = two.items().at(0).toObject();
    const QJsonObject hit = two.items().at(1).toObject();
    QCOMPARE(miss.value(text("verdict")).toString(), text("MISS"));
    QCOMPARE(hit.value(text("verdict")).toString(), text("HIT"));
    QCOMPARE(hit.value(text("n")).toInt(), 2);
    QCOMPARE(hit.value(text("predicted_key")).toString(), text("lightapi:ProductsEndpoint:/products:page=1"));
    QCOMPARE(hit.value(text("body")).toObject().value(text("equals_cached")).toBool(), true);
    for (const char* field : {"target", "status", "confidence", "cached", "scheme", "stored_key", "ttl_ms", "layers", "evidence",
             "contradictions", "timing_ms"})
        QVERIFY2(hit.contains(text(field)), field);
    QCOMPARE(two.summary().value(text("by_verdict")).toObject(), (QJsonObject {{text("HIT"), 1}, {text("MISS"), 1}}));
    QVERIFY(two.summary().value(text("latency_ms")).toObject().value(text("HIT")).toObject().value(text("p99")).isNull());
    QVERIFY(two.summary().value(text("latency_ms")).toObject().value(text("HIT")).toObject().value(text("p50")).toDouble() > 0);
    QCOMPARE(
        m_cli.run(QStringList {text("replay"), text("/products?page=1"), text("--expect"), text("HIT")} + m_demoOptions).exit, 0);
    QCOMPARE(
        m_cli.run(QStringList {text("replay"), text("/products?page=1"), text("--expect"), text("MISS")} + m_demoOptions).exit,
        1);
    // The endpoint that lies.
    const CliRun liar = m_cli.run(QStringList {text("replay"), text("/stock")} + m_demoOptions);
    QVERIFY2(!liar.items().first().toObject().value(text("contradictions")).toArray().isEmpty(), liar.all().constData());
    QVERIFY(liar.items().first().toObject().value(text("verdict")).toString() != text("HIT"));
}

void TestCliActs::replayWithoutApi()
{
    const CliRun unset = run({text("replay"), text("/a")});
    QCOMPARE(unset.exit, 2);
    const CliRun dead = run({text("replay"), text("/a"), text("--api"), text("http://127.0.0.1:1")});
    QVERIFY2(dead.exit == 3, dead.all().constData());
    QCOMPARE(dead.error().value(text("code")).toString(), text("api"));
    QCOMPARE(dead.items().first().toObject().value(text("error")).toObject().value(text("code")).toString(), text("api"));
    QCOMPARE(run({text("replay"), text("/a"), text("--api"), text("ftp://localhost")}).exit, 2);
}

void TestCliActs::oddBytesAreEscapedOnce()
{
    // "a", a backslash, "b", a newline.
    const CliRun bad = m_cli.run({text("replay"), text("a\\b\n"), text("--url"), m_url, text("--api"), m_demo.apiUrl()});
    QVERIFY2(bad.err.contains("a\\\\b\\n is not"), bad.all().constData());
    QVERIFY2(!bad.err.contains("\\\\\\"), bad.all().constData());
}

void TestCliActs::warm()
{
    m_cli.run(QStringList {text("invalidate"), text("--class"), text("ProductsEndpoint"), text("--yes")} + m_demoOptions);
    const CliRun first = m_cli.run(
        QStringList {text("warm"), text("/products"), text("--file"), text("-")} + m_demoOptions, "/products/1\n# no target\n");
    QVERIFY2(first.exit == 0, first.all().constData());
    QCOMPARE(first.summary().value(text("warmed")).toInt(), 2);
    for (const char* field : {"target", "state", "key", "ttl_ms", "status", "reason"})
        QVERIFY2(first.items().first().toObject().contains(text(field)), field);
    const CliRun again = m_cli.run(QStringList {text("warm"), text("/products"), text("/orders")} + m_demoOptions);
    QVERIFY2(again.exit == 5, again.all().constData()); // one is warm, one is never cached
    QCOMPARE(again.summary().value(text("already_warm")).toInt(), 1);
    QCOMPARE(again.summary().value(text("not_cached")).toInt(), 1);
    for (const char* state : {"not_verified", "wrong_key", "failed", "own_lookups"})
        QVERIFY2(again.summary().contains(text(state)), state);
}

void TestCliActs::warmWithoutServer()
{
    const CliRun dead
        = run({text("warm"), text("/a"), text("--api"), text("http://127.0.0.1:1"), text("--endpoint"), text("A=/a,ttl=60")});
    QVERIFY2(dead.exit == 3, dead.all().constData());
    QCOMPARE(dead.items().first().toObject().value(text("state")).toString(), text("failed"));
}

QTEST_GUILESS_MAIN(TestCliActs)
#include "tst_cliacts.moc"
