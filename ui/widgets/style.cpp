// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/style.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QComboBox>
#include <QGroupBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QSlider>
#include <QSplitterHandle>
#include <QTabBar>
#include <QTextEdit>
#include <QToolButton>

namespace ui {

namespace {
    constexpr int fieldHeight = 32;
    constexpr int scrollExtent = 12;

    bool isTextArea(const QWidget* widget)
    {
        return qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget);
    }
}

Style::Style()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent: return scrollExtent;
    case PM_ScrollBarSliderMin: return 32;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap:
    case PM_MenuBarPanelWidth: return 0;
    case PM_DefaultFrameWidth: return isTextArea(widget) ? 3 : qobject_cast<const QMenu*>(widget) ? 1 : 1;
    case PM_SplitterWidth: return 9;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return scaled(16);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing: return 6;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize:
    case PM_LineEditIconSize: return scaled(16);
    case PM_MenuPanelWidth: return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin: return 4;
    case PM_TabBarTabHSpace: return 24;
    case PM_TabBarTabVSpace: return 12;
    case PM_HeaderMargin: return 12;
    case PM_TreeViewIndentation: return 16;
    case PM_SliderThickness:
    case PM_SliderLength:
    case PM_SliderControlThickness: return scaled(16);
    case PM_ToolTipLabelFrameWidth: return 6;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return 8;
    case PM_TextCursorWidth: return 1;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returnData) const
{
    switch (hint) {
    case SH_ComboBox_Popup: return 0; // a list below the box, not a menu over it
    case SH_ScrollBar_Transient: return 0;
    case SH_ScrollView_FrameOnlyAroundContents: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_ItemView_PaintAlternatingRowColorsForEmptyArea: return 0;
    case SH_ItemView_ActivateItemOnSingleClick: return 0;
    case SH_Table_GridLineColor: return static_cast<int>(color(Token::Surface).rgba());
    case SH_Header_ArrowAlignment: return Qt::AlignVCenter;
    case SH_UnderlineShortcut: return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_Widget_Animation_Duration: return 0;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText: return 0;
    case SH_TabBar_ElideMode: return Qt::ElideNone;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_Menu_FlashTriggeredItem: return 0;
    case SH_FocusFrame_AboveWidget: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    switch (type) {
    case CT_PushButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
            return paint::buttonSize(button, widget);
        break;
    case CT_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option))
            return paint::toolButtonSize(button, size, widget);
        break;
    case CT_LineEdit: return {size.width() + 20, scaled(fieldHeight)};
    case CT_SpinBox: return {size.width() + 34, scaled(fieldHeight)};
    case CT_ComboBox: return {size.width() + 44, scaled(fieldHeight)};
    case CT_CheckBox:
    case CT_RadioButton: {
        const QSize natural = QProxyStyle::sizeFromContents(type, option, size, widget);
        return {natural.width() + 4, qMax(natural.height(), scaled(24))};
    }
    case CT_HeaderSection:
        if (const auto* head = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            const int text = head->fontMetrics.horizontalAdvance(head->text);
            return {text + 24 + (head->sortIndicator == QStyleOptionHeader::None ? 0 : 18), scaled(30)};
        }
        break;
    case CT_ItemViewItem: {
        const QSize natural = QProxyStyle::sizeFromContents(type, option, size, widget);
        return {natural.width() + 8, qMax(natural.height(), scaled(28))};
    }
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            return paint::menuItemSize(item, size);
        break;
    case CT_TabBarTab:
        return {size.width(), scaled(36)};
    default: break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub, const QWidget* widget) const
{
    const QRect r = option->rect;
    if (control == CC_ScrollBar && qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        const bool across = bar->orientation == Qt::Horizontal;
        const int length = across ? r.width() : r.height();
        const qint64 range = static_cast<qint64>(bar->maximum) - bar->minimum;
        int handle = length;
        if (range > 0) {
            const qint64 wanted = static_cast<qint64>(bar->pageStep) * length / qMax<qint64>(1, range + bar->pageStep);
            handle = qMin(length, qMax(static_cast<int>(wanted), 32));
        }
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
        const auto piece = [&](int from, int size) {
            return visualRect(option->direction, r, across ? QRect(from, 0, size, r.height()) : QRect(0, from, r.width(), size));
        };
        switch (sub) {
        case SC_ScrollBarSlider: return piece(start, handle);
        case SC_ScrollBarGroove: return r;
        case SC_ScrollBarSubPage: return piece(0, start);
        case SC_ScrollBarAddPage: return piece(start + handle, length - start - handle);
        default: return {};
        }
    }
    if (control == CC_ComboBox) {
        switch (sub) {
        case SC_ComboBoxFrame: return r;
        case SC_ComboBoxArrow: return visualRect(option->direction, r, QRect(r.right() - 29, r.top(), 30, r.height()));
        case SC_ComboBoxEditField: return visualRect(option->direction, r, r.adjusted(8, 2, -30, -2));
        case SC_ComboBoxListBoxPopup: return r;
        default: break;
        }
    }
    if (control == CC_SpinBox) {
        const int half = r.height() / 2;
        switch (sub) {
        case SC_SpinBoxFrame: return r;
        case SC_SpinBoxUp: return visualRect(option->direction, r, QRect(r.right() - 24, r.top() + 2, 22, half - 2));
        case SC_SpinBoxDown: return visualRect(option->direction, r, QRect(r.right() - 24, r.top() + half, 22, half - 2));
        case SC_SpinBoxEditField: return visualRect(option->direction, r, r.adjusted(2, 2, -26, -2));
        default: break;
        }
    }
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    switch (element) {
    case SE_LineEditContents: {
        const bool inner = widget && (qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) || qobject_cast<const QComboBox*>(widget->parentWidget()));
        return inner ? option->rect.adjusted(6, 0, -2, 0) : option->rect.adjusted(8, 1, -8, -1);
    }
    case SE_CheckBoxFocusRect:
    case SE_RadioButtonFocusRect: return option->rect;
    case SE_CheckBoxIndicator:
    case SE_RadioButtonIndicator: {
        const int side = pixelMetric(PM_IndicatorWidth, option, widget);
        const QRect r = option->rect;
        return visualRect(option->direction, r, QRect(r.left() + 2, r.top() + (r.height() - side) / 2, side, side));
    }
    case SE_CheckBoxContents:
    case SE_RadioButtonContents: {
        const int side = pixelMetric(PM_IndicatorWidth, option, widget);
        return visualRect(option->direction, option->rect, option->rect.adjusted(side + 8, 0, 0, 0));
    }
    case SE_TabWidgetTabContents: {
        return QProxyStyle::subElementRect(element, option, widget);
    }
    default: return QProxyStyle::subElementRect(element, option, widget);
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case PE_PanelLineEdit:
        // Spin boxes and editable combos draw their own frame.
        if (widget && (qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) || qobject_cast<const QComboBox*>(widget->parentWidget())))
            return;
        return paint::fieldPanel(option, painter, widget);
    case PE_FrameLineEdit: return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: return paint::checkBox(option, painter);
    case PE_IndicatorRadioButton: return paint::radioButton(option, painter);
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView*>(widget))
            return; // the card round a view shows its focus
        if (paint::hasRing(option))
            paint::ring(painter, option->rect, 4, color(Token::Accent));
        return;
    case PE_PanelItemViewRow: return;
    case PE_PanelItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option))
            return paint::itemPanel(item, painter);
        break;
    case PE_IndicatorBranch: return paint::branch(option, painter);
    case PE_PanelMenu:
    case PE_FrameMenu: return paint::menuPanel(option, painter);
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, color(Token::ToolTipBase));
        return;
    case PE_Frame:
        if (isTextArea(widget))
            return paint::fieldPanel(option, painter, widget);
        painter->setPen(color(Token::Border));
        painter->drawRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    case PE_FrameTabBarBase: {
        const QRect r = option->rect;
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), color(Token::Border));
        return;
    }
    case PE_FrameTabWidget: return;
    case PE_PanelScrollAreaCorner:
        painter->fillRect(option->rect, color(Token::Surface));
        return;
    case PE_IndicatorTabClose: return;
    default: break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    if (paint::buttonControl(element, option, painter, widget))
        return;
    switch (element) {
    case CE_ComboBoxLabel:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            return paint::comboLabel(combo, painter);
        break;
    case CE_Header:
        if (const auto* head = qstyleoption_cast<const QStyleOptionHeader*>(option))
            return paint::header(head, painter);
        break;
    case CE_HeaderEmptyArea: return paint::headerEmpty(option, painter);
    case CE_ItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            QStyleOptionViewItem own(*item);
            own.palette.setColor(QPalette::HighlightedText, color(Token::Text)); // on `selected`, not on a dark highlight
            return QProxyStyle::drawControl(element, &own, painter, widget);
        }
        break;
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            return paint::menuItem(item, painter);
        break;
    case CE_MenuEmptyArea:
    case CE_MenuTearoff: return;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
            return paint::tabShape(tab, painter);
        break;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
            return paint::tabLabel(tab, painter);
        break;
    case CE_Splitter: return paint::splitter(option, painter);
    case CE_ProgressBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option))
            return paint::progress(bar, painter);
        break;
    case CE_SizeGrip: return;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option))
            return paint::toolButton(button, painter, widget);
        break;
    case CC_ComboBox:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            return paint::comboBox(combo, painter, widget);
        break;
    case CC_SpinBox:
        if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
            return paint::spinBox(spin, painter, widget);
        break;
    case CC_ScrollBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return paint::scrollBar(bar, painter, subControlRect(control, option, SC_ScrollBarSlider, widget), widget && widget->property("isClear").toBool());
        break;
    case CC_Slider:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return paint::slider(bar, painter, subControlRect(control, option, SC_SliderGroove, widget), subControlRect(control, option, SC_SliderHandle, widget));
        break;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QIcon Style::standardIcon(StandardPixmap pixmap, const QStyleOption* option, const QWidget* widget) const
{
    if (pixmap == SP_LineEditClearButton)
        return icon(QStringLiteral("close"));
    return QProxyStyle::standardIcon(pixmap, option, widget);
}

void Style::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    const auto useFont = [widget](Type type) {
        if (!widget->testAttribute(Qt::WA_SetFont))
            widget->setFont(font(type));
    };
    const bool plainButton = qobject_cast<QCheckBox*>(widget) || qobject_cast<QRadioButton*>(widget);
    if (qobject_cast<QPushButton*>(widget) || qobject_cast<QToolButton*>(widget) || qobject_cast<QTabBar*>(widget))
        useFont(Type::Medium);
    else if (qobject_cast<QHeaderView*>(widget))
        useFont(Type::SmallMedium);
    else if (qobject_cast<QAbstractItemView*>(widget) && !(widget->parentWidget() && widget->parentWidget()->inherits("QComboBoxPrivateContainer")))
        useFont(Type::Small);
    if (plainButton || qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractSpinBox*>(widget)
        || qobject_cast<QScrollBar*>(widget) || qobject_cast<QSlider*>(widget) || qobject_cast<QTabBar*>(widget)
        || qobject_cast<QSplitterHandle*>(widget) || qobject_cast<QLineEdit*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

}
