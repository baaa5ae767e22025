// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/verdict.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace core;
using namespace core::replay;
using Says = http::Verdict;

namespace {
const QByteArray body = "{\"id\":1}";
const QByteArray key = "lightapi:Book:/books:";

Snapshot absentAt(qint64 ms, qint64 hits, qint64 misses, qint64 own)
{
    Snapshot s;
    s.monotonicMs = ms;
    s.roundTripMs = 1;
    s.keyspaceHits = hits;
    s.keyspaceMisses = misses;
    s.ownLookups = own;
    s.countersKnown = true;
    return s;
}
Snapshot presentAt(qint64 ms, qint64 pttlMs, qint64 idleS, qint64 hits, qint64 misses, qint64 own)
{
    Snapshot s = absentAt(ms, hits, misses, own);
    s.exists = true;
    s.pttlMs = pttlMs;
    s.type = "string";
    s.memoryBytes = 120;
    s.idleS = idleS;
    return s;
}

// Snapshots 100 ms apart; the counters stand at 1000 hits and 100 misses; ours are 3 a snapshot.
VerdictInput base()
{
    VerdictInput input;
    input.cached = cache::Cached::Yes;
    input.predictedKey = key;
    input.status = 200;
    input.body = body;
    input.policyTtlS = 60;
    return input;
}
VerdictInput missed()
{
    VerdictInput input = base();
    input.before = absentAt(1000, 1000, 100, 3);
    input.after = presentAt(1100, 59'990, 0, 1003, 101, 6);
    input.storedAfter = "{\"id\": 1}";
    return input;
}
VerdictInput hit()
{
    VerdictInput input = base();
    input.before = presentAt(1000, 30'000, 5, 1000, 100, 3);
    input.after = presentAt(1100, 29'900, 0, 1004, 100, 6);
    input.storedAfter = "{\"id\": 1}";
    return input;
}
VerdictInput nothing()
{
    VerdictInput input = base();
    input.before = absentAt(1000, 1000, 100, 3);
    input.after = absentAt(1100, 1000, 104, 6);
    return input;
}
// Asked for by one, who found nothing; another key of the class came with this answer.
VerdictInput elsewhere()
{
    VerdictInput input = nothing();
    input.after.ownMisses = 3;
    input.storedElsewhere = "lightapi:Book:/books:a=1";
    input.elsewhereIsDated = true;
    return input;
}
VerdictInput vanishing(qint64 pttlMs)
{
    VerdictInput input = base();
    input.before = presentAt(1000, pttlMs, 5, 1000, 100, 3);
    input.after = absentAt(1100, 1000, 104, 6);
    input.after.ownMisses = 3;
    return input;
}
// Asked for by one, who found nothing.
VerdictInput replaced(qint64 pttlMs)
{
    VerdictInput input = hit();
    input.before.pttlMs = pttlMs;
    input.after.pttlMs = 59'990;
    input.after.keyspaceHits = 1003;
    input.after.keyspaceMisses = 101;
    input.after.ownHits = 3;
    return input;
}
VerdictInput with(VerdictInput input, const std::function<void(VerdictInput&)>& change)
{
    change(input);
    return input;
}
VerdictInput withHead(VerdictInput input, const QByteArray& head)
{
    input.headers = http::parseHead(head);
    input.layers = http::cacheLayers(input.headers);
    return input;
}
// No idle time: what is left is the counter.
VerdictInput countedOnly(qint64 hits, qint64 misses)
{
    VerdictInput input = hit();
    input.before.idleS = 1;
    input.after.keyspaceHits = hits;
    input.after.keyspaceMisses = misses;
    return input;
}

QString whats(const replay::Verdict& verdict)
{
    QStringList out;
    for (const Contradiction& contradiction : verdict.contradictions)
        out << contradiction.what;
    return out.join(u' ');
}
}

class TestVerdict final : public QObject {
    Q_OBJECT
private slots:
    void rules_data()
    {
        QTest::addColumn<VerdictInput>("input");
        QTest::addColumn<Says>("verdict");
        QTest::addColumn<Sureness>("sureness");
        const auto row = [](const char* name, const VerdictInput& input, Says verdict, Sureness sureness) {
            QTest::newRow(name) << input << verdict << sureness;
        };
        // (a)
        const auto noRedis = [](VerdictInput& i) { i.redisReached = false; };
        const auto noRoute = [](VerdictInput& i) {
            i.routeKnown = false;
            i.predictedKey.reset();
        };
        row("a no Redis, no header", with(base(), noRedis), Says::Unknown, Sureness::None);
        row("a no Redis, header HIT", withHead(with(base(), noRedis), "X-Cache: HIT\n"), Says::Hit, Sureness::Likely);
        row("a no Redis, header STALE", withHead(with(base(), noRedis), "X-Cache-Status: STALE\n"), Says::Hit, Sureness::Likely);
        row("a no route, header MISS", withHead(with(base(), noRoute), "X-Cache: MISS, HIT\n"), Says::Miss, Sureness::Likely);
        row("a no route, Age alone", withHead(with(base(), noRoute), "Age: 5\n"), Says::Unknown, Sureness::None);
        const auto notCached = [](VerdictInput& i) { i.cached = cache::Cached::No; };
        row("a not cached", with(nothing(), notCached), Says::Bypass, Sureness::Exact);
        row("a said not to be cached, yet stored", with(missed(), notCached), Says::Miss, Sureness::Exact);
        row("no answer", with(nothing(), [](VerdictInput& i) { i.status = 0; }), Says::Unknown, Sureness::None);
        row("another server after", with(hit(), [](VerdictInput& i) { i.otherServer = true; }), Says::Unknown, Sureness::None);
        row("another server after, header HIT", withHead(with(hit(), [](VerdictInput& i) { i.otherServer = true; }), "X-Cache: HIT\n"), Says::Unknown, Sureness::None);
        row("c too large to be read", with(hit(), [](VerdictInput& i) { i.storedAfter.clear(); i.unreadBytes = 100'000'000; }), Says::Unknown, Sureness::None);
        row("another method", with(hit(), [](VerdictInput& i) { i.method = "POST"; }), Says::Bypass, Sureness::Exact);
        // (b)
        row("b stored", missed(), Says::Miss, Sureness::Exact);
        row("b stored, no policy known", with(missed(), [](VerdictInput& i) { i.policyTtlS.reset(); }), Says::Miss, Sureness::Exact);
        row("b stored with the policy's last tick", with(missed(), [](VerdictInput& i) { i.after.pttlMs = 60'050; }), Says::Miss, Sureness::Exact);
        row("b another body stored", with(missed(), [](VerdictInput& i) { i.storedAfter = "[]"; }), Says::Unknown, Sureness::None);
        // A middleware may change what was stored before it is answered.
        const auto askedOnce = [](VerdictInput& i) { i.before.ownMisses = 3; i.after.ownMisses = 3; i.after.ownHits = 3; };
        row("b another body stored, asked for once", with(with(missed(), askedOnce), [](VerdictInput& i) { i.storedAfter = "[]"; }), Says::Miss, Sureness::Likely);
        row("b asked for once", with(missed(), askedOnce), Says::Miss, Sureness::Exact);
        const auto notAsked = [](VerdictInput& i) { i.after.keyspaceMisses = 100; };
        // Another request may have stored it, and this one have found it.
        const auto alsoFound = [](VerdictInput& i) { i.after.keyspaceHits = 1004; };
        row("b one missed and one hit", with(missed(), alsoFound), Says::Unknown, Sureness::None);
        row("b one missed and one hit, told apart", with(with(missed(), askedOnce), alsoFound), Says::Unknown, Sureness::None);
        row("b counters not known", with(missed(), [](VerdictInput& i) { i.after.countersKnown = false; }), Says::Miss, Sureness::Likely);
        row("b the one lookup hit", with(with(missed(), askedOnce), [](VerdictInput& i) { i.after.keyspaceHits = 1004; i.after.keyspaceMisses = 100; }), Says::Unknown, Sureness::None);
        row("b nobody asked for it", with(missed(), notAsked), Says::Unknown, Sureness::None);
        row("b nobody asked for it, another scheme", with(with(missed(), notAsked), [](VerdictInput& i) { i.scheme = QStringLiteral("seed-v1"); }), Says::Miss, Sureness::Exact);
        row("b longer than the policy", with(missed(), [](VerdictInput& i) { i.after.pttlMs = 90'000; }), Says::Miss, Sureness::Likely);
        row("b longer, another body", with(missed(), [](VerdictInput& i) { i.after.pttlMs = 90'000; i.storedAfter = "[]"; }), Says::Unknown, Sureness::None);
        row("b without expiry", with(missed(), [](VerdictInput& i) { i.after.pttlMs = -1; }), Says::Unknown, Sureness::None);
        row("b envelope", with(missed(), [](VerdictInput& i) { i.storedAfter = "{\"data\": {\"id\": 1}, \"status_code\": 200}"; }), Says::Miss, Sureness::Exact);
        row("b envelope of another status", with(missed(), [](VerdictInput& i) { i.storedAfter = "{\"data\": {\"id\": 1}, \"status_code\": 201}"; }), Says::Miss, Sureness::Likely);
        // (c)
        row("c idle fell", hit(), Says::Hit, Sureness::Exact);
        row("c idle fell on a busy server", with(hit(), [](VerdictInput& i) { i.after.keyspaceHits = 5000; }), Says::Hit, Sureness::Exact);
        row("c equal body, idle did not fall", with(hit(), [](VerdictInput& i) { i.after.idleS = 5; i.after.keyspaceHits = 1003; }), Says::Bypass, Sureness::Exact);
        row("c idle did not fall, others read other keys", with(hit(), [](VerdictInput& i) { i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        row("c idle stands still while a child saves, counter tells", with(hit(), [](VerdictInput& i) { i.after.idleS = 5; i.after.savingChild = true; }), Says::Hit, Sureness::Exact);
        row("c a child saves, counter not known", with(hit(), [](VerdictInput& i) { i.after.idleS = 5; i.before.savingChild = true; i.before.countersKnown = false; }), Says::Hit, Sureness::Likely);
        row("c whether a child saves is not known", with(hit(), [](VerdictInput& i) { i.after.idleS = 5; i.after.savingKnown = false; i.before.countersKnown = false; }), Says::Hit, Sureness::Likely);
        // What LightAPI did with an equal entry is not told by an idle time that we set back ourselves.
        const auto readByUs = [](VerdictInput& i) { i.ownReads = 1; };
        row("c idle fell, but we read it too", with(countedOnly(1009, 100), [&](VerdictInput& i) { i.before.idleS = 5; readByUs(i); }), Says::Hit, Sureness::Likely);
        row("c we read it too, the counter tells", with(hit(), [&](VerdictInput& i) { readByUs(i); i.after.keyspaceHits = 1003; }), Says::Bypass, Sureness::Exact);
        // Read at the start of a request of some seconds, it is idle again at the end of it.
        const auto slow = [](qint64 idleBefore, qint64 idleAfter) {
            return with(hit(), [=](VerdictInput& i) {
                i.before.idleS = idleBefore;
                i.after = presentAt(6000, 25'000, idleAfter, 5000, 100, 6);
            });
        };
        row("c slow, read at its start", slow(3, 5), Says::Hit, Sureness::Exact);
        row("c slow, read in its middle", slow(30, 2), Says::Hit, Sureness::Exact);
        row("c slow, not read", slow(30, 35), Says::Bypass, Sureness::Exact);
        row("c slow, not read, clock behind", slow(30, 34), Says::Bypass, Sureness::Exact);
        row("c slow, between both", slow(2, 6), Says::Hit, Sureness::Likely);
        row("c slow, idle for a while, then read by nobody now", slow(30, 20), Says::Hit, Sureness::Likely);
        row("c counter: ours and one", countedOnly(1004, 100), Says::Hit, Sureness::Exact);
        row("c counter: ours only", countedOnly(1003, 100), Says::Bypass, Sureness::Exact);
        row("c counter: others too", countedOnly(1009, 100), Says::Hit, Sureness::Likely);
        row("c counter: one, but a miss", countedOnly(1003, 101), Says::Hit, Sureness::Likely);
        row("c counter reset", countedOnly(4, 0), Says::Hit, Sureness::Likely);
        row("c no witness (LFU)", with(countedOnly(1009, 100), [](VerdictInput& i) { i.before.idleS.reset(); i.after.idleS.reset(); }), Says::Hit, Sureness::Likely);
        row("c counters not readable", with(countedOnly(1004, 100), [](VerdictInput& i) { i.after.countersKnown = false; }), Says::Hit, Sureness::Likely);
        row("c immortal entry", with(hit(), [](VerdictInput& i) { i.before.pttlMs = i.after.pttlMs = -1; }), Says::Hit, Sureness::Exact);
        row("c other status", with(hit(), [](VerdictInput& i) { i.status = 404; i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        row("c compressed answer", withHead(hit(), "Content-Encoding: gzip\n"), Says::Unknown, Sureness::None);
        row("c compressed, and undone", with(withHead(hit(), "Content-Encoding: gzip\n"), [](VerdictInput& i) { i.bodyDecoded = true; }), Says::Hit, Sureness::Exact);
        row("c identity coding", withHead(hit(), "Content-Encoding: identity\n"), Says::Hit, Sureness::Exact);
        row("c value could not be read", with(hit(), [](VerdictInput& i) { i.storedAfter.clear(); }), Says::Unknown, Sureness::None);
        row("c value could not be read, nobody read it", with(hit(), [](VerdictInput& i) { i.storedAfter.clear(); i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        row("c split: others missed, none hit", with(countedOnly(1003, 105), [](VerdictInput& i) { i.before.ownHits = 3; i.after.ownHits = 6; }), Says::Bypass, Sureness::Exact);
        row("c split: one hit among misses", with(countedOnly(1004, 105), [](VerdictInput& i) { i.before.ownHits = 3; i.after.ownHits = 6; }), Says::Hit, Sureness::Likely);
        // (d)
        const auto otherBody = [](VerdictInput& i) { i.storedAfter = "{\"id\": 2}"; };
        row("d differs, untouched", with(with(hit(), otherBody), [](VerdictInput& i) { i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        row("d differs, no witness", with(with(countedOnly(1009, 100), otherBody), [](VerdictInput&) { }), Says::Bypass, Sureness::Likely);
        row("d differs, yet read", with(hit(), otherBody), Says::Unknown, Sureness::None);
        row("d another type there", with(hit(), [](VerdictInput& i) { i.before.type = i.after.type = "list"; i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        row("d 1.0 is not 1", with(hit(), [](VerdictInput& i) { i.body = "{\"id\":1.0}"; i.after.idleS = 5; }), Says::Bypass, Sureness::Exact);
        // (e)
        row("e ran out in between", replaced(80), Says::Expired, Sureness::Exact);
        row("e within the tolerance", replaced(150), Says::Expired, Sureness::Exact);
        row("e seen earlier", with(missed(), [](VerdictInput& i) { i.knownEndMs = 400; }), Says::Expired, Sureness::Likely);
        row("e seen earlier and watched", with(missed(), [](VerdictInput& i) { i.knownEndMs = 400; i.endWitnessed = true; }), Says::Expired, Sureness::Exact);
        row("e seen earlier and watched, another body", with(missed(), [](VerdictInput& i) { i.knownEndMs = 400; i.endWitnessed = true; i.storedAfter = "[]"; }), Says::Unknown, Sureness::None);
        row("e ran out in between, others ask too", with(replaced(80), [](VerdictInput& i) { i.after.keyspaceHits = 1004; }), Says::Unknown, Sureness::None);
        row("e ran out in between, but was found before", with(replaced(80), [](VerdictInput& i) { i.after.keyspaceHits = 1004; i.after.keyspaceMisses = 100; }), Says::Unknown, Sureness::None);
        row("e seen earlier and watched, others ask too", with(missed(), [](VerdictInput& i) { i.knownEndMs = 400; i.endWitnessed = true; i.after.keyspaceHits = 1004; }), Says::Unknown, Sureness::None);
        row("e ran out in between, another body", with(replaced(80), [](VerdictInput& i) { i.storedAfter = "[]"; }), Says::Expired, Sureness::Likely);
        row("e ran out in between, another body, others ask too", with(replaced(80), [](VerdictInput& i) { i.storedAfter = "[]"; i.after.keyspaceHits = 1004; }), Says::Unknown, Sureness::None);
        row("e ran out in between, too long", with(replaced(80), [](VerdictInput& i) { i.after.pttlMs = 90'000; }), Says::Expired, Sureness::Likely);
        row("e seen earlier, end not reached: deleted", with(missed(), [](VerdictInput& i) { i.knownEndMs = 30'000; }), Says::Miss, Sureness::Exact);
        // (f)
        row("f replaced early", replaced(30'000), Says::Unknown, Sureness::None);
        const auto envelopeBody = [](VerdictInput& i) {
            i.body = i.storedAfter = R"({"data": [1], "status_code": 404})"; // an endpoint of its own with these two members
        };
        row("c a body that looks like an envelope", with(with(hit(), envelopeBody), [](VerdictInput& i) { i.scheme = QStringLiteral("lightapi-v2"); }), Says::Hit, Sureness::Exact);
        row("f only the witness saw it", with(hit(), [](VerdictInput& i) { i.written = true; }), Says::Unknown, Sureness::None);
        row("c the witness saw no write", with(hit(), [](VerdictInput& i) { i.written = false; }), Says::Hit, Sureness::Exact);
        // Redis' own clock was set: times jump, and nothing was written.
        row("c time jumped, not written", with(hit(), [](VerdictInput& i) { i.after.pttlMs = 59'000; i.written = false; }), Says::Hit, Sureness::Exact);
        row("c time jumped back, not written", with(hit(), [](VerdictInput& i) { i.after.pttlMs = 1000; i.written = false; }), Says::Hit, Sureness::Exact);
        row("f replaced just over the tolerance", replaced(153), Says::Unknown, Sureness::None);
        row("f size changed", with(hit(), [](VerdictInput& i) { i.after.memoryBytes = 300; }), Says::Unknown, Sureness::None);
        row("f shortened", with(hit(), [](VerdictInput& i) { i.after.pttlMs = 1000; }), Says::Unknown, Sureness::None);
        row("f got an expiry", with(hit(), [](VerdictInput& i) { i.before.pttlMs = -1; }), Says::Unknown, Sureness::None);
        row("f another type was overwritten", with(replaced(30'000), [](VerdictInput& i) { i.before.type = "list"; }), Says::Miss, Sureness::Exact);
        row("f another type was overwritten, too long", with(replaced(30'000), [](VerdictInput& i) { i.before.type = "list"; i.after.pttlMs = 90'000; }), Says::Miss, Sureness::Likely);
        row("slow round trips widen the tolerance", with(hit(), [](VerdictInput& i) { i.after.pttlMs = 30'300; i.after.roundTripMs = 400; }), Says::Hit, Sureness::Exact);
        // (g)
        row("g nothing", nothing(), Says::Bypass, Sureness::Likely);
        row("g 404", with(nothing(), [](VerdictInput& i) { i.status = 404; }), Says::Bypass, Sureness::Exact);
        row("g 404 of another scheme", with(nothing(), [](VerdictInput& i) { i.status = 404; i.scheme = QStringLiteral("md5-v1"); }), Says::Bypass, Sureness::Likely);
        row("g came and went", with(nothing(), [](VerdictInput& i) { i.written = true; }), Says::Unknown, Sureness::None);
        row("g came and went, 404", with(nothing(), [](VerdictInput& i) { i.written = true; i.status = 404; }), Says::Bypass, Sureness::Exact);
        row("g unknown whether cached", with(nothing(), [](VerdictInput& i) { i.cached = cache::Cached::Unknown; }), Says::Bypass, Sureness::Likely);
        row("g other keys are new", with(nothing(), [](VerdictInput& i) { i.newKeysOfClass = {"lightapi:Book:/books:a=1"}; }), Says::Bypass, Sureness::Likely);
        row("g stored under another key", elsewhere(), Says::Miss, Sureness::Likely);
        row("g under another key, older than the request for all that is known", with(elsewhere(), [](VerdictInput& i) { i.elsewhereIsDated = false; }), Says::Unknown, Sureness::None);
        row("g under another key, others ask too", with(elsewhere(), [](VerdictInput& i) { i.after.keyspaceHits += 3; }), Says::Unknown, Sureness::None);
        row("g under another key, nobody asked", with(elsewhere(), [](VerdictInput& i) { i.after.keyspaceMisses = 103; }), Says::Bypass, Sureness::Likely);
        // (h)
        row("h ran out", vanishing(80), Says::Expired, Sureness::Likely);
        // Before it ran out the entry may have been served: the counters tell, or nothing does.
        const auto asked = [](qint64 hits, qint64 misses) {
            return with(vanishing(80), [=](VerdictInput& i) { i.after.keyspaceHits = hits; i.after.keyspaceMisses = misses; });
        };
        row("h ran out, found before", asked(1001, 103), Says::Hit, Sureness::Likely);
        row("h ran out, found before, 404", with(asked(1001, 103), [](VerdictInput& i) { i.status = 404; }), Says::Unknown, Sureness::None);
        row("h ran out, not asked for", asked(1000, 103), Says::Bypass, Sureness::Likely);
        row("h ran out, others ask too", asked(1001, 104), Says::Unknown, Sureness::None);
        row("h ran out, nobody counts", with(vanishing(80), [](VerdictInput& i) { i.after.countersKnown = false; }), Says::Unknown, Sureness::None);
        row("h purged", vanishing(30'000), Says::Unknown, Sureness::None);
        row("h immortal and gone", vanishing(-1), Says::Unknown, Sureness::None);
    }
    void rules()
    {
        QFETCH(VerdictInput, input);
        const auto verdict = judge(input);
        QTEST(verdict.verdict, "verdict");
        QTEST(verdict.sureness, "sureness");
        QVERIFY(verdict.sentence.endsWith(u'.'));
        QVERIFY(!verdict.evidence.isEmpty());
    }

    void contradictions_data()
    {
        QTest::addColumn<VerdictInput>("input");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const VerdictInput& input, const char* expected) {
            QTest::newRow(name) << input << QString::fromLatin1(expected);
        };
        row("miss without headers", missed(), "");
        row("hit without headers", hit(), "");
        row("hit, header agrees", withHead(hit(), "X-Cache-Status: HIT\nX-Cache-Key: lightapi:Book:/books:\nX-Cache-TTL: 29\n"), "");
        row("header HIT, nothing there", withHead(nothing(), "X-Cache-Status: HIT\n"), "header-hit-without-entry");
        row("header HIT, just stored", withHead(missed(), "X-Cache-Status: HIT\n"), "header-hit-without-entry");
        row("header HIT, untouched", withHead(with(hit(), [](VerdictInput& i) { i.after.idleS = 5; }), "X-Cache: HIT\n"), "header-hit-not-used");
        row("header HIT, body differs", withHead(with(hit(), [](VerdictInput& i) { i.body = "[]"; i.after.idleS = 5; }), "X-Cache: HIT\n"), "header-hit-not-used hit-body-differs");
        row("read, but body differs", with(hit(), [](VerdictInput& i) { i.body = "[]"; }), "read-but-differs");
        row("header MISS, hit", withHead(hit(), "X-Cache: MISS\n"), "header-miss-but-hit");
        row("header key", withHead(hit(), "X-Cache: HIT\nX-Cache-Key: Book:/books\n"), "header-key-differs");
        row("header ttl", withHead(hit(), "X-Cache: HIT\nX-Cache-TTL: 33\n"), "header-ttl-differs");
        row("header ttl within 2 s", withHead(hit(), "X-Cache: HIT\nX-Cache-TTL: 31\n"), "");
        row("age with MISS", withHead(missed(), "Age: 7\n"), "age-with-miss");
        row("age 0 with MISS", withHead(missed(), "Age: 0\n"), "");
        row("age with HIT", withHead(hit(), "Age: 7\n"), "");
        row("over the policy", with(missed(), [](VerdictInput& i) { i.after.pttlMs = 90'000; }), "ttl-over-policy");
        row("another body stored", with(missed(), [](VerdictInput& i) { i.storedAfter = "[]"; }), "stored-body-differs");
        row("stored under another key", elsewhere(), "other-key-stored");
        row("a proxy keeps its own verdict", withHead(nothing(), "X-Cache: HIT from cloudfront\n"), "");
        row("the app's MISS below a proxy's HIT", withHead(missed(), "X-Cache-Status: MISS\nX-Cache: HIT from edge\n"), "");
        row("nginx in front is not the app", withHead(nothing(), "Server: nginx\nX-Cache-Status: HIT\n"), "");
        row("Varnish in front is not the app", withHead(nothing(), "X-Varnish: 5 4\nX-Cache: HIT\n"), "");
        row("a cache of the standard is not the app", withHead(nothing(), "Cache-Status: edge; hit; key=\"k\"; ttl=9\n"), "");
        row("the time left by Cache-Control is not the key's", withHead(hit(), "X-Cache: HIT\nAge: 1\nCache-Control: max-age=3600\n"), "");
        row("nothing to hold headers against", withHead(with(base(), [](VerdictInput& i) { i.redisReached = false; }), "X-Cache: HIT\nX-Cache-Key: x\nAge: 3\n"), "");
    }
    void contradictions()
    {
        QFETCH(VerdictInput, input);
        QTEST(whats(judge(input)), "expected");
    }

    // Caches in front are evidence of themselves only.
    void cachesInFront()
    {
        const auto judged = judge(withHead(nothing(), "X-Cache-Status: MISS\nCache-Status: edge; hit\n"));
        QVERIFY2(judged.sentence.contains(QStringLiteral("edge in front of the app may have answered")), qPrintable(judged.sentence));
        QStringList rows;
        for (const Evidence& row : judged.evidence) {
            if (row.source == QStringLiteral("header"))
                rows << row.fact + (row.says == Evidence::Says::For ? QStringLiteral(" +") : QString());
        }
        QCOMPARE(rows, (QStringList {QStringLiteral("X-Cache-Status says MISS; LightAPI itself sends none"), QStringLiteral("edge in front of the app says HIT")}));
        QByteArray many;
        for (int i = 0; i < 1000; ++i)
            many += "X-Cache: HIT from h" + QByteArray::number(i) + '\n';
        QVERIFY(judge(withHead(nothing(), many)).evidence.size() < 70);
    }

    // What was seen in Redis and stands in the headers is not of the same request.
    void aFollowedRedirectIsNotJudged()
    {
        VerdictInput input;
        input.status = 200;
        input.cached = cache::Cached::Yes;
        input.predictedKey = "lightapi:Book:/books:";
        input.layers = {{.name = QStringLiteral("edge"), .verdict = http::Verdict::Hit}};
        QVERIFY(judge(input).verdict != http::Verdict::Unknown);
        input.redirectedTo = "/else<b>";
        const Verdict verdict = judge(input);
        QCOMPARE(verdict.verdict, http::Verdict::Unknown);
        QCOMPARE(verdict.sureness, Sureness::None);
        QVERIFY2(verdict.sentence.contains(QStringLiteral("/else<b>")), qPrintable(verdict.sentence));
        QVERIFY(verdict.contradictions.isEmpty());
    }

    void storedKeyAndBody()
    {
        QCOMPARE(judge(missed()).storedKey, std::optional(key));
        QCOMPARE(judge(nothing()).storedKey, std::optional<QByteArray>());
        QCOMPARE(judge(hit()).bodyEqualsCached, std::optional(true));
        QCOMPARE(judge(nothing()).bodyEqualsCached, std::optional<bool>());
        QCOMPARE(judge(elsewhere()).storedKey, std::optional(QByteArray("lightapi:Book:/books:a=1")));
    }

    // LightAPI asks before it stores, so what came with nobody asking is of somebody else, and no sign of a wrong prediction.
    void nobodyAskedSaysMoreThanANewKey()
    {
        const auto unasked = judge(with(elsewhere(), [](VerdictInput& i) {
            i.newKeysOfClass = {*i.storedElsewhere};
            i.after.keyspaceMisses = 103;
        }));
        QVERIFY2(unasked.sentence.contains(QStringLiteral("Redis was not asked")), qPrintable(unasked.sentence));
        const auto asked = judge(with(nothing(), [](VerdictInput& i) {
            i.newKeysOfClass = {"lightapi:Book:/books:a=1"};
            i.after.ownMisses = 3;
        }));
        QVERIFY2(asked.sentence.contains(QStringLiteral("prediction may be wrong")), qPrintable(asked.sentence));
    }

    void newKeysAreCounted()
    {
        const auto told = [](const QList<QByteArray>& keys) {
            const auto rows = judge(with(nothing(), [&keys](VerdictInput& i) { i.newKeysOfClass = keys; })).evidence;
            const auto found = std::ranges::find(rows, QStringLiteral("other keys"), &Evidence::source);
            return found == rows.end() ? QString() : found->fact;
        };
        QCOMPARE(told({"a:1"}), QStringLiteral("One other key of the class is new: a:1"));
        QCOMPARE(told({"a:1", "a:2"}), QStringLiteral("2 other keys of the class are new, such as a:1"));
    }

    // What comes out of gzip is bounded, as it is looked into at once.
    void brokenGzipIsLookedForInLittle()
    {
        const auto told = [](qsizetype size) {
            VerdictInput input = withHead(hit(), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
            // Whole but for the sum and length at its end.
            input.body = QByteArray::fromHex("1f8b0800000000000003") + qCompress(QByteArray(size, ' ')).mid(6).chopped(4);
            const auto rows = judge(input).evidence;
            const auto found = std::ranges::find(rows, QStringLiteral("content coding"), &Evidence::source);
            return found == rows.end() ? QString() : found->fact;
        };
        const QString broken = QStringLiteral("broken or cut off");
        QVERIFY2(told(1000).contains(broken), qPrintable(told(1000)));
        QVERIFY2(told(1024 * 1024).contains(broken), qPrintable(told(1024 * 1024)));
        const QString bomb = told(2 * 1024 * 1024);
        QVERIFY2(bomb.contains(QStringLiteral("coded (gzip)")) && !bomb.contains(broken), qPrintable(bomb));
    }

    void theCounterIsEvidence()
    {
        for (const Evidence& row : judge(hit()).evidence) {
            if (row.source != QStringLiteral("hit counter"))
                continue;
            QCOMPARE(row.after, QStringLiteral("+4"));
            QCOMPARE(row.says, Evidence::Says::For);
            return;
        }
        QFAIL("no such row");
    }
};

QTEST_GUILESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
