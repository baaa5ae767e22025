// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QFrame>
#include <QList>
#include <QString>

namespace ui {

// Label, figure with unit, one comparison line, sparkline beside the label; 100 px high. Its figures are its accessible text.
class KpiTile final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KpiTile)
public:
    explicit KpiTile(const QString& label, QWidget* parent = nullptr);
    void setLabel(const QString& label);
    // "94.7", "%"; an empty figure shows "–" (not known). `exact` goes to the tooltip.
    void setFigure(const QString& figure, const QString& unit, const QString& exact = {});
    // `icon` as "arrow-up"; Tone::Neutral is plain text2.
    void setComparison(const QString& text, Tone tone = Tone::Neutral, const QString& icon = {});
    // Evenly spaced, NaN where unknown (a gap). Series colour.
    void setSparkline(const QList<double>& values, Token series);
    // Old data: the figure is drawn in text3.
    void setStale(bool stale);
    bool isStale() const { return m_stale; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void updateName();

    QString m_label, m_figure, m_unit, m_comparison, m_comparisonIcon;
    Tone m_tone = Tone::Neutral;
    QList<double> m_values;
    Token m_series = Token::Series1;
    bool m_stale = false;
};

}
