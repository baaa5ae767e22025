// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"
#include "core/values/decoder.h"
#include "core/values/valuereader.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>

class QMenu;

namespace ui {

class Workspace;

// What a key can be turned into: the request target that LightAPI stores it for, if its scheme tells.
std::optional<QByteArray> targetOfKey(const QByteArray& key, const core::cache::RouteTable& routes);
// A curl command line for sh, quoted; empty without target or API address.
QString curlOfKey(const QByteArray& key, const Workspace* workspace);
// The address of that target on the LightAPI server; empty without target or API address.
QString urlOfKey(const QByteArray& key, const Workspace* workspace);
// One argument of redis-cli as typed at its prompt or piped in: "k\x00\xff", in quotes and ASCII.
QString redisCliWord(const QByteArray& bytes);
// The key as every JSON document of the command line has it: {"key":"text"}, or "key":null with "key_b64" and "key_text".
QString jsonOfKey(const QByteArray& key);
// Key, its bytes for redis-cli, JSON, target, URL, curl, cachelight command: entries that put them on the clipboard, greyed where there is none.
void addCopyActions(QMenu* menu, Workspace* workspace, const QByteArray& key);
// What has been read of the value, as JSON: greyed for the beginning of a string, which is no document; names the part of a collection.
void addCopyValueAction(QMenu* menu, const core::values::Value& value, const core::values::Decoded& decoded);

}
