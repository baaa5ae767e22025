// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyquery.h"
#include "app/cli/keyscollector.h"
#include "app/cli/keytext.h"
#include "app/cli/metapass.h"
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
    using core::keys::KeyQuery;
    constexpr std::size_t batchSize = 500;

    struct Wanted {
        bool ttl = false, type = false, memory = false;
        enum class Sort { Key, Ttl, Memory } sort = Sort::Key;
        std::optional<qint64> limit;
        int scanCount = 0;
        bool asks() const { return ttl || type || memory; }
    };

    // What is told of a key, until all are and can be sorted: 24 bytes for each of ten million.
    struct Row {
        qint64 ttlMs = 0;
        qint64 memoryBytes = -1; // none
        KeyId id = 0;
        quint16 type = 0; // of the types that were met
        bool isDenied = false; // a figure, for want of a permission
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
            , m_countOnly(context.line().has("--count-only"))
        {
        }

        void start()
        {
            core::redis::KeyScan::Options options;
            if (m_wanted.scanCount > 0) {
                options.count = m_wanted.scanCount;
                options.adapt = false;
            }
            m_keys = new KeysCollector(m_context, options, m_query, m_routes);
            m_context.out().beginItems();
            connect(&m_context, &Context::stopping, this, [this] { end(); });
            m_keys->start(QStringLiteral("keys"), [this] { onCollected(); });
        }

    private:
        bool isSorted() const { return m_wanted.sort != Wanted::Sort::Key && !m_countOnly; }

        void onCollected()
        {
            const core::keys::Order& picked = m_keys->picked();
            if (m_query.needsMeta())
                return m_keys->failure() ? end() : readAll(picked.size());
            m_matched = static_cast<qint64>(picked.size());
            if (m_countOnly)
                return end();
            if (isSorted() && !m_keys->failure())
                return readAll(picked.size()); // sorted by what the server says: all of them first
            m_count = limited(picked.size());
            if (m_wanted.asks() && !m_keys->failure())
                return readAll(std::exchange(m_count, 0)); // printed as they are read
            printSome();
        }

        std::size_t limited(std::size_t count) const
        {
            return m_wanted.limit && static_cast<qint64>(count) > *m_wanted.limit ? static_cast<std::size_t>(*m_wanted.limit) : count;
        }

        void readAll(std::size_t count)
        {
            m_isRead = false;
            m_pass = new MetaPass(m_context, count, [this](std::size_t at) { return m_keys->key(m_keys->picked()[at]); });
            m_pass->start([this](std::size_t first, const QList<KeyMeta>& metas) { onBatch(first, metas); }, [this] { onAllRead(); });
        }

        void onBatch(std::size_t first, const QList<KeyMeta>& metas)
        {
            for (qsizetype i = 0; i < metas.size() && !m_failure; ++i)
                take(m_keys->picked()[first + static_cast<std::size_t>(i)], metas.at(i));
            if (m_failure) {
                m_pass->stop();
                end();
            }
        }

        void take(KeyId id, const KeyMeta& meta)
        {
            noteRefusal(meta);
            if (m_query.needsMeta()) {
                if (isUntold(m_query, meta))
                    m_failure = meta.refused;
                if (m_failure || !m_query.matchesMeta(meta.ttlMs, meta.memoryBytes.value_or(-1)))
                    return;
                ++m_matched;
            }
            if (m_countOnly)
                return;
            if (isSorted())
                m_rows.push_back(rowOf(id, meta));
            else if (!m_wanted.limit || m_printed < *m_wanted.limit)
                print(m_keys->key(id), &meta);
        }

        Row rowOf(KeyId id, const KeyMeta& meta)
        {
            qsizetype type = m_types.indexOf(meta.type);
            if (type < 0) {
                type = m_types.size();
                m_types << meta.type;
            }
            const bool isDenied = meta.refused && meta.refused->code == core::Code::Permission;
            return {meta.ttlMs, meta.memoryBytes.value_or(-1), id, static_cast<quint16>(type), isDenied};
        }

        KeyMeta metaOf(const Row& row) const
        {
            KeyMeta meta {.ttlMs = row.ttlMs, .type = m_types.at(row.type), .memoryBytes = {}, .refused = {}};
            if (row.memoryBytes >= 0)
                meta.memoryBytes = row.memoryBytes;
            if (row.isDenied)
                meta.refused = core::Error {core::Code::Permission};
            return meta;
        }

        // A key without expiry outlives all others; so may one that does not tell.
        qint64 rank(const Row& row) const
        {
            if (m_wanted.sort == Wanted::Sort::Memory)
                return -std::max<qint64>(0, row.memoryBytes); // largest first
            const bool isLast = row.ttlMs == KeyMeta::noExpiry || row.ttlMs == KeyMeta::unknown;
            return isLast ? std::numeric_limits<qint64>::max() : row.ttlMs;
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
            m_isRead = true;
            if (isSorted())
                std::ranges::stable_sort(m_rows, {}, [this](const Row& row) { return rank(row); });
            m_count = limited(m_rows.size());
            printSome();
        }

        void printSome()
        {
            const std::size_t stop = std::min(m_count, m_next + batchSize);
            for (; m_next < stop; ++m_next)
                printAt(m_next);
            if (m_next == m_count || m_context.stopped())
                return end();
            m_context.later([this] { printSome(); });
        }

        void printAt(std::size_t at)
        {
            if (m_rows.empty()) // nothing was asked
                return print(m_keys->key(m_keys->picked()[at]), nullptr);
            const KeyMeta meta = metaOf(m_rows[at]);
            print(m_keys->key(m_rows[at].id), &meta);
        }

        void print(const QByteArray& key, const KeyMeta* meta)
        {
            ++m_printed;
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
            const bool complete = m_keys->isComplete() && (!m_query.needsMeta() || m_isRead);
            m_context.out().summary([&](JsonWriter& json) {
                json.field("complete", complete);
                json.field("scanned", m_keys->scanned());
                json.field("matched", m_matched);
                json.field("duration_ms", m_keys->durationMs());
                m_context.writeOwnLookups(json);
            });
            if (m_context.out().isText() && m_countOnly)
                m_context.out().line(QString::number(m_matched));
            m_context.console().say(QStringLiteral("%1 of %2, %3%4")
                                        .arg(core::formatCount(m_matched), counted(m_keys->scanned(), "key", "keys"),
                                            core::formatDuration(m_keys->durationMs()),
                                            complete ? QString() : QStringLiteral(", not complete")));
            if (m_firstRefusal)
                m_context.console().warn(QStringLiteral("not told of %1: %2").arg(
                    counted(m_refused, "key", "keys"), core::describe(*m_firstRefusal).what));
            if (m_keys->failure())
                return m_context.fail(*m_keys->failure());
            if (m_failure)
                return m_context.fail(*m_failure);
            if (m_context.stopped())
                return m_context.fail(*m_context.stopped());
            m_context.finish(m_context.line().has("--expect-some") && m_matched == 0 ? 1 : 0);
        }

        Context& m_context;
        KeyQuery m_query;
        core::cache::RouteTable m_routes;
        Wanted m_wanted;
        bool m_countOnly;
        KeysCollector* m_keys = nullptr;
        MetaPass* m_pass = nullptr;
        std::vector<Row> m_rows; // sorted by what the server says; all else is printed as it is read
        QByteArrayList m_types; // of the rows
        std::size_t m_count = 0, m_next = 0; // to be printed when all is read
        qint64 m_matched = 0;
        qint64 m_printed = 0;
        bool m_isRead = false;
        std::optional<core::Error> m_failure;
        qint64 m_refused = 0; // keys of which the server did not tell all
        std::optional<core::Error> m_firstRefusal;
    };
}

void runKeys(Context& context)
{
    const auto wanted = wantedFrom(context.line());
    if (!wanted)
        return context.fail(wanted.error());
    const auto query = queryFromLine(context.line());
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
