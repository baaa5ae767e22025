// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/decoder.h"
#include "core/values/parsed.h"
#include "core/values/picklestack.h"

#include <QFile>
#include <QHash>
#include <QRandomGenerator>
#include <QTest>

using namespace core::values;

// tests/data/values/pickles.txt: what Python 3.11 wrote, a name with its protocol and hex digits in a line.
class TestPickle final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void readsWhatPythonWrote_data();
    void readsWhatPythonWrote();
    void isFoundByContent_data();
    void isFoundByContent();
    void runsNothing();
    void endsWithTruncatedInput();
    void endsWithDamagedInput();
    void staysSmall_data();
    void staysSmall();
    void refusesWhatGrowsWithoutEnd_data();
    void refusesWhatGrowsWithoutEnd();
    void readsManyUsesOfOne();

private:
    QHash<QByteArray, QByteArray> m_pickles;
};

void TestPickle::initTestCase()
{
    QFile file(QStringLiteral(TESTS_DATA "/values/pickles.txt"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    for (const QByteArray& line : file.readAll().split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 2)
            m_pickles.insert(words.at(0), QByteArray::fromHex(words.at(1)));
    }
    QCOMPARE(m_pickles.size(), 36);
}

void TestPickle::readsWhatPythonWrote_data()
{
    QTest::addColumn<QByteArrayList>("parts");
    const QByteArrayList dict {"\"id\": 7", "\"name\": \"A\xC3\xA9\xE4\xB8\xAD\"", "\"ok\": True", "\"none\": None", "\"big\": 1180591620717411303424", "\"neg\": -5",
        "\"negbig\": -1180591620717411303424", "\"f\": 1.5", "\"l\": ["};
    for (const char* name : {"dict0", "dict1", "dict2", "dict3", "dict4", "dict5"})
        QTest::newRow(name) << dict;
    QTest::newRow("object2") << QByteArrayList {"shop.models.P", "\"state\": {", "\"x\": 1"};
    QTest::newRow("object0") << QByteArrayList {"copy_reg._reconstructor", "shop.models.P", "\"x\": 1"};
    QTest::newRow("object4") << QByteArrayList {"new shop.models.P", "\"x\": 1"};
    QTest::newRow("date4") << QByteArrayList {"datetime.datetime(", "bytes 07 e8 01 02 03 04 05 00 00 00"};
    QTest::newRow("ordered2") << QByteArrayList {"collections.OrderedDict(", "\"a\": 1"};
    QTest::newRow("ordered0") << QByteArrayList {"collections.OrderedDict("};
    QTest::newRow("set4") << QByteArrayList {"set{", "1", "2"};
    QTest::newRow("set0") << QByteArrayList {"__builtin__.set("};
    QTest::newRow("cycle0") << QByteArrayList {"the same as above"};
    QTest::newRow("cycle2") << QByteArrayList {"the same as above"};
    QTest::newRow("cycle5") << QByteArrayList {"the same as above"};
    QTest::newRow("shared4") << QByteArrayList {"\"x\"", "the same as above"};
    QTest::newRow("bytearray5") << QByteArrayList {"bytes 61 62"};
    QTest::newRow("evil0") << QByteArrayList {"posix.system(", "\"touch /tmp/pwned\""};
    QTest::newRow("evil4") << QByteArrayList {"posix.system(", "\"touch /tmp/pwned\""};
}

void TestPickle::readsWhatPythonWrote()
{
    QFETCH(QByteArrayList, parts);
    const QByteArray bytes = m_pickles.value(QTest::currentDataTag());
    QVERIFY(!bytes.isEmpty());
    const Parsed parsed = parsePickle(bytes, {});
    QVERIFY2(parsed.isWhole(), qPrintable(parsed.how + QString::number(parsed.brokenAt)));
    QCOMPARE(parsed.end, bytes.size());
    const QByteArray text = laidOut(parsed.structure, 1'000'000);
    for (const QByteArray& part : parts)
        QVERIFY2(text.contains(part), text.constData());
}

void TestPickle::isFoundByContent_data()
{
    QTest::addColumn<QByteArray>("bytes");
    for (auto it = m_pickles.cbegin(); it != m_pickles.cend(); ++it)
        QTest::newRow(it.key().constData()) << it.value();
}

void TestPickle::isFoundByContent()
{
    QFETCH(QByteArray, bytes);
    const Decoded decoded = decode(bytes);
    QCOMPARE(decoded.steps, QList<Decoder> {Decoder::Pickle});
    QVERIFY(!decoded.problem);
}

void TestPickle::runsNothing()
{
    const QString mark = QStringLiteral("/tmp/pwned");
    const bool before = QFile::exists(mark);
    for (const char* name : {"evil0", "evil2", "evil4"})
        decode(m_pickles.value(name));
    QCOMPARE(QFile::exists(mark), before);
}

void TestPickle::endsWithTruncatedInput()
{
    for (const QByteArray& bytes : std::as_const(m_pickles)) {
        for (qsizetype size = 0; size < bytes.size(); ++size) {
            const Parsed parsed = parsePickle(bytes.left(size), {});
            QVERIFY(!parsed.isWhole());
            QVERIFY(parsed.brokenAt <= size);
        }
    }
}

void TestPickle::endsWithDamagedInput()
{
    QRandomGenerator random(20240102);
    for (const QByteArray& bytes : std::as_const(m_pickles)) {
        for (int round = 0; round < 500; ++round) {
            QByteArray damaged = bytes;
            for (int i = 0; i < 3; ++i)
                damaged[random.bounded(damaged.size())] = static_cast<char>(random.bounded(256));
            const Parsed parsed = parsePickle(damaged, {});
            QVERIFY(parsed.end <= damaged.size());
            laidOut(parsed.structure, 10'000);
        }
    }
}

void TestPickle::staysSmall_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a length of 4 GB") << QByteArray("\x80\x03" "B\xff\xff\xff\xff" "abc");
    QTest::newRow("a length of 2^64") << QByteArray("\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff" "abc");
    QTest::newRow("a memo of 2^32") << QByteArray("\x80\x02Nr\xff\xff\xff\xff.");
    QByteArray deep("\x80\x02");
    deep += QByteArray(200'000, ']') + QByteArray(199'999, 'a') + '.';
    QTest::newRow("200,000 deep") << deep;
    // Lists of twice the list before: 2^200 elements where each stood by itself.
    QByteArray laughs("\x80\x02]q\x01(NNe");
    for (int i = 0; i < 200; ++i)
        laughs += "](h\x01h\x01" "eq\x01";
    QTest::newRow("doubled 200 times") << laughs + '.';
    QByteArray calls("\x80\x02" "cos\nsystem\nq\x01(");
    calls += QByteArray(100'000, 'N') + "tq\x02(";
    for (int i = 0; i < 100'000; ++i)
        calls += "h\x01h\x02R";
    QTest::newRow("a long tuple, called 100,000 times") << calls + "t.";
    QByteArray text("\x80\x02X\x40\x42\x0f");
    text += '\0' + QByteArray(1'000'000, 'x') + "q\x01(";
    for (int i = 0; i < 100'000; ++i)
        text += "h\x01";
    QTest::newRow("1 MB of text, 100,000 times") << text + "t.";
}

void TestPickle::staysSmall()
{
    QFETCH(QByteArray, bytes);
    const Parsed parsed = parsePickle(bytes, {});
    QVERIFY(parsed.structure.size() <= StructureBuilder::mostNodes);
    QVERIFY(laidOut(parsed.structure, 1'000'000).size() <= 1'000'010);
}

// A byte or two each make more of what is there, without a new object.
void TestPickle::refusesWhatGrowsWithoutEnd_data()
{
    QTest::addColumn<QByteArray>("bytes");
    constexpr qsizetype uses = PickleStack::mostObjects + 10;
    const QByteArray start("\x80\x04]\x94(K\x01\x94");
    const QByteArray recall = QByteArray("h\x01").repeated(uses);
    QTest::newRow("duplicates") << start + QByteArray(uses, '2') + "e.";
    QTest::newRow("recalls") << start + recall + "e.";
    QTest::newRow("pairs") << QByteArray("\x80\x04}\x94(K\x01\x94") + recall + "h\x01u.";
    QTest::newRow("elements, one by one") << QByteArray("\x80\x04]\x94K\x01\x94" "0") + QByteArray("h\x01" "a").repeated(uses) + '.';
    QTest::newRow("marks") << "\x80\x04N" + QByteArray(uses, '(') + QByteArray(uses, '1') + '.';
    QTest::newRow("memo") << "\x80\x04N" + QByteArray(uses, '\x94') + '.';
    QByteArray longText("\x80\x04X");
    longText += QByteArray("\x00\x00\x10\x00", 4) + QByteArray(1024 * 1024, 'x') + "\x94" "0(";
    QTest::newRow("names of a module") << longText + QByteArray("h\x00h\x00\x93", 5).repeated(300) + "t.";
    QTest::newRow("names of calls") << longText + QByteArray("h\x00h\x00\x93\x94", 6) + QByteArray("h\x01)\x81", 4).repeated(300) + "t.";
}

void TestPickle::refusesWhatGrowsWithoutEnd()
{
    QFETCH(QByteArray, bytes);
    const Parsed parsed = parsePickle(bytes, {});
    QVERIFY(!parsed.isWhole());
    QVERIFY(!parsed.endedEarly);
    QCOMPARE(parsed.how, QStringLiteral("more objects, or uses of one, than are read"));
}

void TestPickle::readsManyUsesOfOne()
{
    const QByteArray bytes = "\x80\x04](K\x01\x94" + QByteArray("h\0", 2).repeated(500'000) + "e.";
    const Parsed parsed = parsePickle(bytes, {});
    QVERIFY2(parsed.isWhole(), qPrintable(parsed.how));
    QCOMPARE(parsed.structure.size(), 500'002);
}

QTEST_APPLESS_MAIN(TestPickle)
#include "tst_pickle.moc"
