// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/replay/identity.h"
#include "core/replay/identitytoken.h"

#include <QTest>

using namespace core;
using namespace core::replay;

namespace {
QByteArray jwt(const QByteArray& claims)
{
    return "eyJhbGciOiJIUzI1NiJ9." + claims.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals) + ".c2ln";
}
}

class TestIdentity final : public QObject {
    Q_OBJECT

private slots:
    void headers_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<QByteArray>("header"); // empty: none is made
        QTest::addColumn<bool>("isGood");
        const QString none;
        QTest::newRow("none") << "none" << none << QByteArray() << QByteArray() << true;
        QTest::newRow("bearer") << "bearer" << none << QByteArray("a.b-c_d") << QByteArray("Bearer a.b-c_d") << true;
        QTest::newRow("no token") << "bearer" << none << QByteArray() << QByteArray() << false;
        QTest::newRow("token with a line end") << "bearer" << none << QByteArray("a\r\nX: y") << QByteArray() << false;
        QTest::newRow("token with a space") << "bearer" << none << QByteArray("a b") << QByteArray() << false;
        QTest::newRow("token not ASCII") << "bearer" << none << QByteArray("caf\xc3\xa9") << QByteArray() << false;
        // RFC 7617, section 2.1: test:123£ in UTF-8
        QTest::newRow("basic") << "basic" << "test" << QByteArray("123\xc2\xa3") << QByteArray("Basic dGVzdDoxMjPCow==") << true;
        QTest::newRow("basic, colon in the password") << "basic" << "a" << QByteArray("b:c") << QByteArray("Basic YTpiOmM=") << true;
        QTest::newRow("basic, colon in the name") << "basic" << "a:b" << QByteArray("pass-7") << QByteArray() << false;
        QTest::newRow("basic, no name") << "basic" << none << QByteArray("pass-7") << QByteArray() << false;
        QTest::newRow("basic, no password") << "basic" << "a" << QByteArray() << QByteArray() << false;
        QTest::newRow("basic, not UTF-8") << "basic" << "a" << QByteArray("\xff") << QByteArray() << false;
        QTest::newRow("header fields") << "headers" << none << QByteArray("X-Api-Key: k-1\n") << QByteArray() << true;
        QTest::newRow("header fields, one is none") << "headers" << none << QByteArray("X-Api-Key: k-1\nsesame-7") << QByteArray() << false;
        QTest::newRow("no header fields") << "headers" << none << QByteArray(" \n") << QByteArray() << false;
        QTest::newRow("login takes a request first") << "login" << "a" << QByteArray("b") << QByteArray() << true;
        QTest::newRow("login, no password") << "login" << "a" << QByteArray() << QByteArray() << false;
    }
    void headers()
    {
        QFETCH(QString, kind);
        QFETCH(QString, user);
        QFETCH(QByteArray, secret);
        QFETCH(QByteArray, header);
        QFETCH(bool, isGood);
        const Identity identity {QStringLiteral("me"), *identityKindFromName(kind), user, secret};
        const auto ok = checkIdentity(identity);
        QCOMPARE(ok.has_value(), isGood);
        if (!ok && !secret.isEmpty())
            QVERIFY2(!oneLine(ok.error()).contains(QString::fromUtf8(secret)), "the secret is in the error");
        const http::Headers made = headersOf(identity);
        if (kind == QLatin1StringView("headers"))
            QCOMPARE(made.size(), isGood ? 1 : 0);
        else
            QCOMPARE(made, header.isEmpty() ? http::Headers() : (http::Headers {{"Authorization", header}}));
    }

    void fromFields_data()
    {
        QTest::addColumn<QList<QByteArray>>("values"); // of Authorization; with a Cookie after it where there are two
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("secret");
        const QString none;
        QTest::newRow("bearer") << QList<QByteArray> {"bearer a.b.c"} << "bearer" << none << QByteArray("a.b.c");
        QTest::newRow("basic") << QList<QByteArray> {"Basic YTpiOmM="} << "basic" << "a" << QByteArray("b:c");
        QTest::newRow("basic, no base64") << QList<QByteArray> {"Basic ?"} << "headers" << none << QByteArray("Authorization: Basic ?");
        QTest::newRow("basic, no user") << QList<QByteArray> {"Basic OmI="} << "headers" << none << QByteArray("Authorization: Basic OmI=");
        QTest::newRow("token scheme") << QList<QByteArray> {"Token t"} << "headers" << none << QByteArray("Authorization: Token t");
        QTest::newRow("two") << QList<QByteArray> {"Bearer t", "s=1"} << "headers" << none << QByteArray("Authorization: Bearer t\nCookie: s=1");
    }
    void fromFields()
    {
        QFETCH(QList<QByteArray>, values);
        QFETCH(QString, kind);
        QFETCH(QString, user);
        QFETCH(QByteArray, secret);
        http::Headers fields {{"Authorization", values.first()}};
        if (values.size() > 1)
            fields << std::pair<QByteArray, QByteArray>("Cookie", values.last());
        Identity identity = identityFromHeaders(fields);
        QCOMPARE(identityKindName(identity.kind), kind);
        QCOMPARE(identity.user, user);
        QCOMPARE(identity.secret, secret);
        identity.name = QStringLiteral("me");
        const auto sent = headersOf(identity);
        QCOMPARE(sent.size(), fields.size());
        QCOMPARE(sent.first().second.toLower(), fields.first().second.toLower());
    }

    void badNamesAndPaths()
    {
        QVERIFY(!checkIdentity({QStringLiteral(" "), IdentityKind::None, {}, {}}));
        Identity login {QStringLiteral("me"), IdentityKind::Login, QStringLiteral("a"), "b"};
        QCOMPARE(login.loginPath, QByteArray("/auth/login"));
        login.loginPath = "http://other/auth/login";
        QCOMPARE(checkIdentity(login).error().reason, Reason::BadTarget);
        QVERIFY(!identityKindFromName(QStringLiteral("digest")));
    }

    void typedWins()
    {
        const http::Headers mine {{"Authorization", "Bearer mine"}};
        const JoinedHeaders both = joinHeaders({{"authorization", "Bearer typed"}, {"Accept", "*/*"}}, mine);
        QCOMPARE(both.headers, (http::Headers {{"authorization", "Bearer typed"}, {"Accept", "*/*"}}));
        QCOMPARE(both.overruled, QStringList {QStringLiteral("Authorization")});
        const JoinedHeaders one = joinHeaders({{"Accept", "*/*"}}, mine);
        QCOMPARE(one.headers, (http::Headers {{"Accept", "*/*"}, {"Authorization", "Bearer mine"}}));
        QVERIFY(one.overruled.isEmpty());
        QCOMPARE(shownHeader(mine.first()), QStringLiteral("Authorization: ***"));
        QCOMPARE(shownHeader({"Accept", "a\tb"}), QStringLiteral("Accept: a\\tb"));
    }

    void tokens_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<bool>("isJwt");
        QTest::addColumn<QByteArray>("subject");
        QTest::addColumn<qint64>("expires"); // -1: none
        const qint64 none = -1;
        QTest::newRow("usual") << jwt("{\"sub\":\"7\",\"exp\":1700000000}") << true << QByteArray("7") << qint64(1700000000);
        QTest::newRow("number, long") << jwt("{\"sub\":12345678901234567890}") << true << QByteArray("12345678901234567890") << none;
        QTest::newRow("fraction") << jwt("{\"exp\":1700000000.9}") << true << QByteArray() << qint64(1700000000);
        QTest::newRow("twice: the last") << jwt("{\"sub\":\"a\",\"sub\":\"b\"}") << true << QByteArray("b") << none;
        QTest::newRow("escapes") << jwt("{\"sub\":\"caf\\u00e9\"}") << true << QByteArray("caf\xc3\xa9") << none;
        QTest::newRow("not in an inner object") << jwt("{\"user\":{\"sub\":\"a\",\"exp\":1}}") << true << QByteArray() << none;
        QTest::newRow("end beyond all time") << jwt("{\"exp\":1e300}") << true << QByteArray() << none;
        QTest::newRow("end as text") << jwt("{\"exp\":\"soon\"}") << true << QByteArray() << none;
        QTest::newRow("opaque") << QByteArray("0123456789abcdef") << false << QByteArray() << none;
        QTest::newRow("two parts") << QByteArray("a.b") << false << QByteArray() << none;
        QTest::newRow("no base64url") << QByteArray("a.$$$.c") << false << QByteArray() << none;
        QTest::newRow("no JSON") << jwt("sub=7") << false << QByteArray() << none;
        QTest::newRow("a list") << jwt("[1]") << false << QByteArray() << none;
        QTest::newRow("cut off") << jwt("{\"sub\":\"7\"") << false << QByteArray() << none;
        QTest::newRow("deep") << jwt("{\"a\":" + QByteArray(20'000, '[') + QByteArray(20'000, ']') + ",\"sub\":\"7\"}") << true << QByteArray("7") << none;
        QTest::newRow("huge") << jwt(QByteArray(200'000, 'x')) << false << QByteArray() << none;
        QTest::newRow("empty") << QByteArray() << false << QByteArray() << none;
    }
    void tokens()
    {
        QFETCH(QByteArray, token);
        QFETCH(bool, isJwt);
        QFETCH(QByteArray, subject);
        QFETCH(qint64, expires);
        const auto facts = tokenFacts(token);
        QCOMPARE(facts.has_value(), isJwt);
        QCOMPARE(facts ? facts->subject : QByteArray(), subject);
        QCOMPARE(facts ? facts->expiresS.value_or(-1) : -1, expires);
    }
};

QTEST_GUILESS_MAIN(TestIdentity)
#include "tst_identity.moc"
