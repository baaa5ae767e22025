// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytree.h"

#include "core/cache/keyscheme.h"

#include <QHash>

#include <algorithm>
#include <deque>
#include <utility>

namespace core::keys {

namespace {

using Level = TreeNode::Level;

constexpr qsizetype maxChildren = 1000;
constexpr qsizetype maxNodes = 100'000;
constexpr int maxDepth = 16;
constexpr std::size_t checkEvery = 4096;
constexpr QByteArrayView scheme("lightapi:");

bool larger(const TreeNode& a, const TreeNode& b)
{
    return a.keys != b.keys ? a.keys > b.keys : a.prefix < b.prefix;
}

// Keeps the largest children; the others, and `rest` keys of children that were never made, are summed in one node.
void limitChildren(QList<TreeNode>& children, qint64 rest = 0)
{
    const qsizetype kept = std::min(children.size(), maxChildren);
    std::partial_sort(children.begin(), children.begin() + kept, children.end(), larger);
    for (qsizetype i = kept; i < children.size(); ++i)
        rest += children[i].keys;
    children.resize(kept);
    if (rest > 0)
        children << TreeNode {.level = Level::Others, .keys = rest};
}

// Classes and their paths. Keys of one path are neighbours in the order, so that only the first of them is parsed.
class ClassCounter {
public:
    explicit ClassCounter(const cache::RouteTable& routes)
        : m_routes(routes)
    {
    }

    // False when the key is not one of LightAPI's.
    bool add(QByteArrayView key)
    {
        const bool samePath = m_path && key.startsWith(m_prefix) && !key.sliced(m_prefix.size()).contains(':');
        if (!samePath && !parse(key.toByteArray()))
            return false;
        ++*m_path;
        return true;
    }

    QList<TreeNode> take() const
    {
        QList<TreeNode> nodes;
        for (auto entry = m_classes.begin(); entry != m_classes.end(); ++entry)
            nodes << classNode(entry.key(), entry.value());
        return nodes;
    }

private:
    using Paths = QHash<QByteArray, qint64>;

    bool parse(const QByteArray& key)
    {
        m_path = nullptr;
        const cache::ParsedKey parsed = cache::parseKey(key, m_routes);
        if (!parsed.scheme.startsWith(QStringLiteral("lightapi-v2")) || !parsed.className || !parsed.path)
            return false;
        m_prefix = classPrefix(*parsed.className) + *parsed.path + ':';
        if (!key.startsWith(m_prefix))
            return false;
        m_path = &m_classes[*parsed.className][*parsed.path];
        return true;
    }

    static QByteArray classPrefix(const QByteArray& name) { return scheme.toByteArray() + name + ':'; }

    static TreeNode classNode(const QByteArray& name, const Paths& paths)
    {
        TreeNode node {.level = Level::Class, .label = name, .prefix = classPrefix(name)};
        for (auto path = paths.begin(); path != paths.end(); ++path) {
            node.children << TreeNode {
                .level = Level::Path, .label = path.key(), .prefix = node.prefix + path.key() + ':', .keys = path.value()};
            node.keys += path.value();
        }
        limitChildren(node.children);
        return node;
    }

    const cache::RouteTable& m_routes;
    QHash<QByteArray, Paths> m_classes;
    QByteArray m_prefix; // of the last parsed path
    qint64* m_path = nullptr;
};

// Levels at ':' from the sorted order: a child is one search for the end of its keys.
class PartBuilder {
public:
    PartBuilder(const KeyStore& store, const Order& order, const std::atomic_bool& cancelled)
        : m_store(store)
        , m_order(order)
        , m_cancelled(cancelled)
    {
    }

    // False when cancelled. The children of `root` come on top of those it has.
    bool build(TreeNode& root)
    {
        m_todo.push_back({&root, 0, m_order.size(), 0});
        while (!m_todo.empty()) {
            const Pending pending = m_todo.front(); // level by level: what is left out is the deepest
            m_todo.pop_front();
            if (!fill(pending))
                return false;
        }
        return true;
    }

private:
    struct Pending {
        TreeNode* node; // stays where it is: its parent's list is complete
        std::size_t begin, end;
        int depth;
    };

    struct Span {
        std::size_t begin, end;
        qsizetype prefixSize;
        std::size_t size() const { return end - begin; }
    };

    bool fill(const Pending& pending)
    {
        TreeNode& node = *pending.node;
        if (pending.depth >= maxDepth || m_nodes >= maxNodes) {
            node.cut = true;
            return true;
        }
        std::vector<Span> spans;
        if (!split(pending, spans))
            return false;
        const QHash<QByteArray, Span> made = makeChildren(node, spans);
        m_nodes += node.children.size();
        for (TreeNode& child : node.children) {
            const auto span = made.constFind(child.prefix);
            if (child.level == Level::Part && child.keys > 1 && span != made.constEnd())
                m_todo.push_back({&child, span->begin, span->end, pending.depth + 1});
        }
        return true;
    }

    bool split(const Pending& pending, std::vector<Span>& spans) const
    {
        std::size_t steps = 0;
        for (std::size_t i = pending.begin; i < pending.end;) {
            if (steps++ % checkEvery == 0 && m_cancelled)
                return false;
            const QByteArrayView key = m_store.at(m_order[i]);
            const qsizetype colon = key.indexOf(':', pending.node->prefix.size());
            std::size_t end = i + 1;
            if (colon >= 0) {
                end = std::min(pending.end, prefixEnd(m_store, m_order, key.first(colon + 1), i));
                spans.push_back({i, end, colon + 1});
            }
            i = end;
        }
        return true;
    }

    // Nodes for the largest spans only: there may be millions.
    QHash<QByteArray, Span> makeChildren(TreeNode& node, std::vector<Span>& spans) const
    {
        const auto kept = std::ptrdiff_t(std::min(spans.size(), std::size_t(maxChildren)));
        std::partial_sort(spans.begin(), spans.begin() + kept, spans.end(),
            [](const Span& a, const Span& b) { return a.size() != b.size() ? a.size() > b.size() : a.begin < b.begin; });
        qint64 rest = 0;
        for (auto span = spans.begin() + kept; span != spans.end(); ++span)
            rest += qint64(span->size());
        QHash<QByteArray, Span> made;
        for (auto span = spans.begin(); span != spans.begin() + kept; ++span) {
            const QByteArray prefix = m_store.at(m_order[span->begin]).first(span->prefixSize).toByteArray();
            node.children << TreeNode {.level = Level::Part,
                .label = prefix.sliced(node.prefix.size()),
                .prefix = prefix,
                .keys = qint64(span->size())};
            made.insert(prefix, *span);
        }
        limitChildren(node.children, rest);
        return made;
    }

    const KeyStore& m_store;
    const Order& m_order;
    const std::atomic_bool& m_cancelled;
    std::deque<Pending> m_todo;
    qsizetype m_nodes = 0;
};

void addOnePart(TreeNode& root)
{
    qint64 rest = root.keys;
    for (const TreeNode& child : std::as_const(root.children))
        rest -= child.keys;
    if (rest > 0)
        root.children << TreeNode {.level = Level::OnePart, .keys = rest};
}

}

TreeNode keyTree(const KeyStore& store, const Order& order, const cache::RouteTable& routes, const std::atomic_bool& cancelled)
{
    const std::size_t begin = lowerBound(store, order, scheme);
    const std::size_t end = prefixEnd(store, order, scheme, begin);
    ClassCounter classes(routes);
    Order others(order.begin(), order.begin() + std::ptrdiff_t(begin));
    for (std::size_t i = begin; i < end; ++i) {
        if (i % checkEvery == 0 && cancelled)
            return {};
        if (!classes.add(store.at(order[i])))
            others.push_back(order[i]);
    }
    others.insert(others.end(), order.begin() + std::ptrdiff_t(end), order.end());

    TreeNode root;
    root.keys = qint64(order.size());
    root.children = classes.take();
    if (!PartBuilder(store, others, cancelled).build(root))
        return {};
    addOnePart(root);
    return root;
}

}
