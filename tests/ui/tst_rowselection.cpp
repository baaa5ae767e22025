// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyview.h"
#include "ui/pages/keys/rowselection.h"
#include "ui/widgets/tableview.h"

#include <QAbstractTableModel>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>

using namespace ui;
using core::keys::RowSet;

namespace {
class MillionsModel final : public QAbstractTableModel {
public:
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 10'000'000; }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 5; }
    QVariant data(const QModelIndex&, int) const override { return {}; }
    Qt::ItemFlags flags(const QModelIndex& index) const override
    {
        ++asked;
        return QAbstractTableModel::flags(index);
    }
    mutable qint64 asked = 0;
};

RowSet rowsOf(const QItemSelection& selection)
{
    RowSet rows;
    for (const QItemSelectionRange& range : selection)
        rows.add(range.top(), range.bottom());
    return rows;
}
}

class TestRowSelection final : public QObject {
    Q_OBJECT
private slots:
    // Whatever is done, it chooses the rows that Qt's own selection would.
    void choosesWhatQtChooses()
    {
        QStandardItemModel model(60, 3);
        RowSelection own(&model);
        own.setWindow(20, 39);
        QItemSelectionModel theirs(&model);
        using Model = QItemSelectionModel;
        const QList<Model::SelectionFlags> commands {Model::ClearAndSelect, Model::Select, Model::Deselect, Model::Toggle, Model::SelectCurrent, Model::ToggleCurrent,
            Model::Select | Model::Current, Model::Deselect | Model::Current, Model::Clear, Model::NoUpdate, Model::Clear | Model::Select | Model::Current};
        QRandomGenerator random(7);
        for (int step = 0; step < 3000; ++step) {
            const int first = random.bounded(60), last = std::min(59, first + random.bounded(20));
            const Model::SelectionFlags command = commands.at(random.bounded(int(commands.size()))) | Model::Rows;
            const QItemSelection range(model.index(first, random.bounded(3)), model.index(last, 2));
            own.select(range, command == Model::SelectionFlags(Model::Rows) ? Model::SelectionFlags(Model::NoUpdate) : command);
            if (command != Model::SelectionFlags(Model::Rows))
                theirs.select(range, command);
            QVERIFY2(own.rows() == rowsOf(theirs.selection()), qPrintable(QString::number(step)));
            for (int row = 20; row < 40; ++row)
                QCOMPARE(own.isSelected(model.index(row, 1)), theirs.isSelected(model.index(row, 1)));
            QVERIFY(rowsOf(own.selection()).intervals().empty() || rowsOf(own.selection()).intervals().front().first >= 20);
        }
    }

    void saysOnceWhatHasChanged()
    {
        QStandardItemModel model(10, 1);
        RowSelection rows(&model);
        QSignalSpy changed(&rows, &RowSelection::rowsChanged);
        rows.select(model.index(3, 0), QItemSelectionModel::Select);
        rows.select(model.index(3, 0), QItemSelectionModel::Select);
        QCOMPARE(changed.size(), 1);
        rows.setWindow(0, 9);
        QCOMPARE(changed.size(), 1);
        model.setRowCount(0);
        rows.clear();
        QVERIFY(rows.rows().isEmpty());
    }

    // Ten million, every other one: copied, they would stop the window at each list.
    void rowsAreSharedAndNotCopied()
    {
        MillionsModel model;
        RowSelection rows(&model);
        const auto given = std::make_shared<const RowSet>(5, 9);
        QSignalSpy changed(&rows, &RowSelection::rowsChanged);
        rows.setRows(given);
        QCOMPARE(rows.sharedRows(), given);
        rows.setRows(std::make_shared<const RowSet>(5, 9)); // the same rows: whoever compares need not look at them
        QCOMPARE(rows.sharedRows(), given);
        QCOMPARE(changed.size(), 1);
        rows.select(model.index(2, 0), QItemSelectionModel::Toggle);
        QCOMPARE(given->count(), 5);
        QCOMPARE(rows.rows().count(), 6);
        rows.clear();
        QVERIFY(rows.sharedRows()->isEmpty());
    }

    void resetChoosesNothing()
    {
        MillionsModel model;
        RowSelection rows(&model);
        rows.setRows(std::make_shared<const RowSet>(0, 9'999'999));
        rows.reset();
        QVERIFY(rows.rows().isEmpty());
        rows.select(model.index(1, 0), QItemSelectionModel::Select); // nothing of before comes back
        QCOMPARE(rows.rows(), RowSet(1, 1));
    }

    // Another scan has another store: what is chosen is found in it by its bytes, however much it is.
    void largeSelectionOutlivesAScan()
    {
        const std::atomic_bool never = false;
        const auto nameOf = [](int i) { return QByteArray("k:" + QByteArray::number(i)); };
        QList<QByteArray> before, after {"a", "k:5x", QByteArray("z\0\xff", 3)};
        for (int i = 0; i < 120'000; ++i) {
            before << nameOf(i);
            if (i % 1000 != 7)
                after << nameOf(119'999 - i);
        }
        const auto wishOf = [&](const QList<QByteArray>& keys) {
            auto store = std::make_shared<core::keys::KeyStore>();
            for (const QByteArray& key : keys)
                store->key(key.constData(), std::size_t(key.size()));
            store->batchEnd();
            KeyViewWish wish;
            wish.snapshot.order = core::keys::sortedOrder(*store, store->size(), never);
            wish.snapshot.store = std::move(store);
            return wish;
        };
        const KeyViewWish first = wishOf(before);
        const core::Result<KeyView> old = makeKeyView(first, never);
        QVERIFY(old);
        KeyViewWish second = wishOf(after);
        second.chosen = {first.snapshot.store, old->byKey, old->rows, std::make_shared<const RowSet>(0, 119'999)};
        const core::Result<KeyView> made = makeKeyView(second, never);
        QVERIFY(made);
        QCOMPARE(made->rows->size(), std::size_t(after.size()));
        QCOMPARE(made->chosen->count(), after.size() - 3);
        for (const QByteArray& key : after.first(3)) {
            const qint64 row = rowOfKey(*made->snapshot.store, *made->byKey, *made->rows, key);
            QVERIFY2(row >= 0 && !made->chosen->contains(row), key.constData());
        }
    }

    // No act goes through the rows, however many and scattered they are.
    void millionsAreChosenAtOnce()
    {
        MillionsModel model;
        TableView view(QStringLiteral("Rows"));
        view.setModel(&model);
        auto* rows = new RowSelection(&model, &view);
        view.setSelectionModel(rows);
        view.resize(400, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        rows->setWindow(0, 20);
        model.asked = 0;
        view.selectAll();
        view.grab();
        QCOMPARE(rows->rows().count(), 10'000'000);
        QVERIFY2(model.asked < 5000, qPrintable(QString::number(model.asked)));
        RowSet odd;
        for (int row = 1; row < 2'000'000; row += 2)
            odd.add(row, row);
        rows->setRows(std::make_shared<const RowSet>(odd));
        rows->setWindow(1'000'000, 1'000'020);
        view.verticalScrollBar()->setValue(1'000'000);
        view.grab();
        QVERIFY(rows->isSelected(model.index(1'000'001, 2)));
        QVERIFY(!rows->isSelected(model.index(1'000'002, 2)));
        rows->setCurrentIndex(model.index(1'000'001, 0), QItemSelectionModel::NoUpdate);
        QTest::keyClick(&view, Qt::Key_End, Qt::ShiftModifier);
        view.grab();
        QVERIFY(rows->rows().contains(9'999'999));
        QVERIFY2(model.asked < 20'000, qPrintable(QString::number(model.asked)));
    }
};

QTEST_MAIN(TestRowSelection)
#include "tst_rowselection.moc"
