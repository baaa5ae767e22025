// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/cacheheaders.h"

namespace core::http {

struct ParsedHead {
    Headers headers;
    bool hasBody = false; // the text goes on behind the head
};
// What parseHead() reads, and whether that was all.
ParsedHead parsedHead(const QByteArray& text);

}
