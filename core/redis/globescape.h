// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace core::redis {

// A literal as a MATCH pattern that matches just it: \ * ? [ ] are escaped.
QByteArray globEscaped(QByteArrayView literal);

}
