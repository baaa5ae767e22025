// SPDX-License-Identifier: GPL-3.0-or-later
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

    void resetChoosesNothing()
    {
        MillionsModel model;
        RowSelection rows(&model);
        rows.setRows(RowSet(0, 9'999'999));
        rows.reset();
        QVERIFY(rows.rows().isEmpty());
        rows.select(model.index(1, 0), QItemSelectionModel::Select); // nothing of before comes back
        QCOMPARE(rows.rows(), RowSet(1, 1));
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
        rows->setRows(odd);
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
