// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/replay/identitycheck.h"

#include <QSignalSpy>
#include <QTest>

using namespace core;
using namespace core::replay;
using Kind = IdentityFinding::Kind;

class TestIdentityCheck final : public QObject {
    Q_OBJECT
private:
    Stage m_stage;
    const Identity m_alice {QStringLiteral("Alice"), IdentityKind::Login, QStringLiteral("alice"), "right-alice"};
    const Identity m_bob {QStringLiteral("Bob"), IdentityKind::Login, QStringLiteral("bob"), "right-bob"};
    const Identity m_nobody {QStringLiteral("Nobody"), IdentityKind::None, {}, {}};

    std::unique_ptr<IdentityCheck> run(Login& login, const QByteArray& target, const QList<Identity>& identities, const http::Headers& headers = {})
    {
        IdentityCheck::Options options {.target = target, .headers = headers, .identities = identities};
        auto check = std::make_unique<IdentityCheck>(m_stage.session.get(), m_stage.client.get(), &login, CachingApi::routes(), options);
        QSignalSpy finished(check.get(), &Job::finished);
        check->start();
        if (finished.isEmpty())
            finished.wait(10'000);
        return check;
    }
    static QByteArray bodyOf(const IdentityRow& row) { return row.result.response ? row.result.response->body : QByteArray("no answer"); }
    QList<IdentityFinding> findings(const QList<IdentityRow>& rows) { return identityFindings(rows, m_stage.api->url()); }
    QList<IdentityFinding> findings(const IdentityCheck& check) { return findings(check.rows()); }
    static QList<Kind> kinds(const QList<IdentityFinding>& found)
    {
        QList<Kind> list;
        for (const IdentityFinding& one : found)
            list << one.kind;
        return list;
    }

private slots:
    void initTestCase() { QVERIFY(m_stage.build()); }
    void init() { QVERIFY(m_stage.ask({{"FLUSHDB"}})); }

    // A13.13: what Alice's request stored is shown to Bob.
    void oneIsServedWhatBelongsToAnother()
    {
        Login login(m_stage.client.get());
        const auto check = run(login, "/mine", {m_nobody, m_alice, m_bob});
        QVERIFY(check->outcome());
        QCOMPARE(check->rows().size(), 3);
        QCOMPARE(check->rows().at(0).result.response->status, 401);
        QCOMPARE(bodyOf(check->rows().at(1)), QByteArray("{\"owner\": \"alice\"}"));
        QCOMPARE(bodyOf(check->rows().at(2)), QByteArray("{\"owner\": \"alice\"}"));
        QCOMPARE(check->rows().at(1).subject, QByteArray("alice"));
        QCOMPARE(check->rows().at(2).subject, QByteArray("bob"));
        QCOMPARE(check->rows().at(1).result.verdict.verdict, http::Verdict::Miss);
        QCOMPARE(check->rows().at(2).result.verdict.verdict, http::Verdict::Hit);
        QCOMPARE(check->rows().at(1).bodySha256, check->rows().at(2).bodySha256);
        const auto found = findings(*check);
        QCOMPARE(kinds(found), QList {Kind::SameEntry});
        QVERIFY2(found.first().what.contains(QStringLiteral("Alice and Bob")), qPrintable(found.first().what));
        QVERIFY2(found.first().detail.contains(QStringLiteral("Bob got the entry that the request of Alice stored")), qPrintable(found.first().detail));
    }

    // The line's own Authorization would make all of them one.
    void eachIsSentAsItself()
    {
        Login login(m_stage.client.get());
        const auto check = run(login, "/mine?a=1", {m_nobody, m_bob}, {{"authorization", "Basic YWxpY2U6eA=="}});
        QCOMPARE(check->rows().at(0).result.response->status, 401);
        QCOMPARE(bodyOf(check->rows().at(1)), QByteArray("{\"owner\": \"bob\"}"));
        QVERIFY(findings(*check).isEmpty());
    }

    // Nor one of another name that an identity of the comparison sets itself.
    void whatAnIdentitySetsIsNotTyped()
    {
        const Identity a {QStringLiteral("A"), IdentityKind::Headers, {}, "X-Tenant: a"};
        const Identity b {QStringLiteral("B"), IdentityKind::Headers, {}, "X-Tenant: b\nX-Zone: z"};
        const http::Headers typed {{"x-tenant", "typed"}, {"X-Zone", "typed"}, {"Accept", "text/plain"}, {"Cookie", "c=1"}};
        QCOMPARE(typedBeside(typed, {m_nobody, a, b}), (http::Headers {{"Accept", "text/plain"}}));
        QCOMPARE(typedBeside(typed, {a, m_alice}), (http::Headers {{"X-Zone", "typed"}, {"Accept", "text/plain"}}));
        // The fields choose who is served, by a name that no list knows.
        Login login(m_stage.client.get());
        const Identity listedA {QStringLiteral("A"), IdentityKind::Headers, {}, "Host: a.example"};
        const Identity listedB {QStringLiteral("B"), IdentityKind::Headers, {}, "Host: b.example"};
        const auto first = run(login, "/listed", {listedA, listedB}, {{"Host", "typed.example"}});
        QVERIFY2(bodyOf(first->rows().first()).contains("http://a.example/"), bodyOf(first->rows().first()).constData());
        QVERIFY(m_stage.ask({{"FLUSHDB"}}));
        const auto second = run(login, "/listed", {listedB, listedA}, {{"Host", "typed.example"}});
        QVERIFY2(bodyOf(second->rows().first()).contains("http://b.example/"), bodyOf(second->rows().first()).constData());
    }

    void twoLoginsOfOneUserAreOne()
    {
        Login login(m_stage.client.get());
        Identity again = m_alice;
        again.name = QStringLiteral("Alice at work");
        const auto check = run(login, "/mine", {m_alice, again});
        QCOMPARE(check->rows().at(1).bodySha256, check->rows().at(0).bodySha256);
        QVERIFY(findings(*check).isEmpty());
    }

    // Only these may be said to be apart.
    void personsStoredAreCounted()
    {
        Login login(m_stage.client.get());
        Identity again = m_alice;
        again.name = QStringLiteral("Alice at work");
        Identity wrong = m_bob;
        wrong.secret = "wrong";
        QCOMPARE(personsStored(run(login, "/mine?p=1", {m_nobody, m_alice, again, wrong})->rows()), QStringList {QStringLiteral("Alice")});
        QCOMPARE(personsStored(run(login, "/mine?p=2", {m_alice, m_bob})->rows()), (QStringList {QStringLiteral("Alice"), QStringLiteral("Bob")}));
        QCOMPARE(personsStored(run(login, "/plain", {m_alice, m_bob})->rows()), QStringList());
        // As where the key holds the user: nothing is found, and it is said of both.
        const QList<IdentityRow> apart {run(login, "/mine?p=3", {m_alice, m_alice})->rows().first(), run(login, "/mine?p=4", {m_bob, m_bob})->rows().first()};
        QVERIFY(identityFindings(apart, m_stage.api->url()).isEmpty());
        QCOMPARE(personsStored(apart).size(), 2);
    }

    // What went past the cache, or of which nothing is known, is not what the key holds.
    void onlyWhatIsStoredCounts_data()
    {
        using http::Verdict;
        QTest::addColumn<int>("verdict");
        QTest::addColumn<bool>("counts");
        QTest::newRow("HIT") << int(Verdict::Hit) << true;
        QTest::newRow("MISS") << int(Verdict::Miss) << true;
        QTest::newRow("EXPIRED") << int(Verdict::Expired) << true;
        QTest::newRow("BYPASS") << int(Verdict::Bypass) << false;
        QTest::newRow("unknown") << int(Verdict::Unknown) << false;
    }
    void onlyWhatIsStoredCounts()
    {
        QFETCH(int, verdict);
        QFETCH(bool, counts);
        Login login(m_stage.client.get());
        QList<IdentityRow> rows = run(login, "/mine", {m_alice, m_bob})->rows();
        QCOMPARE(personsStored(rows).size(), 2);
        rows[0].result.verdict.verdict = http::Verdict(verdict);
        rows[0].bodySha256 = "another";
        QCOMPARE(personsStored(rows).size(), counts ? 2 : 1);
        QCOMPARE(kinds(findings(rows)).contains(Kind::OtherBody), counts);
    }

    // Megabytes go, what is shown of them stays.
    void bodiesAreLetGo()
    {
        Login login(m_stage.client.get());
        IdentityRow row = run(login, "/large", {m_alice, m_bob})->rows().first();
        QVERIFY(!row.result.storedAfter.isEmpty());
        const QByteArray digest = row.bodySha256;
        row.dropBodies();
        QVERIFY(row.result.storedAfter.isEmpty() && row.result.response->body.isEmpty() && row.result.response->rawHead.isEmpty());
        QCOMPARE(row.bodySha256, digest);
        QCOMPARE(row.bodyBytes, 1'000'002);
    }

    // One token under two names, one user by two methods, and nobody, are no two persons.
    void whoIsOne()
    {
        const IdentityRow nobody {.kind = IdentityKind::None};
        const IdentityRow basic {.kind = IdentityKind::Basic, .user = QStringLiteral("a"), .sentSha256 = "1"};
        const IdentityRow login {.kind = IdentityKind::Login, .user = QStringLiteral("a"), .sentSha256 = "2"};
        const IdentityRow token {.kind = IdentityKind::Bearer, .sentSha256 = "2"};
        const IdentityRow other {.kind = IdentityKind::Bearer, .sentSha256 = "3"};
        QVERIFY(areSamePerson(nobody, nobody));
        QVERIFY(!areSamePerson(nobody, basic));
        QVERIFY(areSamePerson(basic, login));
        QVERIFY(areSamePerson(login, token));
        QVERIFY(!areSamePerson(basic, token));
        QVERIFY(!areSamePerson(token, other));
    }

    // Its digest is made elsewhere.
    void largeBodies()
    {
        Login login(m_stage.client.get());
        const auto check = run(login, "/large", {m_alice, m_bob});
        QVERIFY(check->outcome());
        QCOMPARE(check->rows().at(0).bodySha256.size(), 64);
        QCOMPARE(kinds(findings(*check)), QList {Kind::SameEntry});
    }

    void differentBodiesUnderOneKey()
    {
        Login login(m_stage.client.get());
        const auto first = run(login, "/mine", {m_alice, m_alice});
        QVERIFY(m_stage.ask({{"FLUSHDB"}}));
        const auto second = run(login, "/mine", {m_bob, m_bob});
        QCOMPARE(kinds(identityFindings({first->rows().at(0), second->rows().at(0)}, m_stage.api->url())), QList {Kind::OtherBody});
    }

    // What is not stored is nobody else's.
    void notCached()
    {
        Login login(m_stage.client.get());
        const auto check = run(login, "/plain", {m_alice, m_bob});
        QCOMPARE(check->rows().at(1).bodySha256, check->rows().at(0).bodySha256);
        QVERIFY(findings(*check).isEmpty());
    }

    // A token that the server no longer takes is asked for again, once.
    void refusedTokenIsTakenAnew()
    {
        Login login(m_stage.client.get());
        run(login, "/mine", {m_alice, m_bob});
        m_stage.api->revokeTokens();
        const int before = m_stage.api->logins();
        const auto check = run(login, "/mine", {m_alice, m_bob});
        QCOMPARE(check->rows().at(0).result.response->status, 200);
        QCOMPARE(check->rows().at(1).result.response->status, 200);
        QCOMPARE(m_stage.api->logins(), before + 2);
    }

    void whatFailsIsARow()
    {
        Login login(m_stage.client.get());
        Identity wrong = m_bob;
        wrong.secret = "wrong";
        const auto check = run(login, "/mine", {wrong, m_alice});
        QVERIFY(check->outcome());
        QCOMPARE(check->rows().at(0).error->reason, Reason::LoginRefused);
        QVERIFY(check->rows().at(1).hasAnswer());
        const auto one = run(login, "/mine", {m_alice});
        QCOMPARE(one->outcome().error().code, Code::Usage);
        const auto bad = run(login, "no target", {m_alice, m_bob});
        QCOMPARE(bad->outcome().error().reason, Reason::BadTarget);
    }

    void cancelled()
    {
        Login login(m_stage.client.get());
        IdentityCheck check(m_stage.session.get(), m_stage.client.get(), &login, CachingApi::routes(), {.target = "/mine", .identities = {m_alice, m_bob}});
        QSignalSpy finished(&check, &Job::finished);
        connect(&check, &IdentityCheck::rowReady, &check, [&check] { check.cancel(); });
        check.start();
        QVERIFY(finished.wait(10'000));
        QCOMPARE(check.outcome().error().code, Code::Cancelled);
        QCOMPARE(check.rows().size(), 1);
        QCOMPARE(finished.size(), 1);
    }

    // A13.14: the host of the first requester stands in what all get.
    void hostOfTheFirstRequester()
    {
        Login login(m_stage.client.get());
        const auto poisoned = run(login, "/listed", {m_nobody, m_alice}, {{"Host", "evil.example"}});
        const auto found = findings(*poisoned);
        QCOMPARE(kinds(found), (QList {Kind::SameEntry, Kind::ForeignUrl}));
        QVERIFY2(found.last().detail.contains(QStringLiteral("next is http://evil.example/listed?page=2")), qPrintable(found.last().detail));
        QVERIFY(m_stage.ask({{"FLUSHDB"}}));
        const auto clean = run(login, "/listed", {m_nobody, m_alice});
        QCOMPARE(kinds(findings(*clean)), QList {Kind::SameEntry});
    }

    void foreignUrls_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QList<QByteArray>>("places");
        QTest::newRow("nested") << QByteArray("{\"a\":{\"b\":[1,{\"c\":\"http://x/books\"},\"https:\\/\\/api/books?p=2\"]},\"next\":\"http://y/books\"}")
                                << QList<QByteArray> {"a.b[1].c", "a.b[2]", "next"};
        QTest::newRow("own") << QByteArray("{\"next\":\"http://API:80/books?page=2\"}") << QList<QByteArray>();
        QTest::newRow("other port") << QByteArray("[\"http://api:81/books\"]") << QList<QByteArray> {"[0]"};
        QTest::newRow("alone") << QByteArray("\"http://x/books\"") << QList<QByteArray> {""};
        QTest::newRow("other path, names, text with a URL") << QByteArray("{\"http://x/books\":1,\"cover\":\"http://cdn/1.png\",\"t\":\"see http://x/books\"}") << QList<QByteArray>();
        QTest::newRow("empty containers") << QByteArray("{\"a\":[],\"b\":{},\"c\":[[],{}],\"d\":\"http://x/books\"}") << QList<QByteArray> {"d"};
        QTest::newRow("broken") << QByteArray("{\"next\":\"http://x/books\"") << QList<QByteArray>();
        QTest::newRow("user in it") << QByteArray("[\"http://u:p@x/books\"]") << QList<QByteArray> {"[0]"};
    }
    void foreignUrls()
    {
        QFETCH(QByteArray, json);
        QFETCH(QList<QByteArray>, places);
        QList<QByteArray> found;
        for (const ForeignUrl& url : replay::foreignUrls(json, "/books?page=1", QStringLiteral("http://api")))
            found << url.where;
        QCOMPARE(found, places);
    }
    void manyForeignUrls()
    {
        const QByteArray json = '[' + QByteArray("\"http://x/b\",").repeated(50'000) + "\"http://x/b\"]";
        QCOMPARE(replay::foreignUrls(json, "/b", QStringLiteral("http://api")).size(), 20);
    }
};

QTEST_GUILESS_MAIN(TestIdentityCheck)
#include "tst_identitycheck.moc"
