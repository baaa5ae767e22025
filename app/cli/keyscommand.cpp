// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyquery.h"
#include "app/cli/keyscollector.h"
#include "app/cli/keytext.h"
#include "app/cli/textcolumns.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "core/keys/keymeta.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace cli {

namespace {
    using core::keys::KeyId;
    using core::keys::KeyMeta;
    constexpr qsizetype batchSize = 500;

    struct Wanted {
        bool ttl = false, type = false, memory = false;
        enum class Sort { Key, Ttl, Memory } sort = Sort::Key;
        std::optional<qint64> limit;
        int scanCount = 0;
        bool asks() const { return ttl || type || memory; }
    };

    core::Result<void> takeWith(const QString& list, Wanted& wanted)
    {
        for (const QString& word : list.split(u',')) {
            if (word == QStringLiteral("ttl"))
                wanted.ttl = true;
            else if (word == QStringLiteral("type"))
                wanted.type = true;
            else if (word == QStringLiteral("memory"))
                wanted.memory = true;
            else
                return core::fail(badOption(QStringLiteral("--with"), QStringLiteral("it takes a list of ttl, type and memory")));
        }
        return {};
    }

    core::Result<void> takeSort(const QString& order, Wanted& wanted)
    {
        if (order == QStringLiteral("ttl"))
            wanted.sort = Wanted::Sort::Ttl;
        else if (order == QStringLiteral("memory"))
            wanted.sort = Wanted::Sort::Memory;
        else if (order != QStringLiteral("key"))
            return core::fail(badOption(QStringLiteral("--sort"), QStringLiteral("it takes key, ttl or memory")));
        return {};
    }

    core::Result<Wanted> wantedFrom(const CommandLine& line)
    {
        Wanted wanted;
        if (line.has("--with")) {
            if (const auto taken = takeWith(line.value("--with"), wanted); !taken)
                return core::fail(taken.error());
        }
        if (line.has("--sort")) {
            if (const auto taken = takeSort(line.value("--sort"), wanted); !taken)
                return core::fail(taken.error());
        }
        const auto limit = line.integer("--limit", 0, std::numeric_limits<qint64>::max());
        const auto count = line.integer("--scan-count", 1, 1'000'000);
        if (!limit || !count)
            return core::fail(!limit ? limit.error() : count.error());
        wanted.limit = *limit;
        wanted.scanCount = static_cast<int>(count->value_or(0));
        return wanted;
    }

    // A key that the server does not tell of may well be there.
    QString ttlColumn(const KeyMeta& meta)
    {
        if (meta.ttlMs != KeyMeta::unknown)
            return ttlText(meta.ttlMs);
        const bool denied = meta.refused && meta.refused->code == core::Code::Permission;
        return denied ? QStringLiteral("not permitted") : QStringLiteral("not known");
    }

    // One run of "keys": scan, facts of the keys where they are wanted, rows, summary.
    class KeysRun final : public QObject {
    public:
        KeysRun(Context& context, KeyQuery query, core::cache::RouteTable routes, Wanted wanted)
            : QObject(&context)
            , m_context(context)
            , m_query(std::move(query))
            , m_routes(std::move(routes))
            , m_wanted(wanted)
        {
        }

        void start()
        {
            core::redis::KeyScan::Options options;
            options.match = m_query.serverPattern();
            if (m_wanted.scanCount > 0) {
                options.count = m_wanted.scanCount;
                options.adapt = false;
            }
            m_keys = new KeysCollector(m_context, options, [this](QByteArrayView key) { return m_query.matches(key, m_routes); });
            m_context.out().beginItems();
            connect(&m_context, &Context::stopping, this, [this] { end(); });
            m_keys->start(QStringLiteral("keys"), [this] { onCollected(); });
        }

    private:
        void onCollected()
        {
            m_rows.assign(m_keys->picked().begin(), m_keys->picked().end());
            if (m_context.line().has("--count-only"))
                return end();
            if (m_keys->failure() || m_wanted.sort == Wanted::Sort::Key) {
                applyLimit();
                return m_wanted.asks() && !m_keys->failure() ? readBatch() : printBatch();
            }
            readBatch(); // sorted by what the server says: all of them first
        }

        void applyLimit()
        {
            if (m_wanted.limit && static_cast<qint64>(m_rows.size()) > *m_wanted.limit)
                m_rows.resize(static_cast<std::size_t>(*m_wanted.limit));
        }

        void readBatch()
        {
            if (m_metas.size() == m_rows.size())
                return onAllRead();
            QList<QByteArray> keys;
            const std::size_t end = std::min(m_rows.size(), m_metas.size() + static_cast<std::size_t>(batchSize));
            for (std::size_t at = m_metas.size(); at < end; ++at)
                keys << m_keys->key(m_rows[at]);
            m_context.await(core::keys::readMeta(m_context.session(), keys), [this](const QList<KeyMeta>& metas) {
                m_metas.insert(m_metas.end(), metas.begin(), metas.end());
                for (const KeyMeta& meta : metas)
                    noteRefusal(meta);
                m_wanted.sort == Wanted::Sort::Key ? printBatch() : readBatch();
            });
        }

        // A key without expiry outlives all others; so may one that does not tell.
        qint64 rank(std::size_t row) const
        {
            if (m_wanted.sort == Wanted::Sort::Memory)
                return -m_metas[row].memoryBytes.value_or(0); // largest first
            const qint64 ttlMs = m_metas[row].ttlMs;
            return ttlMs == KeyMeta::noExpiry || ttlMs == KeyMeta::unknown ? std::numeric_limits<qint64>::max() : ttlMs;
        }

        void noteRefusal(const KeyMeta& meta)
        {
            const bool asked = meta.ttlMs == KeyMeta::unknown || meta.type.isEmpty() || m_wanted.memory;
            if (!meta.refused || !asked)
                return;
            ++m_refused;
            if (!m_firstRefusal)
                m_firstRefusal = meta.refused;
        }

        void onAllRead()
        {
            if (m_wanted.sort == Wanted::Sort::Key)
                return end();
            std::vector<std::size_t> order(m_rows.size());
            for (std::size_t at = 0; at < order.size(); ++at)
                order[at] = at;
            std::ranges::stable_sort(order, {}, [this](std::size_t row) { return rank(row); });
            std::vector<KeyId> rows;
            std::vector<KeyMeta> metas;
            for (const std::size_t at : order) {
                rows.push_back(m_rows[at]);
                metas.push_back(m_metas[at]);
            }
            m_rows = std::move(rows);
            m_metas = std::move(metas);
            applyLimit();
            printBatch();
        }

        void printBatch()
        {
            const bool read = !m_metas.empty();
            const std::size_t known = read ? std::min(m_metas.size(), m_rows.size()) : m_rows.size();
            const std::size_t stop = std::min(known, m_printed + static_cast<std::size_t>(batchSize));
            for (; m_printed < stop; ++m_printed)
                print(m_keys->key(m_rows[m_printed]), read ? &m_metas[m_printed] : nullptr);
            if (m_printed == m_rows.size() || m_context.stopped())
                return end();
            m_context.later([this] { m_wanted.asks() && m_printed == m_metas.size() ? readBatch() : printBatch(); });
        }

        void print(const QByteArray& key, const KeyMeta* meta)
        {
            Output& out = m_context.out();
            if (out.isText())
                return printText(key, meta);
            out.item([&](JsonWriter& json) {
                json.bytes("key", key);
                writeParsed(json, core::cache::parseKey(key, m_routes));
                json.ttl("ttl_ms", meta ? meta->ttlMs : -2);
                const bool typed = meta && !meta->type.isEmpty();
                json.field(out.redisTypeName(), typed ? std::optional(QString::fromUtf8(meta->type)) : std::nullopt);
                json.field("memory_bytes", meta ? meta->memoryBytes : std::nullopt);
            });
        }

        void printText(const QByteArray& key, const KeyMeta* meta)
        {
            Output& out = m_context.out();
            if (m_context.line().has("--null"))
                return out.raw(key + '\0');
            QString text;
            if (meta && m_wanted.ttl)
                text += ttlColumn(*meta).leftJustified(14) + u' ';
            if (meta && m_wanted.type)
                text += (meta->type.isEmpty() ? QStringLiteral("-") : shown(meta->type)).leftJustified(7) + u' ';
            if (meta && m_wanted.memory)
                text
                    += (meta->memoryBytes ? core::formatBytes(*meta->memoryBytes) : QStringLiteral("-")).rightJustified(9) + u' ';
            out.line(text + keyLine(out, key));
        }

        void end()
        {
            if (m_context.isEnded())
                return;
            const auto matched = static_cast<qint64>(m_keys->picked().size());
            m_context.out().summary([&](JsonWriter& json) {
                json.field("complete", m_keys->isComplete());
                json.field("scanned", m_keys->scanned());
                json.field("matched", matched);
                json.field("duration_ms", m_keys->durationMs());
                m_context.writeOwnLookups(json);
            });
            const bool countOnly = m_context.line().has("--count-only");
            if (m_context.out().isText() && countOnly)
                m_context.out().line(QString::number(matched));
            m_context.console().say(QStringLiteral("%1 of %2, %3%4")
                                        .arg(core::formatCount(matched), counted(m_keys->scanned(), "key", "keys"),
                                            core::formatDuration(m_keys->durationMs()),
                                            m_keys->isComplete() ? QString() : QStringLiteral(", not complete")));
            if (m_firstRefusal)
                m_context.console().warn(QStringLiteral("not told of %1: %2").arg(
                    counted(m_refused, "key", "keys"), core::describe(*m_firstRefusal).what));
            if (m_keys->failure())
                return m_context.fail(*m_keys->failure());
            if (m_context.stopped())
                return m_context.fail(*m_context.stopped());
            m_context.finish(m_context.line().has("--expect-some") && matched == 0 ? 1 : 0);
        }

        Context& m_context;
        KeyQuery m_query;
        core::cache::RouteTable m_routes;
        Wanted m_wanted;
        KeysCollector* m_keys = nullptr;
        std::vector<KeyId> m_rows;
        std::vector<KeyMeta> m_metas; // of the first rows
        std::size_t m_printed = 0;
        qint64 m_refused = 0; // keys of which the server did not tell all
        std::optional<core::Error> m_firstRefusal;
    };
}

void runKeys(Context& context)
{
    const auto wanted = wantedFrom(context.line());
    if (!wanted)
        return context.fail(wanted.error());
    const auto query = KeyQuery::fromLine(context.line());
    if (!query)
        return context.fail(query.error());
    context.openSession(false, [&context, wanted = *wanted, query = *query](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        (new KeysRun(context, query, *routes, wanted))->start();
    });
}

}
