// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/roles.h"
#include "ui/pages/invalidate/planmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using core::invalidate::Plan;
using ui::PlanModel;

class TestPlanModel final : public QObject {
    Q_OBJECT
private:
    // Made in order, as sorting millions would take longer than the test.
    static core::keys::KeyList keys(int count)
    {
        auto store = std::make_shared<core::keys::KeyStore>();
        auto order = std::make_shared<core::keys::Order>();
        for (int i = 0; i < count; ++i) {
            const QByteArray key = "lightapi:Book:/books:page=" + QByteArray::number(i).rightJustified(8, '0');
            store->key(key.constData(), std::size_t(key.size()));
            order->push_back(core::keys::KeyId(i));
        }
        store->batchEnd();
        return {store, order};
    }

private slots:
    void showsEveryKeyTagIndexesFirst()
    {
        PlanModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Plan plan;
        plan.keys = keys(1'200'000);
        plan.tagKeys = {"tag:<b>"};
        model.setPlan(plan, {});
        QCOMPARE(model.rowCount(), 1'000'000); // what is on screen first
        QTRY_COMPARE(model.rowCount(), 1'200'001);
        QCOMPARE(model.index(0, PlanModel::Key).data().toString(), QStringLiteral("tag:<b>"));
        QCOMPARE(model.index(0, PlanModel::Kind).data().toString(), QStringLiteral("tag index"));
        const QModelIndex last = model.index(1'200'000, PlanModel::Key);
        QCOMPARE(last.data(ui::BytesRole).toByteArray(), "lightapi:Book:/books:page=01199999");
        QCOMPARE(last.siblingAtColumn(PlanModel::Class).data().toString(), QStringLiteral("Book"));
    }

    void anotherPlanMeanwhile()
    {
        PlanModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Plan large, small;
        large.keys = keys(1'200'000);
        small.keys = keys(3);
        model.setPlan(large, {});
        model.setPlan(small, {});
        QCOMPARE(model.rowCount(), 3);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        bool turned = false;
        QTimer::singleShot(0, this, [&] { turned = true; });
        QTRY_VERIFY(turned);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(inserted.size(), 0);
        model.setPlan({}, {});
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_GUILESS_MAIN(TestPlanModel)
#include "tst_planmodel.moc"
