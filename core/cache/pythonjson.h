// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace core::cache {

// json.dumps(json.loads(text), sort_keys=True) of CPython: names sorted, the last of equal names kept, ", " and ": ", everything
// beyond ASCII as \uXXXX, numbers as repr() writes them. None for what is not strict JSON (jsontext.h).
std::optional<QByteArray> pythonJson(QByteArrayView text);

// Whether Python takes the value for false: null, false, 0, 0.0, "", [], {}.
bool isPythonFalse(QByteArrayView json);

}
