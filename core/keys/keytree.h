// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keystore.h"

#include <QByteArray>
#include <QList>

namespace core::keys {

// Counts over an order, for the tree beside the table: endpoint class and path for what LightAPI stores (lightapi-v2), levels
// split at ':' for the rest. A value; built on a pool thread.
struct TreeNode {
    enum class Level {
        Root,
        Class, // "ProductEndpoint"
        Path, // "/products"
        Part, // "category:", up to the next ':'
        Others, // the sum of the children beyond the limit; has no prefix
        OnePart, // last below the root: the keys without a ':', that no other node stands for; has no prefix
    };

    Level level = Level::Root;
    QByteArray label; // bytes of this level: class, path, or the part with its ':'
    QByteArray prefix; // every key below starts with it; what a click on the node filters by
    // All below. The children of the root sum up to its keys; deeper down keys without a further ':' are in no child.
    qint64 keys = 0;
    QList<TreeNode> children; // by count, then name; at most 1,000, one Others and one OnePart
    // Deeper levels were left out: below 16 levels, and once the tree has 100,000 nodes.
    bool cut = false;
};

// A tree without keys when cancelled.
TreeNode keyTree(const KeyStore& store, const Order& order, const cache::RouteTable& routes, const std::atomic_bool& cancelled);

}
