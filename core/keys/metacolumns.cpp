// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/metacolumns.h"

#include <QDateTime>

#include <algorithm>
#include <new>

namespace core::keys {

namespace {

constexpr qsizetype commandsPerKey = 3;
constexpr std::size_t keysPerPipeline = 500;
constexpr std::size_t checkEvery = 65'536;

template <typename T>
T* zeroed(KeyId size)
{
    auto* memory = static_cast<T*>(std::calloc(std::max<std::size_t>(1, size), sizeof(T)));
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

template <typename T>
void put(T& at, T value, std::memory_order order = std::memory_order_relaxed)
{
    std::atomic_ref(at).store(value, order);
}

class MetaSource final : public redis::BulkSource {
public:
    MetaSource(std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order, std::shared_ptr<MetaColumns> columns)
        : m_store(std::move(store))
        , m_order(std::move(order))
        , m_columns(std::move(columns))
    {
    }

    redis::PackedPipeline next() override
    {
        static const redis::CommandShape ttl {"PTTL", {}}, type {"TYPE", {}}, memory {"MEMORY", "USAGE", {}};
        redis::PackedPipeline pipeline;
        const std::size_t end = std::min(m_asked + keysPerPipeline, m_order->size());
        for (; m_asked < end; ++m_asked) {
            const QByteArrayView key = m_store->at((*m_order)[m_asked]);
            pipeline.add(ttl, key);
            pipeline.add(type, key);
            pipeline.add(memory, key);
        }
        return pipeline;
    }

    Result<void> answered(const redis::Replies& replies) override
    {
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        for (qsizetype i = 0; i + commandsPerKey <= replies.size(); i += commandsPerKey) {
            if (const auto taken = take((*m_order)[m_done], &replies[i], now); !taken)
                return taken;
            ++m_done;
        }
        return {};
    }

    qint64 done() const override { return qint64(m_done); }

private:
    Result<void> take(KeyId id, const redis::Reply* replies, qint64 now)
    {
        const redis::Reply& ttl = replies[0];
        const redis::Reply& type = replies[1];
        const redis::Reply& memory = replies[2];
        if (ttl.isError())
            return fail(redis::toError(ttl, QStringLiteral("PTTL")));
        if (type.isError())
            return fail(redis::toError(type, QStringLiteral("TYPE")));
        if (ttl.integer == -2) {
            m_columns->setGone(id);
            return {};
        }
        MetaColumns::Facts facts;
        facts.endMs = ttl.integer < 0 ? MetaColumns::Facts::never : now + ttl.integer;
        facts.memoryBytes = memory.type == redis::Reply::Type::Integer ? memory.integer : -1;
        facts.type = type.bytes;
        m_columns->set(id, facts);
        return {};
    }

    std::shared_ptr<const KeyStore> m_store;
    std::shared_ptr<const Order> m_order;
    std::shared_ptr<MetaColumns> m_columns;
    std::size_t m_asked = 0;
    std::size_t m_done = 0;
};

}

MetaColumns::MetaColumns(KeyId size)
    : m_size(size)
    , m_ends(zeroed<qint64>(size))
    , m_memory(zeroed<quint32>(size))
    , m_types(zeroed<quint8>(size))
{
}

quint8 MetaColumns::typeWord(const QByteArray& type)
{
    const std::lock_guard lock(m_mutex);
    qsizetype index = m_names.indexOf(type);
    if (index < 0) {
        index = m_names.size();
        // Redis has six, a module adds one or two; what would not fit any more shares the last.
        if (index + firstType < 255)
            m_names << type;
    }
    return quint8(std::min<qsizetype>(index + firstType, 254));
}

void MetaColumns::set(KeyId id, const Facts& facts)
{
    put(m_ends[id], facts.endMs);
    const bool isLarge = facts.memoryBytes >= qint64(large);
    if (isLarge) {
        const std::lock_guard lock(m_mutex);
        m_large[id] = facts.memoryBytes;
    }
    put(m_memory[id], facts.memoryBytes < 0 ? refused : isLarge ? large : quint32(facts.memoryBytes));
    put(m_types[id], typeWord(facts.type), std::memory_order_release);
}

void MetaColumns::setGone(KeyId id)
{
    put(m_types[id], gone, std::memory_order_release);
}

qint64 MetaColumns::memoryOf(KeyId id) const
{
    const quint32 memory = std::atomic_ref(m_memory[id]).load(std::memory_order_relaxed);
    if (memory == refused)
        return -1;
    if (memory != large)
        return memory;
    const std::lock_guard lock(m_mutex);
    return m_large.at(id);
}

std::optional<MetaColumns::Facts> MetaColumns::facts(KeyId id) const
{
    const quint8 type = id < m_size ? word(id) : unasked;
    if (type < firstType)
        return std::nullopt;
    return Facts {std::atomic_ref(m_ends[id]).load(std::memory_order_relaxed), memoryOf(id), typeNames().at(type - firstType)};
}

std::optional<qint64> MetaColumns::number(KeyId id, MetaColumn column) const
{
    const quint8 type = id < m_size ? word(id) : unasked;
    if (type < firstType)
        return std::nullopt;
    if (column == MetaColumn::Expiry)
        return std::atomic_ref(m_ends[id]).load(std::memory_order_relaxed);
    if (column == MetaColumn::Type)
        return type - firstType;
    const qint64 memory = memoryOf(id);
    return memory < 0 ? std::nullopt : std::optional(memory);
}

QList<QByteArray> MetaColumns::typeNames() const
{
    const std::lock_guard lock(m_mutex);
    return m_names;
}

redis::BulkPass* makeMetaPass(redis::Session* session, std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order,
    std::shared_ptr<MetaColumns> columns, redis::BulkPass::Options options, QObject* parent)
{
    const auto total = qint64(order->size());
    auto source = std::make_shared<MetaSource>(std::move(store), std::move(order), std::move(columns));
    return new redis::BulkPass(session, std::move(source), total, QStringLiteral("meta"), options, parent);
}

}
