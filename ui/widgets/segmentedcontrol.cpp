// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmentedcontrol.h"

#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QRadioButton>

namespace ui {

namespace {
    class Segment final : public QRadioButton {
    public:
        using QRadioButton::QRadioButton;
        QSize sizeHint() const override { return {fontMetrics().horizontalAdvance(text()) + 26, scaled(26)}; }
        QSize minimumSizeHint() const override { return sizeHint(); }

    protected:
        bool hitButton(const QPoint& point) const override { return rect().contains(point); }
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            QStyleOption option;
            option.initFrom(this);
            if (isChecked())
                paint::roundRect(&painter, rect(), 5, color(Token::Surface), color(Token::Outline));
            if (paint::hasRing(&option))
                paint::ring(&painter, rect(), 5, color(Token::Accent));
            painter.setPen(color(!isEnabled() ? Token::DisabledText : isChecked() || underMouse() ? Token::Text : Token::Text2));
            painter.drawText(rect(), Qt::AlignCenter, text());
        }
    };
}

SegmentedControl::SegmentedControl(const QString& name, const QStringList& segments, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(3, 3, 3, 3);
    row->setSpacing(0);
    for (const QString& text : segments) {
        auto* segment = new Segment(text, this);
        segment->setFont(ui::font(Type::SmallMedium));
        segment->setAccessibleName(text);
        m_group->addButton(segment, static_cast<int>(m_group->buttons().size()));
        row->addWidget(segment);
    }
    setCurrent(0);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            emit currentChanged(id);
    });
}

int SegmentedControl::current() const
{
    return m_group->checkedId();
}

void SegmentedControl::setCurrent(int index)
{
    if (QAbstractButton* button = m_group->button(index))
        button->setChecked(true);
}

void SegmentedControl::setSegmentEnabled(int index, bool enabled, const QString& why)
{
    if (QAbstractButton* button = m_group->button(index)) {
        button->setEnabled(enabled);
        setPlainToolTip(button, enabled ? QString() : why);
    }
}

void SegmentedControl::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::roundRect(&painter, rect(), 7, color(Token::Neutral), Qt::transparent);
}

}
