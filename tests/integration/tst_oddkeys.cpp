// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/keys/keyindex.h"
#include "core/keys/keymatcher.h"
#include "tests/core/archive/archivetest.h"
#include "tests/integration/oddkeys.h"

#include <QDateTime>

#include <algorithm>
#include <functional>

using namespace core;
using namespace core::keys;
using namespace core::redis;
using namespace redistest;
using archivetest::answerOf;
using archivetest::finishes;
using oddkeys::Entry;

namespace {

constexpr int keyCount = 5000;
constexpr qsizetype atOnce = 500;
constexpr std::size_t neighbours = 100;
constexpr qint64 ttlSlackMs = 1000;
constexpr qsizetype faultsShown = 20;
const std::atomic_bool never = false;

// Of 1 MB not all.
QByteArray named(QByteArrayView key)
{
    return key.first(std::min<qsizetype>(key.size(), 60)).toByteArray().toPercentEncoding() + " of " + QByteArray::number(key.size()) + " bytes";
}

QList<QByteArray> keysOf(const KeyStore& store, const Order& order)
{
    QList<QByteArray> keys;
    for (const KeyId id : order)
        keys << store.at(id).toByteArray();
    return keys;
}

// All keys as the server itself lists them, in byte order.
QList<QByteArray> keysOf(Session& session)
{
    QList<QByteArray> keys;
    for (const Reply& key : ask(session, {"KEYS", "*"}).items)
        keys << key.bytes;
    std::sort(keys.begin(), keys.end());
    return keys;
}

Command reading(const Entry& entry)
{
    if (entry.type == "string")
        return {"GET", entry.key};
    if (entry.type == "hash")
        return {"HGETALL", entry.key};
    if (entry.type == "list")
        return {"LRANGE", entry.key, "0", "-1"};
    if (entry.type == "set")
        return {"SMEMBERS", entry.key};
    if (entry.type == "zset")
        return {"ZRANGE", entry.key, "0", "-1", "WITHSCORES"};
    return {"XRANGE", entry.key, "-", "+"};
}

QByteArray flat(const Reply& reply)
{
    QByteArray out = QByteArray::number(int(reply.type)) + ',' + QByteArray::number(reply.bytes.size()) + ':' + reply.bytes + '(';
    for (const Reply& item : reply.items)
        out += flat(item);
    return out + ')';
}

// A value to compare: what has no order of its own is put into one.
QByteArray comparable(const Entry& entry, const Reply& reply)
{
    const qsizetype stride = entry.type == "hash" ? 2 : entry.type == "set" ? 1 : 0;
    if (stride == 0)
        return flat(reply);
    QList<QByteArray> words;
    for (qsizetype i = 0; i + stride <= reply.items.size(); i += stride) {
        QByteArray word;
        for (qsizetype j = i; j < i + stride; ++j)
            word += flat(reply.items.at(j));
        words << word;
    }
    std::sort(words.begin(), words.end());
    return QByteArray::number(reply.items.size()) + '=' + words.join();
}

Result<Replies> askAll(Session& session, const QList<Entry>& entries, const std::function<Command(const Entry&)>& question)
{
    Pipeline pipeline;
    for (const Entry& entry : entries)
        pipeline << question(entry);
    return wait(session.send(pipeline));
}

// The first key whose type or value is not the same on both, in words.
Result<QByteArray> differentValue(Session& one, Session& other, const QList<Entry>& all)
{
    for (qsizetype from = 0; from < all.size(); from += atOnce) {
        const QList<Entry> some = all.mid(from, atOnce);
        const auto typesOf = [](const Entry& entry) { return Command {"TYPE", entry.key}; };
        const auto types = askAll(other, some, typesOf);
        const auto before = askAll(one, some, reading);
        const auto after = askAll(other, some, reading);
        if (!types || !before || !after)
            return fail(!types ? types.error() : !before ? before.error() : after.error());
        for (qsizetype i = 0; i < some.size(); ++i) {
            if (types->at(i).bytes != some[i].type)
                return "type of " + named(some[i].key) + ": " + types->at(i).bytes;
            if (before->at(i).isError() || comparable(some[i], before->at(i)) != comparable(some[i], after->at(i)))
                return "value of " + named(some[i].key) + ", " + some[i].type;
        }
    }
    return QByteArray();
}

// The same of what is left to live. Both are asked at once.
Result<QByteArray> differentTtl(Session& one, Session& other, const QList<Entry>& all)
{
    Pipeline pipeline;
    for (const Entry& entry : all)
        pipeline << Command {"PTTL", entry.key};
    const auto asked = one.send(pipeline);
    const auto askedOther = other.send(pipeline);
    const auto before = wait(asked);
    const auto after = wait(askedOther);
    if (!before || !after)
        return fail(!before ? before.error() : after.error());
    for (qsizetype i = 0; i < all.size(); ++i) {
        const qint64 ttl = before->at(i).integer, otherTtl = after->at(i).integer;
        const bool isRight = (all[i].ttlMs < 0) == (ttl == -1) && ttl >= -1 && (ttl < 0 ? otherTtl == ttl : otherTtl >= 0 && qAbs(ttl - otherTtl) <= ttlSlackMs);
        if (!isRight)
            return "PTTL of " + named(all[i].key) + ": " + QByteArray::number(ttl) + ", then " + QByteArray::number(otherTtl);
    }
    return QByteArray();
}

using Term = std::function<QString(const QByteArray&)>;

}

Q_DECLARE_METATYPE(Term)

// 5,000 keys that are no text: listed, found, exported and imported without a byte being lost.
class TestOddKeys final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void listsTheServersOwnSet();
    void eachIsFound_data();
    void eachIsFound();
    void eachIsFoundAsAPart();
    void goThroughAnArchive_data();
    void goThroughAnArchive();

private:
    // A byte order of what was listed; set by initTestCase().
    std::shared_ptr<const Order> around(std::size_t position) const;
    Result<QList<QByteArray>> found(const QString& text, const Order& in) const;

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
    QList<Entry> m_entries;
    QList<QByteArray> m_keys; // of them, in byte order
    KeyIndex::Snapshot m_listed;
};

void TestOddKeys::initTestCase()
{
    m_entries = oddkeys::entries(keyCount);
    VERIFY_OK(m_server.startAndWait({}));
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    Pipeline making;
    for (int i = 0; i < m_entries.size(); ++i) {
        m_keys << m_entries.at(i).key;
        making += oddkeys::makingOf(m_entries.at(i), i);
    }
    const Reply answer = answerOf(*m_session, making);
    QVERIFY2(!answer.isError(), answer.bytes.constData());
    std::sort(m_keys.begin(), m_keys.end());

    KeyIndex index(m_session.get());
    QSignalSpy finished(&index, &KeyIndex::finished);
    index.start();
    QVERIFY(finished.wait(patienceMs));
    QCOMPARE(index.state(), KeyIndex::State::Complete);
    m_listed = index.snapshot();
}

void TestOddKeys::listsTheServersOwnSet()
{
    const QList<QByteArray> listed = keysOf(*m_listed.store, *m_listed.order);
    QCOMPARE(listed.size(), keyCount);
    QVERIFY(listed == keysOf(*m_session));
    QVERIFY(listed == m_keys);
    QCOMPARE(std::count_if(listed.begin(), listed.end(), [](const QByteArray& key) { return key.size() > 1'000'000; }), 3);
}

// The keys around one in byte order: those that are most like it.
std::shared_ptr<const Order> TestOddKeys::around(std::size_t position) const
{
    const Order& all = *m_listed.order;
    const std::size_t from = position - std::min(position, neighbours);
    const std::size_t end = std::min(all.size(), position + neighbours);
    return std::make_shared<const Order>(all.begin() + std::ptrdiff_t(from), all.begin() + std::ptrdiff_t(end));
}

Result<QList<QByteArray>> TestOddKeys::found(const QString& text, const Order& in) const
{
    const ParsedQuery query = parseKeyQuery(text, false);
    if (!query)
        return fail(query.error().error);
    const auto order = filtered(*m_listed.store, in, *query, {}, never);
    if (!order)
        return fail(order.error());
    return keysOf(*m_listed.store, **order);
}

void TestOddKeys::eachIsFound_data()
{
    QTest::addColumn<Term>("term");
    QTest::addColumn<std::size_t>("wholeEvery"); // an expression is asked of each key: of all keys only now and then
    QTest::newRow("glob") << Term(oddkeys::globTerm) << std::size_t(1);
    QTest::newRow("regular expression") << Term(oddkeys::regexTerm) << std::size_t(50);
}

// Just this key, by a term that means it as a whole.
void TestOddKeys::eachIsFound()
{
    QFETCH(Term, term);
    QFETCH(std::size_t, wholeEvery);
    const Order& all = *m_listed.order;
    QByteArrayList faults;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const QByteArray& key = m_keys.at(qsizetype(i));
        const auto keys = found(term(key), i % wholeEvery == 0 ? all : *around(i));
        if (!keys)
            faults << named(key) + ": " + oneLine(keys.error()).left(200).toUtf8();
        else if (*keys != QByteArrayList {key})
            faults << named(key) + " gives " + QByteArray::number(keys->size()) + (keys->contains(key) ? " with it" : " without it");
    }
    QVERIFY2(faults.isEmpty(), faults.mid(0, faultsShown).join("\n").constData());
}

// It and what else contains it; of every fiftieth all keys are asked whether they do.
void TestOddKeys::eachIsFoundAsAPart()
{
    QByteArrayList faults;
    for (qsizetype i = 0; i < m_keys.size(); ++i) {
        const QByteArray& key = m_keys.at(i);
        const auto keys = found(oddkeys::partTerm(key), *m_listed.order);
        const auto contains = [&key](const QByteArray& other) { return other.contains(key); };
        if (!keys)
            faults << named(key) + ": " + oneLine(keys.error()).left(200).toUtf8();
        else if (!std::binary_search(keys->begin(), keys->end(), key))
            faults << named(key) + " is not among " + QByteArray::number(keys->size());
        else if (!std::all_of(keys->begin(), keys->end(), contains))
            faults << named(key) + " comes with others";
        else if (i % 50 == 0 && std::count_if(m_keys.begin(), m_keys.end(), contains) != keys->size())
            faults << named(key) + " comes without others";
    }
    QVERIFY2(faults.isEmpty(), faults.mid(0, faultsShown).join("\n").constData());
}

void TestOddKeys::goThroughAnArchive_data()
{
    QTest::addColumn<bool>("withDump");
    QTest::newRow("RESTORE") << true;
    QTest::newRow("logical value") << false;
}

void TestOddKeys::goThroughAnArchive()
{
    QFETCH(bool, withDump);
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("odd.ndjson"));
    archive::Exporter exporter(m_session.get(), KeyList(m_listed.store, m_listed.order), file, {.withDump = withDump});
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    const archive::ExportSummary exported = exporter.summary();
    QCOMPARE(exported.keys, keyCount);
    QCOMPARE(exported.vanished + exported.changed + exported.unsupported + exported.dumpsLeftOut, 0);

    demo::RedisProcess other;
    VERIFY_OK(other.startAndWait({}));
    Session session(other.endpoint());
    VERIFY_OK(wait(session.open()));
    const auto imported = archivetest::import(session, file);
    VERIFY_OK(imported);
    QCOMPARE(imported->written, keyCount);
    QCOMPARE(imported->byRestore, withDump ? keyCount : 0);

    QVERIFY(keysOf(session) == m_keys);
    const auto value = differentValue(*m_session, session, m_entries);
    VERIFY_OK(value);
    QCOMPARE(*value, QByteArray());
    const auto ttl = differentTtl(*m_session, session, m_entries);
    VERIFY_OK(ttl);
    QCOMPARE(*ttl, QByteArray());
}

QTEST_GUILESS_MAIN(TestOddKeys)
#include "tst_oddkeys.moc"
