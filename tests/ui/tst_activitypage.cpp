// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activity/activitypage.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/tableview.h"

#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class TestActivityPage final : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(); }

    // The view escapes what a model says: twice would show "&quot;".
    void outcomeIsEscapedOnce()
    {
        const QString outcome = QStringLiteral("failed: no \"shop\" & more");
        show(outcome, {});
        QCOMPARE(m_audit->model()->index(0, 1).data(Qt::ToolTipRole).toString(), outcome);
    }

    // The counts of its beginning say "0 deleted", which nobody knows.
    void anActWithoutAnEndSaysNoCounts()
    {
        show(QStringLiteral("started"), {{QStringLiteral("deleted"), 0}, {QStringLiteral("not_reached"), 7}});
        QCOMPARE(counts(), QStringLiteral("not known: under way, or cut short"));
        show(QStringLiteral("cancelled"), {{QStringLiteral("not_reached"), 7}});
        QCOMPARE(counts(), QStringLiteral("7 not reached"));
    }

private:
    void show(const QString& outcome, const QJsonObject& counts)
    {
        m_page.reset();
        m_workspace.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<core::settings::Store>(m_folder->filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_workspace->audit() = core::invalidate::AuditLog(m_folder->filePath(QStringLiteral("audit.ndjson")));
        core::invalidate::AuditEntry entry;
        entry.id = QStringLiteral("1");
        entry.at = QDateTime::currentDateTimeUtc();
        entry.act = QStringLiteral("invalidate");
        entry.outcome = outcome;
        entry.counts = counts;
        QVERIFY(m_workspace->audit().append(entry));
        m_page = std::make_unique<ActivityPage>(m_workspace.get());
        m_page->findChild<SegmentedControl*>()->setCurrent(1);
        m_page->refresh();
        m_audit = nullptr;
        for (TableView* table : m_page->findChildren<TableView*>()) {
            if (table->accessibleName() == QStringLiteral("Audit log"))
                m_audit = table;
        }
        QVERIFY(m_audit);
        QTRY_COMPARE(m_audit->model()->rowCount(), 1);
    }
    QString counts() const { return m_audit->model()->index(0, 4).data().toString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ActivityPage> m_page;
    TableView* m_audit = nullptr;
};

QTEST_MAIN(TestActivityPage)
#include "tst_activitypage.moc"
