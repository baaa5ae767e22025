// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QString>
#include <QWidget>

class QPainter;

namespace ui {

// Glyph and word on a soft ground, 20 px high. The glyph may be left out where the word is a plain name (STRING).
class Badge final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Badge)
public:
    explicit Badge(QWidget* parent = nullptr);
    Badge(const QString& text, Tone tone, const QString& icon = {}, QWidget* parent = nullptr);
    void set(const QString& text, Tone tone, const QString& icon = {});
    QString text() const { return m_text; }
    Tone tone() const { return m_tone; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    QString m_icon;
    Tone m_tone = Tone::Neutral;
};

// For delegates. Returns the width painted; draws at the start of `rect`, centred vertically.
int paintBadge(QPainter* painter, const QRect& rect, const QString& text, Tone tone, const QString& icon, bool mirrored = false);
// Width of a table column that holds any of them as badges with an icon.
int badgeColumnWidth(const QStringList& texts);
int badgeWidth(const QString& text, bool withIcon);

// Glyph and tone of a verdict's word (HIT, MISS, EXPIRED, STALE, REVALIDATED, BYPASS, UNKNOWN, CONTRADICTION).
struct Look {
    Tone tone = Tone::Neutral;
    QString icon;
};
Look verdictLook(const QString& verdict);

}
