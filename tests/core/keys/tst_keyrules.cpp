// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyrules.h"

#include <QTest>

using namespace core;
using namespace core::keys;

namespace {
    struct Keys {
        KeyStore store;
        std::shared_ptr<const Order> order;
        const std::atomic_bool no = false;

        explicit Keys(const QList<QByteArray>& keys)
        {
            for (const QByteArray& key : keys)
                store.key(key.constData(), std::size_t(key.size()));
            store.batchEnd();
            order = sortedOrder(store, store.size(), no);
        }
    };

    cache::KeyTemplate made(const QString& text)
    {
        return *cache::KeyTemplate::fromText(QStringLiteral("shop"), text);
    }
}

class TestKeyRules final : public QObject {
    Q_OBJECT
private slots:
    void routesOfClassesNotKnown()
    {
        Keys keys({"lightapi:Book:/books:", "lightapi:Book:/books/7:", "lightapi:Author:/authors:page=1", "noise", "lock:lightapi:Ghost:/ghosts:"});
        cache::RouteTable known;
        known.add(*cache::routeFromArgument(QStringLiteral("Book=/books")));
        const QList<cache::Route> routes = routesFromKeys(keys.store, *keys.order, known, keys.no);
        QCOMPARE(routes.size(), 1);
        QCOMPARE(routes.first().className, QByteArray("Author"));
        QCOMPARE(routes.first().route, QByteArray("/authors"));
        QVERIFY(routes.first().isLearned());
    }

    // Each class of a large database has its share of the sample.
    void largeDatabase()
    {
        QList<QByteArray> all;
        for (int i = 0; i < 310'000; ++i)
            all << "lightapi:C" + QByteArray::number(i % 7) + ":/c" + QByteArray::number(i % 7) + "/" + QByteArray::number(i) + ":";
        Keys keys(all);
        const QList<cache::Route> routes = routesFromKeys(keys.store, *keys.order, {}, keys.no);
        QCOMPARE(routes.size(), 7);
        QCOMPARE(routes.last().route, QByteArray("/c6"));
    }

    void deletedKeysSayNothing()
    {
        Keys keys({"lightapi:Author:/authors:", "shop:1"});
        for (KeyId id = 0; id < keys.store.size(); ++id)
            keys.store.markDeleted(id);
        QVERIFY(routesFromKeys(keys.store, *keys.order, {}, keys.no).isEmpty());
        QCOMPARE(fitsOf(keys.store, *keys.order, {made(QStringLiteral("shop:{id}"))}, keys.no)->first().keys, 0);
    }

    void fits()
    {
        Keys keys({"shop:1", "shop:22", "shop:a:b", "other:1"});
        const auto fits = fitsOf(keys.store, *keys.order, {made(QStringLiteral("shop:{id}")), made(QStringLiteral("other:{md5:{path}}"))}, keys.no);
        QVERIFY(fits);
        QCOMPARE(fits->at(0).keys, 2);
        QCOMPARE(fits->at(0).uncertain, 0);
        QCOMPARE(fits->at(0).samples.size(), 2);
        QCOMPARE(fits->at(0).samples.first().values.id, std::optional(QByteArray("1")));
        QCOMPARE(fits->at(1).keys, 0);
    }

    // A key that can be cut in two places comes first, as what to look at.
    void uncertainFirst()
    {
        Keys keys({"u:ann:/books", "u:a:/b:/books"});
        const auto fits = fitsOf(keys.store, *keys.order, {made(QStringLiteral("u:{user}:{path}"))}, keys.no);
        QVERIFY(fits);
        QCOMPARE(fits->first().keys, 2);
        QCOMPARE(fits->first().uncertain, 1);
        QCOMPARE(fits->first().samples.first().key, QByteArray("u:a:/b:/books"));
        QVERIFY(!fits->first().samples.first().certain);
        QVERIFY(fits->first().samples.last().certain);
    }

    void manySamples()
    {
        QList<QByteArray> all;
        for (int i = 0; i < 1000; ++i)
            all << "shop:" + QByteArray::number(i);
        Keys keys(all);
        const auto fits = fitsOf(keys.store, *keys.order, {made(QStringLiteral("shop:{id}"))}, keys.no);
        QCOMPARE(fits->first().keys, 1000);
        QVERIFY(fits->first().samples.size() <= mostSamples);
    }

    void cancelled()
    {
        Keys keys({"shop:1"});
        const std::atomic_bool yes = true;
        QVERIFY(!fitsOf(keys.store, *keys.order, {made(QStringLiteral("shop:{id}"))}, yes));
        QVERIFY(routesFromKeys(keys.store, *keys.order, {}, yes).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestKeyRules)
#include "tst_keyrules.moc"
