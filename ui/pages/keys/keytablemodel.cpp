// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytablemodel.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "ui/widgets/theme.h"

#include <algorithm>
#include <chrono>
#include <limits>

using core::keys::KeyId;
using core::keys::KeyMeta;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds tickInterval {500};
    constexpr std::chrono::milliseconds askAfter {60}; // while scrolling, only where it rests
    constexpr int maxBatch = 500;
    constexpr qsizetype maxTitle = 100; // bytes of a prefix that a header could show
    constexpr qsizetype maxTip = 1000;
    constexpr qsizetype maxFacts = 200'000; // what was on screen long ago is asked again

    qint64 restMs(const KeyMeta& meta, qint64 sinceMs)
    {
        return meta.ttlMs < 0 ? meta.ttlMs : std::max<qint64>(0, meta.ttlMs - sinceMs);
    }
}

KeyTableModel::KeyTableModel(QObject* parent)
    : QAbstractTableModel(parent)
    , m_store(std::make_shared<core::keys::KeyStore>())
    , m_order(std::make_shared<const core::keys::Order>())
{
    m_clock.start();
    m_ask.setSingleShot(true);
    m_ask.setInterval(askAfter);
    connect(&m_ask, &QTimer::timeout, this, &KeyTableModel::ask);
    m_tick.setInterval(tickInterval);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        const int last = std::min(m_last, rowCount() - 1);
        if (m_first <= last)
            emit dataChanged(index(m_first, Ttl), index(last, Ttl));
    });
    m_tick.start();
}

void KeyTableModel::setSession(core::redis::Session* session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (!session)
        return;
    // What was asked while the line was down, or lost with it, is not known yet.
    connect(session, &core::redis::Session::stateChanged, this, [this] { m_ask.start(); });
}

void KeyTableModel::setRoutes(const core::cache::RouteTable& routes)
{
    m_routes = routes;
    if (rowCount() > 0)
        emit dataChanged(index(0, Ttl), index(rowCount() - 1, Kind));
}

void KeyTableModel::setKeys(std::shared_ptr<core::keys::KeyStore> store, std::shared_ptr<const core::keys::Order> order)
{
    if (store == m_store && order == m_order)
        return;
    beginResetModel();
    if (store != m_store || m_facts.size() > maxFacts) {
        m_facts.clear(); // ids count within one store
        ++m_generation;
    }
    m_store = std::move(store);
    m_order = std::move(order);
    endResetModel();
}

void KeyTableModel::setPrefix(const QByteArray& prefix)
{
    if (prefix == m_prefix)
        return;
    m_prefix = prefix;
    emit headerDataChanged(Qt::Horizontal, Key, Key);
    if (rowCount() > 0)
        emit dataChanged(index(0, Key), index(rowCount() - 1, Key));
}

void KeyTableModel::clear()
{
    setPrefix({});
    setKeys(std::make_shared<core::keys::KeyStore>(), std::make_shared<const core::keys::Order>());
    m_refused.reset();
    emit refusedChanged();
}

void KeyTableModel::setVisibleRows(int first, int last)
{
    m_first = std::max(0, first);
    m_last = last;
    if (m_first <= m_last)
        m_ask.start();
}

void KeyTableModel::refreshVisible()
{
    for (int row = m_first; row <= std::min(m_last, rowCount() - 1); ++row)
        m_facts.remove((*m_order)[static_cast<std::size_t>(row)]);
    m_ask.start();
}

QByteArray KeyTableModel::keyAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    return m_store->at((*m_order)[static_cast<std::size_t>(row)]).toByteArray();
}

core::keys::KeyList KeyTableModel::keysOf(const core::keys::RowSet& rows) const
{
    if (rows == core::keys::RowSet(0, rowCount() - 1))
        return {m_store, m_order};
    auto order = std::make_shared<core::keys::Order>();
    order->reserve(static_cast<std::size_t>(rows.count()));
    for (const auto& interval : rows.intervals())
        order->insert(order->end(), m_order->begin() + interval.first, m_order->begin() + interval.last + 1);
    return {m_store, std::move(order)};
}

int KeyTableModel::rowOf(const QByteArray& key) const
{
    return static_cast<int>(core::keys::findKey(*m_store, *m_order, key));
}

int KeyTableModel::rowCount(const QModelIndex& parent) const
{
    // Qt counts rows in int; a database with more keys shows its first 2,147,483,647.
    return parent.isValid() ? 0 : static_cast<int>(std::min<std::size_t>(m_order->size(), std::numeric_limits<int>::max()));
}

int KeyTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeyTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section == Ttl || section == Memory ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && section == Key && !m_prefix.isEmpty())
        return core::plain(keyTitle(maxTip));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Key:
        return keyTitle(maxTitle);
    case Kind:
        return tr("Kind");
    case Ttl:
        return tr("Expires in");
    case Type:
        return tr("Type");
    default:
        return tr("Memory");
    }
}

QString KeyTableModel::keyTitle(qsizetype maxBytes) const
{
    if (m_prefix.isEmpty())
        return tr("Key");
    const QString cut = m_prefix.size() > maxBytes ? QStringLiteral("…") : QString();
    return tr("Key after %1").arg(core::displayText(m_prefix.first(std::min(m_prefix.size(), maxBytes))) + cut);
}

QVariant KeyTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return headerData(index.column(), Qt::Horizontal, role);
    if (index.column() == Key)
        return keyData(index.row(), role);
    if (index.column() == Kind)
        return role == Qt::DisplayRole ? QVariant(core::cache::kindName(core::cache::parseKey(keyAt(index.row()), m_routes).kind)) : QVariant();
    return factData(index.row(), index.column(), role);
}

QVariant KeyTableModel::keyData(int row, int role) const
{
    const QByteArray key = keyAt(row);
    if (role == BytesRole)
        return key;
    const bool after = !m_prefix.isEmpty() && key.startsWith(m_prefix);
    if (after && (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole))
        return core::displayText(key);
    if (key.isEmpty()) // else the row would be blank
        return slantedData(tr("(empty key)"), role);
    if (after && key.size() == m_prefix.size())
        return slantedData(tr("(nothing more)"), role);
    return role == Qt::DisplayRole ? QVariant(core::displayText(after ? key.sliced(m_prefix.size()) : key)) : QVariant();
}

QVariant KeyTableModel::slantedData(const QString& text, int role)
{
    if (role == Qt::DisplayRole)
        return text;
    if (role != Qt::FontRole)
        return {};
    QFont slanted = font(Type::Body); // no key is written in it
    slanted.setItalic(true);
    return slanted;
}

const KeyTableModel::Facts* KeyTableModel::factsOf(int row) const
{
    const auto it = m_facts.constFind((*m_order)[static_cast<std::size_t>(row)]);
    return it == m_facts.constEnd() || it->readAtMs == 0 ? nullptr : &*it;
}

TtlCell KeyTableModel::ttlCell(const Facts* facts, int row) const
{
    if (!facts)
        return {TtlCell::State::Loading};
    const qint64 rest = restMs(facts->meta, m_clock.elapsed() - facts->readAtMs);
    if (rest == KeyMeta::noExpiry)
        return {TtlCell::State::NoExpiry};
    if (rest <= 0)
        return {TtlCell::State::Gone};
    const core::cache::ParsedKey parsed = core::cache::parseKey(keyAt(row), m_routes);
    const core::cache::Route* route = parsed.className ? m_routes.byClass(*parsed.className) : nullptr;
    return {TtlCell::State::Known, rest, route && route->ttlS ? *route->ttlS * 1000 : -1};
}

QVariant KeyTableModel::factData(int row, int column, int role) const
{
    const Facts* facts = factsOf(row);
    if (column == Ttl) {
        if (role == TtlRole && !(facts && facts->meta.ttlMs == KeyMeta::unknown))
            return QVariant::fromValue(ttlCell(facts, row));
        return role == Qt::DisplayRole && facts && facts->meta.ttlMs == KeyMeta::unknown ? QVariant(tr("not permitted")) : QVariant();
    }
    if (!facts)
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("…")) : QVariant();
    const KeyMeta& meta = facts->meta;
    if (column == Type)
        return role != Qt::DisplayRole ? QVariant() : meta.isGone() ? QVariant(tr("gone")) : QVariant(QString::fromUtf8(meta.type));
    if (role == Qt::DisplayRole)
        return meta.memoryBytes ? core::formatBytes(*meta.memoryBytes) : meta.isGone() ? QString() : tr("not permitted");
    if (role == ExactRole && meta.memoryBytes)
        return tr("%1 bytes").arg(core::formatCount(*meta.memoryBytes));
    if (role == ToneRole && !meta.memoryBytes)
        return static_cast<int>(Tone::Warn);
    return {};
}

void KeyTableModel::ask()
{
    if (!m_session || m_session->state() != core::redis::Session::State::Connected)
        return;
    QList<KeyId> ids;
    QList<QByteArray> keys;
    for (int row = m_first; row <= std::min(m_last, rowCount() - 1) && ids.size() < maxBatch; ++row) {
        const KeyId id = (*m_order)[static_cast<std::size_t>(row)];
        if (m_facts.contains(id))
            continue;
        m_facts.insert(id, {});
        ids << id;
        keys << m_store->at(id).toByteArray();
    }
    if (ids.isEmpty())
        return;
    core::onFinished(core::keys::readMeta(m_session, keys), this,
        [this, ids, generation = m_generation](const core::Result<QList<KeyMeta>>& metas) { onAnswer(ids, metas, generation); });
}

void KeyTableModel::onAnswer(const QList<KeyId>& ids, const core::Result<QList<KeyMeta>>& metas, quint64 generation)
{
    if (generation != m_generation)
        return;
    if (!metas) { // asked again when the line is back, if the rows are still on screen
        for (const KeyId id : ids)
            m_facts.remove(id);
        return;
    }
    const qint64 now = std::max<qint64>(1, m_clock.elapsed());
    for (qsizetype i = 0; i < ids.size(); ++i)
        m_facts.insert(ids.at(i), {metas->at(i), now});
    noteRefused(*metas);
    const int last = std::min(m_last, rowCount() - 1);
    if (m_first <= last)
        emit dataChanged(index(m_first, Ttl), index(last, Type));
}

void KeyTableModel::noteRefused(const QList<KeyMeta>& metas)
{
    const auto refused = std::ranges::find_if(metas, [](const KeyMeta& m) { return m.refused.has_value(); });
    const std::optional<core::Error> error = refused == metas.end() ? std::nullopt : refused->refused;
    if (error == m_refused)
        return;
    m_refused = error;
    emit refusedChanged();
}

}
