// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/format.h"

#include <QCoreApplication>
#include <QString>

namespace ui {

// "1 tag", "41,204 tags": the source language has no translation file that could choose the form for tr("%n …").
inline QString counted(qint64 count, const QString& one, const QString& many)
{
    return core::formatCount(count) + u' ' + (count == 1 ? one : many);
}

inline QString keysText(qint64 count)
{
    return counted(count, QCoreApplication::translate("ui", "key"), QCoreApplication::translate("ui", "keys"));
}

}
