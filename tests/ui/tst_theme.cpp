// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(); }
    void contrastOfKnownColours();
    void contrastHolds_data();
    void contrastHolds();
    void liveSwitchEqualsFreshStart();
    void systemPreferenceYieldsToChoice();
    void everyIconDrawsSomething();
    void iconTakesTheColourOfItsMode();
};

void TestTheme::contrastOfKnownColours()
{
    QCOMPARE(qRound(contrast(Qt::black, Qt::white) * 10), 210);
    QCOMPARE(qRound(contrast(QColor(0x77, 0x77, 0x77), Qt::white) * 100), 448); // the well-known grey just below AA
    QCOMPARE(contrast(Qt::red, Qt::red), 1.0);
}

void TestTheme::contrastHolds_data()
{
    QTest::addColumn<Token>("front");
    QTest::addColumn<Token>("back");
    QTest::addColumn<double>("least");
    // Text on every ground it may stand on: 4.5. Lines, outlines and rings: 3.
    for (const Token back : {Token::Canvas, Token::Surface, Token::Sunken, Token::Hover, Token::Selected, Token::Neutral}) {
        const int b = static_cast<int>(back);
        QTest::addRow("text on %d", b) << Token::Text << back << 4.5;
        QTest::addRow("text2 on %d", b) << Token::Text2 << back << 4.5;
        QTest::addRow("text3 on %d", b) << Token::Text3 << back << 4.5;
        QTest::addRow("accent on %d", b) << Token::Accent << back << 3.0;
    }
    for (const Tone tone : {Tone::Ok, Tone::Info, Tone::Warn, Tone::Bad, Tone::Neutral, Tone::Accent}) {
        const int t = static_cast<int>(tone);
        QTest::addRow("tone %d on its soft ground", t) << toneText(tone) << toneSoft(tone) << 4.5;
        QTest::addRow("tone %d on cards", t) << toneText(tone) << Token::Surface << 4.5;
        QTest::addRow("strip text on soft %d", t) << Token::Text << toneSoft(tone) << 4.5;
    }
    QTest::addRow("warn on hover") << Token::Warn << Token::Hover << 4.5;
    QTest::addRow("warn on selected") << Token::Warn << Token::Selected << 4.5;
    QTest::addRow("white on fill") << Token::OnFill << Token::Fill << 4.5;
    QTest::addRow("white on fill hover") << Token::OnFill << Token::FillHover << 4.5;
    QTest::addRow("white on danger") << Token::OnFill << Token::Danger << 4.5;
    QTest::addRow("white on danger hover") << Token::OnFill << Token::DangerHover << 4.5;
    QTest::addRow("tooltip") << Token::ToolTipText << Token::ToolTipBase << 4.5;
    for (const Token back : {Token::Surface, Token::Canvas})
        QTest::addRow("outline on %d", static_cast<int>(back)) << Token::Outline << back << 3.0;
    for (const Token series : {Token::Series1, Token::Series2, Token::Series3, Token::Series4, Token::Series5})
        QTest::addRow("series %d", static_cast<int>(series)) << series << Token::Surface << 3.0;
}

void TestTheme::contrastHolds()
{
    QFETCH(Token, front);
    QFETCH(Token, back);
    QFETCH(double, least);
    for (const bool dark : {false, true}) {
        const double ratio = contrast(tokenColor(front, dark), tokenColor(back, dark));
        QVERIFY2(ratio >= least, qPrintable(QStringLiteral("%1 theme: %2").arg(dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(ratio)));
    }
}

static QImage pictureOf(Theme::Choice made, Theme::Choice shown)
{
    Theme::instance().setChoice(made);
    Label label(QStringLiteral("<img src=x> 42"), Type::Body, Token::Text2);
    label.setAutoFillBackground(true);
    label.resize(160, 24);
    label.show();
    QCoreApplication::sendPostedEvents();
    Theme::instance().setChoice(shown);
    QCoreApplication::sendPostedEvents();
    return label.grab().toImage();
}

void TestTheme::liveSwitchEqualsFreshStart()
{
    QCOMPARE(pictureOf(Theme::Choice::Light, Theme::Choice::Dark), pictureOf(Theme::Choice::Dark, Theme::Choice::Dark));
    QCOMPARE(pictureOf(Theme::Choice::Dark, Theme::Choice::Light), pictureOf(Theme::Choice::Light, Theme::Choice::Light));
    QVERIFY(pictureOf(Theme::Choice::Light, Theme::Choice::Light) != pictureOf(Theme::Choice::Dark, Theme::Choice::Dark));
}

void TestTheme::systemPreferenceYieldsToChoice()
{
    Theme& theme = Theme::instance();
    theme.setChoice(Theme::Choice::System);
    theme.setSystemDark(true);
    QVERIFY(theme.isDark());
    theme.setChoice(Theme::Choice::Light);
    QSignalSpy changed(&theme, &Theme::changed);
    theme.setSystemDark(false);
    theme.setSystemDark(true);
    QVERIFY(!theme.isDark());
    QCOMPARE(changed.count(), 0);
    theme.setChoice(Theme::Choice::System);
    QVERIFY(theme.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Window), tokenColor(Token::Canvas, true));
}

static int inkOf(const QImage& image)
{
    int ink = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            ink += qAlpha(image.pixel(x, y)) > 40;
    }
    return ink;
}

void TestTheme::everyIconDrawsSomething()
{
    QVERIFY(iconNames().size() > 40);
    for (const QString& name : iconNames()) {
        const int ink = inkOf(icon(name).pixmap(QSize(16, 16), 1.0).toImage());
        QVERIFY2(ink > 3 && ink < 220, qPrintable(name + u' ' + QString::number(ink)));
    }
}

void TestTheme::iconTakesTheColourOfItsMode()
{
    Theme::instance().setChoice(Theme::Choice::Light);
    const auto strongest = [](const QImage& image) {
        QRgb best = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)) > qAlpha(best))
                    best = image.pixel(x, y);
            }
        }
        return QColor::fromRgb(best);
    };
    const QIcon plus = icon(QStringLiteral("plus"));
    QCOMPARE(strongest(plus.pixmap(QSize(64, 64), 1.0, QIcon::Normal).toImage()), color(Token::Text2));
    QCOMPARE(strongest(plus.pixmap(QSize(64, 64), 1.0, QIcon::Disabled).toImage()), color(Token::DisabledText));
    Theme::instance().setChoice(Theme::Choice::Dark);
    QCOMPARE(strongest(plus.pixmap(QSize(64, 64), 1.0, QIcon::Normal).toImage()), tokenColor(Token::Text2, true));
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
