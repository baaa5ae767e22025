// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

namespace core::redis {

// The fields of an INFO reply by name; headings and lines that are not "name:value" are passed over.
QHash<QByteArray, QByteArray> parseInfo(const QByteArray& text);

// Keys by database, of the fields "db0" …; empty databases have none.
QHash<int, qint64> keysPerDatabase(const QHash<QByteArray, QByteArray>& info);

// What `info` says of the server; fields that are missing keep the values of `before` (CONFIG GET and ACL answers among them).
ServerFacts factsFromInfo(QHash<QByteArray, QByteArray> info, ServerFacts before = {});

// A Redis Cluster node holds only its share of the keys.
bool isClusterNode(const ServerFacts& facts);

}
