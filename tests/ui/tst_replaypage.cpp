// SPDX-License-Identifier: GPL-3.0-or-later
#include "cachingapi.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/shell/workspace.h"

#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class TestReplayPage final : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;

private slots:
    void initTestCase() { Theme::instance().install(); }

    // A bearer token for one server must not go to the next one, and one that is hidden must be told of.
    void headersEndWithTheConnection()
    {
        Stage stage;
        QVERIFY(stage.build());
        core::settings::Store store(m_folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        ReplayPage page(&workspace);
        core::settings::Profile profile;
        profile.name = QStringLiteral("first");
        profile.endpoint = stage.redis.endpoint();
        profile.apiUrl = stage.api->url();
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        auto* headers = page.findChild<QPlainTextEdit*>();
        QPushButton* button = nullptr;
        for (QPushButton* candidate : page.findChildren<QPushButton*>()) {
            if (candidate->isCheckable() && candidate->text() == QStringLiteral("Headers"))
                button = candidate;
        }
        QVERIFY(button);
        headers->setPlainText(QStringLiteral("Authorization: Bearer one\n\nAccept: */*\n"));
        QCOMPARE(button->text(), QStringLiteral("Headers 2"));
        profile.name = QStringLiteral("second");
        workspace.connectTo(profile);
        QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
        QCOMPARE(headers->toPlainText(), QString());
        QCOMPARE(button->text(), QStringLiteral("Headers"));
    }
};

QTEST_MAIN(TestReplayPage)
#include "tst_replaypage.moc"
