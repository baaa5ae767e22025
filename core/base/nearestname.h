// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace core {

// The name that was probably meant: the one with the fewest letters to change, leave out or add, at most a third of them and without
// regard to case. Empty where none is that near.
QString nearestName(QStringView typed, const QStringList& known);

}
