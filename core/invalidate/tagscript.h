// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace core::invalidate {

// EVAL <script> 1 <index> <limit>: deletes the names of a JSON list and the list itself in one go, or nothing at all. Answers
// ["gone"], ["wrong-type"], ["corrupt"], ["too-many"], or ["done" or "kept", names that were there, names still there after it,
// names the user may not touch]. "kept": some name was refused, so the index stays.
const QByteArray& tagScript();

}
