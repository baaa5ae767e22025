// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>

class QWidget;

namespace ui {

// Asks for a file to write. `endings` ("csv", "json"): the first is offered; the one that is chosen is added to a name without any.
// `then` has the name; it is not called when nothing was chosen, nor after `parent` has died. Does not wait.
void askExportFile(QWidget* parent, const QString& title, const QString& baseName, const QStringList& endings, std::function<void(const QString& file)> then);

}
