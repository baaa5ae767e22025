// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QBoxLayout;
class QHBoxLayout;

namespace ui {

// Groups of fields side by side where all of them fit, else one above the other. As narrow as its widest group.
class WrapRow final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WrapRow)
public:
    // `spacing` in px, between groups and between what is in them.
    explicit WrapRow(int spacing, QWidget* parent = nullptr);
    // An empty one; what is in it stands side by side. `stretch` as QBoxLayout::addWidget().
    QHBoxLayout* addGroup(int stretch = 0);
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    int widthSideBySide() const;

    QBoxLayout* m_groups;
};

}
