// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/tagwriters.h"
#include "tests/support/runtest.h"

using namespace core;
using namespace core::invalidate;
using namespace core::redis;
using namespace redistest;
using namespace runtest;
using Style = TagWriters::Style;

namespace {
    const QByteArray tagKey = "tag:table:k";

    // Live entries that their index does not name, counted in one go.
    const QByteArray untaggedScript = R"(local named = {}
local kind = redis.call('TYPE', KEYS[1]).ok
local list = {}
if kind == 'string' then list = cjson.decode(redis.call('GET', KEYS[1]))
elseif kind == 'set' then list = redis.call('SMEMBERS', KEYS[1])
elseif kind == 'zset' then list = redis.call('ZRANGE', KEYS[1], 0, -1) end
for i = 1, #list do named[list[i]] = true end
local untagged = 0
for _, key in ipairs(redis.call('KEYS', 'k:*')) do
  if not named[key] then untagged = untagged + 1 end
end
return untagged
)";
}

// What an invalidation by tag is for: afterwards no entry is live that its tag does not name, though writers store and tag all the
// while. By sharing one server with threads that write as fast as it takes them.
class TestTagRace final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void leavesNothingLiveButUntagged_data();
    void leavesNothingLiveButUntagged();
    void theNaiveWayDoes();

private:
    qint64 untagged();
    std::unique_ptr<Session> sessionFor(bool eval);
    Result<RunSummary> invalidateOnce(Session& session);

    demo::RedisProcess m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Session> m_session;
};

void TestTagRace::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestTagRace::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestTagRace::cleanup()
{
    m_session.reset();
}

qint64 TestTagRace::untagged()
{
    const Reply reply = ask(*m_session, {"EVAL", untaggedScript, "1", tagKey});
    return reply.type == Reply::Type::Integer ? reply.integer : -1;
}

std::unique_ptr<Session> TestTagRace::sessionFor(bool eval)
{
    ask(*m_session, {"ACL", "SETUSER", "operator", "reset", "on", ">secret", "~*", "&*", "+@all", eval ? "+eval" : "-eval"});
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "operator";
    endpoint.password = "secret";
    auto session = std::make_unique<Session>(endpoint);
    const auto opened = wait(session->open());
    return opened ? std::move(session) : nullptr;
}

// Plan and run as a deploy script does. A tag that never stood still is kept, which leaves nothing untagged either.
Result<RunSummary> TestTagRace::invalidateOnce(Session& session)
{
    Planner planner(&session, cache::RouteTable(), {{Selector::Kind::Tag, "table:k"}}, {});
    if (!finishes(planner) || !planner.outcome())
        return fail(planner.outcome() ? Error {Code::Timeout, Reason::None, {}, {}} : planner.outcome().error());
    Run run(&session, planner.plan(), {0, m_folder->filePath(QStringLiteral("audit.ndjson")), {}});
    if (!finishes(run))
        return fail(Code::Timeout);
    if (!run.outcome() && run.outcome().error().reason != Reason::TagStillWritten)
        return fail(run.outcome().error());
    return run.summary();
}

void TestTagRace::leavesNothingLiveButUntagged_data()
{
    QTest::addColumn<Style>("style");
    QTest::addColumn<int>("writers");
    QTest::addColumn<bool>("again");
    QTest::addColumn<bool>("eval");
    QTest::addRow("Lua append, new keys") << Style::LuaAppend << 4 << false << true;
    QTest::addRow("Lua append, the same keys") << Style::LuaAppend << 4 << true << true;
    QTest::addRow("Lua append, new keys, we may not EVAL") << Style::LuaAppend << 4 << false << false;
    QTest::addRow("Lua append, the same keys, we may not EVAL") << Style::LuaAppend << 4 << true << false;
    QTest::addRow("SADD, new keys") << Style::SetAdd << 4 << false << true;
    QTest::addRow("SADD, the same keys") << Style::SetAdd << 4 << true << true;
    QTest::addRow("ZADD, new keys") << Style::ZsetAdd << 4 << false << true;
    QTest::addRow("one writer like the caching example") << Style::Seed << 1 << false << true;
    QTest::addRow("one such writer, the same keys") << Style::Seed << 1 << true << true;
    QTest::addRow("one such writer, we may not EVAL") << Style::Seed << 1 << false << false;
}

void TestTagRace::leavesNothingLiveButUntagged()
{
    QFETCH(Style, style);
    QFETCH(int, writers);
    QFETCH(bool, again);
    QFETCH(bool, eval);
    auto session = sessionFor(eval);
    QVERIFY(session);
    TagWriters busy(m_server.socketPath(), tagKey, style, writers, again);
    QTRY_VERIFY(busy.written() > 100);
    qint64 deleted = 0;
    for (int round = 0; round < 3; ++round) {
        const long long before = busy.written();
        const auto summary = invalidateOnce(*session);
        VERIFY_OK(summary);
        deleted += summary->deleted + summary->appeared;
        // Atomic writers have tagged whatever lives at any moment; the example's way tags a moment later.
        if (style != Style::Seed)
            QCOMPARE(untagged(), 0);
        QTRY_VERIFY(busy.written() > before); // they did write meanwhile
        QVERIFY(!busy.failed());
    }
    busy.stop();
    QVERIFY(deleted > 0);
    QCOMPARE(untagged(), 0);
}

// That the test above can see what it looks for: GET, delete what is listed, delete the list.
void TestTagRace::theNaiveWayDoes()
{
    TagWriters busy(m_server.socketPath(), tagKey, Style::LuaAppend, 4, false);
    QTRY_VERIFY(busy.written() > 100);
    const Reply list = ask(*m_session, {"GET", tagKey});
    const long long before = busy.written();
    QTRY_VERIFY(busy.written() > before + 20);
    ask(*m_session, {"UNLINK", tagKey});
    busy.stop();
    QVERIFY(list.isString());
    QVERIFY(untagged() > 0);
}

QTEST_GUILESS_MAIN(TestTagRace)
#include "tst_tagrace.moc"
