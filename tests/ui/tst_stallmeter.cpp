// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/guioptions.h"
#include "app/gui/stallmeter.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

class TestStallMeter : public QObject {
    Q_OBJECT

private slots:
    void catchesEightyMilliseconds();
    void stopsWithoutAStart();
    void optionsAreSortedOut();
    void optionsWithoutTheirFileAreRefused();
};

void TestStallMeter::catchesEightyMilliseconds()
{
    gui::StallMeter meter;
    meter.start();
    QTimer blocker;
    blocker.setSingleShot(true);
    QSignalSpy fired(&blocker, &QTimer::timeout);
    connect(&blocker, &QTimer::timeout, [] {
        QElapsedTimer busy;
        busy.start();
        while (busy.elapsed() < 80) { } // what a page must never do
    });
    blocker.start(50);
    QVERIFY(fired.wait(2000));
    QTRY_VERIFY(meter.window().longestMs() >= 70);
    meter.stop();
    const QJsonObject report = meter.report();
    QVERIFY(report[QStringLiteral("window")][QStringLiteral("longest_ms")].toDouble() >= 70);
    QVERIFY(report[QStringLiteral("window")][QStringLiteral("gaps_over_50_ms")].toInt() >= 1);
    QVERIFY(!meter.window().worst().isEmpty());
    QCOMPARE(report[QStringLiteral("ok")].toBool(), meter.window().longestMs() <= meter.limitMs());
}

void TestStallMeter::stopsWithoutAStart()
{
    gui::StallMeter meter;
    meter.stop();
    QVERIFY(meter.isGood());
}

void TestStallMeter::optionsAreSortedOut()
{
    const auto options = gui::parseOptions({QStringLiteral("--demo"), QStringLiteral("--url"), QStringLiteral("redis://h/1"), QStringLiteral("--stall-report=/tmp/x")});
    QVERIFY(options);
    QVERIFY(options->demo);
    QCOMPARE(options->stallReport, QStringLiteral("/tmp/x"));
    QCOMPARE(options->shared, QStringList({QStringLiteral("--url"), QStringLiteral("redis://h/1")}));
}

void TestStallMeter::optionsWithoutTheirFileAreRefused()
{
    const auto options = gui::parseOptions({QStringLiteral("--self-check")});
    QVERIFY(!options);
    QCOMPARE(options.error().code, core::Code::Usage);
    core::settings::Store store(QStringLiteral("/nonexistent/settings.json"));
    for (const QString& word : {QStringLiteral("--no-such-option"), QStringLiteral("keys")}) {
        auto parsed = gui::parseOptions({word});
        QVERIFY(parsed);
        QVERIFY(!gui::profileFrom(*parsed, store));
    }
}

QTEST_MAIN(TestStallMeter)
#include "tst_stallmeter.moc"
