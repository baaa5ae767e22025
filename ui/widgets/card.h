// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace ui {

// A surface with one border and round corners. Children may be square: an overlay paints corners, border and the focus ring of a
// view inside last. An accessible grouping named by its title.
class Card final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Card)
public:
    // Without a title there is no title row.
    explicit Card(const QString& title = {}, QWidget* parent = nullptr);
    // Contents: margins 0 by default (views touch the border); padded() sets 16 all round.
    QVBoxLayout* body() const { return m_body; }
    Card* padded();
    // Right side of the title row.
    void addTitleWidget(QWidget* widget);
    void setTitle(const QString& title);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    QWidget* m_titleRow = nullptr;
    QHBoxLayout* m_titleLayout = nullptr;
    QLabel* m_title = nullptr;
    QVBoxLayout* m_body;
    QWidget* m_overlay;
};

}
