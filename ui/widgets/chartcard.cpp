// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chartcard.h"

#include "ui/widgets/chartview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {
    // 14 px strokes with their names.
    class Legend final : public QWidget {
    public:
        using QWidget::QWidget;
        void setSeries(const QList<ChartSeries>& series)
        {
            bool same = series.size() == m_entries.size();
            for (qsizetype i = 0; same && i < series.size(); ++i)
                same = series.at(i).name == m_entries.at(i).name && series.at(i).colour == m_entries.at(i).colour && series.at(i).dashed == m_entries.at(i).dashed;
            if (same)
                return;
            m_entries.clear();
            for (const ChartSeries& one : series)
                m_entries += ChartSeries {one.name, one.colour, false, one.dashed, {}};
            updateGeometry();
            update();
        }
        QSize sizeHint() const override
        {
            int width = 0;
            for (const ChartSeries& entry : m_entries)
                width += QFontMetrics(ui::font(Type::Small)).horizontalAdvance(entry.name) + 34;
            return {width, scaled(20)};
        }
        QSize minimumSizeHint() const override { return {0, scaled(20)}; }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            painter.setFont(ui::font(Type::Small));
            int x = 0;
            for (const ChartSeries& entry : m_entries) {
                const int wide = painter.fontMetrics().horizontalAdvance(entry.name);
                if (x + wide + 20 > width())
                    break; // a name cut in half says less than none; the crosshair names all
                const QRect stroke(x, height() / 2 - 1, entry.dashed ? 9 : 14, 2);
                painter.fillRect(QStyle::visualRect(layoutDirection(), rect(), stroke), color(entry.colour));
                painter.setPen(color(Token::Text2));
                painter.drawText(QStyle::visualRect(layoutDirection(), rect(), QRect(x + 18, 0, wide + 2, height())), Qt::AlignVCenter | Qt::AlignLeft, entry.name);
                x += wide + 34;
            }
        }

    private:
        QList<ChartSeries> m_entries;
    };
}

struct ChartCard::Private {
    QString title;
    Legend* legend = nullptr;
    ElidedLabel* current = nullptr;
    ChartView* view = nullptr;
};

ChartCard::ChartCard(const QString& title, QWidget* parent)
    : QFrame(parent)
    , d(std::make_unique<Private>())
{
    d->title = title;
    d->legend = new Legend(this);
    d->current = new ElidedLabel(Type::SmallMedium, Token::Text2, Qt::ElideRight, this);
    d->current->setFigures(true);
    d->view = new ChartView(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 12, 1, 1);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(15, 0, 15, 0);
    row->setSpacing(10);
    row->addWidget(new Label(title, Type::CardTitle, Token::Text, this));
    row->addWidget(d->legend, 1);
    row->addWidget(d->current);
    column->addLayout(row);
    column->addWidget(d->view, 1);
    setAccessibleName(title);
    d->view->setAccessibleName(title);
    connect(d->view, &ChartView::crosshairMoved, this, [this](qint64 atMs) {
        d->view->setCrosshair(atMs, atMs >= 0);
        emit crosshairMoved(atMs);
    });
}

ChartCard::~ChartCard() = default;

QString ChartCard::title() const
{
    return d->title;
}

void ChartCard::setFormat(std::function<QString(double)> format)
{
    d->view->setFormat(std::move(format));
}

void ChartCard::setRange(double bottom, double top)
{
    d->view->setRange(bottom, top);
}

void ChartCard::setWindow(qint64 fromMs, qint64 toMs)
{
    d->view->setWindow(fromMs, toMs);
}

void ChartCard::setSeries(const QList<ChartSeries>& series)
{
    d->legend->setSeries(series);
    d->view->setSeries(series);
}

void ChartCard::setMarks(const QList<ChartMark>& marks)
{
    d->view->setMarks(marks);
}

void ChartCard::setGaps(const QList<ChartGap>& gaps)
{
    d->view->setGaps(gaps);
}

void ChartCard::setCurrent(const QString& text)
{
    d->current->setText(text);
    d->view->setAccessibleName(text.isEmpty() ? d->title : QString(d->title + QStringLiteral(": ") + text));
}

int ChartCard::pointsDrawn() const
{
    return d->view->pointsDrawn();
}

void ChartCard::setCrosshair(qint64 atMs, bool hovered)
{
    d->view->setCrosshair(atMs, hovered);
}

void ChartCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::roundRect(&painter, rect(), 8, color(Token::Surface), color(Token::Border));
}

void linkCrosshairs(const QList<ChartCard*>& cards)
{
    for (ChartCard* from : cards) {
        for (ChartCard* to : cards) {
            if (from != to)
                QObject::connect(from, &ChartCard::crosshairMoved, to, [to](qint64 atMs) { to->setCrosshair(atMs, false); });
        }
    }
}

}
