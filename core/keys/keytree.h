// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keystore.h"

#include <QByteArray>
#include <QList>

namespace core::keys {

// Counts by endpoint class and path over an order, for the tree beside the table; "other" levels split at ':'.
// Built on a pool thread in one pass; a value.
struct TreeNode {
    QByteArray label; // bytes of this level: class, path, or the next part up to ':'
    QByteArray prefix; // every key below starts with it; what a click on the node filters by
    qint64 keys = 0;
    QList<TreeNode> children; // by count, then name; at most 1,000, the rest summed in one node with an empty prefix
};
TreeNode keyTree(const KeyStore& store, const Order& order, const cache::RouteTable& routes, const std::atomic_bool& cancelled);

}
