// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/replay/requestmode.h"
#include "ui/pages/replay/responsepane.h"
#include "ui/pages/replay/sentrequests.h"
#include "ui/pages/replay/seriesmode.h"
#include "ui/pages/replay/verdictpane.h"
#include "ui/shell/heldhint.h"
#include "ui/shell/typednamebar.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/timingbar.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <ctime>

using namespace ui;

namespace {

template <typename Widget>
Widget* named(const QWidget& parent, const char* name)
{
    for (Widget* widget : parent.findChildren<Widget*>()) {
        if (widget->accessibleName() == QLatin1StringView(name))
            return widget;
    }
    return nullptr;
}
template <typename Button>
Button* button(const QWidget& parent, const char* text)
{
    for (Button* each : parent.findChildren<Button*>()) {
        if (each->text() == QLatin1StringView(text))
            return each;
    }
    return nullptr;
}
core::settings::Profile profileOf(const Stage& stage, const QString& apiUrl)
{
    core::settings::Profile profile;
    profile.name = QStringLiteral("shop");
    profile.endpoint = stage.redis.endpoint();
    profile.apiUrl = apiUrl;
    profile.endpoints = {QStringLiteral("Book=/books,ttl=60")};
    return profile;
}

}

class TestReplayPage final : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;

private slots:
    void initTestCase() { Theme::instance().install(); }

    // A bearer token for one server must not go to the next one, and one that is hidden must be told of.
    void headersEndWithTheConnection()
    {
        Stage stage;
        QVERIFY(stage.build());
        core::settings::Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        core::settings::Profile profile;
        profile.name = QStringLiteral("first");
        profile.endpoint = stage.redis.endpoint();
        profile.apiUrl = stage.api->url();
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        auto* headers = page.findChild<QPlainTextEdit*>();
        QPushButton* button = nullptr;
        for (QPushButton* candidate : page.findChildren<QPushButton*>()) {
            if (candidate->isCheckable() && candidate->text() == QStringLiteral("Headers"))
                button = candidate;
        }
        QVERIFY(button);
        headers->setPlainText(QStringLiteral("Authorization: Bearer one\n\nAccept: */*\n"));
        QCOMPARE(button->text(), QStringLiteral("Headers 2"));
        profile.name = QStringLiteral("second");
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        QCOMPARE(headers->toPlainText(), QString());
        QCOMPARE(button->text(), QStringLiteral("Headers"));
    }

    // Two runs would take each other's reads for the server's. The question of a cold start stood there before the other began.
    void oneRunOverAllTabs()
    {
        Stage stage;
        QVERIFY(stage.build());
        QTcpServer silent; // takes the request and says nothing
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        core::settings::Store store(m_folder.filePath(QStringLiteral("one.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        workspace.connectTo(profileOf(stage, QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())));
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        QVERIFY(stage.ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books"));
        auto* tabs = named<QTabBar>(page, "What to do with the request");
        auto* series = page.findChild<SeriesMode*>();
        auto* request = page.findChild<RequestMode*>();
        auto* strips = page.findChild<StripStack*>();

        tabs->setCurrentIndex(1);
        button<QCheckBox>(page, "Cold first")->setChecked(true);
        button<QPushButton>(page, "Start")->click();
        QTRY_VERIFY(strips->contains(QStringLiteral("cold")));
        const StripText asked = *strips->text(QStringLiteral("cold"));
        tabs->setCurrentIndex(0);
        auto* send = button<QPushButton>(page, "Send");
        QVERIFY(send->isEnabled() && series->refusal().isEmpty());
        send->click();
        QVERIFY(request->isBusy());
        QVERIFY(!send->isEnabled());
        QVERIFY2(send->toolTip().contains(QStringLiteral("Request")), qPrintable(send->toolTip()));
        QVERIFY(send->accessibleDescription().contains(QStringLiteral("is running")));
        asked.actions.first().run();
        QVERIFY(!series->isBusy());
        QVERIFY(strips->contains(ReplayMode::refusalStrip()));
        QCOMPARE(stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer, 1);

        QVERIFY(page.cancel());
        QTRY_VERIFY(!request->isBusy());
        QVERIFY(send->isEnabled() && !strips->contains(ReplayMode::refusalStrip()));
        asked.actions.first().run(); // the plan still holds
        QTRY_COMPARE(stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer, 0);
        page.cancel();
        QTRY_VERIFY(!series->isBusy());
    }

    // What another page sends while something runs is kept: the line stays as it is until it is opened.
    void whatIsSentMeanwhileIsKept()
    {
        Stage stage;
        QVERIFY(stage.build());
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        core::settings::Store store(m_folder.filePath(QStringLiteral("held.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        workspace.connectTo(profileOf(stage, QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())));
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        auto* target = named<QLineEdit>(page, "Request target");
        auto* strips = page.findChild<StripStack*>();
        target->setText(QStringLiteral("/books"));
        button<QPushButton>(page, "Send")->click();
        PageHint hint;
        hint.targets = {"/books/1", "/books/2"};
        hint.compare = true;
        page.openHint(hint);
        QCOMPARE(target->text(), QStringLiteral("/books"));
        const StripText* held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.isEmpty());
        QVERIFY2(held->what.contains(QStringLiteral("2 requests")) && held->why.contains(QStringLiteral("is running")), qPrintable(held->what + held->why));
        QVERIFY(page.cancel());
        QTRY_VERIFY(button<QPushButton>(page, "Send")->isEnabled());
        held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.size() == 1);
        const auto open = held->actions.first().run;
        open();
        QCOMPARE(target->text(), QStringLiteral("/books/1"));
        QCOMPARE(named<QTabBar>(page, "What to do with the request")->currentIndex(), 2);
        QVERIFY(button<QPushButton>(page, "Compare"));
        QVERIFY(!strips->contains(HeldHint::strip()));

        button<QPushButton>(page, "Compare")->click(); // and what the user closes is gone
        page.openHint(hint);
        strips->remove(HeldHint::strip());
        page.cancel();
        QTRY_VERIFY(button<QPushButton>(page, "Compare")->isEnabled());
        QVERIFY(!strips->contains(HeldHint::strip()));
    }

    // As on the command line: a method that may change data goes by no read-only connection, and on production not by a click alone.
    void whatMayChangeDataIsGuarded()
    {
        Stage stage;
        QVERIFY(stage.build());
        core::settings::Store store(m_folder.filePath(QStringLiteral("guarded.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        core::settings::Profile profile = profileOf(stage, stage.api->url());
        profile.environment = core::settings::Environment::Production;
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        QVERIFY(workspace.isReadOnly());
        auto* strips = page.findChild<StripStack*>();
        auto* bar = page.findChild<TypedNameBar*>();
        auto* request = page.findChild<RequestMode*>();
        auto* send = button<QPushButton>(page, "Send");
        QVERIFY(stage.ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        const auto isStored = [&stage] { return stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer == 1; };
        named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books"));
        named<QComboBox>(page, "Method")->setCurrentText(QStringLiteral("POST"));
        send->click();
        const StripText refused = *strips->text(QStringLiteral("request"));
        QVERIFY2(refused.why.contains(QStringLiteral("read-only")) && refused.actions.isEmpty(), qPrintable(refused.why));
        QVERIFY(!request->isBusy() && bar->isHidden());

        workspace.setReadOnly(false);
        send->click();
        QVERIFY(!bar->isHidden() && !request->isBusy());
        auto* name = bar->findChild<QLineEdit*>();
        auto* consent = button<QPushButton>(*bar, "Send it");
        name->setText(QStringLiteral("sho"));
        QVERIFY(!consent->isEnabled());
        emit name->returnPressed();
        QVERIFY(!request->isBusy() && !bar->isHidden());
        named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books/1")); // another request: asked anew
        QVERIFY(bar->isHidden());
        send->click();
        QCOMPARE(name->text(), QString());
        name->setText(profile.name);
        workspace.setReadOnly(true); // meanwhile
        consent->click();
        QVERIFY(!request->isBusy());
        QVERIFY(strips->contains(QStringLiteral("request")));
        QVERIFY(isStored()); // the API purges the class with POST

        workspace.setReadOnly(false);
        named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books"));
        send->click();
        name->setText(profile.name);
        consent->click();
        QTRY_VERIFY(!isStored());
        QTRY_VERIFY(!request->isBusy());
        QCOMPARE(named<TableView>(page, "Requests sent")->model()->rowCount(), 1);
        send->click(); // each one is asked about
        QVERIFY(!bar->isHidden() && !request->isBusy());
    }

    void anotherDatabaseEndsWhatRuns()
    {
        Stage stage;
        QVERIFY(stage.build());
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        core::settings::Store store(m_folder.filePath(QStringLiteral("database.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        workspace.connectTo(profileOf(stage, QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())));
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books"));
        button<QPushButton>(page, "Send")->click();
        auto* request = page.findChild<RequestMode*>();
        QVERIFY(request->isBusy());
        workspace.selectDatabase(1);
        QTRY_VERIFY(!request->isBusy());
        QCOMPARE(workspace.profile().endpoint.database, 1);
        QCOMPARE(named<TableView>(page, "Requests sent")->model()->rowCount(), 0);
    }

    // md5-v1 hashes the address with the rest: of the connection that is open, and Host where it is typed.
    void hashedKeysAreOfTheAddress()
    {
        Stage stage;
        QVERIFY(stage.build());
        core::settings::Store store(m_folder.filePath(QStringLiteral("md5.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        const auto keyOf = [&](const QByteArray& origin) {
            const auto predictions = core::cache::forecast({.target = "/books", .origins = {origin}}, workspace.routes()).predictions;
            return predictions.isEmpty() ? QString() : QString::fromLatin1(predictions.first().key);
        };
        for (const char* address : {"http://127.0.0.1:8001", "http://127.0.0.1:8002"}) {
            core::settings::Profile profile = profileOf(stage, QString::fromLatin1(address));
            profile.lightapiRelease = QStringLiteral("0.1.6");
            workspace.connectTo(profile);
            QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
            named<QLineEdit>(page, "Request target")->setText(QStringLiteral("/books"));
            QVERIFY(!keyOf(address).isEmpty());
            QVERIFY2(page.fact().contains(keyOf(address)), qPrintable(page.fact()));
            page.findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("Host: shop.example"));
            QVERIFY2(page.fact().contains(keyOf("http://shop.example")), qPrintable(page.fact()));
        }
    }

    // By the switches beside the line, which end with the connection too.
    void requestsTravelAsTold()
    {
        Stage stage;
        QVERIFY(stage.build());
        core::settings::Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        core::settings::Profile profile;
        profile.name = QStringLiteral("first");
        profile.endpoint = stage.redis.endpoint();
        profile.apiUrl = stage.api->url();
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        const auto box = [&page](const QString& text) {
            for (QCheckBox* each : page.findChildren<QCheckBox*>()) {
                if (each->text() == text)
                    return each;
            }
            return static_cast<QCheckBox*>(nullptr);
        };
        const auto field = [&page](const QString& name) {
            for (QLineEdit* each : page.findChildren<QLineEdit*>()) {
                if (each->accessibleName() == name)
                    return each;
            }
            return static_cast<QLineEdit*>(nullptr);
        };
        const auto button = [&page](const QString& begin) {
            for (QPushButton* each : page.findChildren<QPushButton*>()) {
                if (each->text().startsWith(begin))
                    return each;
            }
            return static_cast<QPushButton*>(nullptr);
        };
        const auto* pane = page.findChild<ResponsePane*>();
        const auto told = [pane] {
            QStringList out;
            for (const ElidedLabel* label : pane->findChildren<ElidedLabel*>())
                out << label->text();
            return out.join(u' ');
        };
        const auto send = [&] {
            button(QStringLiteral("Send"))->click();
            return QTest::qWaitFor([&] { return button(QStringLiteral("Send"))->isEnabled(); }, 8000);
        };
        field(QStringLiteral("Request target"))->setText(QStringLiteral("/books"));
        QVERIFY(send() && told().contains(QStringLiteral("new connection")));
        QVERIFY(send() && told().contains(QStringLiteral("connection used before")));
        box(QStringLiteral("A new connection for each request"))->setChecked(true);
        QCOMPARE(button(QStringLiteral("Connection"))->text(), QStringLiteral("Connection 1"));
        QVERIFY(send() && told().contains(QStringLiteral("new connection")));
        const int before = stage.api->requests();
        field(QStringLiteral("Proxy"))->setText(QStringLiteral("http://127.0.0.1:1"));
        QVERIFY(send() && !told().contains(QStringLiteral("HTTP/")));
        QCOMPARE(stage.api->requests(), before);
        field(QStringLiteral("Proxy"))->setText(QStringLiteral("no proxy"));
        button(QStringLiteral("Send"))->click();
        QVERIFY(page.findChild<StripStack*>()->contains(QStringLiteral("request")));
        QCOMPARE(stage.api->requests(), before);
        field(QStringLiteral("Proxy"))->clear();
        QVERIFY(send() && told().contains(QStringLiteral("HTTP/1.1")));
        QCOMPARE(stage.api->requests(), before + 1);
        // Not offered where it does nothing, and no reason there to refuse.
        auto* connection = button(QStringLiteral("Connection"));
        connection->setChecked(true);
        field(QStringLiteral("Proxy"))->setText(QStringLiteral("no proxy"));
        auto* tabs = named<QTabBar>(page, "What to do with the request");
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            QCOMPARE(field(QStringLiteral("Proxy"))->isVisibleTo(&page), tab < 2);
            QCOMPARE(connection->isEnabled(), tab < 2);
        }
        tabs->setCurrentIndex(2);
        button(QStringLiteral("Compare"))->click();
        QVERIFY(!page.findChild<StripStack*>()->contains(QStringLiteral("request")));
        page.cancel();
        QTRY_VERIFY(button(QStringLiteral("Compare"))->isEnabled());
        profile.name = QStringLiteral("second");
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        QCOMPARE(button(QStringLiteral("Connection"))->text(), QStringLiteral("Connection"));
    }

    void redirectsAndPhasesAreShown()
    {
        ResponsePane pane;
        auto result = answered({});
        result.response->redirects = {{301, "/a"}, {302, "/b<i>"}};
        pane.show(result);
        const auto shows = [](const QWidget& widget, const QString& text) {
            const auto labels = widget.findChildren<QLabel*>();
            return std::ranges::any_of(labels, [&text](const QLabel* label) { return label->text() == text && !label->isHidden(); });
        };
        QVERIFY(shows(pane, QStringLiteral("301 to /a, followed\n302 to /b<i>, followed")));
        result.response->redirects.clear();
        result.response->status = 302;
        result.response->redirectsTo = "/c";
        result.response->redirectStop = core::http::RedirectStop::NotAsked;
        pane.show(result);
        QVERIFY(shows(pane, QStringLiteral("a redirect to /c (not followed)")));
        result.response->timing = {1, 2, 3, 4, 10};
        VerdictPane verdict;
        verdict.show(result);
        QStringList bars;
        for (const TimingBar* bar : verdict.findChildren<TimingBar*>())
            bars << bar->accessibleName() + u' ' + bar->accessibleDescription();
        QCOMPARE(bars.size(), 5);
        for (const char* phase : {"DNS", "Connect", "TLS", "First byte", "Total"})
            QVERIFY2(bars.join(u'|').contains(QLatin1StringView(phase)), qPrintable(bars.join(u'|')));
    }

    static core::replay::ReplayResult answered(const core::http::Headers& headers)
    {
        core::replay::ReplayResult result;
        core::http::Response response;
        response.status = 200;
        response.headers = headers;
        response.body = "[]";
        result.response = response;
        return result;
    }

    // One row a cache, nearest the app first, and what cannot be read with its text.
    void eachCacheHasARow()
    {
        ResponsePane pane;
        pane.show(answered({{"X-Cache-Status", "MISS"}, {"X-Cache-Key", "lightapi:Book:/books:"}, {"X-Cache-TTL", "60"}, {"X-Cache", "HIT from squid1"},
            {"X-Cache-Lookup", "HIT from squid1:3128"}, {"Age", "4"}, {"Cache-Status", "edge <b>; hit"}}));
        TableView* table = nullptr;
        for (TableView* candidate : pane.findChildren<TableView*>()) {
            if (candidate->accessibleName().startsWith(QStringLiteral("Caches")))
                table = candidate;
        }
        QVERIFY(table);
        QStringList rows;
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            QStringList cells;
            for (int column = 0; column < table->model()->columnCount(); ++column)
                cells << table->model()->index(row, column).data().toString();
            rows << cells.join(u'|');
        }
        QCOMPARE(rows, (QStringList {QStringLiteral("X-Cache-Status|MISS|60 s|–|lightapi:Book:/books:|MISS"),
                           QStringLiteral("squid1|HIT|–|lookup HIT; Age 4 s|–|HIT from squid1"),
                           QStringLiteral("Cache-Status|UNKNOWN|–|not as RFC 8941 wants it|–|edge <b>; hit")}));
        pane.show(answered({{"Content-Type", "text/plain"}}));
        QCOMPARE(table->model()->rowCount(), 0);
    }

    // A body may have 64 MB and the list 500 rows.
    void oldBodiesGoFirst()
    {
        SentRequests sent(1000);
        QAbstractItemModelTester tester(&sent);
        core::replay::ReplayResult result = answered({{"Age", "4"}});
        result.response->body = QByteArray(400, 'x');
        result.storedAfter = QByteArray(100, 'y');
        result.verdict.sentence = QStringLiteral("It was read.");
        for (int i = 0; i < 3; ++i)
            sent.add(result);
        QCOMPARE(sent.heldBytes(), 1000);
        QCOMPARE(sent.lettingGo(), 1);
        QCOMPARE(sent.row(0).letGoBytes, 400);
        QVERIFY(sent.row(0).result.response->body.isEmpty() && sent.row(0).result.storedAfter.isEmpty());
        QCOMPARE(sent.row(0).result.verdict.sentence, QStringLiteral("It was read."));
        QVERIFY(sent.index(0, 3).data().toString().contains(QStringLiteral("let go")));
        QVERIFY(!sent.row(1).letGoBytes && sent.row(2).result.response->body.size() == 400);
        result.response->body = QByteArray(5000, 'x'); // the newest is whole, however large
        sent.add(result);
        QCOMPARE(sent.lettingGo(), 3);
        QCOMPARE(sent.row(3).result.response->body.size(), 5000);
        result.response->body = "[]";
        for (int i = 0; i < SentRequests::maxRows; ++i)
            sent.add(result);
        QCOMPARE(sent.rowCount(), SentRequests::maxRows);
        QVERIFY(sent.heldBytes() <= 1000);
        qint64 held = 0;
        for (const SentRequest& row : sent.rows())
            held += row.result.response->body.size() + row.result.storedAfter.size();
        QCOMPARE(sent.heldBytes(), held);

        ResponsePane pane;
        pane.show(sent.row(0).result, sent.row(0).letGoBytes);
        QVERIFY(named<JsonView>(pane, "Served body")->toPlainText().startsWith(QStringLiteral("No longer held")));
        sent.clear();
        QCOMPARE(sent.heldBytes(), 0);
    }

    // As many and as long as libcurl lets through.
    void tenThousandHeaders()
    {
        core::http::Headers headers {{"X-Cache", QByteArray("HIT, ").repeated(20'000)}, {"X-Long", QByteArray(100'000, 'x')}};
        for (int i = 0; i < 10'000; ++i)
            headers.emplace_back("X-Cache-" + QByteArray::number(i), "HIT");
        ResponsePane pane;
        pane.resize(700, 500);
        const std::clock_t begin = std::clock(); // the processor's: others may keep the machine busy
        pane.show(answered(headers));
        for (int tab = 0; tab < pane.findChild<QTabBar*>()->count(); ++tab) {
            pane.findChild<QTabBar*>()->setCurrentIndex(tab);
            QVERIFY(!pane.grab().isNull());
        }
        QVERIFY(std::clock() - begin < 5 * CLOCKS_PER_SEC);
    }
};

QTEST_MAIN(TestReplayPage)
#include "tst_replaypage.moc"
