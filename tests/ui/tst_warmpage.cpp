// SPDX-License-Identifier: GPL-3.0-or-later
#include "cachingapi.h"
#include "ui/models/roles.h"
#include "ui/pages/warm/warmpage.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QFile>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class TestWarmPage final : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<Stage> m_stage;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<WarmPage> m_page;

    QPushButton* button(const QString& text) const
    {
        for (QPushButton* candidate : m_page->findChildren<QPushButton*>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }
    void setText(const QString& text) { m_page->findChild<QPlainTextEdit*>()->setPlainText(text); }
    QString cell(int row, int column) const { return m_page->findChild<TableView*>()->model()->index(row, column).data().toString(); }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        m_stage = std::make_unique<Stage>();
        QVERIFY(m_stage->build());
    }
    void init()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<WarmPage>(m_workspace.get());
        core::settings::Profile profile;
        profile.name = QStringLiteral("warm");
        profile.endpoint = m_stage->redis.endpoint();
        profile.apiUrl = m_stage->api->url();
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_workspace->setRoutes(CachingApi::routes());
    }
    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }
    void cleanupTestCase() { m_stage.reset(); }

    // "/busy" is told to come again, so the ones behind it end first.
    void everyResultTakesItsOwnRow()
    {
        const QStringList targets {QStringLiteral("/busy"), QStringLiteral("/books/1"), QStringLiteral("/plain"), QStringLiteral("/fails"), QStringLiteral("/books/2")};
        setText(targets.join(u'\n'));
        for (QSpinBox* spin : m_page->findChildren<QSpinBox*>()) {
            if (spin->accessibleName() == QStringLiteral("Requests at once"))
                spin->setValue(4);
        }
        button(QStringLiteral("Warm"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->jobs()->running().isEmpty(), 20'000);
        QStringList shown;
        for (int i = 0; i < targets.size(); ++i)
            shown << cell(i, 0);
        QCOMPARE(shown, targets);
        QCOMPARE(cell(3, 3), QStringLiteral("500"));
        QCOMPARE(cell(4, 1), QStringLiteral("WARMED"));
        QVERIFY2(m_page->fact().contains(QStringLiteral("1 failed")), qPrintable(m_page->fact()));
    }

    // What is long is read on a pool; until then the targets of before are not taken for it.
    void longTextIsReadOffTheWindow()
    {
        setText(QStringLiteral("/books/0"));
        QVERIFY(button(QStringLiteral("Warm"))->isEnabled());
        QStringList lines;
        for (int i = 0; i < 20'000; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        setText(lines.join(u'\n'));
        QVERIFY(!button(QStringLiteral("Warm"))->isEnabled());
        QTRY_VERIFY(button(QStringLiteral("Warm"))->isEnabled());
    }

    void fileThatIsNoTextIsRefused()
    {
        QFile file(m_folder.filePath(QStringLiteral("targets")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("/books/caf\xE9\n");
        file.close();
        button(QStringLiteral("Open file…"))->click();
        auto* dialog = m_page->findChild<QFileDialog*>();
        QVERIFY(dialog);
        emit dialog->fileSelected(file.fileName());
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("input")));
        QCOMPARE(m_page->findChild<QPlainTextEdit*>()->toPlainText(), QString());
        dialog->close();
    }
};

QTEST_MAIN(TestWarmPage)
#include "tst_warmpage.moc"
