// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon.h"

#include "ui/widgets/theme.h"

#include <QDir>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace ui {

namespace {
    QPixmap tinted(const QString& name, QSize deviceSize, const QColor& colour)
    {
        const QString key = QStringLiteral("cl:%1:%2x%3:%4").arg(name).arg(deviceSize.width()).arg(deviceSize.height()).arg(colour.rgba(), 0, 16);
        QPixmap pixmap;
        if (deviceSize.isEmpty() || QPixmapCache::find(key, &pixmap))
            return pixmap;
        QSvgRenderer svg(QStringLiteral(":/icons/%1.svg").arg(name));
        pixmap = QPixmap(deviceSize);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        svg.render(&painter);
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(pixmap.rect(), colour);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    class Engine final : public QIconEngine {
    public:
        Engine(QString name, std::optional<Token> tint)
            : m_name(std::move(name))
            , m_tint(tint)
        {
        }
        void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
        {
            paintIcon(painter, rect, m_name, colourFor(mode, state));
        }
        // Device pixels: 16 at scale 2 asks for 32.
        QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
        {
            return tinted(m_name, size, colourFor(mode, state));
        }
        QIconEngine* clone() const override { return new Engine(m_name, m_tint); }

    private:
        QColor colourFor(QIcon::Mode mode, QIcon::State state) const
        {
            if (mode == QIcon::Disabled)
                return color(Token::DisabledText);
            if (m_tint)
                return color(*m_tint);
            return color(mode == QIcon::Selected || state == QIcon::On ? Token::Accent : Token::Text2);
        }

        QString m_name;
        std::optional<Token> m_tint;
    };
}

QIcon icon(const QString& name, std::optional<Token> tint)
{
    return name.isEmpty() ? QIcon() : QIcon(new Engine(name, tint));
}

void paintIcon(QPainter* painter, const QRectF& rect, const QString& name, const QColor& colour)
{
    const qreal ratio = painter->device()->devicePixelRatioF();
    QPixmap pixmap = tinted(name, (rect.size() * ratio).toSize(), colour);
    pixmap.setDevicePixelRatio(ratio);
    painter->drawPixmap(rect.topLeft(), pixmap);
}

QStringList iconNames()
{
    QStringList names;
    for (const QString& file : QDir(QStringLiteral(":/icons")).entryList())
        names += file.chopped(4);
    return names;
}

}
