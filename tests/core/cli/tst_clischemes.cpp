// SPDX-License-Identifier: GPL-3.0-or-later
// Key schemes, templates, learned routes and collisions as scripts see them.
#include "clirun.h"

#include <QFile>
#include <QTest>

namespace {
QString text(const char* latin1)
{
    return QString::fromLatin1(latin1);
}
}

class TestCliSchemes final : public QObject {
    Q_OBJECT
private:
    Cli m_cli;

    QJsonObject first(QStringList words, const QByteArray& input = {})
    {
        words << text("--json");
        const CliRun run = m_cli.run(words, input);
        [&] { QVERIFY2(run.exit == 0, run.all().constData()); }();
        return run.items().at(0).toObject();
    }
    static QStringList keysOf(const QJsonObject& item)
    {
        QStringList keys;
        for (const QJsonValue& prediction : item.value(text("predictions")).toArray())
            keys << prediction.toObject().value(text("key")).toString();
        return keys;
    }
    void write(const QString& name, const QByteArray& content)
    {
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

private slots:
    void templates()
    {
        const QStringList known {text("--endpoint"), text("Product=/products,scheme=shop"), text("--key-template"), text("shop=product:{id},ttl=300"),
            text("--key-template"), text("shop=products:page:{query:page}"), text("--key-template"), text("shop=products")};
        const QJsonObject detail = first(QStringList {text("predict"), text("/products/7")} + known);
        QCOMPARE(keysOf(detail), QStringList {text("product:7")});
        const QJsonObject prediction = detail.value(text("predictions")).toArray().first().toObject();
        QCOMPARE(prediction.value(text("scheme")).toString(), text("shop"));
        QCOMPARE(prediction.value(text("ttl_s")).toInt(), 300);
        QCOMPARE(detail.value(text("route_source")).toString(), text("--endpoint"));
        QCOMPARE(keysOf(first(QStringList {text("predict"), text("/products?page=2")} + known)), QStringList {text("products:page:2")});
        QCOMPARE(keysOf(first(QStringList {text("predict"), text("/products")} + known)), QStringList {text("products")});
        const QJsonObject read = first(QStringList {text("parse"), text("product:7")} + known);
        QCOMPARE(read.value(text("scheme")).toString(), text("shop"));
        QCOMPARE(read.value(text("id")).toString(), text("7"));
        QCOMPARE(read.value(text("policy_ttl_s")).toInt(), 300);
        QCOMPARE(read.value(text("confidence")).toString(), text("exact"));
        QVERIFY(first({text("parse"), text("product:7")}).value(text("scheme")).isNull());
    }

    void profilesKeepTemplates()
    {
        const CliRun added = m_cli.run({text("profiles"), text("add"), text("shop"), text("--url"), text("redis://cache"), text("--key-template"), text("own=p:{id},ttl=9"), text("--json")});
        QVERIFY2(added.exit == 0, added.all().constData());
        const CliRun shown = m_cli.run({text("profiles"), text("show"), text("shop"), text("--json")});
        QCOMPARE(shown.json().value(text("key_templates")).toArray(), QJsonArray {text("own=p:{id},ttl=9")});
        QCOMPARE(first({text("parse"), text("p:7"), text("--profile"), text("shop")}).value(text("scheme")).toString(), text("own"));
    }

    void mistakesArePointedAt_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* title, const QStringList& words, const char* part) { QTest::newRow(title) << words << text(part); };
        row("placeholder", {text("parse"), text("a"), text("--key-template"), text("own=p:{idd}")}, "position 3");
        row("name", {text("parse"), text("a"), text("--key-template"), text("smart=p:{id}")}, "built in");
        row("no such scheme", {text("predict"), text("/a"), text("--endpoint"), text("A=/a,scheme=own")}, "\"own\"");
        row("origin", {text("predict"), text("/a"), text("--origin"), text("localhost:8000")}, "localhost:8000");
        row("body", {text("predict"), text("/a"), text("--body-file"), text("-")}, "JSON");
        row("stdin twice", {text("predict"), text("--stdin"), text("--body-file"), text("-")}, "twice");
        row("learn from nothing", {text("predict"), text("/a"), text("--learn-from"), text("/nowhere")}, "/nowhere");
    }
    void mistakesArePointedAt()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, part);
        const CliRun run = m_cli.run(words + QStringList {text("--json")}, "{broken");
        QVERIFY2(run.exit == 2 || run.exit == 6, run.all().constData());
        const QString said = run.error().value(text("message")).toString() + run.error().value(text("hint")).toString();
        QVERIFY2(run.out.contains(part.toUtf8()) || said.contains(part), run.all().constData());
    }

    void hashedKeysNameTheServer()
    {
        const QStringList old {text("--endpoint"), text("Book=/books"), text("--lightapi-release"), text("0.1.5")};
        QCOMPARE(keysOf(first(QStringList {text("predict"), text("/books"), text("--origin"), text("http://localhost:8000"), text("--origin"), text("https://shop.example")} + old)),
            (QStringList {text("3d932cc30a2583090941c1a5514ba4c3"), text("0b7a2e17cb132a5ebac39ac4474c0e56")}));
        QCOMPARE(keysOf(first(QStringList {text("predict"), text("/books"), text("--api"), text("http://localhost:8000")} + old)), QStringList {text("3d932cc30a2583090941c1a5514ba4c3")});
        QVERIFY(keysOf(first(QStringList {text("predict"), text("/books")} + old)).isEmpty());
        for (const QStringList& form : {QStringList(), QStringList {text("--json")}}) {
            const CliRun nameless = m_cli.run(QStringList {text("predict"), text("/books"), text("/books/1")} + old + form);
            QCOMPARE(nameless.exit, 0);
            QCOMPARE(nameless.err.count("--origin"), 1);
        }
        QVERIFY(!m_cli.run(QStringList {text("predict"), text("/books"), text("--origin"), text("http://localhost:8000")} + old).err.contains("--origin"));
        QVERIFY(!m_cli.run({text("predict"), text("/books"), text("--endpoint"), text("Book=/books")}).err.contains("--origin"));
        const QString body = m_cli.file(text("body.json"));
        write(body, "{\"title\":\"caf\\u00e9\",\"n\":1.50,\"a\":[1,null,true]}");
        QCOMPARE(keysOf(first(QStringList {text("predict"), text("/books"), text("--method"), text("POST"), text("--body-file"), body, text("--origin"), text("http://localhost:8000")} + old)),
            QStringList {text("504e7c4f953837ddf144fbf3cbdd3394")});
    }

    void collisionsAreNamed()
    {
        const QStringList varied {text("--endpoint"), text("Varied=/varied,vary_on=page,vary_on=q")};
        const QJsonObject item = first(QStringList {text("predict"), text("/varied?page=1&q=2")} + varied);
        const QJsonArray collisions = item.value(text("collisions")).toArray();
        QCOMPARE(collisions.size(), 1);
        const QJsonObject one = collisions.first().toObject();
        QCOMPARE(one.value(text("target")).toString(), text("/varied?page=1%26q%3D2"));
        QCOMPARE(one.value(text("why")).toString(), text("unescaped-join"));
        QVERIFY(!one.value(text("detail")).toString().isEmpty());
        QVERIFY(m_cli.run(QStringList {text("predict"), text("/varied?page=1&q=2")} + varied).out.contains("same key: /varied?page=1%26q%3D2"));
        QVERIFY(first(QStringList {text("predict"), text("/varied?page=1")} + varied).value(text("collisions")).toArray().isEmpty());
    }

    void routesAreLearned()
    {
        const QString keys = m_cli.file(text("keys.txt"));
        write(keys, "lightapi:Book:/books/7:\nlightapi:Book:/books:page=1\nother\n");
        const QJsonObject item = first({text("predict"), text("/books?a=1"), text("--learn-from"), keys});
        QCOMPARE(keysOf(item), QStringList {text("lightapi:Book:/books:a=1")});
        QCOMPARE(item.value(text("route_source")).toString(), text("learned"));
        QCOMPARE(item.value(text("predictions")).toArray().first().toObject().value(text("confidence")).toString(), text("likely"));
        // What the user says of the class holds.
        const QJsonObject said = first({text("predict"), text("/books?a=1"), text("--learn-from"), keys, text("--endpoint"), text("Book=/books,cached=no")});
        QCOMPARE(said.value(text("route_source")).toString(), text("--endpoint"));
        QCOMPARE(said.value(text("cached")).toString(), text("no"));
        QCOMPARE(keysOf(first({text("predict"), text("/books"), text("--learn-from"), text("-")}, "lightapi:Book:/books:\n")), QStringList {text("lightapi:Book:/books:")});
    }

    void keysAreAskedForAgain()
    {
        const QJsonObject varied = first({text("parse"), text("lightapi:Varied:/varied:old=1"), text("--endpoint"), text("Varied=/varied,vary_on=page")});
        QCOMPARE(varied.value(text("confidence")).toString(), text("ambiguous"));
        QVERIFY(varied.value(text("notes")).toArray().first().toString().contains(text("another key")));
        const QJsonObject user = first({text("parse"), text("Shop:/p:user:7:a=1")});
        QCOMPARE(user.value(text("scheme")).toString(), text("smart"));
        QCOMPARE(user.value(text("user")).toString(), text("7"));
    }
};

QTEST_GUILESS_MAIN(TestCliSchemes)
#include "tst_clischemes.moc"
