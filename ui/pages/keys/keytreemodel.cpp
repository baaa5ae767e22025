// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytreemodel.h"

#include "core/base/async.h"

#include <QtConcurrentRun>

#include <utility>

using core::keys::KeyTree;
using core::keys::TreeNode;
using core::keys::TreeRef;
using Level = TreeNode::Level;

namespace ui {

// A branch by its name, for making it again in another tree.
struct KeyTreeModel::Reopened {
    Id old = 0;
    TreeRef ref;
    qsizetype parent = -1; // in the list; stands before its children
    int row = -1; // -1: it is no longer there
    TreeNode node;
    Rows rows;
};

namespace {
    // All keys first.
    void addAll(std::vector<TreeNode>& rows, const TreeNode& root)
    {
        if (root.keys() > 0)
            rows.insert(rows.begin(), root);
    }

    qint64 rowOf(const KeyTree& tree, const std::vector<TreeNode>& rows, const TreeRef& ref)
    {
        if (ref.isAll())
            return rows.empty() || rows.front().level != Level::Root ? -1 : 0;
        return tree.findRow(rows, ref);
    }

    core::Result<std::vector<TreeNode>> madeRows(const KeyTree& tree, const TreeNode& node, const std::atomic_bool& cancelled)
    {
        auto rows = tree.rows(node, cancelled);
        if (!rows)
            return core::fail(core::Code::Cancelled);
        return std::move(*rows);
    }
}

KeyTreeModel::KeyTreeModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_loads(std::make_shared<std::atomic_bool>(false))
{
    m_ask.setSingleShot(true);
    connect(&m_ask, &QTimer::timeout, this, &KeyTreeModel::askMemory);
}

KeyTreeModel::~KeyTreeModel()
{
    *m_loads = true;
    if (m_remaking)
        *m_remaking = true;
}

const KeyTreeModel::Branch* KeyTreeModel::branchAt(Id id) const
{
    const auto found = m_branches.find(id);
    return found == m_branches.end() ? nullptr : &found->second;
}

const KeyTreeModel::Branch* KeyTreeModel::branchBelow(const QModelIndex& index) const
{
    if (!index.isValid())
        return branchAt(m_top);
    const Branch* branch = index.column() == 0 ? branchAt(index.internalId()) : nullptr;
    return branch ? branchAt(branch->open.value(index.row())) : nullptr;
}

const TreeNode* KeyTreeModel::nodeAt(const QModelIndex& index) const
{
    const Branch* branch = index.isValid() ? branchAt(index.internalId()) : nullptr;
    const bool known = branch && branch->stage == Stage::Filled && static_cast<std::size_t>(index.row()) < branch->rows.size();
    const TreeNode* node = known ? &branch->rows[static_cast<std::size_t>(index.row())] : nullptr;
    return node && node->keys() > 0 ? node : nullptr;
}

const TreeNode& KeyTreeModel::parentNode(const QModelIndex& index) const
{
    return branchAt(index.internalId())->node;
}

KeyTreeModel::Id KeyTreeModel::addBranch(Branch branch)
{
    const Id id = ++m_lastId;
    if (branch.parent)
        m_branches[branch.parent].open.insert(branch.row, id);
    m_branches.emplace(id, std::move(branch));
    return id;
}

QModelIndex KeyTreeModel::indexOfBranch(Id id) const
{
    const Branch* branch = branchAt(id);
    return branch && branch->parent ? createIndex(branch->row, 0, branch->parent) : QModelIndex();
}

bool KeyTreeModel::canFetchMore(const QModelIndex& parent) const
{
    return parent.isValid() && hasChildren(parent) && !branchBelow(parent);
}

// Rows come with the next turn of the event loop: who asks while rows are just inserted must not be met by others.
void KeyTreeModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    const Id id = addBranch({*nodeAt(parent), parent.internalId(), parent.row(), {}, Stage::Wanted, {}});
    QMetaObject::invokeMethod(this, [this, id] { makeRows(id); }, Qt::QueuedConnection);
}

void KeyTreeModel::makeRows(Id id)
{
    if (!branchAt(id))
        return; // another tree is shown
    const TreeNode node = branchAt(id)->node;
    if (auto few = m_tree.rowsAtOnce(node)) {
        beginInsertRows(indexOfBranch(id), 0, static_cast<int>(few->size()) - 1);
        m_branches[id].rows = std::move(*few);
        m_branches[id].stage = Stage::Filled;
        endInsertRows();
        return;
    }
    beginInsertRows(indexOfBranch(id), 0, 0);
    m_branches[id].stage = Stage::Waiting;
    endInsertRows();
    core::onFinished(QtConcurrent::run([tree = m_tree, node, cancelled = m_loads] { return madeRows(tree, node, *cancelled); }), this,
        [this, id](const core::Result<Rows>& rows) {
            if (rows && branchAt(id))
                fill(id, *rows);
        });
}

// The row "…" goes last: a view folds a node that is without rows for a moment.
void KeyTreeModel::fill(Id id, Rows rows)
{
    const QModelIndex parent = indexOfBranch(id);
    const int count = static_cast<int>(rows.size());
    beginInsertRows(parent, 0, count - 1);
    m_branches[id].rows = std::move(rows);
    m_branches[id].rows.push_back({Level::Range}); // empty as long as it stands for "…"
    m_branches[id].stage = Stage::Filled;
    endInsertRows();
    beginRemoveRows(parent, count, count);
    m_branches[id].rows.pop_back();
    endRemoveRows();
}

void KeyTreeModel::setTree(KeyTree tree)
{
    if (m_remaking)
        *m_remaking = true;
    m_remaking.reset();
    m_next = std::move(tree);
    const bool isFirst = !branchAt(m_top) || m_branches.size() == 1;
    const TreeNode root = m_next->root();
    if (auto top = isFirst ? m_next->rowsAtOnce(root) : std::nullopt) {
        addAll(*top, root);
        adopt(*std::exchange(m_next, std::nullopt), {{m_top, {}, -1, 0, root, std::move(*top)}});
        return;
    }
    remake();
}

void KeyTreeModel::clear()
{
    if (m_remaking)
        *m_remaking = true;
    m_remaking.reset();
    m_next.reset();
    m_refused.reset();
    adopt({}, {{m_top, {}, -1, 0, {}, {}}});
}

std::vector<KeyTreeModel::Reopened> KeyTreeModel::openBranches() const
{
    std::vector<Reopened> list;
    list.push_back({m_top, {}, -1, -1, {}, {}});
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Branch* branch = branchAt(list[i].old);
        if (!branch)
            continue;
        for (auto open = branch->open.begin(); open != branch->open.end(); ++open) {
            const TreeRef ref = m_tree.ref(branch->rows[static_cast<std::size_t>(open.key())]);
            list.push_back({open.value(), ref, static_cast<qsizetype>(i), -1, {}, {}});
        }
    }
    return list;
}

void KeyTreeModel::remake()
{
    m_remaking = std::make_shared<std::atomic_bool>(false);
    const auto run = [tree = *m_next, list = openBranches(), cancelled = m_remaking]() mutable -> core::Result<std::vector<Reopened>> {
        for (Reopened& branch : list) {
            if (branch.parent < 0) {
                branch.node = tree.root();
                branch.row = 0;
            } else {
                const Reopened& above = list[static_cast<std::size_t>(branch.parent)];
                branch.row = static_cast<int>(above.row < 0 ? -1 : rowOf(tree, above.rows, branch.ref));
                if (branch.row < 0)
                    continue;
                branch.node = above.rows[static_cast<std::size_t>(branch.row)];
            }
            auto rows = tree.rows(branch.node, *cancelled);
            if (!rows)
                return core::fail(core::Code::Cancelled);
            branch.rows = std::move(*rows);
            if (branch.parent < 0)
                addAll(branch.rows, branch.node);
        }
        return std::move(list);
    };
    core::onFinished(QtConcurrent::run(run), this, [this, token = m_remaking, lastId = m_lastId](const core::Result<std::vector<Reopened>>& branches) {
        if (token != m_remaking || !branches)
            return;
        if (lastId != m_lastId) // more has been opened, and something in it may be current by now
            return remake();
        m_remaking.reset();
        adopt(*std::exchange(m_next, std::nullopt), *branches);
    });
}

void KeyTreeModel::adopt(KeyTree tree, std::vector<Reopened> branches)
{
    *m_loads = true;
    m_loads = std::make_shared<std::atomic_bool>(false);
    ++m_generation;
    m_memory.clear();
    const bool isReset = !branchAt(m_top) || branchAt(m_top)->rows.empty() || branches.front().rows.empty();
    if (isReset) {
        beginResetModel();
        m_tree = std::move(tree);
        replaceBranches(std::move(branches));
        endResetModel();
        emit treeChanged();
        return;
    }
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    std::vector<std::pair<Id, TreeRef>> names;
    for (const QModelIndex& index : before)
        names.emplace_back(isWaiting(index) ? 0 : index.internalId(), refOf(index));
    m_tree = std::move(tree);
    const QHash<Id, Id> ids = replaceBranches(std::move(branches));
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const auto& [old, ref] = names[static_cast<std::size_t>(i)];
        const Id id = ids.value(old);
        const qint64 row = id ? rowOf(m_tree, branchAt(id)->rows, ref) : -1;
        after << (row < 0 ? QModelIndex() : createIndex(static_cast<int>(row), before.at(i).column(), id));
    }
    changePersistentIndexList(before, after);
    emit layoutChanged();
    emit treeChanged();
}

// Old ids to new ones.
QHash<KeyTreeModel::Id, KeyTreeModel::Id> KeyTreeModel::replaceBranches(std::vector<Reopened> branches)
{
    m_branches.clear();
    m_top = 0;
    QHash<Id, Id> ids;
    std::vector<Id> made;
    for (Reopened& branch : branches) {
        made.push_back(0);
        if (branch.row < 0)
            continue;
        const Id parent = branch.parent < 0 ? 0 : made[static_cast<std::size_t>(branch.parent)];
        made.back() = addBranch({branch.node, parent, branch.row, std::move(branch.rows), Stage::Filled, {}});
        if (branch.old)
            ids.insert(branch.old, made.back());
    }
    m_top = made.front();
    return ids;
}

TreeRef KeyTreeModel::refOf(const QModelIndex& index) const
{
    const TreeNode* node = nodeAt(index);
    return node ? m_tree.ref(*node) : TreeRef();
}

bool KeyTreeModel::isLeaf(const QModelIndex& index) const
{
    const TreeNode* node = nodeAt(index);
    return node && node->isLeaf();
}

bool KeyTreeModel::isWaiting(const QModelIndex& index) const
{
    return index.isValid() && !nodeAt(index);
}

QList<TreeRef> KeyTreeModel::pathOf(const QModelIndex& index) const
{
    QList<TreeRef> path;
    for (QModelIndex at = index; nodeAt(at); at = at.parent())
        path.prepend(refOf(at));
    return path;
}

QModelIndex KeyTreeModel::indexOf(const QList<TreeRef>& path) const
{
    QModelIndex found;
    for (const TreeRef& ref : path) {
        const Branch* branch = branchBelow(found);
        const qint64 row = branch && branch->stage == Stage::Filled ? rowOf(m_tree, branch->rows, ref) : -1;
        if (row < 0)
            break;
        found = index(static_cast<int>(row), 0, found);
    }
    return found;
}

QModelIndex KeyTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const Branch* above = parent.isValid() ? branchAt(parent.internalId()) : nullptr;
    return createIndex(row, column, above ? above->open.value(parent.row()) : m_top);
}

QModelIndex KeyTreeModel::parent(const QModelIndex& child) const
{
    return child.isValid() ? indexOfBranch(child.internalId()) : QModelIndex();
}

int KeyTreeModel::rowCount(const QModelIndex& parent) const
{
    const Branch* branch = branchBelow(parent);
    return !branch ? 0 : branch->stage == Stage::Waiting ? 1 : static_cast<int>(branch->rows.size());
}

int KeyTreeModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

bool KeyTreeModel::hasChildren(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return rowCount() > 0;
    const TreeNode* node = parent.column() == 0 ? nodeAt(parent) : nullptr;
    return node && !node->isLeaf() && node->level != Level::Root && node->keys() > 0;
}

Qt::ItemFlags KeyTreeModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const TreeNode* node = nodeAt(index);
    if (!node)
        return Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    const Qt::ItemFlags rows = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return node->isLeaf() ? rows | Qt::ItemNeverHasChildren : rows;
}

}
