// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pagestage.h"
#include "core/replay/collectionfile.h"
#include "ui/pages/replay/collectionfiles.h"
#include "ui/pages/replay/collectionmode.h"
#include "ui/pages/replay/savedrequestmodel.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/shell/joblist.h"
#include "ui/shell/typednamebar.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace ui;
using core::replay::Collection;
using core::replay::SavedRequest;

// The tab "Collection" of Replay, by its widgets.
class TestCollectionMode final : public QObject, PageStage<ReplayPage> {
    Q_OBJECT
    CollectionMode* m_mode = nullptr;
    int m_files = 0;

    TableView* table() const { return named<TableView>("Requests of the collection"); }
    QString cell(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
    QString names() const
    {
        QStringList out;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            out << cell(row, SavedRequestModel::NameColumn);
        return out.join(u' ');
    }
    QString checks() const
    {
        const QAbstractItemModel* model = named<TableView>("Expected and found")->model();
        QStringList out;
        for (int row = 0; row < model->rowCount(); ++row)
            out << model->index(row, 0).data().toString() + u'|' + model->index(row, 1).data().toString() + u'|' + model->index(row, 2).data().toString();
        return out.join(u'\n');
    }
    static SavedRequest saved(const char* name, const char* target, const core::replay::Expectations& expect = {}, const char* method = "GET")
    {
        return {.name = text(name), .method = method, .target = target, .expect = expect};
    }
    // Written as a file and opened, as a user would.
    void open(const QList<SavedRequest>& requests)
    {
        Collection collection;
        collection.name = text("Books");
        collection.requests = requests;
        const QString file = m_folder.filePath(QStringLiteral("c%1.json").arg(++m_files));
        QVERIFY(core::replay::storeCollection(collection, file, {}));
        m_mode->files()->open(file);
        QTRY_COMPARE(m_mode->files()->file(), file);
        QTRY_VERIFY(!m_mode->files()->isBusy());
    }
    QByteArray onDisk() const
    {
        QFile file(m_mode->files()->file());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void run()
    {
        QVERIFY(press("Run"));
        QTRY_VERIFY(!m_mode->isBusy());
    }

private slots:
    void initTestCase()
    {
        QVERIFY(build());
        openPage();
        m_page->resize(1280, 800);
        m_page->show();
        m_mode = m_page->findChild<CollectionMode*>();
        QVERIFY(m_mode);
        new QAbstractItemModelTester(m_mode->findChild<SavedRequestModel*>(), QAbstractItemModelTester::FailureReportingMode::QtTest, this);
        QVERIFY(connectForWriting(profile("local", {text("Book=/books,ttl=60"), text("Large=/large,ttl=60")})));
    }
    void init()
    {
        QVERIFY(m_stage.ask({"FLUSHALL"}));
        showTab("Collection");
    }
    void cleanup()
    {
        m_mode->files()->startAnew();
        if (strip("collection-file"))
            QVERIFY(press("Discard them"));
        QCOMPARE(table()->model()->rowCount(), 0);
        m_workspace->setReadOnly(false);
        named<QPlainTextEdit>("Request headers, one a line")->clear();
    }
    void cleanupTestCase()
    {
        closePage();
    }

    void nothingToRunIsSaid()
    {
        const int before = m_stage.api->requests();
        QVERIFY(press("Run"));
        QVERIFY(strip("collection-run"));
        QCOMPARE(m_stage.api->requests(), before);
    }

    void failedOnesComeFirst()
    {
        open({saved("stored", "/books", {.status = 200, .verdict = core::http::Verdict::Miss}), saved("kept", "/books", {.verdict = core::http::Verdict::Hit}),
            saved("wrong", "/books", {.status = 404, .verdict = core::http::Verdict::Hit}), saved("plain", "/books")});
        QCOMPARE(names(), text("stored kept wrong plain"));
        QCOMPARE(cell(0, SavedRequestModel::ExpectedColumn), text("200, MISS"));
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), QString());
        run();
        QCOMPARE(names(), text("wrong stored kept plain"));
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("FAILED"));
        QCOMPARE(cell(1, SavedRequestModel::OutcomeColumn), text("PASSED"));
        QCOMPARE(table()->currentIndex().row(), 0);
        QCOMPARE(checks(), text("answer|one|one\nstatus|404|200\nverdict|HIT|HIT"));
        QVERIFY(named<TableView>("Evidence", m_mode)->model()->rowCount() > 0);
        // Held against the answer that came, without another request.
        const int before = m_stage.api->requests();
        named<QSpinBox>("Status")->setValue(200);
        QCOMPARE(checks(), text("answer|one|one\nstatus|200|200\nverdict|HIT|HIT"));
        QCOMPARE(m_stage.api->requests(), before);
        QVERIFY(m_mode->files()->isChanged());
    }

    void whatWasSeenIsProposed()
    {
        showTab("Request");
        named<QLineEdit>("Request target")->setText(text("/books"));
        QVERIFY(press("Send"));
        auto* sent = named<TableView>("Requests sent")->model();
        QTRY_VERIFY(sent->rowCount() > 0 && m_page->findChild<QPushButton*>());
        QTRY_VERIFY(button("Send")->isEnabled());
        showTab("Collection");
        QVERIFY(press("Add the request above"));
        QCOMPARE(table()->model()->rowCount(), 1);
        QVERIFY2(cell(0, SavedRequestModel::ExpectedColumn).startsWith(text("200, MISS, 1 to 60 s left, at most ")), qPrintable(cell(0, SavedRequestModel::ExpectedColumn)));
        QVERIFY(!strip("collection-add"));
        QVERIFY(m_stage.ask({"FLUSHALL"}));
        run();
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("PASSED"));
        // One that was not sent yet is told to expect nothing.
        named<QLineEdit>("Request target")->setText(text("/books/7"));
        QVERIFY(press("Add the request above"));
        QCOMPARE(cell(1, SavedRequestModel::ExpectedColumn), text("an answer"));
        QVERIFY(strip("collection-add"));
    }

    void credentialsStayOutOfTheFile()
    {
        named<QLineEdit>("Request target")->setText(text("/mine"));
        named<QPlainTextEdit>("Request headers, one a line")->setPlainText(text("Authorization: Basic YWxpY2U6cmlnaHQtYWxpY2U=\nX-A: 1"));
        QVERIFY(press("Add the request above"));
        QVERIFY(strip("collection-add"));
        QVERIFY(strip("collection-add")->what.contains(text("Authorization")));
        const QString file = m_folder.filePath(text("mine.json"));
        m_mode->files()->saveAs(file);
        QTRY_COMPARE(m_mode->files()->file(), file);
        QVERIFY(onDisk().contains("{{authorization}}"));
        QVERIFY(!onDisk().contains("YWxp"));
        // Its value is in memory, so that it runs and is let in.
        named<QSpinBox>("Status")->setValue(200);
        run();
        QCOMPARE(checks(), text("answer|one|one\nstatus|200|200"));
        QTRY_VERIFY(!m_mode->files()->isBusy());
    }

    void aMissingValueIsAskedFor()
    {
        SavedRequest request = saved("mine", "/mine", {.status = 200});
        request.headers = {{"Authorization", "Basic {{who}}"}};
        open({request, saved("books", "/books")});
        auto* field = named<QLineEdit>("Value of who");
        QVERIFY(field && field->isVisible());
        QCOMPARE(field->echoMode(), QLineEdit::Password);
        const int before = m_stage.api->requests();
        QVERIFY(press("Run"));
        QVERIFY(!m_mode->isBusy() && strip("collection-ask"));
        QCOMPARE(m_stage.api->requests(), before);
        QVERIFY(press("Run without"));
        QTRY_VERIFY(!m_mode->isBusy());
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("SKIPPED"));
        QCOMPARE(cell(1, SavedRequestModel::OutcomeColumn), text("PASSED"));
        field->setText(text("YWxpY2U6cmlnaHQtYWxpY2U="));
        run();
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("PASSED"));
    }

    void otherMethodsAreAskedForOrRefused()
    {
        open({saved("write", "/books", {}, "POST"), saved("read", "/books")});
        QVERIFY(m_stage.ask({"SETEX", "lightapi:Book:/books:", "50", "[]"}));
        QVERIFY(press("Run"));
        QVERIFY(!m_mode->isBusy() && strip("collection-ask"));
        QVERIFY(press("Send GET alone"));
        QTRY_VERIFY(!m_mode->isBusy());
        QCOMPARE(names(), text("write read"));
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("SKIPPED"));
        QCOMPARE(m_stage.ask({"EXISTS", "lightapi:Book:/books:"})->integer, 1);
        m_workspace->setReadOnly(true);
        run();
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("SKIPPED"));
        QVERIFY(!strip("collection-ask") && strip("collection-run"));
        m_workspace->setReadOnly(false);
        QVERIFY(press("Run"));
        QVERIFY(press("Send all"));
        QTRY_VERIFY(!m_mode->isBusy());
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("PASSED"));
    }

    // On production not by a click alone, as in the request line.
    void productionWantsTheNameTyped()
    {
        core::settings::Profile profile = m_workspace->profile();
        const core::settings::Profile before = profile;
        profile.environment = core::settings::Environment::Production;
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_workspace->setReadOnly(false);
        showTab("Collection");
        open({saved("write", "/{{what}}s", {}, "POST"), saved("read", "/books")});
        named<QLineEdit>("Value of what")->setText(text("book"));
        auto* bar = m_mode->findChild<TypedNameBar*>();
        QVERIFY(bar && bar->isHidden());
        QVERIFY(press("Run"));
        QVERIFY(strip("collection-ask"));
        QVERIFY(press("Send all"));
        QVERIFY(!m_mode->isBusy() && !bar->isHidden());
        m_page->findChild<SavedRequestModel*>()->setName(text("Other")); // it was about the collection as it was
        QVERIFY(bar->isHidden());
        auto* value = named<QLineEdit>("Value of what");
        QVERIFY(value);
        value->setText(text("c")); // and its value, which the target is made of
        QVERIFY(press("Run"));
        QVERIFY(press("Send all"));
        QVERIFY(!bar->isHidden());
        value->setText(text("b"));
        QVERIFY(bar->isHidden() && !m_mode->isBusy());
        QVERIFY(press("Run"));
        value->setText(text("book"));
        QVERIFY(!strip("collection-ask"));
        QVERIFY(press("Run"));
        QVERIFY(press("Send all"));
        auto* name = bar->findChild<QLineEdit*>();
        name->setText(text("loca"));
        QVERIFY(!button("Send them", bar)->isEnabled());
        emit name->returnPressed();
        QVERIFY(!m_mode->isBusy());
        name->setText(text("local"));
        QVERIFY(press("Send them", bar));
        QTRY_VERIFY(!m_mode->isBusy());
        QVERIFY(bar->isHidden());
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("PASSED"));
        m_workspace->connectTo(before);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_workspace->setReadOnly(false);
    }

    void renamedMovedAndRemoved()
    {
        open({saved("a", "/books/1"), saved("b", "/books/2"), saved("c", "/books/3")});
        table()->setCurrentIndex(table()->model()->index(0, 0));
        named<QToolButton>("Move down")->click();
        QCOMPARE(names(), text("b a c"));
        QCOMPARE(table()->currentIndex().row(), 1);
        named<QToolButton>("Move up")->click();
        QCOMPARE(names(), text("a b c"));
        QVERIFY(!named<QToolButton>("Move up")->isEnabled());
        QVERIFY(table()->model()->setData(table()->model()->index(0, 0), text("first")));
        table()->setCurrentIndex(table()->model()->index(1, 0));
        named<QLineEdit>("Name of the request")->setText(text("second"));
        named<QToolButton>("Remove the request")->click();
        QCOMPARE(names(), text("first c"));
        QVERIFY(press("Save"));
        QTRY_VERIFY(!m_mode->files()->isChanged());
        const auto again = core::replay::loadCollection(m_mode->files()->file());
        QVERIFY(again);
        QCOMPARE(again->collection.requests.size(), 2);
        QCOMPARE(again->collection.requests[0].name, text("first"));
        QCOMPARE(again->collection.requests[1].target, QByteArray("/books/3"));
    }

    void expectationsAreEdited()
    {
        SavedRequest request = saved("a", "/books", {.maxTtlS = 1'000'000'000'000, .maxLatencyMs = 2.55});
        open({request});
        named<QComboBox>("Verdict")->setCurrentIndex(1);
        named<QSpinBox>("Least time to live")->setValue(5);
        named<QPlainTextEdit>("Expected headers, one a line")->setPlainText(text("Content-Type: application/json"));
        QVERIFY(press("Save"));
        QTRY_VERIFY(!m_mode->files()->isChanged());
        const core::replay::Expectations kept = core::replay::loadCollection(m_mode->files()->file())->collection.requests[0].expect;
        QCOMPARE(kept.verdict, std::optional(core::http::Verdict::Hit));
        QCOMPARE(kept.minTtlS, std::optional<qint64>(5));
        QCOMPARE(kept.headers, (core::http::Headers {{"Content-Type", "application/json"}}));
        // What the fields cannot show whole stays as the file had it.
        QCOMPARE(kept.maxTtlS, std::optional<qint64>(1'000'000'000'000));
        QCOMPARE(kept.maxLatencyMs, std::optional(2.55));
        // A range that is none and a header that is none do not get into the collection.
        named<QSpinBox>("Most time to live")->setValue(3);
        named<QPlainTextEdit>("Expected headers, one a line")->setPlainText(text("no header"));
        QVERIFY(!m_mode->files()->isChanged());
        named<QSpinBox>("Most time to live")->setValue(6);
        named<QPlainTextEdit>("Expected headers, one a line")->clear();
        QVERIFY(m_mode->files()->isChanged());
        QCOMPARE(cell(0, SavedRequestModel::ExpectedColumn), text("HIT, 5 to 6 s left, at most 2.55 ms"));
    }

    void unsavedChangesAreAskedAbout()
    {
        open({saved("a", "/books")});
        QCOMPARE(m_page->unsaved(), QString());
        named<QLineEdit>("Name of the collection")->setText(text("Other"));
        QVERIFY(m_page->unsaved().contains(QStringLiteral("c%1.json").arg(m_files)));
        const QString first = m_mode->files()->file();
        const QString second = m_folder.filePath(text("second.json"));
        QVERIFY(core::replay::storeCollection({.name = text("Second")}, second, {}));
        m_mode->files()->open(second);
        QCOMPARE(m_mode->files()->file(), first);
        QVERIFY(strip("collection-file"));
        QVERIFY(press("Save first"));
        QTRY_COMPARE(m_mode->files()->file(), second);
        QCOMPARE(core::replay::loadCollection(first)->collection.name, text("Other"));
        QTRY_COMPARE(named<QLineEdit>("Name of the collection")->text(), text("Second"));
        QCOMPARE(m_page->unsaved(), QString());
    }

    void aFileChangedOnDiskIsAskedAbout()
    {
        open({saved("a", "/books")});
        named<QLineEdit>("Name of the collection")->setText(text("Mine"));
        const Collection theirs {.name = text("Theirs")};
        QVERIFY(core::replay::storeCollection(theirs, m_mode->files()->file(), {}));
        QVERIFY(press("Save"));
        QTRY_VERIFY(strip("collection-file"));
        QVERIFY(onDisk().contains("Theirs") && m_mode->files()->isChanged());
        QVERIFY(press("Overwrite it"));
        QTRY_VERIFY(!m_mode->files()->isChanged());
        QVERIFY(onDisk().contains("Mine"));
        named<QLineEdit>("Name of the collection")->setText(text("Mine again"));
        QVERIFY(core::replay::storeCollection(theirs, m_mode->files()->file(), {}));
        QVERIFY(press("Save"));
        QTRY_VERIFY(strip("collection-file"));
        QVERIFY(press("Read it, discard mine"));
        QTRY_COMPARE(named<QLineEdit>("Name of the collection")->text(), text("Theirs"));
        QTRY_VERIFY(!m_mode->files()->isBusy());
    }

    void aBadFileIsSaidAndNothingIsLost()
    {
        open({saved("a", "/books")});
        const QString bad = m_folder.filePath(text("bad.json"));
        QFile file(bad);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"cachelight_collection\": 1, \"requests\": [7]}") > 0);
        file.close();
        m_mode->files()->open(bad);
        QTRY_VERIFY(strip("collection-file"));
        QVERIFY(strip("collection-file")->why.contains(text("requests[0]")));
        QCOMPARE(names(), text("a"));
        m_page->findChild<StripStack*>()->remove(text("collection-file"));
    }

    void aRunIsCancelled()
    {
        QList<SavedRequest> requests;
        for (int i = 0; i < 500; ++i)
            requests << saved("r", QByteArray("/books/" + QByteArray::number(i)).constData());
        open(requests);
        QVERIFY(press("Run"));
        QVERIFY(m_mode->isBusy());
        QCOMPARE(m_workspace->jobs()->running().size(), 1);
        QTRY_VERIFY(!cell(0, SavedRequestModel::OutcomeColumn).isEmpty());
        QVERIFY(press("Stop", m_mode));
        QTRY_VERIFY(!m_mode->isBusy());
        QVERIFY(cell(499, SavedRequestModel::OutcomeColumn).isEmpty());
        QVERIFY(!strip("collection-run"));
    }

    // A file that comes while requests are sent: their results belong to none of its rows.
    void openingEndsARun()
    {
        open({saved("only", "/books")});
        const QString one = m_mode->files()->file();
        QList<SavedRequest> requests;
        for (int i = 0; i < 500; ++i)
            requests << saved("r", QByteArray("/books/" + QByteArray::number(i)).constData());
        open(requests);
        QVERIFY(press("Run"));
        m_mode->files()->open(one);
        QTRY_COMPARE(names(), text("only"));
        QVERIFY(!m_mode->isBusy());
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), QString());
        QVERIFY(button("Run")->isEnabled());
    }

    void aNewDatabaseForgetsResultsAndValues()
    {
        SavedRequest request = saved("mine", "/mine");
        request.headers = {{"Authorization", "Basic {{who}}"}};
        open({request});
        named<QLineEdit>("Value of who")->setText(text("YWxpY2U6cmlnaHQtYWxpY2U="));
        run();
        QCOMPARE(cell(0, SavedRequestModel::OutcomeColumn), text("PASSED"));
        m_workspace->selectDatabase(1);
        QTRY_COMPARE(cell(0, SavedRequestModel::OutcomeColumn), QString());
        QCOMPARE(named<QLineEdit>("Value of who")->text(), QString());
        QCOMPARE(names(), text("mine"));
        m_workspace->selectDatabase(0);
    }
};

QTEST_MAIN(TestCollectionMode)
#include "tst_collectionmode.moc"
