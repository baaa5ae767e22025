// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"
#include "core/http/client.h"
#include "tests/support/cacheserver.h"
#include "tests/support/redistest.h"
#include "tests/support/runningserver.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QLocale>
#include <QTest>

#include <array>
#include <atomic>
#include <functional>

using namespace core::http;
using test::CacheServer;

namespace {

// What stands behind the caches. Each answer but /steady's holds another body:
//   /long       a minute
//   /changing   a second
//   /steady     a second, then 304 to who asks with its ETag
//   /failing    a second, and status 500 from fail() on
//   /app        a minute, with the fields of LightAPI's documentation
// Under /disabled the same.
class Origin final {
public:
    Origin()
    {
        route("/long", [](const auto&, auto& answer) { answer.set_header("Cache-Control", "public, max-age=60"); });
        route("/changing", [](const auto&, auto& answer) { answer.set_header("Cache-Control", "public, max-age=1"); });
        route("/steady", [](const auto& request, auto& answer) {
            answer.set_header("Cache-Control", "public, max-age=1");
            answer.set_header("ETag", "\"one\"");
            if (request.get_header_value("If-None-Match") != "\"one\"")
                return answer.set_content("{\"n\": 0}", "application/json");
            answer.status = 304;
            answer.set_header("Content-Length", "8"); // 0, which the library would write, contradicts what was stored
        });
        route("/failing", [this](const auto&, auto& answer) {
            answer.set_header("Cache-Control", "public, max-age=1");
            if (m_failing)
                answer.status = 500;
        });
        route("/app", [](const auto&, auto& answer) {
            answer.set_header("Cache-Control", "public, max-age=60");
            answer.set_header("X-Cache-Status", "MISS");
            answer.set_header("X-Cache-Key", "CachedProduct:/app");
            answer.set_header("X-Cache-TTL", "60");
        });
        m_running.server.set_keep_alive_max_count(1); // its few threads are not for connections that wait
        m_running.start();
    }
    quint16 port() const { return quint16(m_running.port()); }
    void fail() { m_failing = true; }

private:
    using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;
    void route(const std::string& path, Answer answer)
    {
        const auto full = [this, answer = std::move(answer)](const httplib::Request& request, httplib::Response& response) {
            response.set_header("Date", now()); // without it nothing is fresh to Squid
            answer(request, response);
            if (response.body.empty() && response.status != 304)
                response.set_content("{\"n\": " + std::to_string(++m_count) + "}", "application/json");
        };
        m_running.server.Get(path, full);
        m_running.server.Get("/disabled" + path, full);
        m_running.server.Get("/nocache" + path, full);
    }

    static std::string now()
    {
        return QLocale::c().toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'")).toStdString();
    }

    std::atomic<int> m_count = 0;
    std::atomic<bool> m_failing = false;
    RunningServer<> m_running;
};

QString shown(const QList<CacheLayer>& layers)
{
    QStringList out;
    for (const CacheLayer& layer : layers)
        out << layer.name + u' ' + verdictName(layer.verdict);
    return out.join(u'|');
}

}

// What real caches say, as Debian builds them, is read as they did.
class TestCacheLayers final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void answers_data();
    void answers();
    void chains_data();
    void chains();
    void anAppBehindNginx();

private:
    void moreOf(CacheServer::Kind kind, const QString& url);
    Response get(const QString& baseUrl, const QByteArray& target);
    QString read(const QString& baseUrl, const QByteArray& target) { return shown(cacheLayers(get(baseUrl, target).headers)); }

    Origin m_origin;
    std::array<CacheServer, 4> m_servers; // by Kind
    QElapsedTimer m_clock; // since they hold answers of a second
};

Response TestCacheLayers::get(const QString& baseUrl, const QByteArray& target)
{
    Client client({.baseUrl = baseUrl});
    const auto response = redistest::wait(client.send({.target = target}));
    if (!response)
        qFatal("%s: %s", target.constData(), qPrintable(redistest::told(response.error())));
    return *response;
}

void TestCacheLayers::initTestCase()
{
    for (std::size_t kind = 0; kind < m_servers.size(); ++kind)
        VERIFY_OK(m_servers[kind].startAndWait(CacheServer::Kind(kind), m_origin.port()));
    for (const CacheServer& server : m_servers) {
        for (const char* target : {"/changing", "/steady", "/failing"})
            get(server.baseUrl(), target);
    }
    get(m_servers[std::size_t(CacheServer::Kind::Varnish)].baseUrl(), "/changing?nograce");
    m_origin.fail();
    m_clock.start();
}

void TestCacheLayers::answers_data()
{
    using Kind = CacheServer::Kind;
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, Kind kind, const char* cache, const QStringList& expected) {
        QTest::newRow(name) << int(kind) << QString::fromLatin1(cache) << expected;
    };
    const auto list = [](const char* words) { return QString::fromLatin1(words).split(u' '); };
    // miss, hit, expired and changed, expired and not changed, expired and the origin fails, told to pass
    row("nginx", Kind::Nginx, "X-Cache-Status", list("MISS HIT EXPIRED REVALIDATED STALE BYPASS"));
    row("Varnish", Kind::Varnish, "varnish", list("MISS HIT STALE STALE STALE MISS"));
    row("Squid", Kind::Squid, "squid.example", list("MISS HIT EXPIRED HIT STALE MISS"));
    row("Apache httpd", Kind::Apache, "apache.example", list("MISS HIT MISS REVALIDATED STALE BYPASS"));
}

void TestCacheLayers::answers()
{
    QFETCH(int, kind);
    QFETCH(QString, name);
    QFETCH(QStringList, expected);
    const QString url = m_servers[std::size_t(kind)].baseUrl();
    QStringList read {this->read(url, "/long")};
    const auto fresh = cacheLayers(get(url, "/long").headers);
    read << shown(fresh);
    if (CacheServer::Kind(kind) != CacheServer::Kind::Nginx) { // which sends no Age
        QVERIFY(fresh.first().ttlReckoned);
        QVERIFY2(*fresh.first().ttlS > 40 && *fresh.first().ttlS <= 60, qPrintable(QString::number(*fresh.first().ttlS)));
    }
    QTRY_VERIFY_WITH_TIMEOUT(m_clock.elapsed() > 2200, 5000); // Age 2 is more than the second that they are given
    for (const char* target : {"/changing", "/steady", "/failing", "/nocache/long?nocache=1"})
        read << this->read(url, target);
    for (QString& verdict : expected)
        verdict = name + u' ' + verdict;
    QCOMPARE(read, expected);
    moreOf(CacheServer::Kind(kind), url);
}

// What only one of them can do.
void TestCacheLayers::moreOf(CacheServer::Kind kind, const QString& url)
{
    if (kind == CacheServer::Kind::Varnish) {
        QCOMPARE(read(url, "/long?vcl"), QStringLiteral("varnish MISS"));
        QCOMPARE(read(url, "/long?vcl"), QStringLiteral("varnish HIT"));
        QCOMPARE(read(url, "/nocache/long?nocache=1&vcl"), QStringLiteral("varnish BYPASS"));
        QCOMPARE(read(url, "/changing?nograce"), QStringLiteral("varnish MISS")); // over and gone: nothing is left that was expired
    }
    if (kind == CacheServer::Kind::Apache) {
        QCOMPARE(read(url, "/disabled/long"), QString()); // the cache is not asked and says nothing
    }
}

// The cache behind, the one before it, and what both say of a second and a third request: the one before answers those.
void TestCacheLayers::chains_data()
{
    using Kind = CacheServer::Kind;
    QTest::addColumn<int>("inner");
    QTest::addColumn<int>("outer");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    const auto row = [](const char* name, Kind inner, Kind outer, const char* first, const char* second) {
        QTest::newRow(name) << int(inner) << int(outer) << QString::fromLatin1(first) << QString::fromLatin1(second);
    };
    row("Varnish, nginx", Kind::Varnish, Kind::Nginx, "varnish MISS|X-Cache-Status MISS", "varnish MISS|X-Cache-Status HIT");
    row("nginx, Varnish", Kind::Nginx, Kind::Varnish, "X-Cache-Status MISS|varnish MISS", "X-Cache-Status MISS|varnish HIT");
    row("Varnish, Squid", Kind::Varnish, Kind::Squid, "varnish MISS|squid.example MISS", "varnish MISS|squid.example HIT");
    row("Squid, Varnish", Kind::Squid, Kind::Varnish, "squid.example MISS|varnish MISS", "squid.example MISS|varnish HIT");
    // httpd puts its X-Cache in the place of Squid's and leaves the lookup.
    row("Squid, Apache httpd", Kind::Squid, Kind::Apache, "squid.example MISS|apache.example MISS", "squid.example MISS|apache.example HIT");
}

void TestCacheLayers::chains()
{
    QFETCH(int, inner);
    QFETCH(int, outer);
    CacheServer before;
    VERIFY_OK(before.startAndWait(CacheServer::Kind(outer), m_servers[std::size_t(inner)].port()));
    const QByteArray target = "/long?in-front=" + QByteArray::number(outer);
    QTEST(read(before.baseUrl(), target), "first");
    QTEST(read(before.baseUrl(), target), "second");
}

// The fields of LightAPI's documentation stay the app's own, whatever nginx adds.
void TestCacheLayers::anAppBehindNginx()
{
    const QString url = m_servers[std::size_t(CacheServer::Kind::Nginx)].baseUrl();
    get(url, "/app");
    const auto layers = cacheLayers(get(url, "/app").headers);
    QCOMPARE(shown(layers), QStringLiteral("X-Cache-Status MISS|X-Cache-Status HIT"));
    QVERIFY(layers[0].maybeApp);
    QCOMPARE(layers[0].key, std::optional<QByteArray>("CachedProduct:/app"));
    QCOMPARE(layers[0].ttlS, std::optional<qint64>(60));
    get(url, "/long?app");
    const auto nginx = cacheLayers(get(url, "/long?app").headers);
    QCOMPARE(shown(nginx), QStringLiteral("X-Cache-Status HIT"));
    QVERIFY(!nginx[0].maybeApp); // Server names nginx
}

QTEST_GUILESS_MAIN(TestCacheLayers)
#include "tst_cachelayers.moc"
