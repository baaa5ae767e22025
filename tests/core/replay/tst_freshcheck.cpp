// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runningserver.h"
#include "tests/support/stagetest.h"
#include "core/base/errortext.h"
#include "core/invalidate/audit.h"
#include "core/invalidate/guard.h"
#include "core/invalidate/keyremover.h"
#include "core/replay/freshcheck.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

using namespace core;
using namespace core::replay;

namespace {
// The same app without its cache: answers what it is told to, and remembers what it was asked with.
class FreshApi final {
public:
    FreshApi()
    {
        m_running.server.Get(R"(/.*)", [this](const httplib::Request& request, httplib::Response& response) {
            ++requests;
            authorized = authorized || request.has_header("Authorization");
            {
                const std::scoped_lock lock(m_mutex);
                for (const auto& header : request.headers)
                    m_values.insert(header.second);
            }
            if (during)
                during();
            response.status = status;
            if (!coding.empty())
                response.set_header("Content-Encoding", coding);
            response.set_content(body, "application/json");
        });
        m_running.start();
        client = std::make_unique<http::Client>(http::Client::Options {.baseUrl = m_running.url()});
    }
    ~FreshApi()
    {
        client.reset();
        m_running.stop();
    }

    bool sawHeaderValue(const std::string& value)
    {
        const std::scoped_lock lock(m_mutex);
        return m_values.contains(value);
    }

    std::unique_ptr<http::Client> client;
    std::string body = R"({"id":1,"title":"café"})";
    int status = 200;
    std::string coding;
    std::function<void()> during;
    std::atomic<int> requests = 0;
    std::atomic<bool> authorized = false;

private:
    std::mutex m_mutex; // guards m_values
    std::set<std::string> m_values; // of all headers
    RunningServer<> m_running;
};
}

class TestFreshCheck final : public StageTest {
    Q_OBJECT
    Result<void> m_outcome;
    FreshCheck::Counts m_counts;
    std::optional<FreshResult> m_lost;
    QTemporaryDir m_logs;
    std::unique_ptr<invalidate::KeyRemover> m_remover;

    FreshSource source() const { return {.session = m_stage->session.get(), .client = m_stage->client.get()}; }
    QList<FreshResult> checked(const FreshSource& from, FreshCheck::Options options, const cache::RouteTable& routes = CachingApi::routes())
    {
        FreshCheck job(from, routes, std::move(options));
        QList<FreshResult> results;
        connect(&job, &FreshCheck::resultReady, this, [&results](const FreshResult& result) { results << result; });
        if (!finishes(job))
            return {};
        m_outcome = job.outcome();
        m_counts = job.counts();
        m_lost = job.lost();
        return results;
    }
    FreshResult one(const FreshSource& from, const QByteArray& target) { return checked(from, {.targets = {target}}).value(0); }
    // Entries of /books/0 and on are stored, and may be deleted.
    struct Deleting {
        FreshSource source;
        QList<QByteArray> targets;
    };
    Deleting deleting(int count, http::Client* client)
    {
        Deleting out {source(), {}};
        QList<QByteArray> all;
        for (int i = 0; i < count; ++i) {
            out.targets << "/books/" + QByteArray::number(i);
            all << "lightapi:Book:" + out.targets.last() + ':';
            store(all.last(), old);
        }
        m_remover = std::make_unique<invalidate::KeyRemover>(m_stage->session.get(), invalidate::planOfKeys(*m_stage->session, core::keys::KeyList(all)), invalidate::Run::Options {.auditFile = m_logs.filePath(QStringLiteral("audit.ndjson"))});
        out.source.client = client;
        out.source.way = FreshWay::Unlink;
        out.source.remove = [this](const QByteArray& key, auto then) { m_remover->remove(key, std::move(then)); };
        return out;
    }
    void store(const QByteArray& key, const QByteArray& value) { QVERIFY(m_stage->ask({"SETEX", key, "50", value})); }
    QList<QByteArray> keys()
    {
        QList<QByteArray> all;
        const auto reply = m_stage->ask({"KEYS", "*"});
        for (const redis::Reply& key : reply->items)
            all << key.bytes;
        return all;
    }

    static constexpr char book[] = "lightapi:Book:/books:";
    static constexpr char fresh[] = R"({"id": 1, "title": "caf\u00e9"})"; // what CachingApi answers
    static constexpr char old[] = R"({"id": 1, "title": "tea"})";

private slots:
    void parameterTellsAndLeavesNothing_data()
    {
        QTest::addColumn<QByteArray>("stored");
        QTest::addColumn<QString>("state");
        QTest::newRow("equal") << QByteArray(fresh) << QStringLiteral("same");
        QTest::newRow("stale") << QByteArray(old) << QStringLiteral("stale");
        QTest::newRow("null") << QByteArray("null") << QStringLiteral("not-cached");
        QTest::newRow("no JSON") << QByteArray("{") << QStringLiteral("not-cached");
    }
    void parameterTellsAndLeavesNothing()
    {
        QFETCH(QByteArray, stored);
        store(book, stored);
        const FreshResult result = one(source(), "/books");
        QTEST(freshStateName(result.state()), "state");
        QVERIFY(m_outcome);
        QCOMPARE(result.way, FreshWay::Parameter);
        QVERIFY(result.probe && result.probe->state == FreshProbe::State::Removed);
        QVERIFY(result.probe->key.startsWith("lightapi:Book:/books:cachelight_fresh="));
        QCOMPARE(keys(), QList<QByteArray> {book});
        QCOMPARE(m_stage->ask({"GET", book})->bytes, stored);
    }

    void staleEntriesAreToldByPathWithTheirAge()
    {
        store(book, old);
        const FreshResult result = one(source(), "/books");
        QVERIFY(result.comparison.paths);
        QCOMPARE(result.comparison.paths->changes.size(), 1);
        QCOMPARE(result.comparison.paths->changes[0].path, QByteArray("$.title"));
        QCOMPARE(result.comparison.paths->changes[0].before, std::optional<QByteArray>("\"tea\""));
        QCOMPARE(result.comparison.paths->changes[0].after, std::optional<QByteArray>("\"café\""));
        QVERIFY(result.ttlMs > 45'000 && result.ttlMs <= 50'000);
        QVERIFY(result.ageMs && *result.ageMs >= 10'000 && *result.ageMs < 15'000); // stored with 60 s by its class
    }

    void whatIsIgnoredDoesNotCount()
    {
        store(book, old);
        FreshSource from = source();
        from.ignored = {"$.tit", "$.id"};
        QCOMPARE(one(from, "/books").state(), FreshState::Stale); // whole steps alone
        from.ignored = {"$.title"};
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        QVERIFY(isIgnored("$.results[3].seen.at", {"$.results[*].seen"}));
        QVERIFY(!isIgnored("$.results[3].id", {"$.results[*].seen"}));
        QVERIFY(!isIgnored("$.a", {""}));
    }

    void ownLookupsAreCounted()
    {
        store(book, fresh);
        const qint64 ours = m_stage->session->ownLookups();
        QVERIFY(m_stage->ask({"CONFIG", "RESETSTAT"}));
        QCOMPARE(one(source(), "/books").state(), FreshState::Same);
        const QByteArray info = m_stage->ask({"INFO", "stats"})->bytes;
        QVERIFY2(info.contains("keyspace_hits:2\r\n"), info.constData());
        QCOMPARE(m_stage->session->ownLookups() - ours, 2);
        QVERIFY2(info.contains("keyspace_misses:1\r\n"), info.constData()); // the app's own, of the extra entry
    }

    void whatIsNotCachedIsSaid_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("state");
        QTest::newRow("no entry") << QByteArray("/books/7") << QStringLiteral("not-cached");
        QTest::newRow("by configuration") << QByteArray("/plain") << QStringLiteral("not-cached");
        QTest::newRow("no route") << QByteArray("/nowhere") << QStringLiteral("unknown");
        QTest::newRow("no target") << QByteArray("bad target") << QStringLiteral("no-answer");
    }
    void whatIsNotCachedIsSaid()
    {
        QFETCH(QByteArray, target);
        const int before = m_stage->api->requests();
        const FreshResult result = one(source(), target);
        QTEST(freshStateName(result.state()), "state");
        QVERIFY(!result.comparison.reason.isEmpty());
        QCOMPARE(m_stage->api->requests(), before); // nothing to compare with: nothing asked
    }

    void anotherTypeIsAMiss()
    {
        QVERIFY(m_stage->ask({"RPUSH", book, "x"}));
        QCOMPARE(one(source(), "/books").state(), FreshState::NotCached);
    }

    // Where the parameter makes no entry of its own the answer may be the entry: that it equals it says nothing. That it differs does.
    void equalToAnEntryThatMayHaveAnsweredItselfIsUnknown()
    {
        FreshApi other;
        FreshSource from = source();
        from.client = other.client.get();
        store(book, fresh);
        const FreshResult equal = one(from, "/books");
        QVERIFY(equal.probe && equal.probe->state == FreshProbe::State::NotStored);
        QCOMPARE(equal.state(), FreshState::Unknown);
        QVERIFY2(equal.comparison.reason.contains(QStringLiteral("from the entry itself")), qPrintable(equal.comparison.reason));
        QCOMPARE(m_counts.unknown, 1);
        store(book, old);
        QCOMPARE(one(from, "/books").state(), FreshState::Stale);
    }

    // A body that is still compressed differs from every entry, stale or not.
    void aCodedAnswerSaysNothing()
    {
        store(book, fresh);
        FreshApi other;
        other.coding = "br";
        FreshSource from = source();
        from.otherClient = other.client.get();
        from.headers = {{"Accept-Encoding", "br"}};
        const FreshResult result = one(from, "/books");
        QCOMPARE(result.state(), FreshState::NoAnswer);
        QVERIFY2(result.comparison.reason.contains(QStringLiteral("coded (br)")), qPrintable(result.comparison.reason));
        other.coding = "identity";
        from.headers = {};
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
    }

    // A token in whatever header stays with the app it is for.
    void credentialsStayWithTheirApp()
    {
        store(book, fresh);
        FreshApi other;
        FreshSource from = source();
        from.otherClient = other.client.get();
        from.headers = {{"X-Api-Key", "geheim"}, {"X-Auth-Token", "geheim"}, {"X-Plain", "seen"}};
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        QVERIFY(!other.sawHeaderValue("geheim"));
        QVERIFY(other.sawHeaderValue("seen"));
    }

    void failuresSayNothing()
    {
        store("lightapi:Fails:/fails:", fresh);
        const FreshResult result = one(source(), "/fails");
        QCOMPARE(result.state(), FreshState::NoAnswer);
        QCOMPARE(result.status, 500);
        QVERIFY(result.probe && result.probe->state == FreshProbe::State::NotStored);
        QCOMPARE(keys().size(), 1);
    }

    void varyOnLeavesNoParameter()
    {
        cache::RouteTable routes;
        cache::Route route;
        route.className = "Book";
        route.route = "/books";
        route.cached = cache::Cached::Yes;
        route.varyOn = {"page"};
        routes.add(route);
        store(book, old);
        const int before = m_stage->api->requests();
        const FreshResult result = checked(source(), {.targets = {"/books"}}, routes).value(0);
        QCOMPARE(result.state(), FreshState::NoAnswer);
        QVERIFY2(result.comparison.reason.contains(QStringLiteral("vary_on")), qPrintable(result.comparison.reason));
        QCOMPARE(m_stage->api->requests(), before);
        routes.setRelease(QVersionNumber(0, 2, 1)); // which ignores vary_on
        QCOMPARE(checked(source(), {.targets = {"/books"}}, routes).value(0).state(), FreshState::Stale);
    }

    void aParameterThatIsTakenIsRefused()
    {
        store("lightapi:Book:/books:cachelight_fresh=1", old);
        const FreshResult result = one(source(), "/books?cachelight_fresh=1");
        QCOMPARE(result.state(), FreshState::NoAnswer);
        FreshSource named = source();
        named.parameter = "other.name";
        const FreshResult other = one(named, "/books?cachelight_fresh=1");
        QCOMPARE(other.state(), FreshState::Stale);
        QVERIFY(other.probe->key.contains("&other.name="));
        QCOMPARE(keys().size(), 1);
        named.parameter = "a&b";
        QVERIFY(checked(named, {.targets = {"/books"}}).isEmpty());
        QCOMPARE(m_outcome.error().reason, Reason::BadOption);
    }

    void readOnlyMakesNoEntry()
    {
        store(book, old);
        m_stage->session->setReadOnly(true);
        const int before = m_stage->api->requests();
        const FreshResult result = one(source(), "/books");
        m_stage->session->setReadOnly(false);
        QCOMPARE(result.state(), FreshState::NoAnswer);
        QCOMPARE(result.error->reason, Reason::ProfileReadOnly);
        QCOMPARE(m_stage->api->requests(), before);
    }

    // Permitted when it was asked for, and refused when the answer had come.
    void anEntryThatCannotBeRemovedIsNamed()
    {
        store(book, old);
        FreshApi api;
        api.during = [socket = m_stage->redis.socketPath()] {
            QProcess::execute(QStringLiteral("redis-cli"), {QStringLiteral("-s"), socket, QStringLiteral("ACL"), QStringLiteral("SETUSER"), QStringLiteral("default"), QStringLiteral("-unlink")});
        };
        FreshSource from = source();
        from.client = api.client.get();
        const FreshResult result = one(from, "/books");
        QVERIFY(m_stage->ask({"ACL", "SETUSER", "default", "+unlink"}));
        QCOMPARE(api.requests.load(), 1);
        QVERIFY(result.probe && result.probe->state == FreshProbe::State::MayBeLeft);
        QCOMPARE(result.probe->error->reason, Reason::NoPermission);
        QCOMPARE(result.state(), FreshState::Stale); // that much is known
        QCOMPARE(m_counts.probesLeft, 1);
    }

    // Before anything is sent: what a request makes the app store could not be deleted again.
    void whoMayNotDeleteIsRefused_data()
    {
        QTest::addColumn<FreshWay>("way");
        QTest::newRow("parameter") << FreshWay::Parameter;
        QTest::newRow("unlink") << FreshWay::Unlink;
    }
    void whoMayNotDeleteIsRefused()
    {
        QFETCH(FreshWay, way);
        store(book, old);
        const QList<QByteArray> before = keys();
        const int requests = m_stage->api->requests();
        FreshSource from = source();
        from.way = way;
        QTemporaryDir dir;
        invalidate::KeyRemover remover(m_stage->session.get(), invalidate::planOfKeys(*m_stage->session, {book}), {.auditFile = dir.filePath(QStringLiteral("audit.ndjson"))});
        from.remove = [&remover](const QByteArray& key, auto then) { remover.remove(key, std::move(then)); };
        QVERIFY(m_stage->ask({"ACL", "SETUSER", "default", "-unlink"}));
        const QList<FreshResult> results = checked(from, {.targets = {"/books", "/books?page=2", "/books?page=3"}});
        QVERIFY(m_stage->ask({"ACL", "SETUSER", "default", "+unlink"}));
        QCOMPARE(results.size(), 1);
        QVERIFY(!m_outcome);
        QCOMPARE(m_outcome.error().code, Code::Permission);
        QCOMPARE(m_outcome.error().subject, QStringLiteral("+unlink"));
        QVERIFY2(m_outcome.error().detail.contains(QStringLiteral("--fresh-api")), qPrintable(m_outcome.error().detail));
        QVERIFY2(m_outcome.error().detail.contains(QStringLiteral("command. Nothing was sent")), qPrintable(m_outcome.error().detail));
        QCOMPARE(m_counts.probesLeft, 0);
        QCOMPARE(m_stage->api->requests(), requests + (way == FreshWay::Unlink ? 1 : 0)); // for what is there already
        QCOMPARE(keys(), before);
    }

    void theOtherAppTells()
    {
        FreshApi other;
        FreshSource from = source();
        from.otherClient = other.client.get();
        from.headers = {{"Authorization", "Bearer secret"}};
        from.headersToOther = false;
        store(book, fresh);
        const int before = m_stage->api->requests();
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        QVERIFY(!other.authorized);
        other.body = R"({"id":2,"title":"café"})";
        const FreshResult stale = one(from, "/books");
        QCOMPARE(stale.state(), FreshState::Stale);
        QCOMPARE(stale.way, FreshWay::OtherApi);
        QCOMPARE(stale.comparison.paths->changes[0].path, QByteArray("$.id"));
        QVERIFY(!stale.probe);
        QCOMPARE(m_stage->api->requests(), before); // the app with the cache is not asked
        from.headersToOther = true;
        QVERIFY(one(from, "/books").way == FreshWay::OtherApi && other.authorized);
        other.status = 404;
        const FreshResult gone = one(from, "/books");
        QCOMPARE(gone.state(), FreshState::Stale);
        QCOMPARE(gone.comparison.statuses, std::optional(std::pair(200, 404)));
        other.status = 401;
        QCOMPARE(one(from, "/books").state(), FreshState::NoAnswer);
    }

    // Whatever its name is: what an identity adds is secret.
    void anIdentitysFieldsStayHere()
    {
        FreshApi other;
        FreshSource from = source();
        from.otherClient = other.client.get();
        from.headers = {{"X-Tenant", "of-the-identity"}, {"Accept-Language", "typed-by-hand"}};
        from.identityFields = {"x-tenant"};
        store(book, fresh);
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        QVERIFY(other.sawHeaderValue("typed-by-hand"));
        QVERIFY(!other.sawHeaderValue("of-the-identity"));
        from.headersToOther = true;
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        QVERIFY(other.sawHeaderValue("of-the-identity"));
    }

    void linksHoldTheOtherAddress()
    {
        FreshApi other;
        FreshSource from = source();
        from.otherClient = other.client.get();
        store(book, '"' + m_stage->api->url().toLatin1() + "/books?page=2\"");
        other.body = '"' + other.client->options().baseUrl.toStdString() + "/books?page=2\"";
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
    }

    void whatIsStoredMeanwhileIsComparedAnew()
    {
        FreshApi other;
        FreshSource from = source();
        from.otherClient = other.client.get();
        CachingApi again(m_stage->redis.socketPath()); // has a line of its own to this Redis
        store(book, old);
        other.during = [&again] {
            httplib::Client writer(again.url().toStdString());
            writer.Post("/books"); // purges
            writer.Get("/books");
        };
        QCOMPARE(one(from, "/books").state(), FreshState::Same);
        store(book, old);
        other.during = [&again] { httplib::Client(again.url().toStdString()).Post("/books"); };
        QCOMPARE(one(from, "/books").state(), FreshState::Unknown);
    }

    void theSameAddressIsNoOther()
    {
        http::Client same({.baseUrl = m_stage->api->url()});
        FreshSource from = source();
        from.otherClient = &same;
        QVERIFY(checked(from, {.targets = {"/books"}}).isEmpty());
        QCOMPARE(m_outcome.error().reason, Reason::BadApiUrl);
    }

    // Two facts: the entry is gone, and the log does not say to its end that it is.
    void aLogThatCannotBeEndedIsTold()
    {
        QTemporaryDir dir;
        const QString log = dir.filePath(QStringLiteral("audit.ndjson"));
        store(book, old);
        invalidate::KeyRemover remover(m_stage->session.get(), invalidate::planOfKeys(*m_stage->session, {book}), {.auditFile = log});
        FreshSource from = source();
        from.way = FreshWay::Unlink;
        from.remove = [&](const QByteArray& key, auto then) {
            // Held up at the deletion, which comes behind the log's first line.
            QVERIFY(m_stage->ask({"CLIENT", "PAUSE", "20000", "WRITE"}));
            remover.remove(key, std::move(then));
            QTRY_VERIFY(QFileInfo(log).size() > 0);
            QVERIFY(QFile::remove(log) && QDir().mkdir(log)); // no line can be added to a folder
            QVERIFY(m_stage->ask({"CLIENT", "UNPAUSE"}));
        };
        const FreshResult result = one(from, "/books");
        QCOMPARE(result.state(), FreshState::Stale);
        QVERIFY(result.entryDeleted);
        QVERIFY(result.deletionFlaw && result.deletionFlaw->code == Code::File);
        QVERIFY2(result.comparison.reason.contains(QStringLiteral("was deleted, but the log of it")), qPrintable(result.comparison.reason));
        QCOMPARE(m_counts.deletionFlaws, 1);
        QVERIFY(m_stage->ask({"GET", book})->bytes != old);
    }

    // And the other way round: without its first line nothing is deleted.
    void aLogThatCannotBeBegunDeletesNothing()
    {
        QTemporaryDir dir;
        store(book, old);
        invalidate::KeyRemover remover(m_stage->session.get(), invalidate::planOfKeys(*m_stage->session, {book}), {.auditFile = dir.path()});
        FreshSource from = source();
        from.way = FreshWay::Unlink;
        from.remove = [&remover](const QByteArray& key, auto then) { remover.remove(key, std::move(then)); };
        const FreshResult result = one(from, "/books");
        QCOMPARE(result.state(), FreshState::NoAnswer);
        QVERIFY(!result.entryDeleted && !result.deletionFlaw);
        QCOMPARE(m_stage->ask({"GET", book})->bytes, QByteArray(old));
    }

    // Nothing is deleted for an app that does not answer what it has stored.
    void aBrokenAppLosesNoEntry_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {500, 503, 404, 401})
            QTest::addRow("%d", status) << status;
    }
    void aBrokenAppLosesNoEntry()
    {
        QFETCH(int, status);
        FreshApi broken;
        broken.status = status;
        const Deleting from = deleting(6, broken.client.get());
        const auto results = checked(from.source, {.targets = from.targets, .concurrency = 4});
        QCOMPARE(results.size(), 6);
        for (const FreshResult& result : results) {
            QCOMPARE(result.state(), FreshState::NoAnswer);
            QCOMPARE(result.status, status);
            QVERIFY2(result.comparison.reason.contains(QStringLiteral("was not deleted, as the app answered with %1").arg(status)), qPrintable(result.comparison.reason));
        }
        QCOMPARE(m_counts.deleted, 0);
        QCOMPARE(keys().size(), 6);
    }

    void aRefusedPortLosesNoEntry()
    {
        http::Client nowhere({.baseUrl = QStringLiteral("http://127.0.0.1:1")});
        const Deleting from = deleting(6, &nowhere);
        QCOMPARE(checked(from.source, {.targets = from.targets, .concurrency = 4}).size(), 3);
        QCOMPARE(m_outcome.error().reason, Reason::ApiUnreachable);
        QCOMPARE(keys().size(), 6);
    }

    void aHangingAppLosesNoEntry()
    {
        FreshApi api;
        std::promise<void> end;
        api.during = [held = end.get_future().share()] { held.wait(); };
        http::Client client({.baseUrl = api.client->options().baseUrl, .timeoutMs = 100});
        const Deleting from = deleting(4, &client);
        const auto results = checked(from.source, {.targets = from.targets, .concurrency = 4});
        end.set_value();
        QCOMPARE(results.size(), 4);
        QCOMPARE(results[0].error->reason, Reason::ApiTimeout);
        QCOMPARE(results[0].comparison.reason, QStringLiteral("The entry was not deleted, as the app gave no answer before that."));
        QCOMPARE(m_counts.deleted, 0);
        QCOMPARE(keys().size(), 4);
    }

    // An app that answers and stores nothing takes one entry, and no more.
    void whatIsNotStoredAgainEndsIt()
    {
        FreshApi api;
        const Deleting from = deleting(6, api.client.get());
        const auto results = checked(from.source, {.targets = from.targets, .concurrency = 4});
        QCOMPARE(results.size(), 1);
        QVERIFY(m_outcome);
        QCOMPARE(results[0].state(), FreshState::Stale);
        QVERIFY(results[0].entryDeleted);
        QCOMPARE(results[0].storedAgain, std::optional(false));
        QVERIFY2(results[0].comparison.reason.contains(QStringLiteral("did not store it again")), qPrintable(results[0].comparison.reason));
        QVERIFY(m_lost && m_lost->key == results[0].key);
        QCOMPARE(m_counts.deleted, 1);
        QCOMPARE(m_counts.notStoredAgain, 1);
        QCOMPARE(keys().size(), 5);
    }

    // It answered while the entry was there, and hangs when it is to make it anew.
    void anAppThatHangsAfterwardsTakesOneEntry()
    {
        FreshApi api;
        std::promise<void> end;
        api.during = [&api, held = end.get_future().share()] {
            if (api.requests > 1)
                held.wait();
        };
        http::Client client({.baseUrl = api.client->options().baseUrl, .timeoutMs = 200});
        const Deleting from = deleting(4, &client);
        const auto results = checked(from.source, {.targets = from.targets, .concurrency = 4});
        end.set_value();
        QCOMPARE(results.size(), 1);
        QCOMPARE(results[0].state(), FreshState::NoAnswer);
        QCOMPARE(results[0].error->reason, Reason::ApiTimeout);
        QCOMPARE(results[0].comparison.reason, QStringLiteral("The entry was deleted, and is not stored again so far."));
        QVERIFY(m_lost);
        QCOMPARE(keys().size(), 3);
    }

    void aFullRedisIsRefused()
    {
        const Deleting from = deleting(3, m_stage->client.get());
        QVERIFY(m_stage->ask({"CONFIG", "SET", "maxmemory", "1"}));
        const auto results = checked(from.source, {.targets = from.targets});
        QVERIFY(m_stage->ask({"CONFIG", "SET", "maxmemory", "0"}));
        QVERIFY(results.isEmpty());
        QCOMPARE(m_outcome.error().reason, Reason::OutOfMemory);
        QVERIFY2(m_outcome.error().detail.contains(QStringLiteral("Nothing was deleted")), qPrintable(m_outcome.error().detail));
        QCOMPARE(keys().size(), 3);
        QCOMPARE(checked(from.source, {.targets = from.targets}).size(), 3); // with room
        QCOMPARE(m_counts.deleted, 3);
        QCOMPARE(m_counts.notStoredAgain, 0);
    }

    void deletingLeavesTheFreshEntryAndALogLine()
    {
        QTemporaryDir dir;
        const QString log = dir.filePath(QStringLiteral("audit.ndjson"));
        store(book, old);
        store("lightapi:Book:/books/1:", old);
        const auto plan = invalidate::planOfKeys(*m_stage->session, {book});
        QVERIFY(!invalidate::allow(plan, {}, false, {}));
        QVERIFY(invalidate::allow(plan, {}, true, {}));
        invalidate::KeyRemover remover(m_stage->session.get(), plan, {.auditFile = log});
        FreshSource from = source();
        from.way = FreshWay::Unlink;
        QCOMPARE(one(from, "/books").error->reason, Reason::NotConfirmed); // without a remover
        QCOMPARE(m_stage->ask({"GET", book})->bytes, QByteArray(old));
        from.remove = [&remover](const QByteArray& key, auto then) { remover.remove(key, std::move(then)); };
        const auto results = checked(from, {.targets = {"/books", "/books/1", "/books/2"}, .concurrency = 2});
        QCOMPARE(results.size(), 3);
        const auto resultOf = [&results](qsizetype index) {
            return *std::ranges::find_if(results, [index](const FreshResult& result) { return result.index == index; });
        };
        QCOMPARE(resultOf(0).state(), FreshState::Stale);
        QVERIFY(resultOf(0).entryDeleted);
        QCOMPARE(m_stage->ask({"GET", book})->bytes, QByteArray(fresh));
        QCOMPARE(resultOf(1).state(), FreshState::NoAnswer); // not in the plan
        QCOMPARE(m_stage->ask({"GET", "lightapi:Book:/books/1:"})->bytes, QByteArray(old));
        QCOMPARE(resultOf(2).state(), FreshState::NotCached);
        const auto entries = invalidate::AuditLog(log).read();
        QCOMPARE(entries->entries.size(), 1);
        QCOMPARE(entries->entries[0].selectors, QStringList {QStringLiteral("key=lightapi:Book:/books:")});
        QCOMPARE(entries->entries[0].outcome, QStringLiteral("done"));
    }

    void manyAtOnceAreCounted()
    {
        QList<QByteArray> targets;
        for (int i = 0; i < 60; ++i) {
            targets << "/books/" + QByteArray::number(i);
            if (i % 3 != 2)
                store("lightapi:Book:/books/" + QByteArray::number(i) + ':', i % 3 == 0 ? fresh : old);
        }
        const auto results = checked(source(), {.targets = targets, .concurrency = 8});
        QCOMPARE(results.size(), 60);
        QCOMPARE(m_counts.same, 20);
        QCOMPARE(m_counts.stale, 20);
        QCOMPARE(m_counts.notCached, 20);
        QCOMPARE(keys().size(), 40); // nothing of ours among them
        QVERIFY(m_stage->api->running() <= 8);
    }

    void aCancelLeavesNothingBehind()
    {
        QList<QByteArray> targets;
        for (int i = 0; i < 40; ++i) {
            targets << "/books/" + QByteArray::number(i);
            store("lightapi:Book:/books/" + QByteArray::number(i) + ':', old);
        }
        FreshCheck job(source(), CachingApi::routes(), {.targets = targets, .concurrency = 8});
        QSignalSpy finished(&job, &Job::finished);
        int seen = 0;
        connect(&job, &FreshCheck::resultReady, &job, [&] {
            if (++seen == 5)
                job.cancel();
        });
        job.start();
        QVERIFY(finished.wait(8000));
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
        QVERIFY(seen >= 5 && seen < 40);
        QCOMPARE(keys().size(), 40);
    }

    // Well before the request's time-out of 30 s.
    void aCancelDoesNotWaitForAHangingApp_data()
    {
        QTest::addColumn<FreshWay>("way");
        QTest::addColumn<int>("hangsAfter"); // requests
        QTest::addColumn<int>("withinMs");
        QTest::addColumn<int>("told");
        QTest::addColumn<int>("results");
        QTest::newRow("other app") << FreshWay::OtherApi << 0 << 900 << 0 << 0;
        QTest::newRow("parameter") << FreshWay::Parameter << 0 << 3500 << FreshExchange::mostCleanUpMs << 1;
        QTest::newRow("before a deletion") << FreshWay::Unlink << 0 << 900 << 0 << 0;
        QTest::newRow("after a deletion") << FreshWay::Unlink << 1 << 2500 << FreshExchange::mostRestoreMs << 1;
    }
    void aCancelDoesNotWaitForAHangingApp()
    {
        QFETCH(FreshWay, way);
        QFETCH(int, hangsAfter);
        QFETCH(int, withinMs);
        QFETCH(int, results);
        FreshApi api;
        std::promise<void> end;
        api.during = [&api, hangsAfter, held = end.get_future().share()] {
            if (api.requests > hangsAfter)
                held.wait();
        };
        const auto release = qScopeGuard([&end] { end.set_value(); });
        Deleting from = deleting(3, api.client.get());
        from.source.way = way;
        if (way == FreshWay::OtherApi) {
            from.source.client = m_stage->client.get();
            from.source.otherClient = api.client.get();
        }
        FreshCheck job(from.source, CachingApi::routes(), {.targets = from.targets});
        QSignalSpy finished(&job, &Job::finished), told(&job, &FreshCheck::endingWithin), result(&job, &FreshCheck::resultReady);
        job.start();
        QTRY_COMPARE(api.requests.load(), hangsAfter + 1);
        job.cancel();
        QVERIFY(!finished.isEmpty() || finished.wait(withinMs));
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
        QTEST(told.isEmpty() ? 0 : told[0][0].toInt(), "told");
        QCOMPARE(result.size(), results);
        QCOMPARE(job.counts().probesLeft, way == FreshWay::Parameter ? 1 : 0); // it may come yet
        QCOMPARE(job.counts().deleted, hangsAfter);
        QCOMPARE(keys().size(), 3 - hangsAfter);
    }

    void anUnreachableAppEndsIt()
    {
        http::Client nowhere({.baseUrl = QStringLiteral("http://127.0.0.1:1")});
        FreshSource from = source();
        from.otherClient = &nowhere;
        QList<QByteArray> targets;
        for (int i = 0; i < 10; ++i) {
            targets << "/books/" + QByteArray::number(i);
            store("lightapi:Book:/books/" + QByteArray::number(i) + ':', old);
        }
        QCOMPARE(checked(from, {.targets = targets}).size(), 3);
        QCOMPARE(m_outcome.error().reason, Reason::ApiUnreachable);
    }
};

QTEST_GUILESS_MAIN(TestFreshCheck)
#include "tst_freshcheck.moc"
