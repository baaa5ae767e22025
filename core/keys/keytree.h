// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keystore.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace core::keys {

// A node of the tree over an order: a span of it, so that its count is known at once. Positions mean that order only.
struct TreeNode {
    enum class Level : std::uint8_t {
        Root, // all keys
        Class, // "ProductEndpoint"
        Path, // "/products"
        Part, // "category:", up to the next delimiter
        Key, // one key
        Range, // neighbouring children of a node that has too many to be shown as rows
    };

    Level level = Level::Root;
    Level of = Level::Root; // of a range: the level of the node that it is a part of; else as `level`
    std::uint16_t depth = 0; // levels above
    KeyId begin = 0, end = 0; // positions in the order
    std::uint32_t prefixSize = 0; // bytes that all its keys begin with; of a range those of its node

    qint64 keys() const { return qint64(end) - begin; }
    bool isLeaf() const { return level == Level::Key; }
    friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

// Names a node in any order: after a deletion or another scan the same node is another span.
struct TreeRef {
    TreeNode::Level level = TreeNode::Level::Root;
    QByteArray prefix; // of a key the key
    QByteArray first, last; // keys at the ends of a range
    bool isAll() const { return level == TreeNode::Level::Root; }
    friend bool operator==(const TreeRef&, const TreeRef&) = default;
};

// How keys fall into levels. LightAPI's own (lightapi-v2) fall into class, path and query, whatever the delimiters are.
struct TreeRules {
    cache::RouteTable routes;
    QList<QByteArray> delimiters {":"}; // never empty ones
};
// The setting "tree/delimiters": delimiters with spaces between, as in ": /". Nothing in it: ':'.
QList<QByteArray> delimitersFromText(const QString& text);

// Lazy: nothing is built beforehand, children are found in the order by galloping. A value, cheap to copy, safe in any thread.
class KeyTree final {
public:
    // More children than this are shown as ranges of neighbours.
    static constexpr std::size_t maxRows = 100'000;

    KeyTree(); // no keys
    // Finds the classes, within a millisecond.
    KeyTree(std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order, TreeRules rules = {});

    const std::shared_ptr<const KeyStore>& store() const;
    const std::shared_ptr<const Order>& order() const;
    TreeNode root() const;

    // Appends the children of `node` (of a range: those in it) from position `from` on, at most `limit`, in byte order. Returns the
    // position behind the last: node.end when there are no more. The keys of all children sum up to the node's.
    KeyId children(const TreeNode& node, KeyId from, std::size_t limit, std::vector<TreeNode>& into) const;
    // The children as a view shows them: at most 1,000 by count, inner nodes first; more in byte order, and beyond maxRows as
    // ranges. nullopt when cancelled. About 100 ns a child: on a pool thread where there may be millions.
    std::optional<std::vector<TreeNode>> rows(const TreeNode& node, const std::atomic_bool& cancelled) const;
    // The same within about a millisecond; nullopt where there are more children than that.
    std::optional<std::vector<TreeNode>> rowsAtOnce(const TreeNode& node) const;

    // All its keys begin with these bytes; of a key the whole key. Valid as long as the store.
    QByteArrayView prefix(const TreeNode& node) const;
    // What `parent` does not say: a class's name, a path, "category:", the rest of a key (empty: the key is the parent's prefix).
    QByteArrayView label(const TreeNode& node, const TreeNode& parent) const;
    // Labels of the first and the last child in a range.
    std::pair<QByteArrayView, QByteArrayView> rangeLabels(const TreeNode& range) const;

    TreeRef ref(const TreeNode& node) const;
    // Row of the node in what rows() gave for its parent, or -1. Of a range the one in which the keys of `ref` begin.
    qint64 findRow(const std::vector<TreeNode>& rows, const TreeRef& ref) const;

private:
    struct Private;
    std::shared_ptr<const Private> d;
};

// The keys of a node in this order, which need not be the one that the node was found in; `order` itself for all keys.
std::shared_ptr<const Order> keysOf(const KeyStore& store, const std::shared_ptr<const Order>& order, const TreeRef& node);

}
