// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"
#include "tests/support/pagestage.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/replay/requestmode.h"
#include "ui/pages/replay/responsepane.h"
#include "ui/pages/replay/sentrequests.h"
#include "ui/pages/replay/seriesmode.h"
#include "ui/pages/replay/verdictpane.h"
#include "ui/shell/heldhint.h"
#include "ui/shell/typednamebar.h"
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
#include <QTest>

#include <algorithm>
#include <ctime>

using namespace ui;

class TestReplayPage final : public QObject, PageStage<ReplayPage> {
    Q_OBJECT
    core::settings::Profile shop(const QString& apiUrl) const
    {
        core::settings::Profile made = profile("shop");
        made.apiUrl = apiUrl;
        return made;
    }

private slots:
    void initTestCase() { QVERIFY(build()); }
    void init()
    {
        QVERIFY(m_stage.ask({"FLUSHALL"}));
        openPage();
    }
    void cleanup() { closePage(); }

    // A bearer token for one server must not go to the next one, and one that is hidden must be told of.
    void headersEndWithTheConnection()
    {
        QVERIFY(connectTo(profile("first", {})));
        auto* headers = m_page->findChild<QPlainTextEdit*>();
        QPushButton* button = nullptr;
        for (QPushButton* candidate : m_page->findChildren<QPushButton*>()) {
            if (candidate->isCheckable() && candidate->text() == QStringLiteral("Headers"))
                button = candidate;
        }
        QVERIFY(button);
        headers->setPlainText(QStringLiteral("Authorization: Bearer one\n\nAccept: */*\n"));
        QCOMPARE(button->text(), QStringLiteral("Headers 2"));
        QVERIFY(connectTo(profile("second", {})));
        QCOMPARE(headers->toPlainText(), QString());
        QCOMPARE(button->text(), QStringLiteral("Headers"));
    }

    // Two runs would take each other's reads for the server's. The question of a cold start stood there before the other began.
    void oneRunOverAllTabs()
    {
        QTcpServer silent; // takes the request and says nothing
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QVERIFY(connectTo(shop(QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort()))));
        QVERIFY(m_stage.ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        auto* tabs = named<QTabBar>("What to do with the request");
        auto* series = m_page->findChild<SeriesMode*>();
        auto* request = m_page->findChild<RequestMode*>();
        auto* strips = m_page->findChild<StripStack*>();

        tabs->setCurrentIndex(1);
        button<QCheckBox>("Cold first")->setChecked(true);
        button("Start")->click();
        QTRY_VERIFY(strips->contains(QStringLiteral("cold")));
        const StripText asked = *strips->text(QStringLiteral("cold"));
        tabs->setCurrentIndex(0);
        auto* send = button("Send");
        QVERIFY(send->isEnabled() && series->refusal().isEmpty());
        send->click();
        QVERIFY(request->isBusy());
        QVERIFY(!send->isEnabled());
        QVERIFY2(send->toolTip().contains(QStringLiteral("Request")), qPrintable(send->toolTip()));
        QVERIFY(send->accessibleDescription().contains(QStringLiteral("is running")));
        asked.actions.first().run();
        QVERIFY(!series->isBusy());
        QVERIFY(strips->contains(ReplayMode::refusalStrip()));
        QCOMPARE(m_stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer, 1);

        QVERIFY(m_page->cancel());
        QTRY_VERIFY(!request->isBusy());
        QVERIFY(send->isEnabled() && !strips->contains(ReplayMode::refusalStrip()));
        asked.actions.first().run(); // the plan still holds
        QTRY_COMPARE(m_stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer, 0);
        m_page->cancel();
        QTRY_VERIFY(!series->isBusy());
    }

    // What another page sends while something runs is kept: the line stays as it is until it is opened.
    void whatIsSentMeanwhileIsKept()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QVERIFY(connectTo(shop(QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort()))));
        auto* target = named<QLineEdit>("Request target");
        auto* strips = m_page->findChild<StripStack*>();
        target->setText(QStringLiteral("/books"));
        button("Send")->click();
        PageHint hint;
        hint.targets = {"/books/1", "/books/2"};
        hint.compare = true;
        m_page->openHint(hint);
        QCOMPARE(target->text(), QStringLiteral("/books"));
        const StripText* held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.isEmpty());
        QVERIFY2(held->what.contains(QStringLiteral("2 requests")) && held->why.contains(QStringLiteral("is running")), qPrintable(held->what + held->why));
        QVERIFY(m_page->cancel());
        QTRY_VERIFY(button("Send")->isEnabled());
        held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.size() == 1);
        const auto open = held->actions.first().run;
        open();
        QCOMPARE(target->text(), QStringLiteral("/books/1"));
        QCOMPARE(named<QTabBar>("What to do with the request")->currentIndex(), 2);
        QVERIFY(button("Compare"));
        QVERIFY(!strips->contains(HeldHint::strip()));

        button("Compare")->click(); // and what the user closes is gone
        m_page->openHint(hint);
        strips->remove(HeldHint::strip());
        m_page->cancel();
        QTRY_VERIFY(button("Compare")->isEnabled());
        QVERIFY(!strips->contains(HeldHint::strip()));
    }

    // A strip of one tab says nothing of another, and comes back with its own.
    void stripsAreOfTheirTab()
    {
        ReplayPage& page = *m_page;
        page.show();
        QVERIFY(connectTo(profile()));
        auto* tabs = named<QTabBar>("What to do with the request");
        auto* strips = this->strips();
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        tabs->setCurrentIndex(3);
        button("Compare")->click(); // there are no two identities
        QVERIFY(strips->contains(QStringLiteral("identities")) && strips->isVisible());
        tabs->setCurrentIndex(0);
        QVERIFY(strips->contains(QStringLiteral("identities")) && !strips->isVisible());
        QVERIFY(!strips->closeNewest()); // Esc closes nothing unseen
        tabs->setCurrentIndex(3);
        QVERIFY(strips->isVisible() && strips->closeNewest());
        QVERIFY(!strips->contains(QStringLiteral("identities")));
    }

    // At the smallest size of the window each tab is as wide as its place, whatever it shows.
    void everyTabFitsTheSmallestWindow()
    {
        ReplayPage& page = *m_page;
        page.resize(844, 552); // beside the narrow rail, below the bar
        page.show();
        QVERIFY(connectTo(profile()));
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        button("Send")->click();
        QTRY_COMPARE(named<TableView>("Requests sent")->model()->rowCount(), 1);
        const QList<ReplayMode*> modes = page.findChildren<ReplayMode*>();
        QCOMPARE(modes.size(), 5);
        for (const ReplayMode* mode : modes) {
            showTab(qPrintable(mode->title()));
            QCoreApplication::processEvents();
            QVERIFY2(mode->minimumSizeHint().width() <= mode->parentWidget()->width(), qPrintable(mode->title()));
            QCOMPARE(mode->width(), mode->parentWidget()->width());
        }
        showTab("Request");
        const auto* evidence = named<TableView>("Evidence");
        QVERIFY(evidence->viewport()->height() >= evidence->rowHeight(0) * 2);
    }

    // By Tab: the header, the line from left to right, the tabs, then what is in the one that is open; as far as that, back at the start.
    void tabKeyFollowsTheEye()
    {
        ReplayPage& page = *m_page;
        page.resize(1040, 700);
        page.show();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        QVERIFY(connectTo(profile()));
        auto* tabs = named<QTabBar>("What to do with the request");
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        QPushButton* from = nullptr; // of the header
        for (QPushButton* each : page.findChildren<QPushButton*>())
            from = each->text().startsWith(QStringLiteral("From")) ? each : from;
        QVERIFY(from);
        for (ReplayMode* mode : page.findChildren<ReplayMode*>()) {
            showTab(qPrintable(mode->title()));
            QCoreApplication::processEvents();
            from->setFocus(Qt::TabFocusReason);
            QStringList names;
            QList<int> places; // 0 header and line, 1 tabs, 2 what is in the tab
            do {
                const QWidget* at = page.focusWidget();
                names << QString(QString::fromLatin1(at->metaObject()->className()) + u' ' + at->accessibleName());
                places << (mode->isAncestorOf(at) ? 2 : at == tabs ? 1 : 0);
                QTest::keyClick(page.focusWidget(), Qt::Key_Tab);
            } while (page.focusWidget() != from && places.size() < 80);
            const QString order = mode->title() + QStringLiteral(": ") + names.join(QStringLiteral(" > "));
            QVERIFY2(std::ranges::is_sorted(places), qPrintable(order));
            QCOMPARE(places.count(1), 1);
            QVERIFY2(names.at(1).contains(QStringLiteral("Method")) && names.at(2).contains(QStringLiteral("Request target")), qPrintable(order));
        }
    }

    // As on the command line: a method that may change data goes by no read-only connection, and on production not by a click alone.
    void whatMayChangeDataIsGuarded()
    {
        core::settings::Profile production = shop(m_stage.api->url());
        production.environment = core::settings::Environment::Production;
        QVERIFY(connectTo(production));
        QVERIFY(m_workspace->isReadOnly());
        auto* strips = m_page->findChild<StripStack*>();
        auto* bar = m_page->findChild<TypedNameBar*>();
        auto* request = m_page->findChild<RequestMode*>();
        auto* send = button("Send");
        QVERIFY(m_stage.ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        const auto isStored = [this] { return m_stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer == 1; };
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        named<QComboBox>("Method")->setCurrentText(QStringLiteral("POST"));
        send->click();
        const StripText refused = *strips->text(QStringLiteral("request"));
        QVERIFY2(refused.why.contains(QStringLiteral("read-only")) && refused.actions.isEmpty(), qPrintable(refused.why));
        QVERIFY(!request->isBusy() && bar->isHidden());

        m_workspace->setReadOnly(false);
        send->click();
        QVERIFY(!bar->isHidden() && !request->isBusy());
        auto* name = bar->findChild<QLineEdit*>();
        auto* consent = button("Send it", bar);
        name->setText(QStringLiteral("sho"));
        QVERIFY(!consent->isEnabled());
        emit name->returnPressed();
        QVERIFY(!request->isBusy() && !bar->isHidden());
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books/1")); // another request: asked anew
        QVERIFY(bar->isHidden());
        send->click();
        QCOMPARE(name->text(), QString());
        name->setText(production.name);
        m_workspace->setReadOnly(true); // meanwhile
        consent->click();
        QVERIFY(!request->isBusy());
        QVERIFY(strips->contains(QStringLiteral("request")));
        QVERIFY(isStored()); // the API purges the class with POST

        m_workspace->setReadOnly(false);
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        send->click();
        name->setText(production.name);
        consent->click();
        QTRY_VERIFY(!isStored());
        QTRY_VERIFY(!request->isBusy());
        QCOMPARE(named<TableView>("Requests sent")->model()->rowCount(), 1);
        send->click(); // each one is asked about
        QVERIFY(!bar->isHidden() && !request->isBusy());
    }

    void anotherDatabaseEndsWhatRuns()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QVERIFY(connectTo(shop(QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort()))));
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        button("Send")->click();
        auto* request = m_page->findChild<RequestMode*>();
        QVERIFY(request->isBusy());
        m_workspace->selectDatabase(1);
        QTRY_VERIFY(!request->isBusy());
        QCOMPARE(m_workspace->profile().endpoint.database, 1);
        QCOMPARE(named<TableView>("Requests sent")->model()->rowCount(), 0);
    }

    // md5-v1 hashes the address with the rest: of the connection that is open, and Host where it is typed.
    void hashedKeysAreOfTheAddress()
    {
        const auto keyOf = [&](const QByteArray& origin) {
            const auto predictions = core::cache::forecast({.target = "/books", .origins = {origin}}, m_workspace->routes()).predictions;
            return predictions.isEmpty() ? QString() : QString::fromLatin1(predictions.first().key);
        };
        for (const char* address : {"http://127.0.0.1:8001", "http://127.0.0.1:8002"}) {
            core::settings::Profile old = shop(QString::fromLatin1(address));
            old.lightapiRelease = QStringLiteral("0.1.6");
            QVERIFY(connectTo(old));
            named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
            QVERIFY(!keyOf(address).isEmpty());
            QVERIFY2(m_page->fact().contains(keyOf(address)), qPrintable(m_page->fact()));
            m_page->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("Host: shop.example"));
            QVERIFY2(m_page->fact().contains(keyOf("http://shop.example")), qPrintable(m_page->fact()));
        }
    }

    // By the switches beside the line, which end with the connection too.
    void requestsTravelAsTold()
    {
        QVERIFY(connectTo(profile("first", {})));
        const auto connection = [this] { // counts what differs from the usual
            for (QPushButton* each : m_page->findChildren<QPushButton*>()) {
                if (each->text().startsWith(QStringLiteral("Connection")))
                    return each;
            }
            return static_cast<QPushButton*>(nullptr);
        };
        const auto* pane = m_page->findChild<ResponsePane*>();
        const auto told = [pane] {
            QStringList out;
            for (const ElidedLabel* label : pane->findChildren<ElidedLabel*>())
                out << label->text();
            return out.join(u' ');
        };
        const auto send = [&] {
            button("Send")->click();
            return QTest::qWaitFor([&] { return button("Send")->isEnabled(); }, 8000);
        };
        named<QLineEdit>("Request target")->setText(QStringLiteral("/books"));
        QVERIFY(send() && told().contains(QStringLiteral("new connection")));
        QVERIFY(send() && told().contains(QStringLiteral("connection used before")));
        button<QCheckBox>("A new connection for each request")->setChecked(true);
        QCOMPARE(connection()->text(), QStringLiteral("Connection 1"));
        QVERIFY(send() && told().contains(QStringLiteral("new connection")));
        const int before = m_stage.api->requests();
        named<QLineEdit>("Proxy")->setText(QStringLiteral("http://127.0.0.1:1"));
        QVERIFY(send() && !told().contains(QStringLiteral("HTTP/")));
        QCOMPARE(m_stage.api->requests(), before);
        named<QLineEdit>("Proxy")->setText(QStringLiteral("no proxy"));
        button("Send")->click();
        QVERIFY(m_page->findChild<StripStack*>()->contains(QStringLiteral("request")));
        QCOMPARE(m_stage.api->requests(), before);
        named<QLineEdit>("Proxy")->clear();
        QVERIFY(send() && told().contains(QStringLiteral("HTTP/1.1")));
        QCOMPARE(m_stage.api->requests(), before + 1);
        // Not offered where it does nothing, and no reason there to refuse.
        connection()->setChecked(true);
        named<QLineEdit>("Proxy")->setText(QStringLiteral("no proxy"));
        auto* tabs = named<QTabBar>("What to do with the request");
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            QCOMPARE(named<QLineEdit>("Proxy")->isVisibleTo(m_page.get()), tab < 2);
            QCOMPARE(connection()->isEnabled(), tab < 2);
        }
        tabs->setCurrentIndex(2);
        button("Compare")->click();
        QVERIFY(!m_page->findChild<StripStack*>()->contains(QStringLiteral("request")));
        m_page->cancel();
        QTRY_VERIFY(button("Compare")->isEnabled());
        QVERIFY(connectTo(profile("second", {})));
        QCOMPARE(connection()->text(), QStringLiteral("Connection"));
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
        QVERIFY(named<JsonView>("Served body", &pane)->toPlainText().startsWith(QStringLiteral("No longer held")));
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
