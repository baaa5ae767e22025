// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"

namespace core::cache {

constexpr qint64 maxYamlBytes = 10'000'000;

// routesFromYaml() of a file: never of a pipe or a device, which would be waited for. Errors of readRegular() too.
Result<YamlRoutes> routesFromFile(const QString& file);

}
