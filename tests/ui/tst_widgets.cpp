// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/rowmodel.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/chartview.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/kpitile.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QLabel>
#include <QMimeData>
#include <QSignalSpy>
#include <QPushButton>
#include <QTest>
#include <QVBoxLayout>

#include <cmath>

using namespace ui;

namespace {
    struct Entry {
        QByteArray key;
        int size = 0;
    };
    RowModel<Entry>::Column keyColumn()
    {
        return {QStringLiteral("Key"), Qt::AlignLeft | Qt::AlignVCenter, [](const Entry& e) { return QString::fromUtf8(e.key); },
            [](const Entry& e, int role) -> QVariant { return role == BytesRole ? QVariant(e.key) : QVariant(); }};
    }
    RowModel<Entry>::Column sizeColumn()
    {
        return {QStringLiteral("Size"), Qt::AlignRight | Qt::AlignVCenter, [](const Entry& e) { return QString::number(e.size); }};
    }
    QAccessible::Role roleOf(QWidget* widget)
    {
        return QAccessible::queryAccessibleInterface(widget)->role();
    }
}

class TestWidgets : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(); }
    void rowModelKeepsTheRules();
    void copiedRowsAreExact_data();
    void copiedRowsAreExact();
    void tabLeavesTheTable();
    void wholeRowIsFilled();
    void columnsGiveWayByPriority();
    void toolTipsAreEscaped();
    void hugeNamesAreShownAtOnce_data();
    void hugeNamesAreShownAtOnce();
    void figuresStandStill();
    void facesFollowErrors();
    void loadingDoesNotFlicker();
    void stripsOfOneIdDoNotPileUp();
    void stripActionMayReplaceItself();
    void dangerIsNeverTheDefaultButton();
    void jsonViewBreaksLongLinesAndJoinsThemAgain();
    void jsonViewCapsHugeText();
    void jsonViewShowsHtmlAsText();
    void decimationKeepsExtremes();
    void ticksAreRound_data();
    void ticksAreRound();
    void chartBreaksItsLineAtGaps();
    void paintedWidgetsHaveRoles();
    void progressTakesCountsBeyondInt();
};

void TestWidgets::rowModelKeepsTheRules()
{
    RowModel<Entry> model({keyColumn(), sizeColumn()});
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setRows({{"a", 1}, {"b", 2}});
    model.append({{"c", 3}});
    model.append({});
    model.replace(1, {"B", 20});
    model.removeAt(0);
    model.touchColumn(1);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("B"));
    QCOMPARE(model.index(0, 0).data(BytesRole).toByteArray(), QByteArray("B"));
    QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("Size"));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestWidgets::copiedRowsAreExact_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("copied");
    QTest::addRow("text") << QByteArray("lightapi:Book:/books:") << QStringLiteral("lightapi:Book:/books:\t7");
    QTest::addRow("html") << QByteArray("<img src=x>") << QStringLiteral("<img src=x>\t7");
    QTest::addRow("newline") << QByteArray("a\nb") << QStringLiteral("b64:YQpi\t7");
    QTest::addRow("escape") << QByteArray("\x1b[m") << QStringLiteral("b64:G1tt\t7");
    QTest::addRow("bidi override") << QByteArray("\xE2\x80\xAE") << QStringLiteral("b64:4oCu\t7");
    QTest::addRow("nul") << QByteArray("a\0b", 3) << QStringLiteral("b64:YQBi\t7");
    QTest::addRow("bad utf-8") << QByteArray("\xff\xfe") << QStringLiteral("b64://4=\t7");
    QTest::addRow("looks like b64") << QByteArray("b64:YQ==") << QStringLiteral("b64:YjY0OllRPT0=\t7");
}

void TestWidgets::copiedRowsAreExact()
{
    QFETCH(QByteArray, key);
    QFETCH(QString, copied);
    RowModel<Entry> model({keyColumn(), sizeColumn()});
    model.setRows({{key, 7}, {"other", 8}});
    TableView view(QStringLiteral("Keys"));
    view.setModel(&model);
    view.selectRow(0);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text(), copied);
    view.setCopyColumns({1});
    view.selectAll();
    QCOMPARE(view.copyText(), QStringLiteral("7\n8"));
}

void TestWidgets::tabLeavesTheTable()
{
    QWidget window;
    auto* column = new QVBoxLayout(&window);
    auto* view = new TableView(QStringLiteral("Keys"));
    auto* after = new QPushButton(QStringLiteral("After"));
    RowModel<Entry> model({keyColumn(), sizeColumn()});
    model.setRows({{"a", 1}, {"b", 2}});
    view->setModel(&model);
    column->addWidget(view);
    column->addWidget(after);
    window.show();
    window.activateWindow();
    view->setFocus();
    QTRY_VERIFY(view->hasFocus());
    QTest::keyClick(view, Qt::Key_Tab);
    QVERIFY(after->hasFocus());
}

void TestWidgets::wholeRowIsFilled()
{
    Theme::instance().setChoice(Theme::Choice::Light);
    RowModel<Entry> model({keyColumn(), sizeColumn()});
    model.setRows({{"a", 1}, {"b", 2}, {"c", 3}});
    TableView view(QStringLiteral("Keys"));
    view.setModel(&model);
    view.setColumnWidths({0, 80});
    view.setStretchColumn(0);
    view.resize(500, 200);
    view.show();
    view.selectRow(1);
    const QImage image = view.viewport()->grab().toImage();
    const int y = view.rowViewportPosition(1) + 3;
    QCOMPARE(image.pixelColor(1, y), color(Token::Accent)); // the bar at the row's start
    QCOMPARE(image.pixelColor(5, y), color(Token::Selected));
    QCOMPARE(image.pixelColor(view.viewport()->width() - 2, y), color(Token::Selected));
    QCOMPARE(image.pixelColor(5, view.rowViewportPosition(0) + 3), color(Token::Surface));
    QCOMPARE(view.rowHeight(0), scaled(28));
    QCOMPARE(view.columnWidth(0) + view.columnWidth(1), view.viewport()->width());
}

void TestWidgets::columnsGiveWayByPriority()
{
    RowModel<Entry> model({keyColumn(), sizeColumn(), sizeColumn()});
    model.setRows({{"a", 1}});
    TableView view(QStringLiteral("Keys"));
    view.setModel(&model);
    view.setColumnWidths({0, 100, 100});
    view.setStretchColumn(0, 240);
    view.setHideOrder({2, 1});
    view.resize(600, 200);
    view.show();
    QVERIFY(!view.isColumnHidden(1) && !view.isColumnHidden(2));
    view.resize(400, 200);
    QVERIFY(!view.isColumnHidden(1) && view.isColumnHidden(2));
    view.resize(300, 200);
    QVERIFY(view.isColumnHidden(1) && view.isColumnHidden(2));
    QCOMPARE(view.columnWidth(0), view.viewport()->width());
    view.resize(600, 200);
    QVERIFY(!view.isColumnHidden(1) && !view.isColumnHidden(2));
}

void TestWidgets::toolTipsAreEscaped()
{
    const QString tip = toolTipText(QStringLiteral("<img src=x> & \u202e"));
    QVERIFY(tip.startsWith(QStringLiteral("<qt>")));
    QVERIFY(tip.contains(QStringLiteral("&lt;img src=x&gt; &amp;")));
    QVERIFY(!tip.contains(QChar(0x202e)));
    QCOMPARE(toolTipText(QStringLiteral("a\n<b>")), QStringLiteral("<qt>a<br>&lt;b&gt;</qt>"));
    const std::unique_ptr<QToolButton> button(makeIconButton(QStringLiteral("Edit <b>shop</b>"), QStringLiteral("edit")));
    QVERIFY2(!button->toolTip().contains(QStringLiteral("<b>")), qPrintable(button->toolTip()));
    QCOMPARE(button->accessibleName(), QStringLiteral("Edit <b>shop</b>"));
}

void TestWidgets::hugeNamesAreShownAtOnce_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("size");
    QTest::addRow("32 KB") << QByteArray("begin") + QByteArray(32'000, 'x') + QByteArray("end") << QStringLiteral("32.0 KB");
    QTest::addRow("1 MB") << QByteArray("begin") + QByteArray(1'000'000, 'x') + QByteArray("end") << QStringLiteral("1.00 MB");
    QTest::addRow("1 MB of pairs") << QByteArray("begin") + QByteArray("\xF0\x9F\x98\x80").repeated(250'000) + QByteArray("end") << QStringLiteral("1.00 MB");
}

// Laid out whole, a megabyte takes seconds, and its tooltip is one line across the screen.
void TestWidgets::hugeNamesAreShownAtOnce()
{
    QFETCH(QByteArray, key);
    QFETCH(QString, size);
    RowModel<Entry> model({keyColumn(), sizeColumn()});
    model.setRows({{key, 1}});
    TableView view(QStringLiteral("t"));
    view.setModel(&model);
    view.resize(400, 100);
    const QString tip = cellToolTip(view, model.index(0, 0));
    QVERIFY2(tip.startsWith(QStringLiteral("<qt>begin")) && tip.contains(u'…') && tip.contains(QStringLiteral("end<br>")), qPrintable(tip.left(2000)));
    QVERIFY2(tip.contains(size), qPrintable(tip.right(40)));
    QVERIFY2(tip.size() < 1200, qPrintable(QString::number(tip.size())));
    QLabel shown(tip); // as QToolTip has it
    shown.setWordWrap(true);
    QVERIFY2(shown.sizeHint().width() < 1000, qPrintable(QString::number(shown.sizeHint().width())));
    const QString text = QString::fromUtf8(key);
    QVERIFY(toolTipText(text).size() < 1200);
    ElidedLabel label(Type::Mono, Token::Text, Qt::ElideMiddle);
    label.setText(text, QStringLiteral(" tail"));
    QVERIFY(label.accessibleName().size() < 1200 && label.accessibleName().endsWith(QStringLiteral("end tail")));
    MessageStrip strip({Tone::Ok, QStringLiteral("Saved %1.").arg(text), QStringLiteral("why"), {}});
    QVERIFY(strip.accessibleName().size() < 1200);
    QCOMPARE(strip.accessibleName().right(8), QStringLiteral("end. why"));
    strip.resize(300, 40);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QElapsedTimer clock;
    clock.start();
    view.grab();
    view.resizeColumnToContents(0);
    strip.grab();
    label.grab();
    QVERIFY2(clock.elapsed() < 700, qPrintable(QString::number(clock.elapsed())));
}

void TestWidgets::figuresStandStill()
{
    const QFont type = font(Type::Kpi);
    const qreal ones = figuresWidth(type, QStringLiteral("1111"));
    for (const char* text : {"0000", "4444", "9876", "5555"})
        QCOMPARE(figuresWidth(type, QLatin1StringView(text)), ones);
}

void TestWidgets::facesFollowErrors()
{
    FaceStack faces(new QWidget);
    QSignalSpy changed(&faces, &FaceStack::faceChanged);
    faces.showError({core::Code::Permission, core::Reason::NoPermission, QStringLiteral("+memory|usage"), {}});
    QCOMPARE(faces.face(), FaceStack::Face::NotPermitted);
    bool retried = false;
    faces.showError({core::Code::Lost, core::Reason::LineDropped, {}, {}}, [&] { retried = true; });
    QCOMPARE(faces.face(), FaceStack::Face::Failed);
    QVERIFY(changed.count() == 2);
    QPushButton* retry = nullptr;
    for (QPushButton* button : faces.findChildren<QPushButton*>())
        retry = button;
    QVERIFY(retry);
    retry->click();
    QVERIFY(retried);
    faces.showFilled();
    QCOMPARE(faces.face(), FaceStack::Face::Filled);
}

void TestWidgets::loadingDoesNotFlicker()
{
    auto* filled = new QWidget;
    FaceStack faces(filled);
    faces.showLoading(QStringLiteral("Scanning"));
    QCOMPARE(faces.face(), FaceStack::Face::Loading);
    QCOMPARE(faces.currentWidget(), filled); // not yet
    faces.showFilled();
    QSignalSpy moved(&faces, &QStackedWidget::currentChanged);
    QVERIFY(!moved.wait(250)); // an answer in time: nothing ever flashed
    faces.showLoading(QStringLiteral("Scanning"));
    QTRY_VERIFY(faces.currentWidget() != filled);
}

void TestWidgets::stripsOfOneIdDoNotPileUp()
{
    StripStack strips;
    QVERIFY(strips.isHidden());
    const core::Error error {core::Code::Connect, core::Reason::Refused, QStringLiteral("localhost:6379"), {}};
    strips.showError(QStringLiteral("connect"), error);
    strips.showError(QStringLiteral("connect"), error);
    QCOMPARE(strips.findChildren<MessageStrip*>().size(), 1);
    QVERIFY(!strips.text(QStringLiteral("connect"))->what.isEmpty());
    QVERIFY(strips.closeNewest());
    QVERIFY(!strips.closeNewest());
    QVERIFY(strips.isHidden());
}

void TestWidgets::stripActionMayReplaceItself()
{
    StripStack strips;
    int tries = 0;
    std::function<void()> retry;
    const core::Error error {core::Code::Connect, core::Reason::Refused, {}, {}};
    retry = [&] {
        if (++tries < 3)
            strips.showError(QStringLiteral("connect"), error, retry);
    };
    strips.showError(QStringLiteral("connect"), error, retry);
    for (int i = 0; i < 3; ++i) {
        for (QPushButton* button : strips.findChildren<QPushButton*>()) {
            if (!button->isHidden() && !button->parentWidget()->isHidden()) {
                button->click();
                break;
            }
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    QCOMPARE(tries, 3);
}

void TestWidgets::dangerIsNeverTheDefaultButton()
{
    for (const ButtonKind kind : {ButtonKind::Danger, ButtonKind::DangerText}) {
        const std::unique_ptr<QPushButton> button(makeButton(QStringLiteral("Delete"), {}, kind));
        QVERIFY(!button->isDefault());
        QVERIFY(!button->autoDefault());
    }
}

void TestWidgets::jsonViewBreaksLongLinesAndJoinsThemAgain()
{
    JsonView view(QStringLiteral("Value"));
    const QString text = QString(9000, u'x') + QStringLiteral("\n\nend\n");
    view.setJson(text);
    QVERIFY(view.blockCount() > 5);
    view.selectAll();
    view.copy();
    QCOMPARE(QApplication::clipboard()->text(), text);
}

void TestWidgets::jsonViewCapsHugeText()
{
    JsonView view(QStringLiteral("Value"));
    view.setPlain(QString(JsonView::limit + 5, u'y'));
    QVERIFY(view.toPlainText().endsWith(QStringLiteral("1,000,000 of 1,000,005 characters shown")));
}

void TestWidgets::jsonViewShowsHtmlAsText()
{
    JsonView view(QStringLiteral("Value"));
    view.setJson(QStringLiteral("{ \"a\": \"<img src=x>\" }"));
    QCOMPARE(view.toPlainText(), QStringLiteral("{ \"a\": \"<img src=x>\" }"));
    QVERIFY(view.isReadOnly());
}

void TestWidgets::decimationKeepsExtremes()
{
    QList<QPointF> points;
    for (int i = 0; i < 100'000; ++i)
        points += QPointF(i, i == 54'321 ? 1000 : i == 77'777 ? -1000 : std::sin(i / 50.0));
    const QList<QPointF> few = decimated(points, 0, 100'000, 600);
    QVERIFY(few.size() <= 1200);
    QVERIFY(few.contains(QPointF(54'321, 1000)));
    QVERIFY(few.contains(QPointF(77'777, -1000)));
    QVERIFY(std::is_sorted(few.begin(), few.end(), [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); }));
    QCOMPARE(decimated(points.mid(0, 50), 0, 50, 600).size(), 50);
}

void TestWidgets::ticksAreRound_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<QList<double>>("ticks");
    QTest::addRow("percent") << 0.0 << 100.0 << QList<double> {0, 25, 50, 75, 100};
    QTest::addRow("sixty") << 60.0 << 100.0 << QList<double> {60, 70, 80, 90, 100};
    QTest::addRow("twelve thousand") << 0.0 << 11'400.0 << QList<double> {0, 5000, 10'000, 15'000};
    QTest::addRow("nothing") << 0.0 << 0.0 << QList<double> {0, 0.5, 1};
}

void TestWidgets::ticksAreRound()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(QList<double>, ticks);
    QCOMPARE(niceTicks(low, high), ticks);
}

void TestWidgets::chartBreaksItsLineAtGaps()
{
    ChartCard card(QStringLiteral("Hit rate"));
    card.resize(600, 300);
    card.setWindow(0, 1000);
    ChartSeries series {QStringLiteral("hit rate"), Token::Series2, false, false, {}};
    for (int i = 0; i <= 1000; i += 10)
        series.points += QPointF(i, i > 400 && i < 600 ? NAN : 50);
    card.setSeries({series});
    card.show();
    QCoreApplication::sendPostedEvents();
    auto* view = card.findChild<ChartView*>();
    QCOMPARE(view->chart()->series().size(), 2);
    QCOMPARE(card.pointsDrawn(), 82);
    Theme::instance().setChoice(Theme::Choice::Light);
    const QImage image = view->grab().toImage();
    const QRectF plot = view->chart()->plotArea();
    const auto drawnAt = [&](double share) {
        const int x = static_cast<int>(plot.left() + plot.width() * share);
        for (int y = static_cast<int>(plot.top()) + 2; y < plot.bottom() - 2; ++y) {
            if (image.pixelColor(x, y) == color(Token::Series2))
                return true;
        }
        return false;
    };
    QVERIFY(drawnAt(0.2));
    QVERIFY(!drawnAt(0.5));
    QVERIFY(drawnAt(0.8));
}

void TestWidgets::paintedWidgetsHaveRoles()
{
    Badge badge(QStringLiteral("HIT"), Tone::Ok);
    QCOMPARE(roleOf(&badge), QAccessible::StaticText);
    QCOMPARE(QAccessible::queryAccessibleInterface(&badge)->text(QAccessible::Name), QStringLiteral("HIT"));
    KpiTile tile(QStringLiteral("Hit rate"));
    QCOMPARE(roleOf(&tile), QAccessible::StaticText);
    tile.setFigure(QStringLiteral("94.7"), QStringLiteral("%"));
    QCOMPARE(QAccessible::queryAccessibleInterface(&tile)->text(QAccessible::Name), QStringLiteral("Hit rate: 94.7 %"));
    ChartCard chart(QStringLiteral("Memory"));
    chart.setCurrent(QStringLiteral("1.42 GB"));
    auto* view = chart.findChild<ChartView*>();
    QCOMPARE(roleOf(view), QAccessible::Chart);
    QCOMPARE(QAccessible::queryAccessibleInterface(view)->text(QAccessible::Name), QStringLiteral("Memory: 1.42 GB"));
    MessageStrip strip({Tone::Bad, QStringLiteral("Refused."), QStringLiteral("Why."), {}});
    QCOMPARE(roleOf(&strip), QAccessible::AlertMessage);
}

void TestWidgets::progressTakesCountsBeyondInt()
{
    ProgressBar bar;
    bar.setProgress(3'000'000'000, 6'000'000'000);
    QCOMPARE(bar.value(), 500);
    bar.setProgress(5, -1);
    QCOMPARE(bar.maximum(), 0);
}

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
