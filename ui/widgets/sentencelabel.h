// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextLayout>
#include <QWidget>

namespace ui {

// What happened, bold, and why, plain, in one paragraph: wrapped where it is long, elided after three lines with the whole in
// the tooltip. Plain text.
class SentenceLabel final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SentenceLabel)
public:
    explicit SentenceLabel(QWidget* parent = nullptr);
    void setText(const QString& what, const QString& why);
    QString text() const { return m_text; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    // The lines for this width; false when the text did not fit into them.
    bool layOut(QTextLayout& layout, int width) const;

    QString m_text;
    int m_bold = 0; // its first characters
};

}
