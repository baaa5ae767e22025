// SPDX-License-Identifier: GPL-3.0-or-later
// What the tree's rows say, and their memory.
#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/theme.h"

#include <algorithm>
#include <chrono>

using core::keys::KeySpan;
using core::keys::MemoryEstimate;
using core::keys::TreeNode;
using Level = TreeNode::Level;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds askAfter {80}; // while scrolling, only where it rests
    constexpr std::chrono::milliseconds askAfterChange {600}; // a scan brings one order after another
    constexpr qsizetype maxAsked = 64; // rows of a tall screen

    quint64 spanKey(KeySpan span)
    {
        return quint64(span.begin) << 32U | span.end;
    }

    KeySpan spanOf(const TreeNode& node)
    {
        return {node.begin, node.end};
    }

    bool isInsideCharacter(QByteArrayView bytes, qsizetype at)
    {
        return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80;
    }

    // Of a long label the part in which it differs from the other end's.
    QString shortened(QByteArrayView label, qsizetype common)
    {
        qsizetype from = common > 8 ? common - 4 : 0;
        while (from > 0 && isInsideCharacter(label, from))
            --from;
        qsizetype end = std::min(label.size(), common + 6);
        while (isInsideCharacter(label, end))
            ++end;
        const QString text = core::displayText(label.sliced(from, end - from));
        return (from > 0 ? QStringLiteral("…") : QString()) + text + (end < label.size() ? QStringLiteral("…") : QString());
    }
}

QString KeyTreeModel::rangeLabel(const TreeNode& node) const
{
    const auto [first, last] = m_tree.rangeLabels(node);
    const auto ends = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
    const qsizetype common = ends.first - first.begin();
    return tr("%1 to %2").arg(shortened(first, common), shortened(last, common));
}

QString KeyTreeModel::labelOf(const QModelIndex& index, const TreeNode& node) const
{
    if (node.level == Level::Root)
        return tr("All keys");
    if (node.level == Level::Range)
        return rangeLabel(node);
    const TreeNode& above = parentNode(index);
    const QByteArrayView label = m_tree.label(node, above);
    if (!label.isEmpty())
        return core::shortDisplayText(label);
    if (node.prefixSize == 0)
        return tr("(empty key)");
    return above.of == Level::Path ? tr("(no query)") : core::shortDisplayText(m_tree.prefix(node));
}

QVariant KeyTreeModel::nameData(const QModelIndex& index, const TreeNode& node, int role) const
{
    const bool isText = node.level == Level::Root || node.level == Level::Range;
    switch (role) {
    case Qt::DisplayRole:
        return labelOf(index, node);
    case Qt::ToolTipRole:
        return toolTip(node); // escaped by the view
    case ShareRole:
        return isText && node.level == Level::Root ? QVariant() : QVariant(double(node.keys()) / double(m_tree.root().keys()));
    case BytesRole:
        return isText ? QVariant() : QVariant(m_tree.prefix(node).toByteArray());
    case Qt::FontRole: {
        const bool isName = !m_tree.label(node, parentNode(index)).isEmpty() || (node.prefixSize > 0 && parentNode(index).of != Level::Path);
        if (isText || isName)
            return {};
        QFont slanted = font(Type::Body); // no key is written in it
        slanted.setItalic(true);
        return slanted;
    }
    default:
        return {};
    }
}

QString KeyTreeModel::toolTip(const TreeNode& node) const
{
    QStringList lines;
    if (node.level != Level::Root && node.prefixSize > 0)
        lines << core::shortDisplayText(m_tree.prefix(node));
    if (!node.isLeaf())
        lines << keysText(node.keys());
    if (const MemoryEstimate* estimate = estimateFor(node); estimate && !estimate->refused)
        lines << core::keys::formatEstimate(*estimate);
    return lines.join(u'\n');
}

const MemoryEstimate* KeyTreeModel::estimateFor(const TreeNode& node) const
{
    const auto found = m_memory.constFind(spanKey(spanOf(node)));
    return found == m_memory.constEnd() || !*found ? nullptr : &**found;
}

QVariant KeyTreeModel::memoryData(const TreeNode& node, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != ExactRole)
        return {};
    if (m_refused) {
        if (role == ExactRole)
            return {};
        return role == Qt::DisplayRole ? QVariant(tr("not permitted")) : QVariant(core::describe(*m_refused).what);
    }
    const MemoryEstimate* estimate = estimateFor(node);
    if (!estimate)
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("…")) : QVariant();
    if (role == Qt::DisplayRole)
        return core::keys::formatEstimate(*estimate);
    if (role == ExactRole || estimate->isExact())
        return role == ExactRole ? QVariant(tr("%1 bytes").arg(core::formatCount(estimate->bytes))) : QVariant();
    return tr("From %1 of %2, with the standard error").arg(core::formatCount(estimate->sampled), keysText(estimate->keys));
}

QVariant KeyTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return headerData(index.column(), Qt::Horizontal, role);
    const TreeNode* node = nodeAt(index);
    if (!node)
        return role == Qt::DisplayRole && index.column() == Name ? QVariant(QStringLiteral("…")) : QVariant();
    if (index.column() == Name)
        return nameData(index, *node, role);
    if (index.column() == Memory)
        return memoryData(*node, role);
    return role == Qt::DisplayRole && !node->isLeaf() ? QVariant(core::formatCount(node->keys())) : QVariant();
}

QVariant KeyTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section == Name ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && section == Memory)
        return tr("Estimated from up to %1 keys of each row, spread evenly; ± is the standard error").arg(core::keys::maxSampled);
    if (role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Endpoint") : section == Keys ? tr("Keys") : tr("Memory");
}

void KeyTreeModel::setSession(core::redis::Session* session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_refused.reset();
    if (session)
        connect(session, &core::redis::Session::stateChanged, this, [this] { m_ask.start(askAfter); });
}

void KeyTreeModel::setVisible(const QModelIndexList& rows)
{
    m_visible.clear();
    for (const QModelIndex& row : rows.mid(0, maxAsked))
        m_visible << QPersistentModelIndex(row.siblingAtColumn(Memory));
    if (!m_visible.isEmpty())
        m_ask.start(m_memory.isEmpty() ? askAfterChange : askAfter);
}

void KeyTreeModel::refreshMemory()
{
    m_refused.reset();
    m_memory.clear();
    ++m_generation;
    m_ask.start(askAfter);
}

void KeyTreeModel::askMemory()
{
    if (!m_session || m_session->state() != core::redis::Session::State::Connected || m_refused)
        return;
    QList<KeySpan> spans;
    QList<core::keys::KeySample> samples;
    for (const QPersistentModelIndex& index : std::as_const(m_visible)) {
        const TreeNode* node = nodeAt(index);
        if (!node || m_memory.contains(spanKey(spanOf(*node))))
            continue;
        m_memory.insert(spanKey(spanOf(*node)), {});
        spans << spanOf(*node);
        samples << core::keys::sampleOf(spanOf(*node));
    }
    if (spans.isEmpty())
        return;
    core::onFinished(core::keys::estimateMemory(m_session, *m_tree.store(), *m_tree.order(), samples), this,
        [this, spans, generation = m_generation](const core::Result<QList<MemoryEstimate>>& estimates) {
            if (generation == m_generation)
                onMemory(spans, estimates);
        });
}

void KeyTreeModel::onMemory(const QList<KeySpan>& spans, const core::Result<QList<MemoryEstimate>>& estimates)
{
    if (!estimates) { // asked again when the line is back
        for (const KeySpan& span : spans)
            m_memory.remove(spanKey(span));
        return;
    }
    for (qsizetype i = 0; i < spans.size(); ++i) {
        m_memory.insert(spanKey(spans.at(i)), estimates->at(i));
        if (estimates->at(i).refused)
            m_refused = estimates->at(i).refused;
    }
    emitMemoryChanged();
}

void KeyTreeModel::emitMemoryChanged()
{
    for (const QPersistentModelIndex& index : std::as_const(m_visible)) {
        if (index.isValid())
            emit dataChanged(index, index);
    }
}

}
