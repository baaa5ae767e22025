// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/tableview.h"

#include <QHeaderView>
#include <QPainter>
#include <QtMath>

namespace ui {

namespace {
    constexpr int ttlWidth = 136;
    constexpr int barWidth = 40;

    QRect visual(const QStyleOptionViewItem& option, const QRect& part)
    {
        return QStyle::visualRect(option.direction, option.rect, part);
    }

    bool isFirstColumn(const QStyleOptionViewItem& option, const QModelIndex& index)
    {
        const auto* table = qobject_cast<const QTableView*>(option.widget);
        if (!table)
            return index.column() == 0;
        for (int i = 0; i < table->horizontalHeader()->count(); ++i) {
            const int column = table->horizontalHeader()->logicalIndex(i);
            if (!table->isColumnHidden(column))
                return column == index.column();
        }
        return false;
    }

    bool isHovered(const QStyleOptionViewItem& option, const QModelIndex& index)
    {
        if (const auto* table = qobject_cast<const TableView*>(option.widget))
            return table->hoveredRow() == index.row();
        return false; // a tree fills its rows itself
    }

    void paintShare(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
    {
        const double share = index.data(ShareRole).toDouble();
        const QRect r(option.rect.left() + 2, option.rect.top() + 2, qMax(2, static_cast<int>((option.rect.width() - 4) * qBound(0.0, share, 1.0))), option.rect.height() - 4);
        paint::roundRect(painter, visual(option, r), 4, color(Token::Series1, Theme::instance().isDark() ? 51 : 28), Qt::transparent);
    }
}

CellDelegate::CellDelegate(QObject* parent)
    : QStyledItemDelegate(parent)
{
}

QColor CellDelegate::textColour(const QModelIndex& index, Token fallback)
{
    const QVariant tone = index.data(ToneRole);
    if (!index.flags().testFlag(Qt::ItemIsEnabled))
        return color(Token::DisabledText);
    if (tone.isValid() && static_cast<Tone>(tone.toInt()) != Tone::Neutral)
        return color(toneText(static_cast<Tone>(tone.toInt())));
    return color(fallback);
}

void CellDelegate::paintRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    if (qobject_cast<const TreeView*>(option.widget))
        return;
    const bool selected = option.state & QStyle::State_Selected;
    if (selected || isHovered(option, index))
        painter->fillRect(option.rect, color(selected ? Token::Selected : Token::Hover));
    if (selected && isFirstColumn(option, index))
        painter->fillRect(visual(option, QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())), color(Token::Accent));
}

int CellDelegate::roomBeside(const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const auto* tree = qobject_cast<const TreeView*>(option.widget);
    const QModelIndex beside = index.siblingAtColumn(1);
    if (!tree || index.column() != 0 || !beside.isValid())
        return 0;
    return qMax(0, tree->columnWidth(1) - qCeil(figuresWidth(option.font, beside.data().toString())) - inset);
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    paintRow(painter, option, index);
    const bool tree = qobject_cast<const QTreeView*>(option.widget);
    const QVariant share = index.data(ShareRole);
    if (tree && share.isValid())
        paintShare(painter, option, index);
    const int left = tree && index.column() == 0 ? 6 : inset;
    QRect r = option.rect.adjusted(left, 0, -inset, 0);
    const QString text = core::shortened(index.data(Qt::DisplayRole).toString());
    const QString iconName = index.data(IconRole).toString();
    if (index.data(BadgeRole).toBool()) {
        const Tone tone = static_cast<Tone>(index.data(ToneRole).toInt());
        if (!text.isEmpty())
            paintBadge(painter, visual(option, r), text, tone, iconName, option.direction == Qt::RightToLeft);
        painter->restore();
        return;
    }
    const QColor colour = textColour(index, tree && index.column() > 0 ? Token::Text2 : Token::Text);
    if (!iconName.isEmpty()) {
        const int side = scaled(16);
        paintIcon(painter, visual(option, QRect(r.left(), r.center().y() - side / 2 + 1, side, side)), iconName,
            index.data(ToneRole).isValid() ? colour : color(Token::Text2));
        r.setLeft(r.left() + side + 8);
    }
    r.setRight(r.right() + roomBeside(option, index));
    const bool bytes = index.data(BytesRole).isValid();
    const QVariant ownFont = index.data(Qt::FontRole);
    painter->setFont(ownFont.isValid() ? ownFont.value<QFont>() : bytes ? font(Type::Mono) : option.font);
    painter->setPen(colour);
    const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
    const QString shown = painter->fontMetrics().elidedText(text, bytes ? Qt::ElideMiddle : Qt::ElideRight, r.width());
    if (alignment & Qt::AlignRight && shown == text)
        paintFigures(painter, visual(option, r), (option.direction == Qt::RightToLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, text);
    else {
        if (bytes)
            painter->setLayoutDirection(Qt::LeftToRight);
        painter->drawText(visual(option, r), static_cast<int>(Qt::AlignVCenter | (bytes ? QStyle::visualAlignment(option.direction, Qt::AlignLeft) : alignment & Qt::AlignHorizontal_Mask)), shown);
    }
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QString text = core::shortened(index.data(Qt::DisplayRole).toString());
    const bool bytes = index.data(BytesRole).isValid();
    if (index.data(BadgeRole).toBool())
        return {badgeWidth(text, !index.data(IconRole).toString().isEmpty()) + 2 * inset, scaled(28)};
    const QFontMetrics metrics(bytes ? font(Type::Mono) : option.font);
    const int icon = index.data(IconRole).toString().isEmpty() ? 0 : scaled(16) + 8;
    return {metrics.horizontalAdvance(text) + icon + 2 * inset + 2, scaled(28)};
}

QString TtlDelegate::text(const TtlCell& cell)
{
    switch (cell.state) {
    case TtlCell::State::Loading: return QStringLiteral("…");
    case TtlCell::State::NoExpiry: return tr("no expiry");
    case TtlCell::State::Gone: return tr("gone");
    case TtlCell::State::Known: break;
    }
    return core::formatDuration(qMax<qint64>(0, cell.restMs));
}

void TtlDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QVariant value = index.data(TtlRole);
    if (!value.canConvert<TtlCell>()) {
        CellDelegate::paint(painter, option, index);
        return;
    }
    const TtlCell cell = value.value<TtlCell>();
    painter->save();
    paintRow(painter, option, index);
    const QRect r = option.rect.adjusted(inset, 0, -inset, 0);
    const QString shown = text(cell);
    const double share = cell.policyMs > 0 ? qBound(0.0, double(cell.restMs) / double(cell.policyMs), 1.0) : -1;
    const bool low = cell.state == TtlCell::State::Known && share >= 0 && share < 0.1;
    const bool none = cell.state == TtlCell::State::NoExpiry;
    painter->setFont(option.font);
    if (low) {
        QFont strong = option.font;
        strong.setWeight(QFont::DemiBold);
        painter->setFont(strong);
    }
    const QColor colour = color(low || none ? Token::Warn : cell.state == TtlCell::State::Known ? Token::Text : Token::Text3);
    if (cell.state == TtlCell::State::Known && share >= 0 && r.width() >= barWidth + 60) {
        const QRect track(r.right() + 1 - (ttlWidth - 2 * inset), r.center().y() - 1, barWidth, 4);
        paint::roundRect(painter, visual(option, track), 2, color(Token::Neutral), Qt::transparent);
        const QRect bar(track.left(), track.top(), qMax(3, static_cast<int>(track.width() * share + 0.5)), 4);
        paint::roundRect(painter, visual(option, bar), 2, low ? color(Token::Warn) : color(Token::Accent), Qt::transparent);
    }
    painter->setPen(colour);
    paintFigures(painter, visual(option, r), (option.direction == Qt::RightToLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, shown);
    if (none) {
        const int side = scaled(14);
        const int at = r.right() + 1 - static_cast<int>(figuresWidth(painter->font(), shown)) - side - 4;
        paintIcon(painter, visual(option, QRect(at, r.center().y() - side / 2 + 1, side, side)), QStringLiteral("triangle"), colour);
    }
    painter->restore();
}

QSize TtlDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {scaled(ttlWidth), scaled(28)};
}

void HitBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QVariant value = index.data(ShareRole);
    painter->save();
    paintRow(painter, option, index);
    const QRect r = option.rect.adjusted(inset, 0, -inset, 0);
    const QString text = index.data(Qt::DisplayRole).toString();
    if (value.isValid()) {
        const QRect track(r.left(), r.center().y() - 1, barWidth, 4);
        paint::roundRect(painter, visual(option, track), 2, color(Token::Neutral), Qt::transparent);
        const int width = qMax(2, static_cast<int>(barWidth * qBound(0.0, value.toDouble(), 1.0) + 0.5));
        paint::roundRect(painter, visual(option, QRect(track.left(), track.top(), width, 4)), 2, color(Token::Series2), Qt::transparent);
    }
    painter->setFont(option.font);
    painter->setPen(textColour(index));
    paintFigures(painter, visual(option, r.adjusted(barWidth + 8, 0, 0, 0)), (option.direction == Qt::RightToLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, text);
    painter->restore();
}

}
