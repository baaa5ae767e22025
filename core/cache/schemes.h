// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

// The schemes that allSchemes() lists, in its order.
namespace core::cache {

std::unique_ptr<KeyScheme> makeProbeScheme(); // "cachelight:probe:…", our own
std::unique_ptr<KeyScheme> makeLockScheme(); // "lock:" + inner key
std::unique_ptr<KeyScheme> makeTagScheme(); // "tag:" + tag
std::unique_ptr<KeyScheme> makeHealthScheme(); // "health_check"
std::unique_ptr<KeyScheme> makeLightApiV2Scheme(); // "lightapi:Class:/path:query", with vary_on the decoded form
std::unique_ptr<KeyScheme> makeMd5Scheme(); // 32 hex digits
std::unique_ptr<KeyScheme> makeSeedV1Scheme(); // "Class:/path?name=value"
std::unique_ptr<KeyScheme> makeSmartScheme(); // "Class:/path:user:7:name=value"
std::unique_ptr<KeyScheme> makeTemplateScheme(); // templates of the table; "item:7", "category:3:items", "all_items"

}
