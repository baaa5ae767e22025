// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"

#include <QTest>

#include <ctime>

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

// Of this program only: others may keep the machine busy.
double cpuSeconds()
{
    return double(std::clock()) / CLOCKS_PER_SEC;
}

void layerColumns()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QString>("expected");
}

void row(const QByteArray& name, const QByteArray& head, const QByteArray& expected)
{
    QTest::newRow(name.constData()) << head << QString::fromUtf8(expected);
}
}

class TestCacheHeaders final : public QObject {
    Q_OBJECT
private slots:
    void layers_data()
    {
        layerColumns();
        row("none", "Content-Type: application/json\r\nETag: x\r\nVia: 1.1 proxy\r\nCache-Control: max-age=60\r\n\r\n", "");
        row("no head at all", "", "");
        row("status line", "HTTP/1.1 200 OK\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
        row("name and word in any case", "x-cache-status: hit\r\n\r\n", "x-cache-status HIT - -");
        row("unknown word", "X-Cache: BANANA\r\n\r\n", "X-Cache UNKNOWN - -");
        row("no word", "X-Cache: \r\n\r\n", "");
        row("host", "X-Cache: HIT from cache.example (squid/5.7)\r\n\r\n", "cache.example HIT - -");
        row("two fields, the origin's first", "X-Cache: MISS from a\r\nX-Cache: HIT from b\r\n\r\n", "a MISS - -|b HIT - -");
        row("empty list elements", "X-Cache: , HIT,,\r\n\r\n", "X-Cache HIT - -");
        row("HTML and bad bytes in a name", "X-Cache: HIT from <b>\xff\r\n\r\n", "<b>\\xff HIT - -");
    }
    void layers()
    {
        QFETCH(QByteArray, head);
        QTEST(shown(cacheLayers(parseHead(head))), "expected");
    }

    void heads_data()
    {
        layerColumns();
        row("last head counts", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
        row("first head's fields are gone", "HTTP/1.1 302 F\nX-Cache: MISS\n\nHTTP/1.1 200 OK\nA: b\n\n", "");
        row("body ignored", "A: b\n\nX-Cache: HIT\nHTTP/1.1 200 OK\nX-Cache: HIT\n", "");
        row("bare LF", "X-Cache: HIT\nX-Cache-TTL: 3\n", "X-Cache HIT 3 -");
        row("folded", "X-Cache: HIT\r\n from edge\r\n\r\n", "edge HIT - -");
        row("line without colon", "nonsense\r\nX-Cache: HIT\r\n\r\n", "X-Cache HIT - -");
    }
    void heads() { layers(); }

    // LightAPI's documentation: docs/examples/caching.md of v0.1.3 to v0.1.12.
    void lightApi_data()
    {
        layerColumns();
        row("three are one", "X-Cache-Status: HIT\r\nX-Cache-Key: CachedProduct:/products\r\nX-Cache-TTL: 245\r\n\r\n",
            "X-Cache-Status HIT 245 CachedProduct:/products app");
        row("key before status", "X-Cache-Key: a:b\r\nX-Cache-TTL: 1\r\nX-Cache-Status: MISS\r\n\r\n", "X-Cache-Status MISS 1 a:b app");
        row("X-Cache with key", "X-Cache: MISS\r\nX-Cache-Key: products:/products?page=1\r\n\r\n", "X-Cache MISS - products:/products?page=1 app");
        row("key alone", "X-Cache-Key: k\r\n\r\n", "X-Cache-Key UNKNOWN - k app");
        row("ttl that is no number", "X-Cache: HIT\r\nX-Cache-TTL: soon\r\n\r\n", "X-Cache HIT - - app");
        row("key goes to the app's own", "X-Cache: HIT from edge\r\nX-Cache-Status: MISS\r\nX-Cache-Key: k\r\n\r\n",
            "edge HIT - -|X-Cache-Status MISS - k app");
        row("two keys", "X-Cache-Status: HIT\nX-Cache-Key: a\nX-Cache-Key: b\n", "X-Cache-Status HIT - a app");
        row("nginx before the app", "Server: nginx/1.22.1\nX-Cache-Status: HIT\n", "X-Cache-Status HIT - -");
        row("nginx before a word with a key", "Server: nginx\nX-Cache-Status: HIT\nX-Cache-Key: k\n", "X-Cache-Status HIT - k app");
        row("age does not stand in for the time left in Redis", "X-Cache: HIT\nX-Cache-TTL: 9\nAge: 2\nCache-Control: max-age=60\n", "X-Cache HIT 9 - app");
    }
    void lightApi()
    {
        QFETCH(QByteArray, head);
        const auto read = cacheLayers(parseHead(head));
        QStringList out;
        for (const CacheLayer& layer : read)
            out << shown({layer}) + (layer.maybeApp ? QStringLiteral(" app") : QString());
        QTEST(out.join(u'|'), "expected");
    }

    // RFC 9211, 3 and the parameters of 2.
    void cacheStatus_data()
    {
        layerColumns();
        row("minimal hit", "Cache-Status: ExampleCache; hit\n", "ExampleCache HIT - -");
        row("hit with ttl", "Cache-Status: ExampleCache; hit; ttl=376\n", "ExampleCache HIT 376 -");
        row("stale hit", "Cache-Status: ExampleCache; hit; ttl=-412\n", "ExampleCache STALE -412 -");
        row("complete miss", "Cache-Status: ExampleCache; fwd=uri-miss\n", "ExampleCache MISS - -");
        row("validated", "Cache-Status: ExampleCache; fwd=stale; fwd-status=304\n", "ExampleCache REVALIDATED - -");
        row("collapsed", "Cache-Status: ExampleCache; fwd=uri-miss; collapsed\n", "ExampleCache MISS - -");
        row("not collapsed", "Cache-Status: ExampleCache; fwd=uri-miss; collapsed=?0\n", "ExampleCache MISS - -");
        row("two caches", "Cache-Status: OriginCache; hit; ttl=1100, \"CDN Company Here\"; hit; ttl=545\n", "OriginCache HIT 1100 -|CDN Company Here HIT 545 -");
        row("three caches on three lines",
            "Cache-Status: ReverseProxyCache; hit\nCache-Status: ForwardProxyCache; fwd=uri-miss; collapsed; stored\nCache-Status: BrowserCache; fwd=uri-miss\n",
            "ReverseProxyCache HIT - -|ForwardProxyCache MISS - -|BrowserCache MISS - -");
        for (const char* reason : {"bypass", "method", "request"})
            row(reason, QByteArray("Cache-Status: a; fwd=") + reason + '\n', "a BYPASS - -");
        for (const char* reason : {"vary-miss", "miss", "partial"})
            row(reason, QByteArray("Cache-Status: a; fwd=") + reason + '\n', "a MISS - -");
        row("stale, another came", "Cache-Status: a; fwd=stale; fwd-status=200\n", "a EXPIRED - -");
        row("stale", "Cache-Status: a; fwd=stale\n", "a EXPIRED - -");
        row("304 of something else", "Cache-Status: a; fwd=miss; fwd-status=304\n", "a MISS - -");
        row("unknown reason", "Cache-Status: a; fwd=because\n", "a UNKNOWN - -");
        row("neither hit nor fwd", "Cache-Status: a; ttl=5\n", "a UNKNOWN 5 -");
        row("hit=?0", "Cache-Status: a; hit=?0\n", "a UNKNOWN - -");
        row("hit=?0 and fwd", "Cache-Status: a; hit=?0; fwd=miss\n", "a MISS - -");
        row("hit and fwd", "Cache-Status: a; hit; fwd=miss\n", "a UNKNOWN - -");
        row("hit that is no boolean", "Cache-Status: a; hit=1\n", "a UNKNOWN - -");
        row("fwd that is no token", "Cache-Status: a; fwd=\"miss\"\n", "a UNKNOWN - -");
        row("ttl that is no integer", "Cache-Status: a; hit; ttl=1.5\n", "a HIT - -");
        row("key", "Cache-Status: a; hit; key=\"lightapi:Book:/books:\"\n", "a HIT - lightapi:Book:/books:");
        row("key that is no string", "Cache-Status: a; hit; key=k\n", "a HIT - -");
        row("a string over two lines", "Cache-Status: a; hit; detail=\"x\nCache-Status: y\"\n", "a HIT - -");
        row("no name", "Cache-Status: 5; hit, (a); hit, b; hit\n", "Cache-Status UNKNOWN - -|Cache-Status UNKNOWN - -|b HIT - -");
        row("broken", "Cache-Status: a; hit,\n", "Cache-Status UNKNOWN - -");
        row("one broken line breaks the field", "Cache-Status: a; hit\nCache-Status: B;C=D\n", "Cache-Status UNKNOWN - -");
        row("empty", "Cache-Status: \n", "");
        row("beside another cache, by position", "X-Cache-Status: MISS\nCache-Status: b; hit\nX-Cache: HIT from c\n", "X-Cache-Status MISS - -|b HIT - -|c HIT - -");
        row("same cache in X-Cache", "X-Cache: MISS from squid1\nCache-Status: squid1;fwd=stale\n", "squid1 EXPIRED - -");
    }
    void cacheStatus() { layers(); }

    // Specification B2, a block a row of it.
    void dialects_data()
    {
        layerColumns();
        for (const char* field : {"X-Cache-Status", "X-Cache", "X-Proxy-Cache"}) {
            for (const auto& [word, verdict] : std::initializer_list<std::pair<const char*, const char*>> {{"MISS", "MISS"}, {"BYPASS", "BYPASS"},
                     {"EXPIRED", "EXPIRED"}, {"STALE", "STALE"}, {"UPDATING", "STALE"}, {"REVALIDATED", "REVALIDATED"}, {"HIT", "HIT"}, {"-", "BYPASS"}})
                row(QByteArray(field) + " of nginx: " + word, QByteArray(field) + ": " + word + '\n', QByteArray(field) + ' ' + verdict + " - -");
        }
        row("nginx did not ask", "X-Cache-Status: \n", "");

        row("Varnish miss", "X-Varnish: 32770\nAge: 0\nVia: 1.1 varnish (Varnish/7.1)\n", "varnish MISS - -");
        row("Varnish hit", "X-Varnish: 32772 32771\nAge: 3\nVia: 1.1 varnish (Varnish/7.1)\n", "varnish HIT - -");
        row("Varnish without Via", "X-Varnish: 5 4\n", "X-Varnish HIT - -");
        row("Varnish with a lifetime", "X-Varnish: 5 4\nAge: 3\nCache-Control: max-age=10\n", "X-Varnish HIT 7 -");
        row("Varnish in its grace", "X-Varnish: 5 4\nAge: 12\nCache-Control: max-age=10\n", "X-Varnish STALE -2 -");
        row("Varnish with a lifetime of its own", "X-Varnish: 5 4\nAge: 12\nCache-Control: max-age=0\n", "X-Varnish HIT -12 -");
        row("Varnish, browsers may not keep it", "X-Varnish: 5 4\nAge: 12\nCache-Control: private, max-age=5\n", "X-Varnish HIT - -");
        row("Varnish with VCL-made X-Cache", "X-Varnish: 5 4\nX-Cache: HIT\nX-Cache-Hits: 3\nVia: 1.1 varnish (Varnish/6.0)\n", "varnish HIT - -");
        row("VCL knows a pass", "X-Cache: PASS\nX-Varnish: 5\n", "X-Cache BYPASS - -");
        row("X-Cache that says the opposite is another's", "X-Cache: MISS\nX-Varnish: 5 4\n", "X-Cache MISS - -|X-Varnish HIT - -");
        row("X-Cache named as in Via", "X-Cache: HIT from cache1\nX-Varnish: 5 4\nVia: 1.1 cache1 (Varnish/7.4)\n", "cache1 HIT - -");
        row("X-Cache of another host", "X-Cache: HIT from squid1\nX-Varnish: 5 4\nVia: 1.1 squid1 (squid/5.7), 1.1 varnish (Varnish/7.1)\n", "squid1 HIT - -|varnish HIT - -");
        row("two Varnishes", "X-Varnish: 5\nX-Varnish: 9 8\n", "X-Varnish MISS - -|X-Varnish HIT - -");
        row("X-Varnish that is none", "X-Varnish: hello, 1 2 3\n", "X-Varnish UNKNOWN - -|X-Varnish UNKNOWN - -");

        row("Fastly", "X-Cache: MISS, HIT\nX-Cache-Hits: 0, 3\nX-Served-By: cache-iad-kiad7000066-IAD, cache-fra19146-FRA\n",
            "cache-iad-kiad7000066-IAD MISS - -|cache-fra19146-FRA HIT - -");
        row("Fastly without names", "X-Cache: MISS, HIT\n", "X-Cache MISS - -|X-Cache HIT - -");
        row("X-Served-By of an application", "X-Cache: HIT\nX-Served-By: web12\n", "X-Cache HIT - -");
        row("lists of two lengths", "X-Cache: MISS, HIT\nX-Served-By: cache-a\n", "X-Cache MISS - -|X-Cache HIT - -");

        row("CloudFront", "X-Cache: Hit from cloudfront\n", "cloudfront HIT - -");
        row("CloudFront miss", "X-Cache: Miss from cloudfront\n", "cloudfront MISS - -");
        row("CloudFront revalidated", "X-Cache: RefreshHit from cloudfront\n", "cloudfront REVALIDATED - -");
        row("CloudFront error", "X-Cache: Error from cloudfront\n", "cloudfront UNKNOWN - -");
        row("CloudFront function", "X-Cache: FunctionGeneratedResponse from cloudfront\n", "cloudfront BYPASS - -");
        row("CloudFront limit", "X-Cache: LimitExceeded from cloudfront\n", "cloudfront UNKNOWN - -");

        for (const auto& [word, verdict] : std::initializer_list<std::pair<const char*, const char*>> {{"HIT", "HIT"}, {"MISS", "MISS"},
                 {"NONE/UNKNOWN", "BYPASS"}, {"EXPIRED", "EXPIRED"}, {"STALE", "STALE"}, {"BYPASS", "BYPASS"}, {"REVALIDATED", "REVALIDATED"},
                 {"UPDATING", "STALE"}, {"DYNAMIC", "BYPASS"}, {"stream_hit", "HIT"}, {"deferred", "UNKNOWN"}, {"ignored", "UNKNOWN"}})
            row(QByteArray("Cloudflare ") + word, QByteArray("CF-Cache-Status: ") + word + "\nCF-Ray: 7d\n", QByteArray("CF-Cache-Status ") + verdict + " - -");

        for (const auto& [word, verdict] : std::initializer_list<std::pair<const char*, const char*>> {{"TCP_HIT", "HIT"}, {"TCP_MEM_HIT", "HIT"},
                 {"TCP_MISS", "MISS"}, {"TCP_REFRESH_HIT", "REVALIDATED"}, {"TCP_REFRESH_MISS", "EXPIRED"}, {"TCP_REFRESH_FAIL_HIT", "STALE"},
                 {"TCP_IMS_HIT", "HIT"}, {"TCP_NEGATIVE_HIT", "HIT"}, {"TCP_DENIED", "UNKNOWN"}, {"TCP_SOMETHING", "UNKNOWN"}})
            row(QByteArray("Akamai ") + word, QByteArray("X-Cache: ") + word + " from a23-1.deploy.example (AkamaiGHost/10.1.2, x) (-)\n", QByteArray("a23-1.deploy.example ") + verdict + " - -");
        row("Akamai keys", "X-Cache: TCP_MISS from a1\nX-Cache-Key: S/L/1168/8/1d/www.example.com/x\nX-True-Cache-Key: /L/www.example.com/x\nX-Check-Cacheable: YES\n",
            "a1 MISS - S/L/1168/8/1d/www.example.com/x");
        row("Akamai may not cache it", "X-Cache: TCP_MISS from a1\nX-Check-Cacheable: NO\n", "a1 BYPASS - -");
        row("Akamai's key and the app's", "X-Cache-Status: HIT\nX-Cache-Key: lightapi:Book:/books:\nX-Cache: TCP_MISS from a1\nX-Cache-Key: /L/1/2/3d/h/books\n",
            "X-Cache-Status HIT - lightapi:Book:/books:|a1 MISS - /L/1/2/3d/h/books");
        row("Akamai parent", "X-Cache: TCP_MISS from a1\nX-Cache-Remote: TCP_HIT from p1\n", "p1 HIT - -|a1 MISS - -");
        row("Akamai child and parent", "Akamai-Cache-Status: Miss from child, Hit from parent\n", "parent HIT - -|child MISS - -");
        row("Akamai child in X-Cache", "X-Cache: RefreshHit from child, NotCacheable from parent\n", "parent BYPASS - -|child REVALIDATED - -");
        for (const auto& [word, verdict] : std::initializer_list<std::pair<const char*, const char*>> {{"HitStale", "STALE"}, {"Constructed", "BYPASS"},
                 {"Redirect", "BYPASS"}, {"Error", "UNKNOWN"}, {"NotCacheable", "BYPASS"}})
            row(QByteArray("Akamai status ") + word, QByteArray("Akamai-Cache-Status: ") + word + " from child\n", QByteArray("child ") + verdict + " - -");

        row("Squid miss", "X-Cache: MISS from squid1\nX-Cache-Lookup: MISS from squid1:3128\nVia: 1.1 squid1 (squid/5.7)\n", "squid1 MISS - -");
        row("Squid hit", "Age: 4\nX-Cache: HIT from squid1\nX-Cache-Lookup: HIT from squid1:3128\nCache-Control: max-age=10\n", "squid1 HIT 6 -");
        row("Squid 5: expired and changed", "X-Cache: MISS from squid1\nX-Cache-Lookup: HIT from squid1:3128\nVia: 1.1 squid1 (squid/5.7)\n", "squid1 EXPIRED - -");
        row("Squid of unknown age: not used", "X-Cache: MISS from squid1\nX-Cache-Lookup: HIT from squid1:3128\n", "squid1 MISS - -");
        row("Squid did not look", "X-Cache: MISS from squid1\nX-Cache-Lookup: NONE from squid1:3128\n", "squid1 BYPASS - -");
        row("Squid stale", "X-Cache: HIT from squid1\nWarning: 110 squid/5.7 \"Response is stale\"\nX-Cache-Lookup: HIT from squid1:3128\n", "squid1 STALE - -");
        row("two Squids", "X-Cache: HIT from a\nX-Cache-Lookup: HIT from a:3128\nX-Cache: MISS from b\nX-Cache-Lookup: MISS from b:3128\n", "a HIT - -|b MISS - -");
        row("two Squids of one name", "X-Cache: HIT from a, MISS from a\nX-Cache-Lookup: HIT from a:1, NONE from a:2\n", "a HIT - -|a BYPASS - -");
        row("Squid behind Apache", "X-Cache: MISS from www\nX-Cache-Detail: \"cache miss: attempting entity save\" from www\nX-Cache-Lookup: HIT from squid1:3128\n",
            "www MISS - -|squid1 UNKNOWN - -");

        row("Vercel", "x-vercel-cache: PRERENDER\n", "x-vercel-cache HIT - -");
        row("Next.js", "x-nextjs-cache: STALE\n", "x-nextjs-cache STALE - -");
        row("fastapi-cache", "X-FastAPI-Cache: HIT\nCache-Control: max-age=41\nETag: W/\"12\"\n", "X-FastAPI-Cache HIT 41 -");
        row("fastapi-redis-cache", "X-FastAPI-Cache: Miss\n", "X-FastAPI-Cache MISS - -");
        row("cashews", "Age: 41\nCache-Control: max-age=41\nETag: \"1\"\n", "Age UNKNOWN - -");
        row("LiteSpeed", "X-LiteSpeed-Cache: hit,private\nX-LiteSpeed-Cache-Control: public,max-age=3\n", "X-LiteSpeed-Cache HIT - -");

        row("Apache", "X-Cache: HIT from www.example\nX-Cache-Detail: \"cache hit\" from www.example\n", "www.example HIT - -");
        row("Apache revalidated", "X-Cache: REVALIDATE from w\nX-Cache-Detail: \"conditional cache hit: entity refreshed\" from w\n", "w REVALIDATED - -");
        row("Apache stale", "X-Cache: HIT from w\nX-Cache-Detail: \"cache hit: 502 status; stale content returned\" from w\nWarning: 111 Revalidation failed\n", "w STALE - -");
        row("Apache stale under load", "X-Cache: HIT from w\nX-Cache-Detail: \"cache hit\" from w\nWarning: 110 Response is stale\n", "w STALE - -");
        row("Apache after a POST", "X-Cache: INVALIDATE from w\nX-Cache-Detail: \"cache invalidated by POST\" from w\n", "w BYPASS - -");
        row("Apache told not to", "X-Cache: MISS from w\nX-Cache-Detail: \"environment variable 'no-cache' is set\" from w\n", "w BYPASS - -");

        row("another's field with a known word", "X-Drupal-Cache: HIT\nX-Drupal-Cache-Tags: a b\nX-Drupal-Cache-Max-Age: 0\n", "X-Drupal-Cache HIT - -");
        row("another's field with an unknown word", "X-Rack-Cache: stale, invalid\n", "X-Rack-Cache UNKNOWN - -");
        row("fields beside a layer make none", "X-Cacheable: SHORT\nX-Cache: HIT\nX-Cache-Group: normal\n", "X-Cache HIT - -");
        row("orders to caches are none", "Cache-Control: no-store\nCDN-Cache-Control: max-age=1\nSurrogate-Control: x\nCache-Tag: a\nCache-Tags: b\n", "");
        row("hits alone", "X-Cache-Hits: 3\n", "X-Cache-Hits UNKNOWN - -");
    }
    void dialects() { layers(); }

    void orderOfVia_data()
    {
        layerColumns();
        row("by Via", "X-Cache: HIT from edge\nCache-Status: shield; fwd=miss\nVia: 1.1 shield, 2.0 edge (x)\n", "shield MISS - -|edge HIT - -");
        row("Via on two lines", "X-Cache: HIT from edge, MISS from shield\nVia: 1.1 shield\nVia: 1.1 edge\n", "shield MISS - -|edge HIT - -");
        row("others keep their place", "X-Cache: HIT from edge\nX-Proxy-Cache: MISS\nX-Cache: MISS from shield\nVia: 1.1 shield, 1.1 edge\n",
            "shield MISS - -|X-Proxy-Cache MISS - -|edge HIT - -");
        row("one name twice tells no order", "X-Cache: HIT from b, MISS from a\nVia: 1.1 a, 1.1 a, 1.1 b\n", "b HIT - -|a MISS - -");
        row("Via that is none", "X-Cache: HIT from b, MISS from a\nVia: b, (((, ,\n", "b HIT - -|a MISS - -");
        row("port in Via", "X-Cache: HIT from b, MISS from a\nVia: 1.1 A:80, HTTP/1.1 b:8080\n", "a MISS - -|b HIT - -");
    }
    void orderOfVia() { layers(); }

    void freshness_data()
    {
        layerColumns();
        row("age alone decides nothing", "Age: 12\r\n\r\n", "Age UNKNOWN - -");
        row("age belongs to the cache", "X-Cache: HIT\r\nAge: 12\r\n\r\n", "X-Cache HIT - -");
        row("negative age", "Age: -3\r\n\r\n", "");
        row("age no number", "Age: x\r\n\r\n", "");
        row("age with a sign", "Age: +3\n", "");
        row("age with a fraction", "Age: 3.5\n", "");
        row("first of a list", "X-Cache: HIT\nAge: 2, 7\nCache-Control: max-age=10\n", "X-Cache HIT 8 -");
        row("age over any integer", "X-Cache: HIT\nAge: 99999999999999999999\nCache-Control: max-age=10\n", "X-Cache HIT - -");
        row("age of what is counted at most", "X-Cache: HIT\nAge: 2147483648\nCache-Control: max-age=10\n", "X-Cache HIT - -");
        row("age below it", "X-Cache: HIT\nAge: 2147483647\nCache-Control: max-age=10\n", "X-Cache HIT -2147483637 -");
        row("lifetime over any integer", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=99999999999999999999\n", "X-Cache HIT - -");
        row("time left over any integer", "X-Cache-Status: HIT\nX-Cache-TTL: 99999999999999999999\n", "X-Cache-Status HIT - -");
        row("time left over what is counted", "X-Cache-Status: HIT\nX-Cache-TTL: 9223372036854775807\n", "X-Cache-Status HIT - -");
        row("of the cache that answered", "X-Cache: HIT from a\nX-Cache-Status: MISS\nAge: 4\nCache-Control: max-age=10\n", "a HIT 6 -|X-Cache-Status MISS - -");
        row("s-maxage before max-age", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=10, s-maxage=100\n", "X-Cache HIT 99 -");
        row("conflict: the most restrictive", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=30\nCache-Control: public, MAX-AGE=20\n", "X-Cache HIT 19 -");
        row("quoted", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=\"30\"\n", "X-Cache HIT 29 -");
        row("unreadable is stale", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=soon\n", "X-Cache HIT -1 -");
        row("no-store tells no lifetime", "X-Cache: HIT\nAge: 1\nCache-Control: no-store, max-age=10\n", "X-Cache HIT - -");
        row("inside quotes is no directive", "X-Cache: HIT\nAge: 1\nCache-Control: x=\"a, max-age=5\", max-age=10\n", "X-Cache HIT 9 -");
        row("no age, no guess", "X-Cache: HIT\nCache-Control: max-age=10\n", "X-Cache HIT - -");
        row("a cache's own word counts", "Cache-Status: a; hit; ttl=3\nAge: 1\nCache-Control: max-age=10\n", "a HIT 3 -");
    }
    void freshness() { layers(); }

    void details_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<QStringList>("details");
        QTest::addColumn<QList<QByteArray>>("raws");
        const auto add = [](const char* name, const QByteArray& head, const QStringList& details, const QList<QByteArray>& raws) {
            QTest::newRow(name) << head << details << raws;
        };
        add("Squid", "X-Cache: HIT from a (squid/5.7)\r\nAge: 12, 3\r\nX-Cache-TTL: soon\r\n\r\n",
            {QStringLiteral("(squid/5.7); X-Cache-TTL \"soon\" is no number; Age 12 s")}, {"HIT from a (squid/5.7)"});
        add("an inner list is no value of a parameter", "Cache-Status: \"a b\"; hit; ttl=3; detail=MEMORY; x-y=(1)\n", {QStringLiteral("not as RFC 8941 wants it")},
            {"\"a b\"; hit; ttl=3; detail=MEMORY; x-y=(1)"});
        add("parameters that nobody knows are kept", "Cache-Status: \"a b\"; hit; ttl=3; key=\"k\"; detail=MEMORY; x-y=:aGk=:; z\n", {QStringLiteral("MEMORY; x-y=:aGk=:; z")},
            {"\"a b\"; hit; ttl=3; key=\"k\"; detail=MEMORY; x-y=:aGk=:; z"});
        add("wrong types are shown", "Cache-Status: a; hit=1; ttl=x; detail=?1\n", {QStringLiteral("hit=1; ttl=x; detail=?1")}, {"a; hit=1; ttl=x; detail=?1"});
        add("forward", "Cache-Status: a; fwd=stale; fwd-status=304; collapsed=?0; stored; detail=\"x \\\"y\\\"\"\n",
            {QStringLiteral("x \"y\"; fwd=stale; fwd-status=304; collapsed=?0; stored")}, {"a; fwd=stale; fwd-status=304; collapsed=?0; stored; detail=\"x \\\"y\\\"\""});
        add("what was stored with the answer", "X-Cache: MISS from a, HIT from b\n", {QStringLiteral("said when b stored it"), QString()}, {"MISS from a", "HIT from b"});
        add("Apache", "X-Cache: MISS from w\nX-Cache-Detail: \"Cache-Control: no-store present\" from w\n", {QStringLiteral("Cache-Control: no-store present")}, {"MISS from w"});
        add("Fastly", "X-Cache: MISS\nX-Served-By: cache-a\nX-Cache-Hits: 0\nETag: W/\"1\"\n", {QStringLiteral("hits 0; or a pass: Fastly says MISS of both; ETag W/\"1\"")}, {"MISS"});
        add("beside a layer", "X-Cache: HIT\nX-Cacheable: YES\n", {QStringLiteral("X-Cacheable: YES")}, {"HIT"});
        add("broken over two lines", "Cache-Status: a\nCache-Status: \"\n", {QStringLiteral("not as RFC 8941 wants it")}, {"a, \""});
        const QString longest = QStringLiteral("2147483648 s or more, which is counted as that (RFC 9111)");
        add("age over any integer", "Age: 99999999999999999999\n", {QStringLiteral("Age ") + longest}, {"99999999999999999999"});
        add("lifetime over any integer", "X-Cache: HIT\nAge: 1\nCache-Control: max-age=99999999999999999999\n",
            {QStringLiteral("Age 1 s; Cache-Control gives ") + longest}, {"HIT"});
        add("time left over any integer", "X-Cache: HIT\nX-Cache-TTL: 99999999999999999999\n", {QStringLiteral("X-Cache-TTL ") + longest}, {"HIT"});
        add("bytes", "X-Cache: HIT (\x01\xff<b>)\n", {QStringLiteral("(\\x01\\xff<b>)")}, {"HIT (\x01\xff<b>)"});
    }
    void details()
    {
        QFETCH(QByteArray, head);
        QStringList details;
        QList<QByteArray> raws;
        for (const CacheLayer& layer : cacheLayers(parseHead(head))) {
            details << layer.detail;
            raws << layer.raw;
        }
        QTEST(details, "details");
        QTEST(raws, "raws");
    }

    void reckonedTtlIsMarked()
    {
        QVERIFY(cacheLayers(parseHead("X-Cache: HIT from a\nAge: 4\nCache-Control: max-age=10\n")).first().ttlReckoned);
        QVERIFY(!cacheLayers(parseHead("Cache-Status: a; hit; ttl=3\nAge: 4\n")).first().ttlReckoned);
    }

    void badInput_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("verdict");
        const QList<QByteArray> fields {"Cache-Status", "X-Cache", "X-Cache-Status", "X-Varnish", "CF-Cache-Status", "X-LiteSpeed-Cache", "X-Proxy-Cache"};
        for (const QByteArray& field : fields) {
            QTest::newRow(QByteArray(field + " NUL").constData()) << field << QByteArray("HI\0T", 4) << QStringLiteral("UNKNOWN");
            QTest::newRow(QByteArray(field + " bad UTF-8").constData()) << field << QByteArray("\xff\xc0\x80HIT") << QStringLiteral("UNKNOWN");
            QTest::newRow(QByteArray(field + " a megabyte").constData()) << field << QByteArray(1024 * 1024, '"') << QStringLiteral("UNKNOWN");
            QTest::newRow(QByteArray(field + " open parentheses").constData()) << field << QByteArray(100'000, '(') << QStringLiteral("UNKNOWN");
        }
    }
    void badInput()
    {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, value);
        const auto layers = cacheLayers({{field, value}});
        QCOMPARE(layers.size(), 1);
        QTEST(verdictName(layers.first().verdict), "verdict");
        QCOMPARE(layers.first().raw, value);
    }

    // Each of the fields, ten thousand lines of them; then one line of 64 KiB. Quadratic takes minutes.
    void timeIsLinear_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("value");
        const auto add = [](const char* field, const char* value) { QTest::newRow(field) << QByteArray(field) << QByteArray(value); };
        add("Cache-Status", "a; hit; ttl=3");
        add("X-Cache", "HIT from a");
        add("X-Cache-Status", "HIT");
        add("X-Cache-Key", "k");
        add("X-Cache-TTL", "3");
        add("X-Cache-Lookup", "HIT from a:3128");
        add("X-Cache-Detail", "\"cache hit\" from a");
        add("X-Cache-Hits", "3");
        add("X-Cache-Remote", "TCP_HIT from a");
        add("X-Served-By", "cache-a");
        add("X-Varnish", "5 4");
        add("X-LiteSpeed-Cache", "hit");
        add("X-Cacheable", "YES");
        add("Via", "1.1 a (x)");
        add("Age", "3");
        add("Cache-Control", "max-age=3");
        add("Warning", "110 a");
        add("X-Other-Cache", "HIT");
    }
    void timeIsLinear()
    {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, value);
        const double begin = cpuSeconds();
        Headers many;
        for (int i = 0; i < 10'000; ++i)
            many.emplace_back(field, value);
        many.emplace_back("X-Cache", "HIT from a");
        QVERIFY(!cacheLayers(many).isEmpty());
        const QByteArray line = QByteArray(value + ", ").repeated(64 * 1024 / (value.size() + 2)) + value;
        QVERIFY(!cacheLayers({{field, line}, {"X-Cache", "HIT, MISS"}}).isEmpty());
        QVERIFY2(cpuSeconds() - begin < 8, qPrintable(QString::number(cpuSeconds() - begin)));
    }

    void manyDifferentFields()
    {
        Headers many;
        constexpr int each = 2000; // 10,000 fields
        for (int i = 0; i < each; ++i) {
            many.emplace_back("X-Cache-" + QByteArray::number(i), i % 2 ? "HIT" : "what");
            many.emplace_back("X-Cache", "HIT from h" + QByteArray::number(i));
            many.emplace_back("X-Varnish", "5 4");
            many.emplace_back("Via", "1.1 h" + QByteArray::number(each - i));
            many.emplace_back("X-Cache-Key", "/L/" + QByteArray::number(i));
        }
        const double begin = cpuSeconds();
        QVERIFY(cacheLayers(many).size() >= 2 * each);
        QVERIFY2(cpuSeconds() - begin < 8, qPrintable(QString::number(cpuSeconds() - begin)));
    }
};

QTEST_GUILESS_MAIN(TestCacheHeaders)
#include "tst_cacheheaders.moc"
