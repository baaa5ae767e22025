// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace ui {

// One of a few: radio buttons in a row (arrow keys move, each with name and role).
class SegmentedControl final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SegmentedControl)
public:
    // `name` is what is chosen ("Time range"), for screen readers.
    SegmentedControl(const QString& name, const QStringList& segments, QWidget* parent = nullptr);
    int current() const;
    void setCurrent(int index);
    void setSegmentEnabled(int index, bool enabled, const QString& why = {});

signals:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QButtonGroup* m_group;
};

}
