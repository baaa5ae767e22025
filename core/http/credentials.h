// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace core::http {

// Whether a header or parameter of this name carries what lets its bearer in: Authorization, Cookie, X-Api-Key, access_token … by the last
// word of the name, without regard to case. The one place that decides it: what is masked, kept out of files, held back from other
// servers and warned about is the same everywhere.
bool isCredential(QByteArrayView name);

}
