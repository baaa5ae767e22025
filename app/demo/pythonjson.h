// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

// LightAPI stores json.dumps(value) and sends Starlette's compact form (cache.py, JSONResponse): two texts of one value.
namespace demo {

// ", " and ": " between tokens, everything beyond ASCII as \uXXXX. `json`: valid JSON.
QByteArray pythonJson(const QByteArray& json);
// Compact UTF-8; nullopt for what json.loads() refuses and for null, which LightAPI takes for a miss.
std::optional<QByteArray> compactJson(const QByteArray& stored);

}
