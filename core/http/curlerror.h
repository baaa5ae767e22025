// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QString>

namespace core::http {

// libcurl's result number as our error; `curlText` becomes its detail, `subject` is the origin.
Error errorFromCurl(int curlCode, const QString& subject, const QString& curlText);

}
