// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/nearestname.h"

#include <QTest>

using namespace core;

class TestNearestName final : public QObject {
    Q_OBJECT
private slots:
    void names_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("meant");
        const auto row = [](const char* typed, const char* meant) { QTest::newRow(typed) << QString::fromLatin1(typed) << QString::fromLatin1(meant); };
        row("expcet", "expect");
        row("expects", "expect");
        row("Expect", "expect");
        row("statsu", "status");
        row("ttl_min", "ttl_min_s");
        row("ttl_max_ms", "ttl_max_s");
        row("verdicts", "verdict");
        row("colour", "");
        row("x", "");
        row("", "");
    }
    void names()
    {
        QFETCH(QString, typed);
        const QStringList known {QStringLiteral("status"), QStringLiteral("verdict"), QStringLiteral("expect"), QStringLiteral("ttl_min_s"), QStringLiteral("ttl_max_s")};
        QTEST(nearestName(typed, known), "meant");
    }
    void whatIsNoSlip()
    {
        QCOMPARE(nearestName(QString(100'000, u's'), {QStringLiteral("status")}), QString());
        QCOMPARE(nearestName(u"status", {}), QString());
    }
};

QTEST_GUILESS_MAIN(TestNearestName)
#include "tst_nearestname.moc"
