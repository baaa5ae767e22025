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
        const QTemporaryDir folder;
        core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        workspace.audit() = core::invalidate::AuditLog(folder.filePath(QStringLiteral("audit.ndjson")));
        core::invalidate::AuditEntry entry;
        entry.id = QStringLiteral("1");
        entry.at = QDateTime::currentDateTimeUtc();
        entry.act = QStringLiteral("invalidate");
        entry.outcome = QStringLiteral("failed: no \"shop\" & more");
        QVERIFY(workspace.audit().append(entry));
        ActivityPage page(&workspace);
        page.findChild<SegmentedControl*>()->setCurrent(1);
        page.refresh();
        TableView* audit = nullptr;
        for (TableView* table : page.findChildren<TableView*>()) {
            if (table->accessibleName() == QStringLiteral("Audit log"))
                audit = table;
        }
        QVERIFY(audit);
        QTRY_COMPARE(audit->model()->rowCount(), 1);
        QCOMPARE(audit->model()->index(0, 1).data(Qt::ToolTipRole).toString(), entry.outcome);
    }
};

QTEST_MAIN(TestActivityPage)
#include "tst_activitypage.moc"
