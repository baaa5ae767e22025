// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/selfcheck.h"

#include "ui/shell/page.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/chartcard.h"
#include "ui/widgets/kpitile.h"

#include <QCoreApplication>
#include <QPixmap>
#include <QVBoxLayout>

#include <cmath>

namespace gui {

namespace {
    class CheckPage final : public ui::Page {
    public:
        explicit CheckPage(ui::Workspace* workspace)
            : Page(ui::PageId::Dashboard, QStringLiteral("Self-check"), QStringLiteral("dashboard"), workspace)
            , chart(new ui::ChartCard(QStringLiteral("A wave")))
        {
            setFact(QStringLiteral("drawn without a server"));
            auto* tile = new ui::KpiTile(QStringLiteral("Figure"));
            tile->setFigure(QStringLiteral("94.7"), QStringLiteral("%"));
            ui::ChartSeries wave {QStringLiteral("wave"), ui::Token::Series1, false, false, {}};
            for (int i = 0; i <= 300; ++i)
                wave.points += QPointF(i * 1000, 50 + 40 * std::sin(i / 20.0));
            chart->setRange(0, 100);
            chart->setWindow(0, 300'000);
            chart->setSeries({wave});
            content()->addWidget(tile);
            content()->addWidget(chart, 1);
        }
        ui::ChartCard* chart;
    };

    int countOf(const QImage& image, const QColor& colour, const QRect& area)
    {
        int found = 0;
        for (int y = area.top(); y <= area.bottom(); ++y) {
            for (int x = area.left(); x <= area.right(); ++x)
                found += image.pixelColor(x, y) == colour;
        }
        return found;
    }
}

core::Result<void> selfCheck(const QString& file)
{
    const auto bad = [&](const QString& what) { return core::fail(core::Code::Internal, core::Reason::None, file, what); };
    ui::Theme::instance().install();
    ui::Theme::instance().setChoice(ui::Theme::Choice::Light);
    core::settings::Store store(file + QStringLiteral(".settings")); // never loaded, never saved
    ui::Workspace workspace(&store);
    CheckPage page(&workspace);
    page.resize(800, 500);
    page.show();
    QCoreApplication::sendPostedEvents();
    const QImage image = page.grab().toImage();
    if (!image.save(file, "PNG"))
        return core::fail(core::Code::File, core::Reason::FilePermission, file);
    const QRect chart(page.chart->mapTo(&page, QPoint()), page.chart->size());
    // Along a line of some 700 px every column holds at least one pixel of the pure colour.
    if (countOf(image, ui::color(ui::Token::Series1), chart) < 300)
        return bad(QStringLiteral("the chart's line is missing"));
    if (countOf(image, ui::color(ui::Token::Border), chart) < 1000)
        return bad(QStringLiteral("the chart's grid is missing"));
    if (countOf(image, ui::color(ui::Token::Text), image.rect()) < 100)
        return bad(QStringLiteral("text is missing: is there a font?"));
    return {};
}

}
