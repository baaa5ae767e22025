// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/base/format.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/pages/keys/searchhelp.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QLineEdit>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace ui;
using core::keys::QueryPlace;

// The field alone, then on the page over a real server.
class TestSearchField final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;

    static core::cache::RouteTable routes()
    {
        core::cache::RouteTable table;
        for (const char* name : {"Book", "Author", "Odd Name"}) {
            core::cache::Route route;
            route.className = name;
            route.route = QByteArray("/") + name;
            table.add(route);
        }
        return table;
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }

    void marksWhatIsWrong()
    {
        SearchField search;
        search.field()->setText(QStringLiteral("a class:"));
        QVERIFY(!search.query());
        QCOMPARE(search.marked(), std::optional(QueryPlace {2, 6}));
        QVERIFY(search.field()->property("bad").toBool());
        QVERIFY(search.field()->accessibleDescription().contains(QStringLiteral("Character 3")));
        QCOMPARE(search.field()->text(), QStringLiteral("a class:")); // the mark is no text
        search.field()->setText(QStringLiteral("a class:Book"));
        QVERIFY(search.query());
        QVERIFY(!search.marked());
        QVERIFY(!search.field()->property("bad").toBool());
        QVERIFY(search.field()->accessibleDescription().isEmpty());
    }

    // The underline is in the picture, at the wrong place, and goes with the mistake.
    void markIsSeen()
    {
        SearchField search;
        search.resize(500, 40);
        search.show();
        QVERIFY(QTest::qWaitForWindowExposed(&search));
        const auto redPixels = [&] {
            const QImage image = search.field()->grab().toImage();
            int count = 0;
            for (int y = 6; y < image.height() - 6; ++y) { // not the outline
                for (int x = 6; x < image.width() - 6; ++x) {
                    const QColor pixel = image.pixelColor(x, y); // smoothed: how much of the colour is in it depends on the font
                    count += pixel.red() > pixel.green() + 40 && pixel.red() > pixel.blue() + 40 ? 1 : 0;
                }
            }
            return count;
        };
        search.field()->setText(QStringLiteral("book kind:foo"));
        QCOMPARE(redPixels(), 0);
        (void)search.query();
        QVERIFY(redPixels() > 5);
        search.field()->setText(QStringLiteral("book kind:tag"));
        (void)search.query();
        QCOMPARE(redPixels(), 0);
    }

    void caseButtonCounts()
    {
        SearchField search;
        search.field()->setText(QStringLiteral("BOOK"));
        QVERIFY(!search.query()->texts().front().anyOf.front().ignoreCase);
        QSignalSpy searched(&search, &SearchField::searched);
        search.findChild<QToolButton*>()->toggle();
        QCOMPARE(searched.size(), 1);
        QVERIFY(search.query()->texts().front().anyOf.front().ignoreCase);
    }

    void typingPausesBeforeItSearches()
    {
        SearchField search;
        QSignalSpy edited(&search, &SearchField::edited);
        QSignalSpy searched(&search, &SearchField::searched);
        QTest::keyClicks(search.field(), QStringLiteral("zzz"));
        QCOMPARE(edited.size(), 3);
        QCOMPARE(searched.size(), 0);
        QVERIFY(searched.wait(2000));
        QCOMPARE(searched.size(), 1);
    }

    void looksForExactBytes()
    {
        SearchField search;
        for (const QByteArray& bytes : {QByteArray("a b"), QByteArray("class:"), QByteArray("\xff\0", 2), QByteArray("-x\"\\"), QByteArray("a\nb\r"), QByteArray("\xEF\xBB\xBF" "a"), QByteArray(16'000, '"')}) {
            search.lookFor(bytes);
            const auto query = search.query();
            QVERIFY(query && query->texts().size() == 1);
            QCOMPARE(query->texts().front().anyOf.front().text, bytes);
        }
    }

    // More than the line takes: its beginning, and not a quote without an end.
    void looksForTheBeginningOfALongKey_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("quotes") << QByteArray(1'000'000, '"');
        QTest::newRow("no text") << QByteArray(1'000'000, '\xff');
        QTest::newRow("characters") << QByteArray("\xC3\xA9").repeated(500'000);
    }
    void looksForTheBeginningOfALongKey()
    {
        QFETCH(QByteArray, key);
        SearchField search;
        search.lookFor(key);
        const auto query = search.query();
        QVERIFY(query && query->texts().size() == 1);
        const QByteArray text = query->texts().front().anyOf.front().text;
        QVERIFY(text.size() > 10'000);
        QVERIFY(key.startsWith(text));
    }

    void completes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("offered");
        const auto row = [](const char* text, const QStringList& offered) { QTest::newRow(text) << QString::fromUtf8(text) << offered; };
        row("", {});
        row("a ", {});
        row("cl", {QStringLiteral("class:"), QStringLiteral("class:\"Odd Name\""), QStringLiteral("class:Author"), QStringLiteral("class:Book")});
        row("class:b", {QStringLiteral("class:Book")});
        row("x -class:A", {QStringLiteral("class:Author")});
        row("kind:l", {QStringLiteral("kind:lock")});
        row("kind:lock,t", {QStringLiteral("kind:lock,tag")});
        row("ttl", {QStringLiteral("ttl<"), QStringLiteral("ttl>"), QStringLiteral("ttl=")});
        row("class:Book", {});
        row("zz", {});
    }
    void completes()
    {
        QFETCH(QString, text);
        SearchField search;
        search.setRoutes(routes());
        search.field()->setText(text);
        QTEST(search.completions(), "offered");
    }

    void takesACompletion()
    {
        SearchField search;
        search.setRoutes(routes());
        search.resize(500, 40);
        search.show();
        QVERIFY(QTest::qWaitForWindowExposed(&search));
        search.field()->setText(QStringLiteral(" tail"));
        search.field()->setCursorPosition(0);
        QTest::keyClicks(search.field(), QStringLiteral("-class:Bo"));
        auto* popup = search.findChild<QCompleter*>()->popup();
        QTRY_VERIFY(popup->isVisible());
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QCOMPARE(search.field()->text(), QStringLiteral("-class:Book tail"));
        QCOMPARE(search.field()->cursorPosition(), 11);
        QTRY_VERIFY(!popup->isVisible());
    }

    void helpShowsTheSyntax()
    {
        SearchField search;
        search.show();
        for (QToolButton* button : search.findChildren<QToolButton*>()) {
            if (button->accessibleName() == QStringLiteral("How to search"))
                button->click();
        }
        auto* help = search.findChild<SearchHelp*>();
        QVERIFY(help && help->isVisible());
        // Each example is one.
        int examples = 0;
        for (const Label* label : help->findChildren<Label*>()) {
            if (!label->font().fixedPitch() && label->font().family() != font(Type::Mono).family())
                continue;
            QVERIFY2(core::keys::parseKeyQuery(label->text(), false), qPrintable(label->text()));
            ++examples;
        }
        QVERIFY(examples >= 10);
        QTest::keyClick(help, Qt::Key_Escape);
        QTRY_VERIFY(!search.findChild<SearchHelp*>());
    }

    void searchesThePage()
    {
        core::redis::Pipeline pipeline {{"FLUSHALL"}};
        for (int i = 0; i < 300; ++i)
            pipeline << core::redis::Command {"SET", "lightapi:Book:/books:page=" + QByteArray::number(i), "v"};
        pipeline << core::redis::Command {"SET", QByteArray("odd\n\xff", 5), "v"} << core::redis::Command {"SET", QByteArray(70, 'q') + 'y', "v"};
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
        core::settings::Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        KeysPage page(&workspace);
        page.resize(1100, 700);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        core::settings::Profile profile;
        profile.name = QStringLiteral("search");
        profile.endpoint = m_redis.endpoint();
        workspace.connectTo(profile);
        auto* model = page.findChild<KeyTableModel*>();
        auto* search = page.findChild<SearchField*>();
        auto* strips = page.findChild<StripStack*>();
        const QString filter = QStringLiteral("filter");
        QTRY_COMPARE(model->rowCount(), 302);

        search->field()->setText(QStringLiteral("class:Book query:page=1? -re:[13579]$"));
        QTRY_COMPARE(model->rowCount(), 5);
        const auto footerMatches = [&](const QString& pattern) {
            const QRegularExpression expression(pattern);
            const auto labels = page.findChildren<ElidedLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const ElidedLabel* label) { return expression.match(label->text()).hasMatch(); });
        };
        QVERIFY(footerMatches(QStringLiteral("^5 match in \\d+\\.\\d+ ms$")));
        search->lookFor("odd\n\xff");
        QTRY_COMPARE(model->rowCount(), 1);

        search->field()->setText(QStringLiteral("class:"));
        QTRY_VERIFY(strips->contains(filter));
        QVERIFY(search->marked());
        QCOMPARE(model->rowCount(), 1); // what was found stays

        search->field()->setText(QStringLiteral("re:(q|qq)+$"));
        QTRY_VERIFY(strips->contains(filter) && strips->text(filter)->what.contains(QStringLiteral("too many steps")));
        QCOMPARE(model->rowCount(), 1); // and is never "no match"
        QVERIFY(search->marked());

        search->field()->setText(QStringLiteral("book ttl<60"));
        QTRY_COMPARE(model->rowCount(), 0); // they have no expiry
        QVERIFY(!search->marked());
        QVERIFY(!strips->contains(filter));

        QVERIFY(page.cancel()); // Esc
        QTRY_COMPARE(model->rowCount(), 302);
        QVERIFY(!strips->contains(filter));
        QVERIFY(!search->marked());
        page.close();
    }
};

QTEST_MAIN(TestSearchField)
#include "tst_searchfield.moc"
