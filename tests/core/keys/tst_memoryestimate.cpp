// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/memoryestimate.h"

#include "app/demo/redisprocess.h"
#include "tests/support/redistest.h"

#include <QTest>

#include <cmath>

using namespace core;
using namespace core::keys;

namespace {
const std::atomic_bool never = false;
}

class TestMemoryEstimate final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;

private slots:
    void initTestCase() { VERIFY_OK(m_redis.startAndWait({})); }

    void samplesEvenly_data()
    {
        QTest::addColumn<quint32>("begin");
        QTest::addColumn<quint32>("end");
        QTest::newRow("none") << 5U << 5U;
        QTest::newRow("one") << 5U << 6U;
        QTest::newRow("all of few") << 10U << 74U;
        QTest::newRow("nearly all") << 0U << 65U;
        QTest::newRow("some of many") << 1000U << 4'000'000'000U;
    }
    void samplesEvenly()
    {
        QFETCH(quint32, begin);
        QFETCH(quint32, end);
        const auto positions = sampleOf({begin, end}).positions;
        QCOMPARE(positions.size(), std::min<std::size_t>(end - begin, maxSampled));
        for (std::size_t i = 0; i < positions.size(); ++i) {
            QVERIFY(positions[i] >= begin && positions[i] < end);
            QVERIFY(i == 0 || positions[i] > positions[i - 1]);
        }
        if (positions.size() > 1) {
            const quint32 gap = (end - begin) / maxSampled;
            QVERIFY(positions[1] - positions[0] >= gap && positions[1] - positions[0] <= gap + 1);
        }
    }

    void meanTimesKeysWithItsError()
    {
        const MemoryEstimate estimate = estimateOf({100, 200, 300, 400}, 1000);
        QCOMPARE(estimate.bytes, 250'000);
        QCOMPARE(estimate.sampled, 4);
        QVERIFY(!estimate.isExact());
        // Standard deviation 129.1 over the root of 4, times 1,000 keys, four of them known.
        QCOMPARE(estimate.errorBytes, std::llround(1000 * 129.0994449 / 2 * std::sqrt(0.996)));
        QVERIFY(estimateOf({5, 7}, 2).isExact());
        QCOMPARE(estimateOf({5, 7}, 2).bytes, 12);
        QCOMPARE(estimateOf({5, 7}, 2).errorBytes, 0);
        QCOMPARE(estimateOf({}, 0).bytes, 0);
    }

    void figures()
    {
        QCOMPARE(formatEstimate(estimateOf({100, 100}, 2)), QStringLiteral("200 B"));
        QCOMPARE(formatEstimate(estimateOf({100, 100}, 1000)), QStringLiteral("≈ 100 KB ±<1 %"));
        QCOMPARE(formatEstimate({1'200'000, 96'000, 64, 5000, {}}), QStringLiteral("≈ 1.20 MB ±8 %"));
    }

    void nodesOfAServer()
    {
        redis::Session session(m_redis.endpoint());
        VERIFY_OK(redistest::wait(session.open()));
        KeyStore store;
        redis::Pipeline pipeline {{"FLUSHALL"}};
        for (int i = 0; i < 1000; ++i) {
            const QByteArray key = "k:" + QByteArray::number(i).rightJustified(4, '0');
            pipeline << redis::Command {"SET", key, QByteArray(i % 2 ? 100 : 900, 'v')};
            store.key(key.constData(), std::size_t(key.size()));
        }
        const QByteArray odd("z\0\xff\n", 4);
        store.key(odd.constData(), std::size_t(odd.size()));
        pipeline << redis::Command {"SET", odd, "v"} << redis::Command {"DEL", "k:0000"};
        store.batchEnd();
        VERIFY_OK(redistest::wait(session.send(pipeline)));
        const auto order = sortedOrder(store, store.size(), never);

        qint64 exact = 0;
        redis::Pipeline all;
        for (int i = 1; i < 1000; ++i)
            all << redis::Command {"MEMORY", "USAGE", "k:" + QByteArray::number(i).rightJustified(4, '0')};
        const auto replies = redistest::wait(session.send(all));
        VERIFY_OK(replies);
        for (const redis::Reply& reply : *replies)
            exact += reply.integer;

        const qint64 lookups = session.ownLookups();
        const auto estimates = redistest::wait(estimateMemory(&session, store, *order, {sampleOf({0, 1000}), sampleOf({1000, 1001}), sampleOf({0, 1})}));
        VERIFY_OK(estimates);
        QCOMPARE(estimates->size(), 3);
        const MemoryEstimate& many = estimates->at(0);
        QCOMPARE(many.sampled, maxSampled);
        QVERIFY(many.errorBytes > 0 && many.relativeError() < 0.2);
        QVERIFY2(std::abs(many.bytes - exact) < 3 * many.errorBytes, qPrintable(QString::number(many.bytes - exact)));
        QVERIFY(estimates->at(1).isExact());
        QVERIFY(estimates->at(1).bytes > 40);
        QCOMPARE(estimates->at(2).bytes, 0); // gone meanwhile
        QCOMPARE(session.ownLookups(), lookups);
        const auto none = redistest::wait(estimateMemory(&session, store, *order, {}));
        VERIFY_OK(none);
        QVERIFY(none->isEmpty());
    }

    void refusalIsNamed()
    {
        redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send({{"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-memory|usage"}, {"SET", "k", "v"}})));
        Endpoint endpoint = m_redis.endpoint();
        endpoint.user = "reader";
        endpoint.password = "pw";
        redis::Session session(endpoint);
        VERIFY_OK(redistest::wait(session.open()));
        KeyStore store;
        store.key("k", 1);
        store.batchEnd();
        const auto estimates = redistest::wait(estimateMemory(&session, store, {0}, {sampleOf({0, 1})}));
        VERIFY_OK(estimates);
        QVERIFY(estimates->first().refused);
        QCOMPARE(estimates->first().refused->code, Code::Permission);
        QVERIFY(!estimates->first().isExact());
    }
};

QTEST_GUILESS_MAIN(TestMemoryEstimate)
#include "tst_memoryestimate.moc"
