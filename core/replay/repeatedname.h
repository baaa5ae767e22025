// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace core::replay {

// The first member name that stands twice in one object, which JSON readers resolve by dropping one without a word: a sentence with the
// place, `requests[0].expect: "status" stands there twice`. `top` names the outermost object. Where the text cannot be
// read to its end, so that a repeat may hide: the place and the cause. A byte order mark is skipped.
std::optional<QString> repeatedName(const QByteArray& json, const QString& top);

}
