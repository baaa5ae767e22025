// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/checks.h"

#include "ui/widgets/tableview.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QHeaderView>
#include <QLabel>
#include <QSet>
#include <QTextDocument>
#include <QWidget>

namespace tour {

namespace {
    // The plainest page, a sentence on an empty ground, has more than a hundred shades by the smoothing of its letters alone.
    constexpr int fewestColours = 24;
    constexpr int lookedAtRows = 50;

    // True where the tags of the hostile text are markup and no longer characters.
    bool isRendered(const QString& text)
    {
        return Qt::mightBeRichText(text) && (text.contains(QLatin1StringView("<img")) || text.contains(QLatin1StringView("<b>bold")));
    }

    QString described(const QWidget* widget)
    {
        const QString name = widget->accessibleName();
        return QString::fromLatin1(widget->metaObject()->className()) + (name.isEmpty() ? QString() : QString(u' ' + name));
    }

    void checkCells(const QAbstractItemView* view, QStringList* wrong)
    {
        const QAbstractItemModel* model = view->model();
        const bool escapes = qobject_cast<const ui::TableView*>(view) || qobject_cast<const ui::TreeView*>(view);
        for (int row = 0; model && row < qMin(model->rowCount(), lookedAtRows); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                const QModelIndex index = model->index(row, column);
                const QString tip = escapes ? ui::cellToolTip(*view, index) : index.data(Qt::ToolTipRole).toString();
                if (isRendered(tip))
                    *wrong += QStringLiteral("tooltip of a cell in %1: %2").arg(described(view), tip);
            }
        }
    }

    // A header is a view of the same model, and shows nothing of its cells.
    void checkSections(const QHeaderView* header, QStringList* wrong)
    {
        for (int section = 0; section < header->count(); ++section) {
            const QString tip = header->model()->headerData(section, header->orientation(), Qt::ToolTipRole).toString();
            if (isRendered(tip))
                *wrong += QStringLiteral("tooltip of a section in %1: %2").arg(described(header), tip);
        }
    }

    // Rows are the table's own to describe; a spin box speaks for the line edit inside.
    bool speaksForItsParts(QAccessible::Role role)
    {
        return role == QAccessible::Table || role == QAccessible::Tree || role == QAccessible::List || role == QAccessible::SpinBox || role == QAccessible::ComboBox;
    }

    void walk(QAccessibleInterface* node, QStringList* wrong)
    {
        if (!node || !node->isValid() || node->state().invisible)
            return;
        const QAccessible::Role role = node->role();
        const auto* widget = qobject_cast<const QWidget*>(node->object());
        // One that hands its focus on (the viewport of a chart) is never met.
        if (node->state().focusable && widget && !widget->focusProxy()) {
            const QString name = node->text(QAccessible::Name).trimmed();
            const QString kind = QString::fromLatin1(widget->metaObject()->className());
            if (name.isEmpty())
                *wrong += kind + QStringLiteral(" has no name");
            if (role == QAccessible::NoRole || role == QAccessible::Client)
                *wrong += QStringLiteral("%1 \"%2\" has no role").arg(kind, name);
        }
        if (speaksForItsParts(role))
            return;
        for (int i = 0; i < node->childCount(); ++i)
            walk(node->child(i), wrong);
    }
}

QString blankness(const QImage& image, const QRect& area)
{
    QSet<QRgb> colours;
    const QRect inside = area & image.rect();
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        for (int x = inside.left(); x <= inside.right(); ++x)
            colours += image.pixel(x, y);
    }
    return colours.size() >= fewestColours ? QString() : QStringLiteral("blank picture: %1 colours").arg(colours.size());
}

QStringList markup(const QWidget* root)
{
    QStringList wrong;
    const QList<QWidget*> widgets = root->findChildren<QWidget*>();
    for (const QWidget* widget : widgets) {
        if (!widget->isVisible())
            continue;
        const auto* label = qobject_cast<const QLabel*>(widget);
        if (label && !label->text().isEmpty() && label->textFormat() != Qt::PlainText)
            wrong += QStringLiteral("%1 guesses the format of \"%2\"").arg(described(widget), label->text());
        if (isRendered(widget->toolTip()))
            wrong += QStringLiteral("tooltip of %1: %2").arg(described(widget), widget->toolTip());
        if (const auto* header = qobject_cast<const QHeaderView*>(widget); header && header->orientation() == Qt::Horizontal)
            checkSections(header, &wrong);
        else if (const auto* view = qobject_cast<const QAbstractItemView*>(widget); view && !header)
            checkCells(view, &wrong);
    }
    return wrong;
}

QStringList namelessControls(QWidget* root)
{
    QStringList wrong;
    walk(QAccessible::queryAccessibleInterface(root), &wrong);
    wrong.removeDuplicates();
    return wrong;
}

}
