// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace core::replay {

// The first member name that stands twice in one object, which JSON readers resolve by dropping one without a word: a sentence with the
// place, `requests[0].expect: "status" stands there twice`. `top` names the outermost object. None too where the text is no JSON.
std::optional<QString> repeatedName(const QByteArray& json, const QString& top);

}
