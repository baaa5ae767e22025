// SPDX-License-Identifier: GPL-3.0-or-later
#include "panetest.h"
#include "ui/pages/keys/keyreading.h"
#include "ui/widgets/badge.h"

#include <QLabel>
#include <QPushButton>

using ui::KeyReading;
using ui::KeyReadingNote;

// Keys that can be read in two ways, or that their own parts do not make again, are marked in the detail pane.
class TestKeyReading final : public PaneTest {
    Q_OBJECT
private slots:
    void readings_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("mark");
        QTest::addColumn<QStringList>("parts"); // of the text
        const auto row = [](const QByteArray& key, const char* mark, const QStringList& parts) {
            QTest::newRow(key.toPercentEncoding(":/?=&").constData()) << key << QString::fromLatin1(mark) << parts;
        };
        const QString marked = QStringLiteral("Marked");
        row("lightapi:Book:/books:a=1", "", {});
        row("item:7", "", {});
        row("tag:table:products", "", {});
        row("anything", "", {});
        row("Smart:/s:user:7:a=x:y", "ambiguous", {QStringLiteral("Read as seed-v1: class Smart, path /s:user:7:a=x:y"), QStringLiteral("or as "), marked});
        row("5f4dcc3b5aa765d61d8327deb882cf99", "unsure reading", {QStringLiteral("md5-v1: nothing of the request"), QStringLiteral("not in the key"), marked});
    }
    void readings()
    {
        QFETCH(QByteArray, key);
        QFETCH(QStringList, parts);
        const KeyReading reading = ui::readKey(key, {});
        QTEST(reading.mark, "mark");
        for (const QString& part : parts)
            QVERIFY2(reading.text.contains(part), qPrintable(reading.text));
    }

    void whatItsPartsMakeIsNamed()
    {
        core::cache::RouteTable routes;
        routes.add(*core::cache::routeFromArgument(QStringLiteral("Varied=/varied,ttl=60,vary_on=page")));
        const KeyReading reading = ui::readKey("lightapi:Varied:/varied:old=1", routes);
        QVERIFY(!reading.mark.isEmpty());
        QVERIFY2(reading.text.contains(QStringLiteral("another key: lightapi:Varied:/varied:")), qPrintable(reading.text));
        QVERIFY2(reading.text.contains(QStringLiteral("query old=1")), qPrintable(reading.text));
    }

    void theKeyThatIsShownIsMarked()
    {
        send({{"SET", "Smart:/s:user:7:a=x:y", "{}"}, {"SET", "item:7", "{}"}});
        auto* note = m_pane->findChild<KeyReadingNote*>();
        QVERIFY(note && note->isHidden());
        m_pane->showKey("Smart:/s:user:7:a=x:y");
        QTRY_VERIFY(note->isVisible());
        auto* badge = note->findChild<ui::Badge*>();
        QCOMPARE(badge->text(), QStringLiteral("ambiguous"));
        QVERIFY(badge->toolTip().contains(QStringLiteral("seed-v1")));
        auto* label = note->findChild<QLabel*>();
        QVERIFY(!label->isVisible());
        note->findChild<QPushButton*>()->click();
        QVERIFY(label->isVisible() && label->text().contains(QStringLiteral("seed-v1")));
        QVERIFY(m_pane->minimumSizeHint().width() <= 340);
        m_pane->showKey("item:7");
        QTRY_VERIFY(note->isHidden());
    }
};

QTEST_MAIN(TestKeyReading)
#include "tst_keyreading.moc"
