// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QString>
#include <QWidget>

namespace ui {

// The soft band of a verdict: glyph, word, one sentence, wrapped where it is long; 76 px at least. Plain text.
class VerdictBand final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(VerdictBand)
public:
    explicit VerdictBand(QWidget* parent = nullptr);
    // `word` HIT, MISS, EXPIRED, BYPASS, UNKNOWN or CONTRADICTION (see verdictLook); any other text is neutral.
    void set(const QString& word, const QString& sentence);
    // The same band for other judgements: Health's "HEALTHY" with a tone of its own.
    void set(const QString& word, const QString& sentence, Tone tone, const QString& icon);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_word, m_sentence, m_icon;
    Tone m_tone = Tone::Neutral;
};

}
