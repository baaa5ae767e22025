// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace core::redis {

// The command that says how much a key of that type (as TYPE says it) holds; empty for a module's type.
QByteArray lengthCommand(const QByteArray& type);
// The next id in a stream's order: before Redis 6.2 a range cannot leave out where it begins.
QByteArray streamIdAfter(const QByteArray& id);

}
