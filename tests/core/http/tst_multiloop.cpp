// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/multiloop.h"
#include "scriptedserver.h"

#include <QTest>

using namespace core::http;

namespace {
constexpr qint64 shortUs = 1000;

std::size_t takeNothing(char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

// A GET of `url` on `loop`, and again by the same handle.
class Getter final {
public:
    Getter(MultiLoop& loop, const QByteArray& url)
        : m_loop(loop)
    {
        curl_easy_setopt(m_handle.get(), CURLOPT_URL, url.constData());
        curl_easy_setopt(m_handle.get(), CURLOPT_PROXY, "");
        curl_easy_setopt(m_handle.get(), CURLOPT_WRITEFUNCTION, &takeNothing);
        m_isFollowed = loop.followConnections(m_handle.get());
    }
    bool get()
    {
        curl_multi_add_handle(m_loop.multi(), m_handle.get());
        const bool isDone = QTest::qWaitFor([this] {
            m_loop.run(shortUs);
            int left = 0;
            const CURLMsg* message = curl_multi_info_read(m_loop.multi(), &left);
            return message && message->data.result == CURLE_OK;
        });
        curl_multi_remove_handle(m_loop.multi(), m_handle.get());
        return isDone && m_isFollowed;
    }

private:
    MultiLoop& m_loop;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> m_handle {curl_easy_init(), &curl_easy_cleanup};
    bool m_isFollowed = false;
};

// Nothing is told again and again: of a hundred turns most wait for nothing.
bool becomesQuiet(MultiLoop& loop)
{
    int told = 0;
    for (int i = 0; i < 100; ++i)
        told += loop.run(0) ? 1 : 0;
    return told < 10;
}

const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
}

class TestMultiLoop final : public QObject {
    Q_OBJECT
private slots:
    void usesAConnectionAgain()
    {
        ScriptedServer server({.answer = answer, .closeAfter = false});
        MultiLoop loop(4);
        QVERIFY(loop.open());
        Getter getter(loop, server.url().toLatin1());
        for (int i = 0; i < 3; ++i)
            QVERIFY(getter.get());
        QCOMPARE(server.connections(), 1);
        QVERIFY(becomesQuiet(loop));
    }

    // It stays registered between two answers; its end is told once, not at each turn, and the next request finds another.
    void forgetsAConnectionThatIsClosedWhileIdle()
    {
        ScriptedServer server({.answer = answer, .closeAfter = true});
        MultiLoop loop(4);
        QVERIFY(loop.open());
        Getter getter(loop, server.url().toLatin1());
        for (int i = 1; i <= 3; ++i) {
            QVERIFY(getter.get());
            QTRY_COMPARE(server.disconnections(), i); // the end is in the socket now
            QVERIFY(becomesQuiet(loop));
            QCOMPARE(server.connections(), i);
        }
    }

    void isWoken()
    {
        MultiLoop loop(4);
        QVERIFY(loop.open());
        QVERIFY(!loop.run(0));
        loop.wake();
        QVERIFY(loop.run(60'000'000));
        QVERIFY(!loop.run(0));
    }
};

QTEST_GUILESS_MAIN(TestMultiLoop)
#include "tst_multiloop.moc"
