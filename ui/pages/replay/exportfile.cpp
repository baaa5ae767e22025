// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/exportfile.h"

#include <QDir>
#include <QFileDialog>

namespace ui {

void askExportFile(QWidget* parent, const QString& title, const QString& baseName, const QStringList& endings, std::function<void(const QString& file)> then)
{
    QStringList filters;
    for (const QString& ending : endings)
        filters << QStringLiteral("%1 (*.%2)").arg(ending.toUpper(), ending);
    auto* dialog = new QFileDialog(parent, title, QDir::home().filePath(baseName + u'.' + endings.first()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it lets an existing file be chosen
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(endings.first());
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, filters, endings](const QString& filter) {
        dialog->setDefaultSuffix(endings.value(filters.indexOf(filter), endings.first()));
    });
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [then = std::move(then)](const QString& file) { then(file); });
    dialog->open();
}

}
