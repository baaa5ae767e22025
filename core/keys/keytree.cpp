// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytree.h"

#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"
#include "core/keys/keysahead.h"

#include <algorithm>
#include <utility>

namespace core::keys {

namespace {

using Level = TreeNode::Level;

constexpr QByteArrayView scheme("lightapi:");
constexpr std::size_t sortedRows = 1000; // more are read in byte order, not by count
constexpr std::size_t rowsOfARange = 10'000;
constexpr std::size_t childrenAtOnce = 2000;
constexpr std::size_t checkEvery = 4096;
// Keys without a query that are looked at for one that says the class; LightAPI makes none.
constexpr KeyId classTries = 64;
// Keys of nothing but delimiters would else be as many clicks deep as they are long.
constexpr std::uint16_t deepest = 16;

TreeNode rangeOf(const TreeNode& node, KeyId begin, KeyId end)
{
    TreeNode range = node;
    range.level = Level::Range;
    range.of = node.of;
    range.begin = begin;
    range.end = end;
    return range;
}

bool isInner(const TreeNode& node)
{
    return !node.isLeaf();
}

void sortByCount(std::vector<TreeNode>& rows)
{
    std::sort(rows.begin(), rows.end(), [](const TreeNode& a, const TreeNode& b) {
        if (isInner(a) != isInner(b))
            return isInner(a);
        return a.keys() != b.keys() ? a.keys() > b.keys() : a.begin < b.begin;
    });
}

// Children as they come, turned into ranges of neighbours as soon as they are too many for rows.
class RowCollector {
public:
    explicit RowCollector(const TreeNode& node)
        : m_node(node)
    {
    }

    void take(std::vector<TreeNode>& children)
    {
        for (const TreeNode& child : children)
            add(child);
        children.clear();
    }

    std::vector<TreeNode> rows()
    {
        if (m_perRange > 1)
            return std::move(m_rows);
        if (m_rows.size() <= sortedRows)
            sortByCount(m_rows);
        return std::move(m_rows);
    }

private:
    void add(const TreeNode& child)
    {
        if (m_perRange > 1 && m_inLast < m_perRange) {
            m_rows.back().end = child.end;
            ++m_inLast;
            return;
        }
        m_rows.push_back(m_perRange > 1 ? rangeOf(m_node, child.begin, child.end) : child);
        m_inLast = 1;
        if (m_rows.size() > KeyTree::maxRows)
            fold(m_perRange > 1 ? 2 : rowsOfARange);
    }

    // Each `count` rows become one; the last may be short of its children and is filled up.
    void fold(std::size_t count)
    {
        std::vector<TreeNode> ranges;
        for (std::size_t i = 0; i < m_rows.size(); i += count) {
            const std::size_t last = std::min(i + count, m_rows.size()) - 1;
            ranges.push_back(rangeOf(m_node, m_rows[i].begin, m_rows[last].end));
        }
        const std::size_t whole = (m_rows.size() - 1) % count;
        m_inLast += whole * m_perRange;
        m_perRange *= count;
        m_rows = std::move(ranges);
    }

    const TreeNode m_node;
    std::vector<TreeNode> m_rows;
    std::size_t m_perRange = 1; // children a row stands for
    std::size_t m_inLast = 0;
};

}

struct KeyTree::Private {
    // What a key's next level is: bytes of its prefix.
    struct Cut {
        Level level;
        qsizetype size;
    };

    std::shared_ptr<const KeyStore> store = std::make_shared<const KeyStore>();
    std::shared_ptr<const Order> order = std::make_shared<const Order>();
    TreeRules rules;
    KeyId schemeBegin = 0, schemeEnd = 0; // keys under "lightapi:"
    bool mayHaveClasses = false; // among them
    bool flat = false; // what is under "lightapi:" stands at the root

    QByteArrayView key(KeyId at) const { return store->at((*order)[at]); }
    KeyId endOf(QByteArrayView prefix, KeyId from) const { return KeyId(prefixEnd(*store, *order, prefix, from)); }

    // Behind the first delimiter that ends behind `from`, or -1. (By their ends, so that the keys of a prefix are neighbours
    // also where one delimiter begins with another.)
    qsizetype behindDelimiter(QByteArrayView key, qsizetype from) const
    {
        qsizetype first = -1;
        for (const QByteArray& delimiter : rules.delimiters) {
            const qsizetype at = delimiter.size() == 1 ? key.indexOf(delimiter.front(), from) : key.indexOf(delimiter, from);
            if (at >= 0 && (first < 0 || at + delimiter.size() < first))
                first = at + delimiter.size();
        }
        return first;
    }

    static qsizetype behindColon(QByteArrayView key, qsizetype from)
    {
        const qsizetype at = key.indexOf(':', from);
        return at < 0 ? -1 : at + 1;
    }

    // Whether "lightapi:Name:" is a class: one key that looks like it is parsed.
    bool isClass(QByteArrayView prefix, KeyId from) const
    {
        const QByteArray paths = prefix.toByteArray() + '/';
        const QByteArrayView name = prefix.sliced(scheme.size()).chopped(1);
        const auto begin = KeyId(lowerBound(*store, *order, paths, from));
        const auto end = KeyId(std::min(order->size(), std::size_t(begin) + classTries));
        for (KeyId at = begin; at < end && key(at).startsWith(paths); ++at) {
            if (key(at).indexOf(':', paths.size()) < 0)
                continue;
            const cache::ParsedKey parsed = cache::parseKey(key(at).toByteArray(), rules.routes);
            return parsed.scheme.startsWith(QStringLiteral("lightapi-v2")) && parsed.className == name;
        }
        return false;
    }

    void findClasses()
    {
        schemeBegin = KeyId(lowerBound(*store, *order, scheme));
        schemeEnd = endOf(scheme, schemeBegin);
        std::size_t seen = 0;
        KeyId at = schemeBegin;
        for (; at < schemeEnd && seen < sortedRows; ++seen) {
            const qsizetype size = behindColon(key(at), scheme.size());
            mayHaveClasses = mayHaveClasses || (size >= 0 && isClass(key(at).first(size), at));
            at = size < 0 ? at + 1 : endOf(key(at).first(size), at + 1);
        }
        flat = mayHaveClasses && at >= schemeEnd;
        mayHaveClasses = mayHaveClasses || at < schemeEnd;
    }

    Cut wholeKey(QByteArrayView key) const { return {Level::Key, key.size()}; }

    // Below "lightapi:", at whichever level that is.
    Cut classCut(QByteArrayView key, KeyId at) const
    {
        const qsizetype size = behindColon(key, scheme.size());
        if (size < 0)
            return wholeKey(key);
        return {isClass(key.first(size), at) ? Level::Class : Level::Part, size};
    }

    // A query may hold ':' where it was made with vary_on: only what is parsed as a longer path is one.
    Cut pathCut(QByteArrayView key, qsizetype from) const
    {
        const qsizetype size = behindColon(key, from);
        if (size < 0)
            return wholeKey(key);
        const cache::ParsedKey parsed = cache::parseKey(key.toByteArray(), rules.routes);
        const bool longer = parsed.path && parsed.className
            && scheme.size() + parsed.className->size() + 1 + parsed.path->size() >= size - 1;
        return longer ? Cut {Level::Path, size} : wholeKey(key);
    }

    Cut partCut(QByteArrayView key, qsizetype from) const
    {
        const qsizetype size = behindDelimiter(key, from);
        return size < 0 ? wholeKey(key) : Cut {Level::Part, size};
    }

    Cut cut(const TreeNode& node, QByteArrayView key, KeyId at) const
    {
        const qsizetype from = node.prefixSize;
        const bool ofScheme = mayHaveClasses && at >= schemeBegin && at < schemeEnd;
        switch (node.of) {
        case Level::Root:
            if (ofScheme)
                return flat ? classCut(key, at) : Cut {Level::Part, scheme.size()};
            return partCut(key, 0);
        case Level::Class: {
            const qsizetype size = behindColon(key, from);
            return size >= 0 && key[from] == '/' ? Cut {Level::Path, size} : partCut(key, from);
        }
        case Level::Path:
            return pathCut(key, from);
        default:
            return ofScheme && from == scheme.size() ? classCut(key, at) : partCut(key, from);
        }
    }

    // Of a deep level with one child after another the last one's prefix.
    qsizetype lastCommon(QByteArrayView first, QByteArrayView last, qsizetype size) const
    {
        const auto ends = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
        const QByteArrayView common = first.first(ends.first - first.begin());
        for (const QByteArray& delimiter : rules.delimiters) {
            // Of one byte as a view Qt 6.4.2 also looks at the byte behind the end.
            const qsizetype at = delimiter.size() == 1 ? common.lastIndexOf(delimiter.front()) : common.lastIndexOf(delimiter);
            if (at >= 0)
                size = std::max(size, at + delimiter.size());
        }
        return size;
    }

    TreeNode child(const TreeNode& node, KeyId at) const { return child(node, at, key(at), nullptr); }

    // `first`: the key at `at`; `second`: the one behind it, where it is known.
    TreeNode child(const TreeNode& node, KeyId at, QByteArrayView first, const QByteArrayView* second) const
    {
        const Cut cut = this->cut(node, first, at);
        TreeNode child {cut.level, cut.level, std::uint16_t(std::min<int>(node.depth + 1, deepest)), at, at + 1, std::uint32_t(cut.size)};
        if (child.isLeaf())
            return child;
        const bool isAlone = second && !second->startsWith(first.first(cut.size));
        child.end = isAlone ? at + 1 : std::min(node.end, endOf(first.first(cut.size), at + 1));
        const bool folds = cut.level == Level::Part ? node.depth > 0 : node.of == Level::Path;
        if (!folds)
            return child;
        if (child.keys() == 1) { // a level for one key would be one more click
            child.level = child.of = Level::Key;
            child.prefixSize = std::uint32_t(first.size());
        } else if (cut.level == Level::Part && child.depth == deepest) {
            child.prefixSize = std::uint32_t(lastCommon(first, key(child.end - 1), cut.size));
        }
        return child;
    }
};

QList<QByteArray> delimitersFromText(const QString& text)
{
    QList<QByteArray> delimiters;
    for (const QString& word : text.split(u' ', Qt::SkipEmptyParts)) {
        const Result<QByteArray> bytes = bytesFromArgument(word);
        if (bytes && !bytes->isEmpty() && !delimiters.contains(*bytes))
            delimiters << *bytes;
    }
    return delimiters.isEmpty() ? TreeRules().delimiters : delimiters;
}

KeyTree::KeyTree()
    : d(std::make_shared<const Private>())
{
}

KeyTree::KeyTree(std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order, TreeRules rules)
{
    auto made = std::make_shared<Private>();
    made->store = std::move(store);
    made->order = std::move(order);
    made->rules = std::move(rules);
    made->findClasses();
    d = std::move(made);
}

const std::shared_ptr<const KeyStore>& KeyTree::store() const
{
    return d->store;
}

const std::shared_ptr<const Order>& KeyTree::order() const
{
    return d->order;
}

TreeNode KeyTree::root() const
{
    TreeNode node;
    node.end = KeyId(d->order->size());
    return node;
}

KeyId KeyTree::children(const TreeNode& node, KeyId from, std::size_t limit, std::vector<TreeNode>& into) const
{
    if (node.isLeaf())
        return node.end;
    KeysAhead keys(*d->store, *d->order, node.end);
    bool isSingle = false; // children of one key each follow each other: only then it is worth to look ahead
    for (; from < node.end && limit > 0; --limit) {
        if (isSingle) {
            keys.reach(from);
            into.push_back(d->child(node, from, keys.at(from), keys.find(from + 1)));
        } else {
            into.push_back(d->child(node, from));
        }
        isSingle = into.back().end == from + 1;
        from = into.back().end;
    }
    return from;
}

std::optional<std::vector<TreeNode>> KeyTree::rows(const TreeNode& node, const std::atomic_bool& cancelled) const
{
    RowCollector collector(node);
    std::vector<TreeNode> some;
    for (KeyId at = node.begin; at < node.end;) {
        if (cancelled)
            return {};
        at = children(node, at, checkEvery, some);
        collector.take(some);
    }
    return collector.rows();
}

std::optional<std::vector<TreeNode>> KeyTree::rowsAtOnce(const TreeNode& node) const
{
    std::vector<TreeNode> some;
    if (children(node, node.begin, childrenAtOnce, some) < node.end)
        return {};
    RowCollector collector(node);
    collector.take(some);
    return collector.rows();
}

QByteArrayView KeyTree::prefix(const TreeNode& node) const
{
    if (node.prefixSize == 0 || node.begin >= node.end)
        return {};
    return d->key(node.begin).first(node.prefixSize);
}

QByteArrayView KeyTree::label(const TreeNode& node, const TreeNode& parent) const
{
    const QByteArrayView whole = prefix(node);
    if (node.level == Level::Class)
        return whole.sliced(scheme.size()).chopped(1);
    const QByteArrayView rest = whole.sliced(std::min<qsizetype>(parent.prefixSize, whole.size()));
    return node.level == Level::Path ? rest.chopped(1) : rest;
}

std::pair<QByteArrayView, QByteArrayView> KeyTree::rangeLabels(const TreeNode& range) const
{
    const auto labelAt = [&](KeyId at) {
        const QByteArrayView key = d->key(at);
        const Private::Cut cut = d->cut(range, key, at);
        return key.first(cut.size).sliced(range.prefixSize);
    };
    return {labelAt(range.begin), labelAt(range.end - 1)};
}

TreeRef KeyTree::ref(const TreeNode& node) const
{
    TreeRef ref {node.level, prefix(node).toByteArray(), {}, {}};
    if (node.level == Level::Range) {
        ref.first = d->key(node.begin).toByteArray();
        ref.last = d->key(node.end - 1).toByteArray();
    }
    return ref;
}

qint64 KeyTree::findRow(const std::vector<TreeNode>& rows, const TreeRef& ref) const
{
    const bool isRange = ref.level == Level::Range;
    const auto at = KeyId(lowerBound(*d->store, *d->order, isRange ? ref.first : ref.prefix));
    const auto matches = [&](const TreeNode& row) {
        if (row.level != ref.level || at < row.begin || at >= row.end)
            return false;
        return isRange || row.level == Level::Root || prefix(row) == ref.prefix;
    };
    if (rows.size() <= sortedRows) {
        const auto row = std::find_if(rows.begin(), rows.end(), matches);
        return row == rows.end() ? -1 : row - rows.begin();
    }
    auto row = std::upper_bound(rows.begin(), rows.end(), at, [](KeyId position, const TreeNode& node) { return position < node.begin; });
    return row != rows.begin() && matches(*--row) ? row - rows.begin() : -1;
}

std::shared_ptr<const Order> keysOf(const KeyStore& store, const std::shared_ptr<const Order>& order, const TreeRef& node)
{
    if (node.isAll())
        return order;
    const bool isRange = node.level == Level::Range;
    const std::size_t begin = lowerBound(store, *order, isRange ? node.first : node.prefix);
    std::size_t end = begin;
    if (isRange || node.level == Level::Key) {
        const QByteArray& last = isRange ? node.last : node.prefix;
        end = lowerBound(store, *order, last, begin);
        if (end < order->size() && store.at((*order)[end]) == last)
            ++end;
    } else {
        end = prefixEnd(store, *order, node.prefix, begin);
    }
    return std::make_shared<const Order>(order->begin() + std::ptrdiff_t(begin), order->begin() + std::ptrdiff_t(end));
}

}
