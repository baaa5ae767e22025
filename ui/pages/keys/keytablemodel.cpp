// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keytablemodel.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <chrono>
#include <limits>

using core::keys::KeyId;
using core::keys::KeyList;
using core::keys::KeyMeta;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds tickInterval {500};
    constexpr std::chrono::milliseconds askAfter {60}; // while scrolling, only where it rests
    constexpr qint64 refreshAfterMs = 10'000;
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
    , m_byKey(m_order)
{
    m_clock.start();
    m_ask.setSingleShot(true);
    m_ask.setInterval(askAfter);
    connect(&m_ask, &QTimer::timeout, this, &KeyTableModel::ask);
    m_tick.setInterval(tickInterval);
    connect(&m_tick, &QTimer::timeout, this, &KeyTableModel::tick);
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

void KeyTableModel::setKeys(
    std::shared_ptr<core::keys::KeyStore> store, std::shared_ptr<const core::keys::Order> rows, std::shared_ptr<const core::keys::Order> byKey)
{
    if (store == m_store && rows == m_order)
        return;
    beginResetModel();
    if (store != m_store || m_facts.size() > maxFacts) {
        m_facts.clear(); // ids count within one store
        ++m_generation;
    }
    m_store = std::move(store);
    m_order = std::move(rows);
    m_byKey = std::move(byKey);
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
    const auto none = std::make_shared<const core::keys::Order>();
    setKeys(std::make_shared<core::keys::KeyStore>(), none, none);
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
        m_facts[(*m_order)[static_cast<std::size_t>(row)]].isDue = true;
    m_ask.start();
}

QByteArray KeyTableModel::keyAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    return m_store->at((*m_order)[static_cast<std::size_t>(row)]).toByteArray();
}

QFuture<core::Result<KeyList>> KeyTableModel::keysOf(const std::shared_ptr<const core::keys::RowSet>& rows) const
{
    if (*rows == core::keys::RowSet(0, rowCount() - 1))
        return core::readyFuture(core::Result<KeyList>(KeyList(m_store, m_byKey)));
    if (m_order != m_byKey)
        return QtConcurrent::run([store = m_store, byKey = m_byKey, shown = m_order, rows] { return core::Result<KeyList>(core::keys::listOf(store, *byKey, *shown, *rows)); });
    auto order = std::make_shared<core::keys::Order>();
    order->reserve(static_cast<std::size_t>(rows->count()));
    for (const auto& interval : rows->intervals())
        order->insert(order->end(), m_order->begin() + interval.first, m_order->begin() + interval.last + 1);
    return core::readyFuture(core::Result<KeyList>(KeyList(m_store, std::move(order))));
}

int KeyTableModel::rowOf(const QByteArray& key) const
{
    return static_cast<int>(rowOfKey(*m_store, *m_byKey, *m_order, key));
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
    if (role == Qt::InitialSortOrderRole) // what is large is looked for
        return section == Memory ? Qt::DescendingOrder : Qt::AscendingOrder;
    if (role == Qt::ToolTipRole && section == Key && !m_prefix.isEmpty())
        return toolTipText(keyTitle(maxTip)); // a header guesses
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
    const bool after = !m_prefix.isEmpty() && key.size() > m_prefix.size() && key.startsWith(m_prefix);
    if (after && (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole))
        return core::shortDisplayText(key);
    if (key.isEmpty()) // else the row would be blank
        return slantedData(tr("(empty key)"), role);
    return role == Qt::DisplayRole ? QVariant(core::shortDisplayText(after ? QByteArrayView(key).sliced(m_prefix.size()) : QByteArrayView(key))) : QVariant();
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
    if (column == Ttl && role == TtlRole && !(facts && facts->meta.ttlMs == KeyMeta::unknown))
        return QVariant::fromValue(ttlCell(facts, row));
    if (!facts)
        return role == Qt::DisplayRole && column != Ttl ? QVariant(QStringLiteral("…")) : QVariant();
    const KeyMeta& meta = facts->meta;
    if (column == Ttl)
        return refusedData(meta.refusalOf(QLatin1StringView("PTTL")), role);
    if (meta.isGone())
        return role == Qt::DisplayRole && column == Type ? QVariant(tr("gone")) : QVariant();
    if (column == Type && meta.type.isEmpty())
        return refusedData(meta.refusalOf(QLatin1StringView("TYPE")), role);
    if (column == Type)
        return role == Qt::DisplayRole ? QVariant(QString::fromUtf8(meta.type)) : QVariant();
    if (!meta.memoryBytes)
        return refusedData(meta.refusalOf(QLatin1StringView("MEMORY USAGE")), role);
    if (role == Qt::DisplayRole)
        return core::formatBytes(*meta.memoryBytes);
    return role == ExactRole ? QVariant(tr("%1 bytes").arg(core::formatCount(*meta.memoryBytes))) : QVariant();
}

// Short in the cell; the tooltip says what to do about it.
QVariant KeyTableModel::refusedData(const core::Error* refusal, int role)
{
    if (!refusal)
        return {};
    if (role == ToneRole)
        return static_cast<int>(Tone::Warn);
    if (role == Qt::DisplayRole)
        return refusal->reason == core::Reason::NoPermission ? refusal->subject : tr("refused"); // "+pttl": the column has room for no more
    return role == ExactRole ? QVariant(core::oneLine(*refusal)) : QVariant();
}

// What is on screen does not grow old; and where a key's time has run out by this clock the server is asked: it may have got more.
void KeyTableModel::tick()
{
    const int last = std::min(m_last, rowCount() - 1);
    if (m_first > last)
        return;
    emit dataChanged(index(m_first, Ttl), index(last, Ttl));
    for (int row = m_first; row <= last; ++row) {
        const auto facts = m_facts.find((*m_order)[static_cast<std::size_t>(row)]);
        if (facts == m_facts.end() || facts->isAsked || facts->readAtMs == 0)
            continue;
        const qint64 age = m_clock.elapsed() - facts->readAtMs;
        const bool hasEnded = facts->meta.ttlMs >= 0 && facts->meta.ttlMs <= age;
        facts->isDue = facts->isDue || hasEnded || age >= refreshAfterMs;
        if (facts->isDue)
            m_ask.start();
    }
}

void KeyTableModel::ask()
{
    if (!m_session || m_session->state() != core::redis::Session::State::Connected)
        return;
    QList<KeyId> ids;
    QList<QByteArray> keys;
    for (int row = m_first; row <= std::min(m_last, rowCount() - 1) && ids.size() < maxBatch; ++row) {
        const KeyId id = (*m_order)[static_cast<std::size_t>(row)];
        Facts& facts = m_facts[id];
        if (facts.isAsked || (facts.readAtMs > 0 && !facts.isDue))
            continue;
        facts.isDue = false;
        facts.isAsked = true;
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
    if (!metas) { // asked again when the line is back, if the rows are still on screen; what was known stays till then
        for (const KeyId id : ids)
            m_facts[id].isAsked = false;
        return;
    }
    const qint64 now = std::max<qint64>(1, m_clock.elapsed());
    for (qsizetype i = 0; i < ids.size(); ++i)
        m_facts.insert(ids.at(i), {metas->at(i), now});
    noteRefused(*metas);
    noteGone(ids, *metas);
    const int last = std::min(m_last, rowCount() - 1);
    if (m_first <= last)
        emit dataChanged(index(m_first, Ttl), index(last, Type));
}

void KeyTableModel::noteRefused(const QList<KeyMeta>& metas)
{
    std::optional<core::Error> error;
    QStringList subjects; // permissions, where they are what is missing
    for (const KeyMeta& meta : metas) {
        for (const auto& [command, refusal] : meta.refusals) {
            if (!error)
                error = refusal;
            if (refusal.reason == error->reason && !subjects.contains(refusal.subject))
                subjects << refusal.subject;
        }
    }
    if (error && error->reason == core::Reason::NoPermission)
        error->subject = subjects.join(QStringLiteral(", "));
    if (error == m_refused)
        return;
    m_refused = error;
    emit refusedChanged();
}

void KeyTableModel::noteGone(const QList<KeyId>& ids, const QList<KeyMeta>& metas)
{
    QList<QByteArray> keys;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        if (metas.at(i).isGone())
            keys << m_store->at(ids.at(i)).toByteArray();
    }
    if (!keys.isEmpty())
        emit gone(KeyList(keys));
}

}
