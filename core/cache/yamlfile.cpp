// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/yamlfile.h"

#include "core/base/inputfile.h"

namespace core::cache {

Result<YamlRoutes> routesFromFile(const QString& file)
{
    const auto yaml = readRegular(file, {maxYamlBytes, QStringLiteral("Give the lightapi.yaml of the app.")});
    return yaml ? routesFromYaml(*yaml, file) : Result<YamlRoutes>(fail(yaml.error()));
}

}
