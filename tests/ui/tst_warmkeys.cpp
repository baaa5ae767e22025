// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "ui/pages/invalidate/invalidatepage.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

// The keys of a plan on their way to the Warm page.
class TestWarmKeys final : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    Stage m_stage;

    static QPushButton* button(QWidget& page, const QString& text)
    {
        for (QPushButton* each : page.findChildren<QPushButton*>()) {
            if (each->text().startsWith(text))
                return each;
        }
        return nullptr;
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        QVERIFY(m_stage.build());
    }

    void beforeAndAfterTheRun()
    {
        QVERIFY(m_stage.ask({"MSET", "lightapi:Book:/books/1:", "[]", "lightapi:Book:/books/2:", "[]", "other", "1"}));
        core::settings::Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        InvalidatePage page(&workspace);
        core::settings::Profile profile;
        profile.name = QStringLiteral("local");
        profile.endpoint = m_stage.redis.endpoint();
        profile.apiUrl = m_stage.api->url();
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        workspace.setReadOnly(false);
        PageHint hint;
        hint.selection = {{core::invalidate::Selector::Kind::Class, "Book"}};
        page.openHint(hint);
        QSignalSpy asked(&workspace, &Workspace::pageRequested);
        QTRY_VERIFY(button(page, QStringLiteral("Warm these keys…")) && button(page, QStringLiteral("Warm these keys…"))->isEnabled());
        button(page, QStringLiteral("Warm these keys…"))->click();
        const QList<QByteArray> keys {"lightapi:Book:/books/1:", "lightapi:Book:/books/2:"};
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked.last().at(0).value<PageId>(), PageId::Warm);
        QCOMPARE(asked.last().at(1).value<PageHint>().list.toList(), keys);
        QTRY_VERIFY(button(page, QStringLiteral("Invalidate 2 keys")) && button(page, QStringLiteral("Invalidate 2 keys"))->isEnabled());
        button(page, QStringLiteral("Invalidate 2 keys"))->click();
        QTRY_VERIFY(button(page, QStringLiteral("Warm them")));
        QCOMPARE(m_stage.ask({"DBSIZE"})->integer, 1);
        button(page, QStringLiteral("Warm them"))->click();
        QTRY_COMPARE(asked.size(), 2);
        QCOMPARE(asked.last().at(1).value<PageHint>().list.toList(), keys);
    }
};

QTEST_MAIN(TestWarmKeys)
#include "tst_warmkeys.moc"
