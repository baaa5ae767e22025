// SPDX-License-Identifier: GPL-3.0-or-later
#include "cachingapi.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/replay/responsepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/tableview.h"

#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include <ctime>

using namespace ui;

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
