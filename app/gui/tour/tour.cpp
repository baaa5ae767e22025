// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/tour.h"

#include "app/gui/tour/checks.h"

#include <QPainter>
#include <QTest>

namespace tour {

Tour::Tour(gui::Composition* composition, Report* report)
    : m_composition(composition)
    , m_report(report)
{
}

void Tour::open(ui::PageId id)
{
    const int digit = (static_cast<int>(id) + 1) % 10;
    QTest::keyClick(window(), static_cast<Qt::Key>(Qt::Key_0 + digit), Qt::ControlModifier);
    need(window()->currentPage() == window()->page(id), QStringLiteral("Ctrl+%1 did not open its page").arg(digit));
}

void Tour::meetServer(const QString& socketPath)
{
    m_redis = std::make_unique<RedisCli>(socketPath);
}

QImage Tour::picture(double ratio) const
{
    QImage image(window()->size() * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    QPainter painter(&image);
    window()->render(&painter);
    return image;
}

QString Tour::save(const QString& file, double ratio)
{
    QTest::qWait(0); // one round of the loop: layouts and repaints that the last act asked for
    const QImage image = picture(ratio);
    const QString path = m_report->folder() + u'/' + file;
    need(image.save(path, "PNG"), QStringLiteral("%1 could not be written").arg(path));
    m_report->addPicture(file);
    const QWidget* page = window()->currentPage();
    const QRect area(page->mapTo(window(), QPoint()) * ratio, page->size() * ratio);
    const QString blank = blankness(image, area);
    need(blank.isEmpty(), file + QStringLiteral(": ") + blank);
    return file;
}

QString Tour::checked() const
{
    const QStringList rich = markup(window());
    need(rich.isEmpty(), QStringLiteral("server text as HTML: ") + rich.join(QStringLiteral("; ")));
    const QStringList nameless = namelessControls(window());
    need(nameless.isEmpty(), nameless.join(QStringLiteral("; ")));
    return QStringLiteral("plain text, names and roles");
}

void Tour::show(const QString& name)
{
    step(QStringLiteral("picture ") + name, [&]() -> QString {
        save(name + QStringLiteral("-light.png"));
        ui::Theme::instance().setChoice(ui::Theme::Choice::Dark);
        try {
            save(name + QStringLiteral("-dark.png"));
        } catch (...) {
            ui::Theme::instance().setChoice(ui::Theme::Choice::Light);
            throw;
        }
        ui::Theme::instance().setChoice(ui::Theme::Choice::Light);
        return checked();
    });
}

void Tour::showOnce(const QString& name)
{
    step(QStringLiteral("picture ") + name, [&]() -> QString {
        save(name + QStringLiteral(".png"));
        return checked();
    });
}

void Tour::showFine(const QString& name)
{
    step(QStringLiteral("picture %1 at 2x").arg(name), [&]() -> QString { return save(name + QStringLiteral("-2x.png"), 2); });
}

}
