// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/accessibility.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>
#include <QWidget>

namespace ui {

namespace {
    // Painted widgets would report Client, which screen readers skip.
    QAccessibleInterface* make(const QString& className, QObject* object)
    {
        static const QHash<QString, QAccessible::Role> roles {
            {QStringLiteral("ui::Badge"), QAccessible::StaticText},
            {QStringLiteral("ui::ElidedLabel"), QAccessible::StaticText},
            {QStringLiteral("ui::KpiTile"), QAccessible::StaticText},
            {QStringLiteral("ui::VerdictBand"), QAccessible::StaticText},
            {QStringLiteral("ui::TimingBar"), QAccessible::StaticText},
            {QStringLiteral("ui::EmptyState"), QAccessible::Grouping},
            {QStringLiteral("ui::MessageStrip"), QAccessible::AlertMessage},
            {QStringLiteral("ui::SegmentedControl"), QAccessible::Grouping},
            {QStringLiteral("ui::Card"), QAccessible::Grouping},
            {QStringLiteral("ui::Page"), QAccessible::Pane},
            {QStringLiteral("ui::ChartCard"), QAccessible::Grouping},
            {QStringLiteral("ui::ChartView"), QAccessible::Chart},
            {QStringLiteral("ui::HistogramView"), QAccessible::Chart},
        };
        auto* widget = qobject_cast<QWidget*>(object);
        const auto found = roles.constFind(className);
        if (!widget || found == roles.constEnd())
            return nullptr;
        return new QAccessibleWidget(widget, found.value());
    }
}

void installAccessibility()
{
    static bool done = false;
    if (!done)
        QAccessible::installFactory(make);
    done = true;
}

}
