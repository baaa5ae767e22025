// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"
#include "core/http/client.h"

namespace ui {

class Workspace;

// What the app would do with a request that is sent to the address of the open connection: md5-v1 hashes scheme and Host with the rest.
// Without an address the keys of such classes are not predicted.
core::cache::RequestForecast forecastOf(const Workspace* workspace, const core::http::Request& request);
// The keys that answers to these GETs are stored under, each once.
QList<QByteArray> predictedKeys(const Workspace* workspace, const QList<QByteArray>& targets, const core::http::Headers& headers);

}
