// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/verdictscenarios.h"

#include <csignal>

using core::replay::ReplayResult;

namespace {
const QByteArray books = "lightapi:Book:/books:";
const QByteArray brief = "lightapi:Short:/short:";
const QByteArray foreignBody = R"({"results": [{"id": 99}]})";
const QByteArray overrideBody = R"({"results": [{"id": 1, "title": "always the same"}]})"; // app.py
constexpr int beyondShortMs = 2'400; // class Short lives for 2 s
constexpr int patienceOfTheAskerMs = 4'000;

ReplayResult stored(VerdictStage& s)
{
    return s.one("/books?page=1");
}

ReplayResult hit(VerdictStage& s)
{
    s.prime("/books");
    return s.one("/books");
}

ReplayResult ranOutWatched(VerdictStage& s)
{
    const auto results = s.replay({.targets = {"/short"}, .repeat = 2, .intervalMs = beyondShortMs});
    return results.isEmpty() ? ReplayResult() : results.last();
}

ReplayResult ranOutBetweenRuns(VerdictStage& s)
{
    s.one("/short");
    s.waitUntilGone(brief);
    return s.one("/short");
}

ReplayResult ranOutMeanwhile(VerdictStage& s)
{
    s.prime("/short");
    s.relay->doBeforeAsking([&s] { s.waitUntilGone(brief); });
    return s.one("/short");
}

ReplayResult ranOutAfter(VerdictStage& s)
{
    s.prime("/short");
    s.relay->doBeforeAnswering([&s] { s.waitUntilGone(brief); });
    return s.one("/short");
}

ReplayResult askedByAnother(VerdictStage& s)
{
    s.relay->doBeforeAsking([&s] { s.prime("/books"); });
    return s.one("/books");
}

ReplayResult ranOutUnseen(VerdictStage& s)
{
    s.prime("/short");
    s.waitUntilGone(brief);
    return s.one("/short");
}

ReplayResult purgedBefore(VerdictStage& s, const QByteArray& method, const QByteArray& body)
{
    s.prime("/books");
    s.relay->doBeforeAsking([&s, method, body] { s.otherRequest(method, "/books", body); });
    return s.one("/books");
}

ReplayResult purgedAfter(VerdictStage& s)
{
    s.prime("/books");
    s.relay->doBeforeAnswering([&s] { s.otherRequest("HEAD", "/books"); });
    return s.one("/books");
}

ReplayResult storedAndPurged(VerdictStage& s)
{
    s.relay->doBeforeAnswering([&s] { s.otherRequest("HEAD", "/books"); });
    return s.one("/books");
}

ReplayResult overwrittenBefore(VerdictStage& s)
{
    s.prime("/books");
    s.relay->doBeforeAsking([&s] { s.other({"SETEX", books, "60", foreignBody}); });
    return s.one("/books");
}

ReplayResult overwrittenAfter(VerdictStage& s)
{
    s.prime("/books");
    s.relay->doBeforeAnswering([&s] { s.other({"SETEX", books, "60", foreignBody}); });
    return s.one("/books");
}

ReplayResult otherType(VerdictStage& s)
{
    s.other({"RPUSH", books, "x"});
    return s.one("/books");
}

ReplayResult null(VerdictStage& s)
{
    s.other({"SETEX", books, "60", "null"});
    return s.one("/books");
}

ReplayResult overridden(VerdictStage& s)
{
    return s.one("/override");
}

ReplayResult overriddenWithEntry(VerdictStage& s)
{
    s.other({"SETEX", "lightapi:Override:/override:", "60", overrideBody});
    return s.one("/override");
}

// Somebody stores the same answer under another key of the class while LightAPI makes its own.
ReplayResult overriddenWithTwin(VerdictStage& s)
{
    s.relay->doBeforeAsking([&s] { s.other({"SETEX", "lightapi:Override:/override:", "60", overrideBody}); });
    return s.one("/override?page=1");
}

ReplayResult otherRelease(VerdictStage& s)
{
    const QVersionNumber real = s.routes.release();
    s.routes.setRelease(real >= QVersionNumber(0, 3) ? QVersionNumber(0, 2, 1) : QVersionNumber(0, 4, 0));
    ReplayResult result = s.one("/varied?page=1&lang=en");
    s.routes.setRelease(real);
    return result;
}

ReplayResult redisHangs(VerdictStage& s)
{
    s.prime("/books");
    const auto pid = pid_t(s.redis.pid());
    s.relay->doBeforeAsking([pid] { ::kill(pid, SIGSTOP); });
    ReplayResult result = s.oneWithin("/books", patienceOfTheAskerMs);
    ::kill(pid, SIGCONT);
    return result;
}

ReplayResult redisRefuses(VerdictStage& s)
{
    s.redis.kill();
    ReplayResult result = s.one("/books");
    if (const auto up = s.redis.restartAndWait(); !up)
        s.problem = QStringLiteral("Redis did not come back");
    return result;
}

ReplayResult redisFull(VerdictStage& s)
{
    s.other({"CONFIG", "SET", "maxmemory", "1"});
    ReplayResult result = s.one("/books");
    s.other({"CONFIG", "SET", "maxmemory", "0"});
    return result;
}

// The request before it in the same run stored the same answer under its own key, a moment ago, and was the last that Redis had room for.
ReplayResult redisFullWithTwin(VerdictStage& s)
{
    s.relay->doBeforeAnswering([&s] { s.other({"CONFIG", "SET", "maxmemory", "1"}); });
    const auto results = s.replay({.targets = {"/books?page=1", "/books"}});
    s.other({"CONFIG", "SET", "maxmemory", "0"});
    return results.isEmpty() ? ReplayResult() : results.last();
}

// As long as its time to live is beyond the configured one, that does not tell since when it is there.
ReplayResult redisFullWithLastingTwin(VerdictStage& s)
{
    s.prime("/books?page=1");
    s.other({"EXPIRE", books + "page=1", "3600"});
    return redisFull(s);
}

ReplayResult replica(VerdictStage& s)
{
    s.other({"REPLICAOF", "127.0.0.1", "1"});
    ReplayResult result = s.one("/books");
    s.other({"REPLICAOF", "NO", "ONE"});
    return result;
}
}

const QList<VerdictScenario>& verdictScenarios()
{
    static const auto get = [](const QByteArray& target) { return [target](VerdictStage& s) { return s.one(target); }; };
    static const QList<VerdictScenario> all {
        {"stored", QStringLiteral("nothing was there"), stored},
        {"asked by another", QStringLiteral("nothing was there; another asks for it before LightAPI looks"), askedByAnother},
        {"hit", QStringLiteral("the entry is there"), hit},
        {"ran out, watched", QStringLiteral("the entry ran out between two requests of one run"), ranOutWatched},
        {"ran out, seen", QStringLiteral("the entry ran out between two runs, seen in the first"), ranOutBetweenRuns},
        {"ran out, meanwhile", QStringLiteral("the entry runs out before LightAPI looks"), ranOutMeanwhile},
        {"ran out, after", QStringLiteral("the entry runs out after LightAPI answered"), ranOutAfter},
        {"ran out, unseen", QStringLiteral("the entry ran out, nobody had seen it"), ranOutUnseen},
        {"purged by POST", QStringLiteral("somebody's POST purges the class before LightAPI looks"), [](auto& s) { return purgedBefore(s, "POST", R"({"title": "new"})"); }},
        {"purged by HEAD", QStringLiteral("somebody's HEAD purges the class before LightAPI looks"), [](auto& s) { return purgedBefore(s, "HEAD", {}); }},
        {"purged after", QStringLiteral("somebody's HEAD purges the class after LightAPI answered"), purgedAfter},
        {"stored, purged", QStringLiteral("nothing was there; what LightAPI stored is purged at once"), storedAndPurged},
        {"overwritten before", QStringLiteral("another writer replaces the entry before LightAPI looks"), overwrittenBefore},
        {"overwritten after", QStringLiteral("another writer replaces the entry after LightAPI answered"), overwrittenAfter},
        {"other type", QStringLiteral("a list is under the key"), otherType},
        {"null", QStringLiteral("`null` is under the key"), null},
        {"overridden", QStringLiteral("get() is overridden, no entry"), overridden},
        {"overridden, entry", QStringLiteral("get() is overridden, an equal entry is there"), overriddenWithEntry},
        {"overridden, twin", QStringLiteral("get() is overridden, an equal entry appears under another key"), overriddenWithTwin},
        {"not cached", QStringLiteral("the class is not cached"), get("/plain")},
        {"404", QStringLiteral("404"), get("/books/999")},
        {"redirect", QStringLiteral("redirect (307 of `/books/`)"), get("/books/")},
        {"other release", QStringLiteral("the profile says another release"), otherRelease},
        {"full", QStringLiteral("Redis is full (OOM)"), redisFull},
        {"full, twin", QStringLiteral("Redis is full (OOM), an equal entry is under another key, just stored"), redisFullWithTwin},
        {"full, lasting twin", QStringLiteral("Redis is full (OOM), an equal entry is under another key and lasts longer than configured"), redisFullWithLastingTwin},
        {"replica", QStringLiteral("Redis is a read-only replica"), replica},
        {"hangs", QStringLiteral("Redis hangs before LightAPI looks"), redisHangs},
        {"refuses", QStringLiteral("Redis refuses connections"), redisRefuses},
    };
    return all;
}
