// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/jsontext.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/collectionmodel.h"
#include "ui/pages/keys/imageview.h"
#include "ui/pages/keys/pagedtext.h"
#include "ui/pages/keys/structuremodel.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QBuffer>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace ui;
using core::values::Decoder;

class TestValuePane final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_redis.startAndWait({}));
    }
    void init();
    void cleanup();

    void showsWhatIsInsideOfACompression();
    void showsAsChosen();
    void showsJsonAsATree();
    void goesThroughALargeText();
    void readsMoreOfAVeryLargeString();
    void readsMoreOfAHash();
    void saysThatTheValueChanged();
    void givesUpAReadWithoutAWord();
    void copiesTheValueAsJson_data();
    void copiesTheValueAsJson();
    void copiesNoBeginningAsJson();
    void showsEveryTypeAsATable_data();
    void showsEveryTypeAsATable();
    void showsAnImage();
    void refusesAnImageOfTooManyPixels();
    void fits312Pixels();

private:
    void send(const core::redis::Pipeline& pipeline)
    {
        VERIFY_OK(redistest::wait(m_admin->send(pipeline)));
    }
    QStringList badges() const
    {
        QStringList texts;
        for (const Badge* badge : m_pane->findChildren<Badge*>())
            texts += badge->text();
        return texts;
    }
    bool says(const QString& text) const
    {
        const QList<QLabel*> labels = m_pane->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
    }
    QPushButton* more() const
    {
        for (QPushButton* button : m_pane->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Read more"))
                return button;
        }
        return nullptr;
    }
    // Of the menu of the copy button.
    QAction* copyAction()
    {
        for (QToolButton* button : m_pane->findChildren<QToolButton*>()) {
            if (button->isVisible() && button->accessibleName() == QStringLiteral("Copy"))
                button->click();
        }
        const auto menus = m_pane->findChildren<QMenu*>();
        return menus.isEmpty() ? nullptr : menus.last()->actions().last();
    }
    QTabBar* tabs() const { return m_pane->findChild<QTabBar*>(); }
    void choose(Decoder decoder)
    {
        auto* combo = m_pane->findChild<QComboBox*>();
        combo->setCurrentIndex(static_cast<int>(core::values::allDecoders().indexOf(decoder)) + 1);
        emit combo->activated(combo->currentIndex());
    }

    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::redis::Session> m_admin;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ValuePane> m_pane;
};

void TestValuePane::init()
{
    m_admin = std::make_unique<core::redis::Session>(m_redis.endpoint());
    VERIFY_OK(redistest::wait(m_admin->open()));
    send({{"FLUSHALL"}});
    m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
    m_workspace = std::make_unique<Workspace>(m_store.get());
    core::settings::Profile profile;
    profile.name = QStringLiteral("values");
    profile.endpoint = m_redis.endpoint();
    m_workspace->connectTo(profile);
    QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
    m_pane = std::make_unique<ValuePane>(m_workspace.get());
    m_pane->resize(312, 700);
    m_pane->show();
}

void TestValuePane::cleanup()
{
    m_pane.reset();
    m_workspace.reset();
    m_store.reset();
    m_admin.reset();
}

void TestValuePane::showsWhatIsInsideOfACompression()
{
    send({{"SET", "k", qCompress(QByteArray("{\"n\":1.10}")).mid(4)}});
    m_pane->showKey("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("{\n  \"n\": 1.10\n}"));
    QVERIFY2(badges().contains(QStringLiteral("zlib")) && badges().contains(QStringLiteral("JSON")), qPrintable(badges().join(u' ')));
    tabs()->setCurrentIndex(2); // the bytes as stored
    QVERIFY2(m_pane->valueText().startsWith(QStringLiteral("0000  78 ")), qPrintable(m_pane->valueText()));
}

void TestValuePane::showsAsChosen()
{
    send({{"SET", "k", "caf\xE9"}, {"SET", "other", "plain"}});
    m_pane->showKey("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("caf\\xe9"));
    choose(Decoder::Latin1);
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("café"));
    choose(Decoder::Json);
    QTRY_VERIFY(says(QStringLiteral("The value is not JSON")));
    m_pane->showKey("other"); // each key begins with its content
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("plain"));
    QCOMPARE(m_pane->findChild<QComboBox*>()->currentIndex(), 0);
    QVERIFY(!says(QStringLiteral("The value is not JSON")));
}

void TestValuePane::showsJsonAsATree()
{
    QByteArray json("{\"big\":123456789012345678901234567890,\"list\":[");
    for (int i = 0; i < 2500; ++i)
        json += QByteArray::number(i) + ',';
    json += "\"<b>\\n\"],\"big\":1.10}";
    auto model = std::make_unique<StructureModel>();
    model->setStructure(core::values::decode(json).structure, true);
    QCOMPARE(model->rowCount(), 3);
    QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("123456789012345678901234567890"));
    QCOMPARE(model->index(2, 0).data().toString(), QStringLiteral("big"));
    QCOMPARE(model->index(2, 1).data().toString(), QStringLiteral("1.10"));
    const QModelIndex list = model->index(1, 0);
    QCOMPARE(model->index(1, 1).data().toString(), QStringLiteral("[2,501]"));
    for (const int rows : {1000, 2000, 2501}) {
        QVERIFY(model->canFetchMore(list));
        model->fetchMore(list);
        QCOMPARE(model->rowCount(list), rows);
    }
    QVERIFY(!model->canFetchMore(list));
    QCOMPARE(model->index(2500, 1, list).data().toString(), QStringLiteral("\"<b>\\n\""));
    QCOMPARE(model->index(1999, 1, list).data().toString(), QStringLiteral("1999"));
    StructureModel tested; // filled before: the tester fetches inside a reset, before it has taken note of its end
    tested.setStructure(core::values::decode(json).structure, true);
    QAbstractItemModelTester tester(&tested);
    send({{"SET", "k", json}});
    m_pane->showKey("k");
    QTRY_VERIFY(tabs()->isTabVisible(3));
    tabs()->setCurrentIndex(3);
    QVERIFY(m_pane->findChild<TreeView*>()->isVisible());
    QCOMPARE(m_pane->findChild<StructureModel*>()->rowCount(), 3);
}

void TestValuePane::goesThroughALargeText()
{
    PagedText text(QStringLiteral("Text"));
    QByteArray bytes;
    for (int i = 0; i < 60'000; ++i)
        bytes += i % 7 == 0 ? "\xE4\xB8\xAD\n" : "\xC3\xA9" "abc";
    text.setBytes(bytes, PagedText::Form::Plain);
    QVERIFY(text.pages() > 1);
    QString joined;
    for (qsizetype page = 0; page < text.pages(); ++page) {
        text.showPage(page);
        joined += text.text();
    }
    QVERIFY(joined.toUtf8() == bytes); // nothing twice, nothing missing, no character cut
    text.setBytes(QByteArray(200'000, 'x'), PagedText::Form::Hex);
    text.showPage(text.pages() - 1);
    QVERIFY2(text.text().startsWith(QStringLiteral("00030000  78 ")), qPrintable(text.text().left(100)));
}

void TestValuePane::readsMoreOfAVeryLargeString()
{
    send({{"SETRANGE", "k", QByteArray::number(64 * 1024 * 1024 - 1), "x"}});
    m_pane->showKey("k");
    QTRY_VERIFY(says(QStringLiteral("The first 262 KB of 67.1 MB")));
    QTRY_VERIFY(more() && more()->isVisible() && more()->isEnabled());
    more()->click();
    QTRY_VERIFY(says(QStringLiteral("The first 16.8 MB of 67.1 MB")));
}

void TestValuePane::readsMoreOfAHash()
{
    core::redis::Command fill {"HSET", "k"};
    for (int i = 0; i < 2500; ++i)
        fill << QByteArray("field:" + QByteArray::number(i)) << QByteArray("v");
    send({fill});
    m_pane->showKey("k");
    auto* model = m_pane->findChild<CollectionModel*>();
    QAbstractItemModelTester tester(model);
    QTRY_VERIFY(model->rowCount() >= 1000);
    QVERIFY(says(QStringLiteral(" of 2,500")));
    while (model->rowCount() < 2500) { // a page may bring some more than was asked for
        const int before = model->rowCount();
        QTRY_VERIFY(more() && more()->isVisible() && more()->isEnabled());
        more()->click();
        QTRY_VERIFY(model->rowCount() > before);
    }
    QTRY_VERIFY(says(QStringLiteral("2,500 of 2,500")));
    QVERIFY(!more()->isVisible());
    QVERIFY(m_pane->valueText().contains(QStringLiteral("field:7\tv")));
}

void TestValuePane::saysThatTheValueChanged()
{
    core::redis::Command fill {"HSET", "k"};
    for (int i = 0; i < 2500; ++i)
        fill << QByteArray::number(i) << QByteArray("v");
    send({fill});
    m_pane->showKey("k");
    auto* model = m_pane->findChild<CollectionModel*>();
    QTRY_VERIFY(model->rowCount() >= 1000);
    const int rows = model->rowCount();
    send({{"SET", "k", "text"}});
    QTRY_VERIFY(more() && more()->isEnabled());
    more()->click();
    QTRY_VERIFY(says(QStringLiteral("holds another value than when reading began")));
    QCOMPARE(model->rowCount(), rows); // what was read stays
    m_pane->refresh();
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("text"));
    QVERIFY(!says(QStringLiteral("holds another value")));
}

void TestValuePane::givesUpAReadWithoutAWord()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    m_pane->showKey("k");
    m_pane->showKey("other"); // at once, as by an arrow key
    QVERIFY(!says(QStringLiteral("ancelled")));
    m_pane->showKey("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("one"));
    m_pane->refresh();
    m_pane->refresh();
    QVERIFY(!says(QStringLiteral("ancelled")));
    send({{"SET", "k", "six"}}); // as long
    m_pane->refresh();
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("six"));
    QVERIFY(!says(QStringLiteral("ancelled")));
}

void TestValuePane::copiesTheValueAsJson_data()
{
    using core::redis::Command;
    QTest::addColumn<Command>("make");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("JSON") << Command {"SET", "k", "{\"n\": 1.10,\"n\":2}"} << QByteArray("{\"n\": 1.10,\"n\":2}");
    QTest::newRow("packed JSON") << Command {"SET", "k", qCompress(QByteArray("[1.0]")).mid(4)} << QByteArray("[1.0]");
    QTest::newRow("text") << Command {"SET", "k", "a \"b\"\\\n\x1F\xC3\xA9"} << QByteArray("\"a \\\"b\\\"\\\\\\u000a\\u001f\xC3\xA9\"");
    QTest::newRow("bytes") << Command {"SET", "k", QByteArray("\0\xFF", 2)} << QByteArray("{\"b64\":\"AP8=\"}");
    QTest::newRow("hash") << Command {"HSET", "k", "f", "1", "g\"", "\xFF"} << QByteArray("{\n  \"f\": \"1\",\n  \"g\\\"\": {\"b64\":\"/w==\"}\n}");
    QTest::newRow("hash of odd names") << Command {"HSET", "k", "\xFF", "1"} << QByteArray("[\n  [{\"b64\":\"/w==\"}, \"1\"]\n]");
    QTest::newRow("list") << Command {"RPUSH", "k", "b", "a", "b"} << QByteArray("[\n  \"b\",\n  \"a\",\n  \"b\"\n]");
    QTest::newRow("set") << Command {"SADD", "k", "a"} << QByteArray("[\n  \"a\"\n]");
    QTest::newRow("sorted set") << Command {"ZADD", "k", "1.5", "a", "inf", "b"} << QByteArray("[\n  [\"a\", 1.5],\n  [\"b\", \"inf\"]\n]");
    QTest::newRow("stream") << Command {"XADD", "k", "1-1", "f", "v"} << QByteArray("[\n  [\"1-1\", \"f\", \"v\"]\n]");
}

void TestValuePane::copiesTheValueAsJson()
{
    QFETCH(core::redis::Command, make);
    QFETCH(QByteArray, json);
    send({make});
    m_pane->showKey("k");
    QAction* copy = nullptr;
    QTRY_VERIFY((copy = copyAction()) && copy->isEnabled());
    QCOMPARE(copy->text(), QStringLiteral("Copy value as JSON"));
    QGuiApplication::clipboard()->clear();
    copy->trigger();
    QTRY_COMPARE(QGuiApplication::clipboard()->text().toUtf8(), json);
    QVERIFY(core::cache::isJson(json));
}

void TestValuePane::copiesNoBeginningAsJson()
{
    send({{"SETRANGE", "k", "20000000", "x"}});
    m_pane->showKey("k");
    QTRY_VERIFY(says(QStringLiteral("The first")));
    QVERIFY(!copyAction()->isEnabled());
    core::redis::Command many {"RPUSH", "l"};
    for (int i = 0; i < 3000; ++i)
        many << QByteArray::number(i);
    send({many});
    m_pane->showKey("l");
    QTRY_VERIFY(says(QStringLiteral("1,000 of 3,000")));
    QCOMPARE(copyAction()->text(), QStringLiteral("Copy value as JSON (1,000 of 3,000)"));
}

void TestValuePane::showsEveryTypeAsATable_data()
{
    QTest::addColumn<core::redis::Command>("make");
    QTest::addColumn<QStringList>("head");
    QTest::addColumn<QStringList>("row");
    const auto texts = [](const char* a, const char* b) { return QStringList {QString::fromUtf8(a), QString::fromUtf8(b)}; };
    using core::redis::Command;
    QTest::newRow("hash") << Command {"HSET", "k", QByteArray("a\0b", 3), "<i>"} << texts("Field", "Value") << texts("a\\x00b", "<i>");
    QTest::newRow("list") << Command {"RPUSH", "k", "one\ntwo"} << texts("Index", "Element") << texts("0", "one\\ntwo");
    QTest::newRow("set") << Command {"SADD", "k", "m"} << texts("Index", "Member") << texts("0", "m");
    QTest::newRow("zset") << Command {"ZADD", "k", "1.5", "m"} << texts("Score", "Member") << texts("1.5", "m");
    QTest::newRow("stream") << Command {"XADD", "k", "1-2", "f", "v", "g", "w"} << texts("ID", "Fields") << texts("1-2", "f = v, g = w");
}

void TestValuePane::showsEveryTypeAsATable()
{
    QFETCH(core::redis::Command, make);
    QFETCH(QStringList, head);
    QFETCH(QStringList, row);
    send({make});
    auto* model = m_pane->findChild<CollectionModel*>();
    QAbstractItemModelTester tester(model);
    m_pane->showKey("k");
    QTRY_COMPARE(model->rowCount(), 1);
    for (int column = 0; column < 2; ++column) {
        QCOMPARE(model->headerData(column, Qt::Horizontal).toString(), head.at(column));
        QCOMPARE(model->index(0, column).data().toString(), row.at(column));
    }
    QVERIFY(says(QStringLiteral("1 of 1")));
    QVERIFY(m_pane->findChild<TableView*>()->isVisible());
}

void TestValuePane::showsAnImage()
{
    QImage image(40, 30, QImage::Format_RGB32);
    image.fill(Qt::red);
    QBuffer buffer;
    image.save(&buffer, "PNG");
    send({{"SET", "k", buffer.data()}});
    m_pane->showKey("k");
    auto* view = m_pane->findChild<ImageView*>();
    QTRY_COMPARE(view->image().size(), QSize(40, 30));
    QVERIFY(view->isVisible());
    QVERIFY2(view->text().startsWith(QStringLiteral("PNG, 40 × 30 pixels")), qPrintable(view->text()));
}

void TestValuePane::refusesAnImageOfTooManyPixels()
{
    QImage image(40, 30, QImage::Format_RGB32);
    image.fill(Qt::red);
    QBuffer buffer;
    image.save(&buffer, "BMP");
    QByteArray bytes = buffer.data();
    bytes.replace(18, 8, QByteArray("\xa0\x86\x01\0\xa0\x86\x01\0", 8)); // 100,000 by 100,000
    ImageView view;
    view.setBytes(bytes, "BMP");
    QTRY_VERIFY2(view.text().contains(QStringLiteral("damaged")), qPrintable(view.text()));
    QVERIFY(view.image().isNull());
}

void TestValuePane::fits312Pixels()
{
    send({{"SET", "k", qCompress(QByteArray("{\"data\":[1,2],\"status_code\":404}")).mid(4)}});
    m_pane->showKey("k");
    QTRY_VERIFY(badges().contains(QStringLiteral("envelope")));
    QVERIFY2(m_pane->minimumSizeHint().width() <= std::max(312, m_pane->actsWidth()), qPrintable(QString::number(m_pane->minimumSizeHint().width())));
}

QTEST_MAIN(TestValuePane)
#include "tst_valuepane.moc"
