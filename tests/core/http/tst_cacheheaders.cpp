// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"

#include <QTest>

using namespace core::http;

namespace {
// "name verdict ttl key|…" in order, "-" for what is not there.
QString shown(const QList<CacheLayer>& layers)
{
    QStringList out;
    for (const CacheLayer& layer : layers) {
        out << QStringList {layer.name, verdictName(layer.verdict), layer.ttlS ? QString::number(*layer.ttlS) : QStringLiteral("-"),
            layer.key ? QString::fromUtf8(*layer.key) : QStringLiteral("-")}
                   .join(u' ');
    }
    return out.join(u'|');
}
}

class TestCacheHeaders final : public QObject {
    Q_OBJECT
private slots:
    void layers_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* head, const char* expected) {
            QTest::newRow(name) << QByteArray(head) << QString::fromUtf8(expected);
        };
        row("none", "Content-Type: application/json\r\nETag: x\r\n\r\n", "");
        row("no head at all", "", "");
        row("status line", "HTTP/1.1 200 OK\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
        row("name and word in any case", "x-cache-status: hit\r\n\r\n", "x-cache-status HIT - -");
        row("LightAPI's three are one", "X-Cache-Status: HIT\r\nX-Cache-Key: CachedProduct:/products\r\nX-Cache-TTL: 245\r\n\r\n",
            "X-Cache-Status HIT 245 CachedProduct:/products");
        row("key before status", "X-Cache-Key: a:b\r\nX-Cache-TTL: 1\r\nX-Cache-Status: MISS\r\n\r\n", "X-Cache-Status MISS 1 a:b");
        row("X-Cache with key", "X-Cache: MISS\r\nX-Cache-Key: products:/products?page=1\r\n\r\n", "X-Cache MISS - products:/products?page=1");
        row("key alone", "X-Cache-Key: k\r\n\r\n", "X-Cache-Key UNKNOWN - k");
        row("ttl that is no number", "X-Cache: HIT\r\nX-Cache-TTL: soon\r\n\r\n", "X-Cache HIT - -");
        row("key goes to the app's own", "X-Cache: HIT from edge\r\nX-Cache-Status: MISS\r\nX-Cache-Key: k\r\n\r\n",
            "edge HIT - -|X-Cache-Status MISS - k");
        row("expired", "X-Cache-Status: EXPIRED\r\n\r\n", "X-Cache-Status EXPIRED - -");
        row("stale", "X-Cache-Status: STALE\r\n\r\n", "X-Cache-Status STALE - -");
        row("updating is a stale hit", "X-Cache-Status: UPDATING\r\n\r\n", "X-Cache-Status STALE - -");
        row("revalidated", "X-Cache-Status: REVALIDATED\r\n\r\n", "X-Cache-Status REVALIDATED - -");
        row("bypass", "X-Cache-Status: BYPASS\r\n\r\n", "X-Cache-Status BYPASS - -");
        row("unknown word", "X-Cache: BANANA\r\n\r\n", "X-Cache UNKNOWN - -");
        row("no word", "X-Cache: \r\n\r\n", "");
        row("host", "X-Cache: HIT from cache.example (squid/5.7)\r\n\r\n", "cache.example HIT - -");
        row("CloudFront", "X-Cache: Hit from cloudfront\r\n\r\n", "cloudfront HIT - -");
        row("CloudFront revalidated", "X-Cache: RefreshHit from cloudfront\r\n\r\n", "cloudfront REVALIDATED - -");
        row("CloudFront error", "X-Cache: Error from cloudfront\r\n\r\n", "cloudfront UNKNOWN - -");
        row("Apache", "X-Cache: REVALIDATE from www.example\r\n\r\n", "www.example REVALIDATED - -");
        row("Akamai", "X-Cache: TCP_MEM_HIT from a1.example (AkamaiGHost/10.1, x) (-)\r\n\r\n", "a1.example HIT - -");
        row("Akamai refetched", "X-Cache: TCP_REFRESH_MISS from a1\r\n\r\n", "a1 EXPIRED - -");
        row("Akamai denied", "X-Cache: TCP_DENIED from a1\r\n\r\n", "a1 UNKNOWN - -");
        row("list, the shield first", "X-Cache: MISS, HIT\r\n\r\n", "X-Cache MISS - -|X-Cache HIT - -");
        row("two fields, the origin's first", "X-Cache: MISS from a\r\nX-Cache: HIT from b\r\n\r\n", "a MISS - -|b HIT - -");
        row("empty list elements", "X-Cache: , HIT,,\r\n\r\n", "X-Cache HIT - -");
        row("age alone decides nothing", "Age: 12\r\n\r\n", "Age UNKNOWN - -");
        row("age belongs to the cache", "X-Cache: HIT\r\nAge: 12\r\n\r\n", "X-Cache HIT - -");
        row("invalid age", "Age: -3\r\n\r\n", "");
        row("age no number", "Age: x\r\n\r\n", "");
        row("last head counts", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
        row("first head's fields are gone", "HTTP/1.1 302 F\nX-Cache: MISS\n\nHTTP/1.1 200 OK\nA: b\n\n", "");
        row("body ignored", "A: b\n\nX-Cache: HIT\nHTTP/1.1 200 OK\nX-Cache: HIT\n", "");
        row("bare LF", "X-Cache: HIT\nX-Cache-TTL: 3\n", "X-Cache HIT 3 -");
        row("folded", "X-Cache: HIT\r\n from edge\r\n\r\n", "edge HIT - -");
        row("HTML and bad bytes in a name", "X-Cache: HIT from <b>\xff\r\n\r\n", "<b>\\xff HIT - -");
        row("line without colon", "nonsense\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
    }
    void layers()
    {
        QFETCH(QByteArray, head);
        QTEST(shown(cacheLayers(parseHead(head))), "expected");
    }

    void detailsAreKept()
    {
        const auto layers = cacheLayers(parseHead("X-Cache: HIT from a (squid/5.7)\r\nAge: 12, 3\r\nX-Cache-TTL: soon\r\n\r\n"));
        QCOMPARE(layers.size(), 1);
        QCOMPARE(layers[0].raw, QByteArray("HIT from a (squid/5.7)"));
        QCOMPARE(layers[0].detail, QStringLiteral("(squid/5.7); X-Cache-TTL \"soon\" is no number; Age 12 s"));
    }
};

QTEST_GUILESS_MAIN(TestCacheHeaders)
#include "tst_cacheheaders.moc"
