// SPDX-License-Identifier: GPL-3.0-or-later
// Every scenario on every release and kind of app: verdict, sureness, evidence and contradictions as specification C3 wants them, and
// docs/verdicts.md as it comes out of them.
#include "tests/integration/verdictscenarios.h"
#include "tests/integration/verdictpage.h"
#include "tests/support/redistest.h"

#include <QRegularExpression>

#include <algorithm>
#include <memory>

namespace {
using Kind = test::LightApiProcess::Kind;

struct App {
    const char* name;
    const char* release;
    Kind kind;
};
const App apps[] {
    {"0.1.29 sync", "0.1.29", Kind::Sync},
    {"0.1.29 async", "0.1.29", Kind::Async},
    {"0.2.1 sync", "0.2.1", Kind::Sync},
    {"0.2.1 async", "0.2.1", Kind::Async},
    {"0.4.0 sync", "0.4.0", Kind::Sync},
    {"0.4.0 async", "0.4.0", Kind::Async},
};
constexpr const char* neverCaches = "0.1.29 async";
constexpr const char* blocksOnRedis = "0.1.29 sync"; // no socket_timeout: cache.py

// What one app is to say. Evidence: source and what it speaks for, '+' the answer came from the entry, '-' it did not, '0' neither. The idle
// time is in whole seconds and may or may not tell: its sign is left out.
struct Expected {
    const char* verdict;
    const char* evidence;
    const char* contradictions = "";
};

// Of the apps that cache; then of the one that does not, where it differs.
struct Row {
    const char* scenario;
    Expected caching;
    Expected never;
};
constexpr Expected nothingAtAll {"BYPASS likely", "predicted key- write witness0 hit counter- header0"};
constexpr Expected newEntry {"MISS exact", "predicted key- time to live- write witness- stored body+ hit counter- header0"};
constexpr Expected replaced {"UNKNOWN none", "predicted key+ time to live- write witness- stored body+ idle time hit counter- header0"};
constexpr Expected refused {"UNKNOWN none", "predicted key0 header0"};
const Row rows[] {
    {"stored", newEntry, nothingAtAll},
    // In truth the other one's MISS and this one's HIT: seen from Redis it may be the other way round.
    {"asked by another", {"UNKNOWN none", "predicted key- time to live- write witness- stored body+ hit counter0 header0"}, nothingAtAll},
    {"hit", {"HIT exact", "predicted key+ time to live+ write witness+ stored body+ idle time hit counter+ header0"}, nothingAtAll},
    {"ran out, watched", {"EXPIRED exact", "predicted key- time to live- write witness- stored body+ hit counter- seen earlier0 header0"}, nothingAtAll},
    {"ran out, seen", {"EXPIRED likely", "predicted key- time to live- write witness- stored body+ hit counter- seen earlier0 header0"}, nothingAtAll},
    {"ran out, meanwhile", {"EXPIRED exact", "predicted key+ time to live- write witness- stored body+ idle time hit counter- header0"}, nothingAtAll},
    {"ran out, after", {"HIT likely", "predicted key+ time to live0 write witness- hit counter+ header0"}, nothingAtAll},
    {"ran out, unseen", newEntry, nothingAtAll},
    {"purged by POST", replaced, nothingAtAll},
    {"purged by HEAD", replaced, nothingAtAll},
    {"purged after", {"UNKNOWN none", "predicted key+ time to live0 write witness- hit counter+ header0"}, nothingAtAll},
    {"stored, purged", {"UNKNOWN none", "predicted key- write witness- hit counter- header0"}, nothingAtAll},
    {"overwritten before", {"UNKNOWN none", "predicted key+ time to live- write witness- stored body+ idle time hit counter+ header0"},
        {"UNKNOWN none", "predicted key- time to live- write witness- stored body- hit counter- header0", "stored-body-differs"}},
    {"overwritten after", {"UNKNOWN none", "predicted key+ time to live- write witness- stored body- idle time hit counter+ header0"},
        {"UNKNOWN none", "predicted key- time to live- write witness- stored body- hit counter- header0", "stored-body-differs"}},
    {"other type", {"MISS exact", "predicted key- time to live- write witness- stored body+ idle time hit counter+ header0"},
        {"BYPASS exact", "predicted key- time to live0 write witness+ stored body- idle time hit counter- header0"}},
    {"null", {"UNKNOWN none", "predicted key+ time to live- write witness- stored body+ idle time hit counter+ header0"},
        {"BYPASS exact", "predicted key+ time to live+ write witness+ stored body- idle time hit counter- header0"}},
    {"overridden", nothingAtAll, nothingAtAll},
    {"overridden, entry", {"BYPASS exact", "predicted key+ time to live+ write witness+ stored body+ idle time hit counter- header0"},
        {"BYPASS exact", "predicted key+ time to live+ write witness+ stored body+ idle time hit counter- header0"}},
    {"overridden, twin", {nothingAtAll.verdict, "predicted key- write witness0 hit counter- other keys- header0"},
        {nothingAtAll.verdict, "predicted key- write witness0 hit counter- other keys- header0"}},
    {"not cached", {"BYPASS exact", "predicted key- hit counter- header0"}, {"BYPASS exact", "predicted key- hit counter- header0"}},
    {"404", {"BYPASS exact", "predicted key- write witness0 hit counter- header0"}, {"BYPASS exact", "predicted key- write witness0 hit counter- header0"}},
    {"redirect", refused, refused},
    {"other release", {"MISS likely", "predicted key- write witness0 hit counter- other keys- header0", "other-key-stored"}, nothingAtAll},
    {"full", nothingAtAll, nothingAtAll},
    {"full, twin", nothingAtAll, nothingAtAll},
    {"full, lasting twin", nothingAtAll, nothingAtAll},
    {"replica", nothingAtAll, nothingAtAll},
    {"hangs", refused, refused},
    {"refuses", refused, refused},
};

Expected expectedOf(const QByteArray& scenario, const QByteArray& app)
{
    for (const Row& row : rows) {
        if (scenario != row.scenario)
            continue;
        if (scenario == "hangs" && app == blocksOnRedis) // the request never ends, so no headers either
            return {"UNKNOWN none", "predicted key0"};
        // A profile of 0.4.0 with vary_on predicts a key that other requests make as well.
        if (scenario == "other release" && !app.startsWith("0.4"))
            return app == neverCaches ? Expected {nothingAtAll.verdict, "predicted key- write witness0 hit counter- collision0 header0"}
                                      : Expected {row.caching.verdict, "predicted key- write witness0 hit counter- other keys- collision0 header0", row.caching.contradictions};
        return app == neverCaches ? row.never : row.caching;
    }
    return {"", ""};
}

// What one act cost: hits and misses of the server, what Cachelight says of itself, and what LightAPI asks for by its code.
struct Lookups {
    qint64 server = 0, own = 0, ofLightApi = 0;
};

struct Played {
    QMap<QByteArray, VerdictCell> cells; // by scenario
    QMap<QByteArray, Lookups> lookups; // by act
    QString problem;
};

struct Act {
    const char* name;
    int ofLightApi; // where it caches at all: one GET for each request that its cache is asked for
    std::function<void(VerdictStage&)> play;
};
const QList<Act>& acts()
{
    static const QList<QByteArray> pages {"/books?page=1", "/books?page=2", "/books/1", "/books/2", "/api/v1/items", "/plain"};
    static const QList<Act> all {
        // Twice each: nothing there and there, own get(), not cached, 404, redirect.
        {"replay", 2 * 3, [](auto& s) { s.replay({.targets = {"/books", "/books/1", "/override", "/plain", "/books/999", "/books/"}, .repeat = 2}); }},
        // The answer is looked for among the other keys of its class.
        {"replay, other release", 1, [](auto& s) {
             const QVersionNumber real = s.routes.release();
             s.routes.setRelease(real >= QVersionNumber(0, 3) ? QVersionNumber(0, 2, 1) : QVersionNumber(0, 4, 0));
             s.one("/varied?page=1&lang=en");
             s.routes.setRelease(real);
         }},
        // What it takes away is counted before and after.
        {"replay, POST", 0, [](auto& s) {
             s.replay({.targets = {"/books"}, .method = "POST", .headers = {{"Content-Type", "application/json"}}, .body = R"({"title": "four"})", .methodConfirmed = true});
         }},
        {"warm", 5, [](auto& s) { s.warm({.targets = pages}); }},
        {"warm, second pass", 2 * 5, [](auto& s) { s.warm({.targets = pages, .secondPass = true}); }},
    };
    return all;
}

// The page leaves out why Redis could not be asked, as what is found first depends on where a reconnection stands.
bool tellsWhy(const QByteArray& scenario, const VerdictCell& cell)
{
    static const QRegularExpression hung(QStringLiteral("could not be asked: (\\S+/redis\\.sock/0 stopped answering|There is no connection to \\S+/redis\\.sock/0)\\. no answer for \\d"));
    static const QRegularExpression down(QStringLiteral("could not be asked: (There is no connection to \\S+/redis\\.sock/0\\.|\\S+/redis\\.sock/0 (refused|closed) the connection\\.|The connection to \\S+/redis\\.sock/0 was lost)(?!.*no answer for)"));
    if (scenario != "hangs" && scenario != "refuses")
        return true;
    return std::ranges::any_of(cell.evidence, [&](const auto& row) { return row.source == QStringLiteral("predicted key") && (scenario == "hangs" ? hung : down).match(row.fact).hasMatch(); });
}

QString evidenceText(const VerdictCell& cell)
{
    QStringList out;
    for (const core::replay::Evidence& row : cell.evidence) {
        using Says = core::replay::Evidence::Says;
        const QString sign = row.says == Says::For ? QStringLiteral("+") : row.says == Says::Against ? QStringLiteral("-") : QStringLiteral("0");
        out << (row.source == QStringLiteral("idle time") ? row.source : QString(row.source + sign));
    }
    return out.join(u' ');
}

Played play(const App& app)
{
    Played out;
    VerdictStage stage(QString::fromLatin1(app.release), app.kind);
    if (const auto built = stage.build(); !built) {
        out.problem = redistest::told(built.error());
        return out;
    }
    for (const VerdictScenario& scenario : verdictScenarios()) {
        stage.clear();
        out.cells.insert(scenario.name, VerdictCell::of(scenario.play(stage)));
        if (!stage.reconnect())
            stage.problem = QStringLiteral("Redis did not come back");
        if (!stage.problem.isEmpty()) {
            out.problem = QString::fromUtf8(scenario.name) + QStringLiteral(": ") + stage.problem;
            return out;
        }
    }
    for (const Act& act : acts()) {
        stage.clear();
        const qint64 server = stage.serverLookups(), own = stage.session->ownLookups();
        act.play(stage);
        out.lookups.insert(act.name, {stage.serverLookups() - server, stage.session->ownLookups() - own, qstrcmp(app.name, neverCaches) == 0 ? 0 : act.ofLightApi});
        if (!stage.problem.isEmpty()) {
            out.problem = QString::fromUtf8(act.name) + QStringLiteral(": ") + stage.problem;
            return out;
        }
    }
    return out;
}
}

class TestVerdicts final : public QObject {
    Q_OBJECT
private:
    QMap<QByteArray, Played> m_played; // by app

private slots:
    void initTestCase()
    {
        std::vector<std::unique_ptr<QThread>> threads;
        std::vector<Played> played(std::size(apps));
        for (size_t i = 0; i < std::size(apps); ++i) {
            threads.emplace_back(QThread::create([&played, i] { played[i] = play(apps[i]); }));
            threads.back()->start();
        }
        for (size_t i = 0; i < std::size(apps); ++i) {
            threads[i]->wait();
            m_played.insert(apps[i].name, played[i]);
        }
        for (const App& app : apps)
            QVERIFY2(m_played[app.name].problem.isEmpty(), qPrintable(QString::fromLatin1(app.name) + QStringLiteral(": ") + m_played[app.name].problem));
    }

    void cell_data()
    {
        QTest::addColumn<QByteArray>("app");
        QTest::addColumn<QByteArray>("scenario");
        for (const App& app : apps) {
            for (const VerdictScenario& scenario : verdictScenarios())
                QTest::addRow("%s: %s", app.name, scenario.name.constData()) << QByteArray(app.name) << scenario.name;
        }
    }
    void cell()
    {
        QFETCH(QByteArray, app);
        QFETCH(QByteArray, scenario);
        const VerdictCell cell = m_played[app].cells[scenario];
        const Expected expected = expectedOf(scenario, app);
        QVERIFY2(cell.verdict == QString::fromLatin1(expected.verdict), qPrintable(cell.told()));
        QCOMPARE(evidenceText(cell), QString::fromLatin1(expected.evidence));
        QCOMPARE(cell.contradictionNames(), QString::fromLatin1(expected.contradictions));
        QVERIFY2(cell.sentence.endsWith(u'.'), qPrintable(cell.sentence));
        QVERIFY2(tellsWhy(scenario, cell), qPrintable(cell.told()));
    }

    void lookups_data()
    {
        QTest::addColumn<QByteArray>("app");
        QTest::addColumn<QByteArray>("act");
        for (const App& app : apps) {
            for (const Act& act : acts())
                QTest::addRow("%s: %s", app.name, act.name) << QByteArray(app.name) << QByteArray(act.name);
        }
    }
    void lookups()
    {
        QFETCH(QByteArray, app);
        QFETCH(QByteArray, act);
        const Lookups lookups = m_played[app].lookups[act];
        QCOMPARE(lookups.server, lookups.own + lookups.ofLightApi);
        QVERIFY(lookups.own > 0 || act == "replay, POST"); // which SCANs, and that counts none
    }

    void page()
    {
        QList<VerdictColumn> columns;
        for (const App& app : apps)
            columns << VerdictColumn {QString::fromLatin1(app.name), m_played[app.name].cells};
        const QByteArray made = verdictPage(columns, verdictScenarios());
        const QString path = QStringLiteral(VERDICTS_PAGE);
        QFile file(path);
        if (qEnvironmentVariableIsSet("CACHELIGHT_RENEW_DOCS")) {
            QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(file.errorString()));
            QCOMPARE(file.write(made), made.size());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const QByteArrayList now = made.split('\n'), then = file.readAll().split('\n');
        for (qsizetype i = 0; i < std::max(now.size(), then.size()); ++i)
            QCOMPARE(then.value(i), now.value(i));
    }
};

QTEST_GUILESS_MAIN(TestVerdicts)
#include "tst_verdicts.moc"
