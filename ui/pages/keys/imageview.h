// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFuture>
#include <QImage>
#include <QWidget>

namespace ui {

class Label;

// An image that is stored as a value: drawn as large as fits, with its form and size below. Decoded in the thread pool, with a
// limit: a few bytes can claim any number of pixels.
class ImageView final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ImageView)
public:
    static constexpr qint64 mostPixels = 64'000'000; // of the image as stored

    explicit ImageView(QWidget* parent = nullptr);
    ~ImageView() override;
    void setBytes(const QByteArray& bytes, const QByteArray& format);
    void clear();
    const QImage& image() const { return m_image; }
    QString text() const; // the line below

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Picture {
        QImage image; // no larger than a screen
        QSize size; // as stored
    };
    static core::Result<Picture> read(const QByteArray& bytes, const QByteArray& format);

    QImage m_image;
    Label* m_line;
    QFuture<core::Result<Picture>> m_reading;
};

}
