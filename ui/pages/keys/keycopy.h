// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

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
// Key, target, curl, cachelight command: entries that put them on the clipboard, greyed where there is none.
void addCopyActions(QMenu* menu, Workspace* workspace, const QByteArray& key);

}
