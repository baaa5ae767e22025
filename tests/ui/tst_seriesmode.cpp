// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/replay/seriesstatistics.h"
#include "ui/pages/replay/histogramview.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/replay/seriesmode.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/chartcard.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/label.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEventLoop>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>

using namespace ui;

namespace {

const QByteArray bookKey = "lightapi:Book:/books:";

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

// The page on a server of its own, with the tab "Series" open.
struct Opened {
    Stage stage;
    QTemporaryDir folder;
    core::settings::Store store {folder.filePath(text("settings.json"))};
    Workspace workspace {&store};
    ReplayPage page {&workspace};
    SeriesMode* mode = page.findChild<SeriesMode*>();

    bool open(const QString& apiUrl = {}, bool readOnly = false)
    {
        if (!stage.build())
            return false;
        core::settings::Profile profile;
        profile.name = text("shop");
        profile.endpoint = stage.redis.endpoint();
        profile.apiUrl = apiUrl.isEmpty() ? stage.api->url() : apiUrl;
        profile.endpoints = {text("Book=/books,ttl=60")};
        page.resize(1040, 640);
        workspace.connectTo(profile);
        if (!QTest::qWaitFor([this] { return workspace.state() == Workspace::State::Connected; }))
            return false;
        workspace.setReadOnly(readOnly);
        auto* tabs = page.findChild<QTabBar*>();
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == text("Series"))
                tabs->setCurrentIndex(i);
        }
        named<QLineEdit>("Request target")->setText(text("/books"));
        return mode;
    }
    template <typename Widget>
    Widget* named(const char* name)
    {
        for (Widget* widget : page.findChildren<Widget*>()) {
            if (widget->accessibleName() == text(name))
                return widget;
        }
        return nullptr;
    }
    template <typename Widget = QPushButton>
    Widget* button(const char* name)
    {
        for (const QWidget* place : {static_cast<QWidget*>(mode), static_cast<QWidget*>(&page)}) { // other tabs have buttons of that name, too
            for (Widget* widget : place->findChildren<Widget*>()) {
                if (widget->text() == text(name))
                    return widget;
            }
        }
        return nullptr;
    }
    StripStack* strips() { return page.findChild<StripStack*>(); }
    const StripText* strip(const char* id)
    {
        for (StripStack* stack : page.findChildren<StripStack*>()) {
            if (const StripText* shown = stack->text(text(id)))
                return shown;
        }
        return nullptr;
    }
    void requests(int count) { named<QSpinBox>("Number of requests")->setValue(count); }
    void start() { button("Start")->click(); }
    // By the event loop itself: qWaitFor() sleeps 10 ms in each round, and a judged request takes some six of them.
    bool ended(int withinMs = 15'000)
    {
        QEventLoop loop;
        QObject::connect(mode, &SeriesMode::busyChanged, &loop, [this, &loop] {
            if (!mode->isBusy())
                loop.quit();
        });
        QTimer::singleShot(withinMs, &loop, &QEventLoop::quit);
        if (mode->isBusy())
            loop.exec();
        return !mode->isBusy();
    }
    QString cell(int row, int column) { return named<TableView>("Latency of HIT, MISS and all requests")->model()->index(row, column).data().toString(); }
    bool isThere(const QByteArray& key) { return stage.ask({"EXISTS", key})->integer == 1; }
};

}

class TestSeriesMode final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::instance().install(); }

    void aRunIsMeasured()
    {
        Opened opened;
        QVERIFY(opened.open());
        QCOMPARE(opened.mode->findChild<FaceStack*>()->face(), FaceStack::Face::Empty);
        QVERIFY(!opened.button("Stop")->isEnabled() && !opened.button("Export CSV")->isEnabled());
        opened.requests(12);
        bool said = false;
        for (Label* label : opened.mode->findChildren<Label*>())
            said = said || label->text().startsWith(text("Start sends 12 GET requests, one after another"));
        QVERIFY(said);
        opened.start();
        QVERIFY(opened.mode->isBusy() && opened.button("Stop")->isEnabled());
        QVERIFY(opened.ended());
        QCOMPARE(opened.mode->findChild<FaceStack*>()->face(), FaceStack::Face::Filled);
        auto* table = opened.named<TableView>("Latency of HIT, MISS and all requests");
        QAbstractItemModelTester tester(table->model());
        QCOMPARE((QStringList {opened.cell(0, 0), opened.cell(0, 1), opened.cell(1, 1), opened.cell(2, 1)}), (QStringList {text("HIT"), text("11"), text("1"), text("12")}));
        QVERIFY(opened.cell(0, 4).endsWith(text(" ms"))); // p50
        QCOMPARE(opened.cell(0, 7), text("–")); // p95 of 11
        QCOMPARE(opened.cell(1, 8), text("–"));
        auto* histogram = opened.mode->findChild<HistogramView*>();
        QCOMPARE(histogram->counted(), 12);
        QCOMPARE(histogram->legend(), (QStringList {text("HIT"), text("MISS")})); // what is not there is not named
        QCOMPARE(histogram->accessibleName(), text("Histogram of latency"));
        const QString figures = histogram->accessibleDescription();
        QVERIFY2(figures.startsWith(text("Requests by latency")) && figures.contains(text("12, 11 HIT, 1 MISS")), qPrintable(figures));
        QCOMPARE(QAccessible::queryAccessibleInterface(histogram)->role(), QAccessible::Chart);
        QVERIFY(opened.mode->findChild<ChartCard*>()->pointsDrawn() >= 2);
        QStringList badges;
        for (Badge* badge : opened.mode->findChildren<Badge*>())
            badges << badge->text();
        QCOMPARE(badges, (QStringList {text("HIT 11"), text("MISS 1")}));
        QCOMPARE(opened.stage.api->requests(), 12);
        // The one MISS is the first request: no figure rests on it.
        const QList<Label*> labels = opened.mode->findChildren<Label*>();
        QVERIFY(std::ranges::any_of(labels, [](const Label* label) { return label->text() == text("too few MISS to compare"); }));
        QVERIFY(std::ranges::none_of(labels, [](const Label* label) { return label->text().contains(text("times as fast")); }));
    }

    // What is shown four times a second must not grow with what was measured.
    void manyRequestsEnd()
    {
        Opened opened;
        QVERIFY(opened.open());
        opened.page.show();
        opened.requests(1200);
        opened.start();
        QVERIFY(opened.ended(60'000));
        QCOMPARE(opened.cell(2, 1), text("1,200"));
        QCOMPARE(opened.stage.api->requests(), 1200);
    }

    void aColdStartIsConfirmedFirst()
    {
        Opened opened;
        QVERIFY(opened.open());
        QVERIFY(opened.stage.ask({"SETEX", bookKey, "60", "{}"}));
        QVERIFY(opened.stage.ask({"SETEX", "lightapi:Book:/books/1:", "60", "{}"}));
        opened.requests(4);
        opened.button<QCheckBox>("Cold first")->setChecked(true);
        opened.start();
        QTRY_VERIFY(opened.strip("cold"));
        const StripText asked = *opened.strip("cold");
        QVERIFY2(asked.why.contains(QString::fromLatin1(bookKey)), qPrintable(asked.why));
        QVERIFY(opened.isThere(bookKey));
        QCOMPARE(opened.stage.api->requests(), 0);
        asked.actions.first().run();
        QVERIFY(opened.mode->isBusy());
        QVERIFY(opened.ended());
        QVERIFY(!opened.strip("cold"));
        QCOMPARE(opened.cell(1, 1), text("1")); // MISS
        QCOMPARE(opened.cell(0, 1), text("3"));
        QVERIFY(opened.isThere("lightapi:Book:/books/1:")); // exactly the predicted key
        // Not confirmed, nothing done.
        opened.start();
        QTRY_VERIFY(opened.strip("cold"));
        const StripText again = *opened.strip("cold");
        again.actions.last().run();
        QVERIFY(!opened.strip("cold") && opened.isThere(bookKey));
        QCOMPARE(opened.stage.api->requests(), 4);
    }

    void nothingIsDeletedReadOnly()
    {
        Opened opened;
        QVERIFY(opened.open({}, true));
        QVERIFY(opened.stage.ask({"SETEX", bookKey, "60", "{}"}));
        opened.button<QCheckBox>("Cold first")->setChecked(true);
        opened.start();
        QTRY_VERIFY(opened.strip("cold"));
        const StripText asked = *opened.strip("cold");
        QCOMPARE(asked.actions.size(), 1);
        PageHint hint;
        QObject::connect(&opened.workspace, &Workspace::pageRequested, &opened.page, [&hint](PageId, const PageHint& given) { hint = given; });
        asked.actions.first().run();
        QCOMPARE(hint.selection.size(), 1);
        QCOMPARE(hint.selection.first().text, bookKey);
        QVERIFY(opened.isThere(bookKey));
        QCOMPARE(opened.stage.api->requests(), 0);
    }

    void aColdStartNeedsAKey()
    {
        Opened opened;
        QVERIFY(opened.open());
        opened.named<QLineEdit>("Request target")->setText(text("/unknown"));
        opened.button<QCheckBox>("Cold first")->setChecked(true);
        opened.start();
        QVERIFY(opened.strip("cold") && !opened.mode->isBusy());
        QCOMPARE(opened.stage.api->requests(), 0);
    }

    void stopKeepsWhatWasMeasured()
    {
        Opened opened;
        QVERIFY(opened.open());
        opened.requests(1'000'000);
        opened.button<QCheckBox>("Verdicts from Redis")->setChecked(false);
        opened.named<SegmentedControl>("Pace")->setCurrent(1);
        opened.named<QDoubleSpinBox>("Requests a second")->setValue(100);
        opened.start();
        QTRY_VERIFY(opened.stage.api->requests() >= 20);
        opened.button("Stop")->click();
        QVERIFY(!opened.mode->isBusy());
        QVERIFY(opened.cell(2, 1).toInt() >= 15 && opened.cell(2, 1).toInt() < 1000);
        QVERIFY(opened.button("Export CSV")->isEnabled());
        QVERIFY(opened.button("Start")->isEnabled());

        const QString csv = opened.folder.filePath(text("out.csv"));
        opened.mode->exportTo(csv, SeriesMode::Format::Csv);
        QTRY_VERIFY(opened.strip("series-export"));
        QCOMPARE(opened.strip("series-export")->tone, Tone::Ok);
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), opened.cell(2, 1).toInt() + 1);
        opened.mode->exportTo(opened.folder.filePath(text("nowhere/out.json")), SeriesMode::Format::Json);
        QTRY_COMPARE(opened.strip("series-export")->tone, Tone::Bad);
        const QString json = opened.folder.filePath(text("out.json"));
        opened.mode->exportTo(json, SeriesMode::Format::Json);
        QTRY_COMPARE(opened.strip("series-export")->tone, Tone::Ok);
        QFile summary(json);
        QVERIFY(summary.open(QIODevice::ReadOnly));
        QCOMPARE(QJsonDocument::fromJson(summary.readAll()).object().value(text("count")).toInt(), opened.cell(2, 1).toInt());
    }

    void aServerThatIsNotThere()
    {
        Opened opened;
        QVERIFY(opened.open(text("http://127.0.0.1:1")));
        opened.start();
        QVERIFY(opened.ended());
        QVERIFY(opened.strip("series"));
        QCOMPARE(opened.strip("series")->tone, Tone::Bad);
        QCOMPARE(opened.cell(2, 1), text("0"));
    }

    void theNextConnectionStartsEmpty()
    {
        Opened opened;
        QVERIFY(opened.open());
        opened.requests(100'000);
        opened.start();
        QTRY_VERIFY(opened.stage.api->requests() >= 3);
        opened.workspace.disconnectFromServer();
        QTRY_VERIFY(!opened.mode->isBusy());
        QCOMPARE(opened.mode->findChild<FaceStack*>()->face(), FaceStack::Face::Empty);
        QVERIFY(!opened.button("Export CSV")->isEnabled());
    }

    void otherMethodsAreNotSent()
    {
        Opened opened;
        QVERIFY(opened.open());
        opened.named<QComboBox>("Method")->setCurrentText(text("DELETE"));
        opened.start();
        QVERIFY(!opened.mode->isBusy());
        QCOMPARE(opened.stage.api->requests(), 0);
    }
};

QTEST_MAIN(TestSeriesMode)
#include "tst_seriesmode.moc"
