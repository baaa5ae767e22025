// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/imageview.h"

#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/widgets/label.h"

#include <QBuffer>
#include <QImageReader>
#include <QPainter>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace ui {

namespace {
    constexpr int longestSide = 2048; // of what is kept
    constexpr int margin = 12;
}

ImageView::ImageView(QWidget* parent)
    : QWidget(parent)
    , m_line(new Label({}, Type::Small, Token::Text2))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(margin, margin, margin, margin);
    column->addStretch(1);
    column->addWidget(m_line);
    m_line->setWordWrap(true);
    setAccessibleName(tr("Image"));
}

ImageView::~ImageView() = default;

void ImageView::clear()
{
    m_reading.cancel();
    m_image = {};
    m_line->clear();
    update();
}

void ImageView::setBytes(const QByteArray& bytes, const QByteArray& format)
{
    clear();
    const QString name = QString::fromLatin1(format);
    m_line->setText(tr("Reading the %1 image").arg(name));
    m_reading = QtConcurrent::run([bytes, format] { return read(bytes, format); });
    core::onFinished(m_reading, this, [this, name, size = bytes.size(), reading = m_reading](const core::Result<Picture>& picture) {
        if (reading.isCanceled())
            return;
        if (!picture) {
            m_line->setText(core::oneLine(picture.error()));
            return;
        }
        m_image = picture->image;
        m_line->setText(tr("%1, %2 × %3 pixels, %4").arg(name).arg(picture->size.width()).arg(picture->size.height()).arg(core::formatBytes(size)));
        update();
    });
}

core::Result<ImageView::Picture> ImageView::read(const QByteArray& bytes, const QByteArray& format)
{
    using core::Code;
    using core::Reason;
    const QString name = QString::fromLatin1(format);
    QBuffer buffer;
    buffer.setData(bytes);
    QImageReader reader(&buffer, format.toLower());
    reader.setDecideFormatFromContent(false);
    const QSize size = reader.size();
    if (size.isValid() && qint64(size.width()) * size.height() > mostPixels)
        return core::fail(Code::Data, Reason::ValueDamaged, name, tr("It claims %1 × %2 pixels, more than are drawn here").arg(size.width()).arg(size.height()));
    if (size.width() > longestSide || size.height() > longestSide)
        reader.setScaledSize(size.scaled(longestSide, longestSide, Qt::KeepAspectRatio));
    const QImage image = reader.read();
    if (image.isNull())
        return core::fail(Code::Data, Reason::ValueDamaged, name, reader.errorString());
    return Picture {image, size.isValid() ? size : image.size()};
}

QString ImageView::text() const
{
    return m_line->text();
}

void ImageView::paintEvent(QPaintEvent*)
{
    if (m_image.isNull())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QSize room(width() - 2 * margin, m_line->y() - 2 * margin);
    const QSize natural = m_image.size() / devicePixelRatioF();
    const QSize drawn = natural.width() <= room.width() && natural.height() <= room.height() ? natural : natural.scaled(room, Qt::KeepAspectRatio);
    painter.drawImage(QRect(QPoint((width() - drawn.width()) / 2, margin), drawn), m_image);
}

}
