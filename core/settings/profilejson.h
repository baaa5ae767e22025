// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/profile.h"

#include <QJsonObject>

namespace core::settings {

// How a profile stands in the settings file: {"name","url",…}; no password, neither of Redis nor of the API.
QJsonObject profileToJson(const Profile& profile);
// Nothing when the object is not what profileToJson() writes. A password in it is dropped.
std::optional<Profile> profileFromJson(const QJsonObject& object);

}
