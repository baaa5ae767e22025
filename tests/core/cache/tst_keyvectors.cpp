// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace core;
using namespace core::cache;

// 320 request targets with the keys that LightAPI 0.1.29, 0.2.1 and 0.4.0 really stored.
class TestKeyVectors final : public QObject {
    Q_OBJECT
private:
    QJsonObject m_vectors;

    RouteTable tableFor(const QString& release) const
    {
        RouteTable table;
        table.setRelease(QVersionNumber::fromString(release));
        const QJsonObject endpoints = m_vectors[QStringLiteral("endpoints")].toObject();
        for (const auto& value : endpoints) {
            const QJsonObject endpoint = value.toObject();
            Route route;
            route.className = endpoint[QStringLiteral("class")].toString().toUtf8();
            route.route = endpoint[QStringLiteral("route")].toString().toUtf8();
            route.cached = endpoint[QStringLiteral("cached")].toBool(true) ? Cached::Yes : Cached::No;
            for (const auto& name : endpoint[QStringLiteral("vary_on")].toArray())
                route.varyOn << name.toString().toUtf8();
            table.add(route);
        }
        return table;
    }

private slots:
    void initTestCase()
    {
        QFile file(QStringLiteral(TESTS_DATA "/lightapi-keys.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_vectors = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(m_vectors[QStringLiteral("rows")].toArray().size(), 320);
    }

    void stored_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<QString>("endpoint");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("wasStored");
        QTest::addColumn<QByteArray>("key");
        int n = 0;
        for (const auto& value : m_vectors[QStringLiteral("rows")].toArray()) {
            const QJsonObject row = value.toObject();
            ++n;
            for (const auto* release : {"0.1.29", "0.2.1", "0.4.0"}) {
                const QJsonObject seen = row[QLatin1StringView(release)].toObject();
                const QJsonValue key = seen[QStringLiteral("key")];
                QTest::addRow("%d %s", n, release) << QString::fromLatin1(release) << row[QStringLiteral("endpoint")].toString()
                    << row[QStringLiteral("target")].toString().toUtf8() << seen[QStringLiteral("status")].toInt()
                    << key.isString() << key.toString().toUtf8();
            }
        }
    }
    void stored()
    {
        QFETCH(QString, release);
        QFETCH(QString, endpoint);
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        QFETCH(bool, wasStored);
        QFETCH(QByteArray, key);
        const RouteTable table = tableFor(release);
        const RequestForecast seen = forecast({"GET", target, {}}, table);
        if (endpoint == QStringLiteral("Plain")) {
            QCOMPARE(seen.cached, Cached::No);
            QVERIFY(seen.predictions.isEmpty());
            QVERIFY(seen.wouldBeKey && seen.wouldBeKey->startsWith("lightapi:Plain:/plain"));
            return;
        }
        if (status == 307)
            QVERIFY(!seen.route && seen.predictions.isEmpty());
        if (!wasStored)
            return;
        QCOMPARE(status, 200);
        QCOMPARE(seen.cached, Cached::Yes);
        QCOMPARE(seen.predictions.size(), 1);
        QCOMPARE(seen.predictions.first().key, key);
        QCOMPARE(seen.predictions.first().scheme, QStringLiteral("lightapi-v2"));
        QCOMPARE(QString::fromUtf8(seen.predictions.first().className), endpoint);
    }

    // Reading a stored key gives back what the request was.
    void parsed_data() { stored_data(); }
    void parsed()
    {
        QFETCH(QString, release);
        QFETCH(QString, endpoint);
        QFETCH(QByteArray, target);
        QFETCH(bool, wasStored);
        QFETCH(QByteArray, key);
        if (!wasStored)
            return;
        const RouteTable table = tableFor(release);
        const ParsedKey parsed = parseKey(key, table);
        QCOMPARE(parsed.scheme, QStringLiteral("lightapi-v2"));
        QCOMPARE(parsed.kind, Kind::Entry);
        QCOMPARE(parsed.raw, key);
        QCOMPARE(*parsed.className, endpoint.toUtf8());
        QCOMPARE(*parsed.path, splitTarget(target).path);
        QueryPairs expected = parseQuery(splitTarget(target).rawQuery);
        const QList<QByteArray> varyOn = table.byClass(*parsed.className)->varyOn;
        if (!varyOn.isEmpty() && table.honoursVaryOn()) {
            expected.removeIf([&varyOn](const auto& pair) { return !varyOn.contains(pair.first); });
            std::ranges::sort(expected);
        } else {
            QCOMPARE(parsed.confidence, Confidence::Exact);
        }
        QCOMPARE(parsed.query, expected);
        QVERIFY(parsed.confidence != Confidence::Ambiguous);
    }
};

QTEST_GUILESS_MAIN(TestKeyVectors)
#include "tst_keyvectors.moc"
