// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace core;
using namespace core::cache;

namespace {
RouteTable table(const QStringList& endpoints, const QStringList& templates)
{
    RouteTable routes;
    for (const QString& endpoint : endpoints)
        routes.add(routeFromArgument(endpoint).value());
    for (const QString& text : templates)
        routes.add(keyTemplateFromArgument(text).value());
    return routes;
}
}

class TestKeyTemplate final : public QObject {
    Q_OBJECT
private slots:
    void wrongOnesArePointedAt_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char* argument, const char* detail) {
            QTest::newRow(argument) << QString::fromUtf8(argument) << QString::fromUtf8(detail);
        };
        row("", "a name");
        row("a", "a name");
        row("=x", "a name");
        row("a b=x", "a name");
        row("seed-v1=x", "built in");
        row("tag=x", "built in");
        row("a=", "empty");
        row("a={path", "position 1: '{' is not closed");
        row("a=x:{pth}", "position 3: there is no {pth}");
        row("a=x:{Path}", "position 3: there is no {Path}");
        row("a=x:{query:}", "position 3: there is no {query:}");
        row("a=x}", "position 2: '}' closes nothing");
        row("a=x:{path}{query}", "position 9: nothing says where");
        row("a=x:{user}{md5:{path}}", "position 9: nothing says where");
        row("a=x:{path}:{path}", "position 10: this part");
        row("a=x:{query}:{sorted_query}", "position 11: this part");
        row("a=x:{query}:{query:page}", "position 11: this part");
        row("a=x:{query:page}:{query:page}", "position 16: this part");
        row("a={path}", "too many keys");
        row("a={id}", "too many keys");
        row("a={class}{path}", "too many keys");
        row("a=x:{md5:{path}", "position 3: '{' is not closed");
        row("a=x:{md5:}", "position 3: the hash is of nothing");
        row("a=x:{md5:abc}", "position 3: the hash is of nothing");
        row("a=x:{md5:{md5:{path}}}", "position 8: a hash holds no other");
        row("a=x:{md5:{pth}}", "position 8: there is no {pth}");
        row("a=x%", "position 2: '%'");
        row("a=x%2", "position 2: '%'");
        row("a=x%zz", "position 2: '%'");
        row("a=x,ttl=0", "number of seconds");
        row("a=x,ttl=-5", "number of seconds");
        row("a=x,ttl=soon", "number of seconds");
        row("a=x,ttl=", "number of seconds");
        row("a=x,ttl=1,ttl=2", "twice");
        row("a=x,y", "no option \"y\"");
    }
    void wrongOnesArePointedAt()
    {
        QFETCH(QString, argument);
        QFETCH(QString, detail);
        const auto made = keyTemplateFromArgument(argument);
        QVERIFY(!made);
        QCOMPARE(made.error().code, Code::Input);
        QCOMPARE(made.error().reason, Reason::BadKeyTemplate);
        QVERIFY2(made.error().detail.contains(detail), qPrintable(made.error().detail));
    }

    void argumentsKeepTheirText_data()
    {
        QTest::addColumn<QString>("argument");
        for (const char* text : {"a=x:{id}", "a=x:{id},ttl=60", "a={class}:{path}?{query}", "a=page={query:page}", "a=%7B%2C%25{path}", "a={md5:{path}:{sorted_query}}"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void argumentsKeepTheirText()
    {
        QFETCH(QString, argument);
        QCOMPARE(argumentFromKeyTemplate(keyTemplateFromArgument(argument).value()), argument);
    }

    // What a key gives, joined as class|path|query|user|id; "-" where it does not fit.
    void reads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("parts");
        QTest::addColumn<bool>("only");
        const auto row = [](const char* text, const QByteArray& key, const char* parts, bool only = true) {
            QTest::addRow("%s <- %s", text, key.toPercentEncoding(":/?=&|{},").constData())
                << QString::fromLatin1(text) << key << QByteArray(parts) << only;
        };
        row("x:{id}", "x:7", "||||7");
        row("x:{id}", "x:", "-");
        row("x:{id}", "x:7:8", "-");
        row("x:{id}", "y:7", "-");
        row("x:{id}", "", "-");
        row("all", "all", "||||");
        row("all", "all2", "-");
        row("{class}:{path}", "Book:/books", "Book|/books|||");
        row("{class}:{path}", "Book:books", "-");
        row("{class}:{path}", "a b:/books", "-");
        row("{class}{path};", "Book/books;", "Book|/books|||");
        row("{class}{path};", "/books;", "-");
        row("{path}?{query}", "/books?a=1&b=x+y", "|/books|a=1&b=x+y||");
        row("{path}?{query}", "/books?", "|/books|||");
        row("{path}?{query}", "/books", "-");
        row("{path}?{query}", "/books?a=1?b=2", "|/books|a=1%3Fb%3D2||"); // a path holds no '?', so this is the only cut
        row("{path}:{query}", "/a:b:c=1", "|/a|b%3Ac=1||", false);
        row("u:{user}:{path}", "u:ann:/books", "|/books||ann|");
        row("u:{user}:{path}", "u:a:b:/books", "|/books||a:b|");
        row("u:{user}:{path}", "u:a:/b:/books", "|/b:/books||a|", false);
        row("p:page:{query:page}:size:{query:size}", "p:page:2:size:10", "||page=2&size=10||");
        row("p:page:{query:page}:size:{query:size}", "p:page::size:10", "-");
        row("{id}:end", "7:end", "||||7");
        row("{id}:end", "7:end:end", "-");
        row("x:{md5:{path}}", "x:5f4dcc3b5aa765d61d8327deb882cf99", "||||");
        row("x:{md5:{path}}", "x:5F4DCC3B5AA765D61D8327DEB882CF99", "-");
        row("x:{md5:{path}}", "x:5f4dcc3b", "-");
        row("{md5:{path}}{path}", "5f4dcc3b5aa765d61d8327deb882cf99/a", "|/a|||");
        row("%7B{id}%7D", "{7}", "||||7");
        row("a%00b{id}", QByteArray("a\0b7", 4), "||||7");
        row("x:{user}", QByteArray("x:\xFF\n"), "|||\xFF\n|");
    }
    void reads()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, parts);
        const auto made = KeyTemplate::fromText(QStringLiteral("t"), text);
        QVERIFY2(made, made ? "" : qPrintable(made.error().detail));
        const auto match = made->match(key);
        if (!match) {
            QCOMPARE(QByteArray("-"), parts);
            return;
        }
        const TemplateValues& values = match->values;
        QCOMPARE(QByteArrayList({values.className.value_or(""), values.path.value_or(""), encodeQuery(values.query), values.user.value_or(""),
                     values.id.value_or("")})
                     .join('|'),
            parts);
        QTEST(match->isOnly, "only");
    }

    void predicts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("key"); // "-": none
        const auto row = [](const char* text, const char* target, const char* key) {
            QTest::addRow("%s -> %s", text, target) << QString::fromLatin1(text) << QByteArray(target) << QByteArray(key);
        };
        row("x:{id}", "/items/7", "x:7");
        row("x:{id}", "/items/007", "x:007");
        row("x:{id}", "/items?id=9", "x:9");
        row("x:{id}", "/items?id=1&id=2", "x:2");
        row("x:{id}", "/items?id=", "-");
        row("x:{id}", "/items", "-");
        row("{class}:{path}?{query}", "/items?b=2&a=x%20y", "Item:/items?b=2&a=x+y");
        row("{class}:{path}?{sorted_query}", "/items?b=2&a=1&a=0", "Item:/items?a=0&a=1&b=2");
        row("{class}:{path}?{query}", "/%69tems", "Item:/items?");
        row("p:{query:page}", "/items?page=a%26b", "p:a&b");
        row("p:{query:page}", "/items?Page=1", "-");
        row("u:{user}", "/items", "-");
        row("x:{md5:{path}}", "/items", "x:d4746b51ba0d58e31d34ba3e3d0736a9");
        row("x:{md5:{id}}", "/items", "-");
    }
    void predicts()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, key);
        const RouteTable routes = table({QStringLiteral("Item=/items,scheme=own")}, {QStringLiteral("own=") + text});
        const RequestForecast seen = forecast({"GET", target, {}}, routes);
        QCOMPARE(seen.predictions.isEmpty() ? QByteArray("-") : seen.predictions.first().key, key);
        if (key != "-")
            QCOMPARE(seen.predictions.first().scheme, QStringLiteral("own"));
        QVERIFY(forecast({"POST", target, {}}, routes).predictions.isEmpty());
    }

    void usersAreChosen()
    {
        const RouteTable routes = table({QStringLiteral("Item=/items,scheme=own")}, {QStringLiteral("own=u:{user}")});
        QCOMPARE(forecast({"GET", "/items", "ann"}, routes).predictions.first().key, QByteArray("u:ann"));
        QCOMPARE(forecast({"GET", "/items", ""}, routes).predictions.first().key, QByteArray("u:None"));
    }

    // docs/examples/caching.md: id decides before category_id, both before the list.
    void hierarchyOfTheExample_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<qint64>("ttlS");
        QTest::newRow("item") << QByteArray("/things?category_id=3&id=7") << QByteArray("item:7") << qint64(7200);
        QTest::newRow("category") << QByteArray("/things?category_id=3") << QByteArray("category:3:items") << qint64(1800);
        QTest::newRow("empty id") << QByteArray("/things?id=&category_id=3") << QByteArray("category:3:items") << qint64(1800);
        QTest::newRow("all") << QByteArray("/things?page=2") << QByteArray("all_items") << qint64(600);
    }
    void hierarchyOfTheExample()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, key);
        const RouteTable routes = table({QStringLiteral("Thing=/things,scheme=hierarchical")}, {});
        const Prediction first = forecast({"GET", target, {}}, routes).predictions.value(0);
        QCOMPARE(first.key, key);
        QCOMPARE(first.scheme, QStringLiteral("hierarchical"));
        QTEST(first.ttlS.value_or(0), "ttlS");
        QTEST(policyTtlS(parseKey(key, routes), routes).value_or(0), "ttlS");
    }

    void anEditedHierarchyStandsForItself()
    {
        const RouteTable routes = table({}, {QStringLiteral("own=own:{id}"), QStringLiteral("hierarchical=thing:{id},ttl=5"),
                                                QStringLiteral("hierarchical=all_things")});
        QCOMPARE(parseKey("thing:7", routes).scheme, QStringLiteral("hierarchical"));
        QCOMPARE(policyTtlS(parseKey("thing:7", routes), routes), std::optional<qint64>(5));
        QCOMPARE(parseKey("item:7", routes).kind, Kind::Unknown);
        QCOMPARE(parseKey("own:7", routes).scheme, QStringLiteral("own"));
        QCOMPARE(parseKey("item:7", table({}, {QStringLiteral("own=own:{id}")})).scheme, QStringLiteral("hierarchical"));
    }

    void ownTemplatesAreTrusted()
    {
        const RouteTable routes = table({}, {QStringLiteral("own=own:{id}"), QStringLiteral("two=own:{user}"), QStringLiteral("cut={path}|{query}"), QStringLiteral("sorted=s:{sorted_query}")});
        QCOMPARE(parseKey("/a|x=1", routes).confidence, Confidence::Exact);
        const ParsedKey twice = parseKey("own:7", routes);
        QCOMPARE(twice.confidence, Confidence::Ambiguous);
        QCOMPARE(twice.alternatives, QStringList {QStringLiteral("two")});
        QCOMPARE(*twice.id, QByteArray("7"));
        QCOMPARE(parsedInDetail("s:a=1&b=2", routes).confidence, Confidence::Exact);
        const ParsedKey unsorted = parsedInDetail("s:b=2&a=1", routes);
        QCOMPARE(unsorted.confidence, Confidence::Ambiguous);
        QVERIFY2(unsorted.notes.value(0).contains(QStringLiteral("s:a=1&b=2")), qPrintable(unsorted.notes.join(u'|')));
    }

    void unknownSchemesOfRoutesAreNamed()
    {
        const QStringList endpoints {QStringLiteral("Item=/items,scheme=own")};
        QVERIFY(checkSchemes(table(endpoints, {QStringLiteral("own=own:{id}")})));
        const auto checked = checkSchemes(table(endpoints, {}));
        QVERIFY(!checked);
        QCOMPARE(checked.error().reason, Reason::BadEndpoint);
        QVERIFY(checkSchemes(table({QStringLiteral("A=/a"), QStringLiteral("B=/b,scheme=smart"), QStringLiteral("C=/c,scheme=md5-v1")}, {})));
    }

    // Each cut gives the key back, and what is said to be the only cut is.
    void randomKeysAreGivenBack()
    {
        QRandomGenerator random(11);
        const QStringList texts {QStringLiteral("{class}:{path}:{query}"), QStringLiteral("a{user}a{id}a"), QStringLiteral("{path}:{user}:{id}")};
        const QByteArrayList parts {"a", "a", "aa", ":", ":", "/a", "/", "=", "q=1", QByteArray("\0", 1), "\xFF", "7"};
        int fitted = 0;
        for (const QString& text : texts) {
            const KeyTemplate made = KeyTemplate::fromText(QStringLiteral("t"), text).value();
            for (int i = 0; i < 10'000; ++i) {
                QByteArray key;
                for (int n = random.bounded(9); n > 0; --n)
                    key += parts[random.bounded(static_cast<int>(parts.size()))];
                const auto match = made.match(key);
                fitted += match ? 1 : 0;
                const bool readable = match && (match->values.query.isEmpty() || key.endsWith(encodeQuery(match->values.query)));
                if (readable && !text.contains(QStringLiteral("{query}")))
                    QCOMPARE(made.keyOf(match->values).value_or("-"), key);
            }
        }
        QVERIFY2(fitted > 150, qPrintable(QString::number(fitted)));
    }

    void hostileKeysCostLittle()
    {
        const KeyTemplate made = KeyTemplate::fromText(QStringLiteral("t"), QStringLiteral("a{user}a{id}a{path}a{query}a")).value();
        QElapsedTimer timer;
        timer.start();
        made.match(QByteArray(4'000'000, 'a'));
        made.match(QByteArray("a" + QByteArray("/a").repeated(2'000'000)));
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestKeyTemplate)
#include "tst_keytemplate.moc"
