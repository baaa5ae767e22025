// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyquery.h"
#include "app/cli/keyscollector.h"
#include "app/cli/metapass.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/keys/keytree.h"
#include "core/keys/memoryestimate.h"

#include <QtConcurrent>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <vector>

namespace cli {

namespace {
    using namespace core::keys;
    using Level = TreeNode::Level;
    constexpr qint64 defaultDepth = 2;
    constexpr std::size_t maxEstimated = 1000; // nodes whose memory is asked for: the largest
    constexpr qsizetype nodesAtOnce = 32;
    constexpr std::size_t printedAtOnce = 500;
    constexpr std::size_t childrenAtOnce = 4096;

    // A node as it is printed; or the keys that are in no child of a node beside those that are.
    struct Row {
        TreeNode node;
        TreeNode parent;
        qint64 depth = 1;
        bool isRest = false;
        KeySample rest = {}; // a node's own is taken when it is asked about
        std::optional<MemoryEstimate> memory = {};
        qint64 keys() const { return isRest ? rest.keys : node.keys(); }
        KeySample sample() const { return isRest ? rest : sampleOf({node.begin, node.end}); }
    };

    // Every so many of a stream whose end is not known: doubles its step when the sample is full.
    class EvenSample {
    public:
        void take(KeyId position)
        {
            if (m_sample.keys++ % m_step != 0)
                return;
            m_sample.positions.push_back(position);
            if (m_sample.positions.size() < 2 * std::size_t(maxSampled))
                return;
            for (std::size_t i = 0; 2 * i < m_sample.positions.size(); ++i)
                m_sample.positions[i] = m_sample.positions[2 * i];
            m_sample.positions.resize(maxSampled);
            m_step *= 2;
        }
        KeySample sample() const
        {
            KeySample some = m_sample;
            if (some.positions.size() > maxSampled)
                some.positions.resize(maxSampled);
            return some;
        }
        qint64 keys() const { return m_sample.keys; }

    private:
        KeySample m_sample;
        qint64 m_step = 1;
    };

    // Walks down to a depth: nodes before what is in them, larger ones first.
    class Lister {
    public:
        Lister(const KeyTree& tree, qint64 depth, const std::atomic_bool& cancelled)
            : m_tree(tree)
            , m_depth(depth)
            , m_cancelled(cancelled)
        {
        }

        std::vector<Row> rows()
        {
            list(m_tree.root(), 1);
            return std::move(m_rows);
        }

    private:
        void list(const TreeNode& node, qint64 depth)
        {
            std::vector<TreeNode> inner;
            EvenSample rest;
            std::vector<TreeNode> some;
            for (KeyId at = node.begin; at < node.end && !m_cancelled; some.clear()) {
                at = m_tree.children(node, at, childrenAtOnce, some);
                for (const TreeNode& child : some)
                    child.isLeaf() ? rest.take(child.begin) : inner.push_back(child);
            }
            std::ranges::stable_sort(inner, std::ranges::greater(), &TreeNode::keys);
            for (const TreeNode& child : inner) {
                m_rows.push_back({child, node, depth});
                if (depth < m_depth)
                    list(child, depth + 1);
            }
            if (rest.keys() > 0 && (!inner.empty() || depth == 1))
                m_rows.push_back({{}, node, depth, true, rest.sample()});
        }

        const KeyTree& m_tree;
        qint64 m_depth;
        const std::atomic_bool& m_cancelled;
        std::vector<Row> m_rows;
    };

    const char* levelName(const Row& row)
    {
        if (row.isRest)
            return "keys";
        return row.node.level == Level::Class ? "class" : row.node.level == Level::Path ? "path" : "part";
    }

    struct Wanted {
        KeyQuery query;
        TreeRules rules;
        qint64 depth = defaultDepth;
    };

    core::Result<std::optional<QList<QByteArray>>> delimitersFrom(const CommandLine& line)
    {
        QList<QByteArray> delimiters;
        for (const QString& text : line.values("--delimiter")) {
            const auto bytes = core::bytesFromArgument(text);
            if (!bytes)
                return core::fail(bytes.error());
            if (bytes->isEmpty())
                return core::fail(badOption(QStringLiteral("--delimiter"), QStringLiteral("it must not be empty")));
            delimiters << *bytes;
        }
        return delimiters.isEmpty() ? std::nullopt : std::optional(delimiters);
    }

    // One run of "tree": scan, tree of what passed the filters, memory of its largest nodes, rows, summary.
    class TreeRun final : public QObject {
    public:
        TreeRun(Context& context, Wanted wanted)
            : QObject(&context)
            , m_context(context)
            , m_wanted(std::move(wanted))
        {
        }
        ~TreeRun() override
        {
            m_cancelled = true;
            m_listing.waitForFinished();
        }

        void start()
        {
            m_keys = new KeysCollector(m_context, {}, m_wanted.query, m_wanted.rules.routes);
            m_context.out().beginItems();
            connect(&m_context, &Context::stopping, this, [this] {
                m_cancelled = true;
                end();
            });
            m_keys->start(QStringLiteral("tree"), [this] { onCollected(); });
        }

    private:
        using Rows = std::shared_ptr<std::vector<Row>>;

        void onCollected()
        {
            if (m_keys->failure())
                return end(); // counts of a part of the keys would be taken for those of all
            m_list = std::make_shared<const KeyList>(m_keys->list());
            m_order = std::shared_ptr<const Order>(m_list, &m_keys->picked());
            if (!m_wanted.query.needsMeta())
                return list();
            auto* pass = new MetaPass(m_context, m_order->size(), [this](std::size_t at) { return m_keys->key((*m_order)[at]); });
            auto passed = std::make_shared<Order>();
            pass->start(
                [this, passed](std::size_t first, const QList<KeyMeta>& metas) {
                    for (qsizetype i = 0; i < metas.size(); ++i) {
                        const KeyMeta& meta = metas.at(i);
                        if (isUntold(m_wanted.query, meta) && !m_failure)
                            m_failure = meta.refused;
                        if (m_wanted.query.matchesMeta(meta.ttlMs, meta.memoryBytes.value_or(-1)))
                            passed->push_back((*m_order)[first + static_cast<std::size_t>(i)]);
                    }
                },
                [this, passed] {
                    m_order = passed;
                    m_failure ? end() : list();
                });
        }

        void list()
        {
            const std::shared_ptr<const KeyStore> store(m_list, &m_keys->store());
            const auto made = [this, store, order = m_order]() -> core::Result<Rows> {
                m_tree = KeyTree(store, order, m_wanted.rules);
                return std::make_shared<std::vector<Row>>(Lister(m_tree, m_wanted.depth, m_cancelled).rows());
            };
            m_listing = QtConcurrent::run(made);
            m_context.await(m_listing, [this](const Rows& rows) {
                m_rows = std::move(*rows); // there may be as many as keys: not two of each
                m_largest.resize(m_rows.size());
                std::iota(m_largest.begin(), m_largest.end(), std::size_t(0));
                std::ranges::stable_sort(m_largest, std::ranges::greater(), [this](std::size_t at) { return m_rows[at].keys(); });
                m_largest.resize(std::min(m_largest.size(), maxEstimated));
                readMemory(0);
            });
        }

        void readMemory(std::size_t from)
        {
            QList<KeySample> samples;
            for (std::size_t at = from; at < m_largest.size() && samples.size() < nodesAtOnce; ++at)
                samples << m_rows[m_largest[at]].sample();
            if (samples.isEmpty() || m_refused)
                return print();
            m_context.await(estimateMemory(m_context.session(), m_keys->store(), *m_order, samples),
                [this, from](const QList<MemoryEstimate>& estimates) {
                    for (qsizetype i = 0; i < estimates.size(); ++i) {
                        if (estimates.at(i).refused)
                            m_refused = estimates.at(i).refused;
                        else
                            m_rows[m_largest[from + static_cast<std::size_t>(i)]].memory = estimates.at(i);
                    }
                    readMemory(from + static_cast<std::size_t>(estimates.size()));
                });
        }

        void print()
        {
            if (m_context.out().isText()) {
                printText();
                return end();
            }
            const std::size_t stop = std::min(m_rows.size(), m_printed + printedAtOnce);
            for (; m_printed < stop; ++m_printed)
                printItem(m_rows[m_printed]);
            if (m_printed == m_rows.size() || m_context.stopped())
                return end();
            m_context.later([this] { print(); });
        }

        // What is said of the class and the path: of a node's own keys those of the node.
        void printItem(const Row& row)
        {
            const TreeNode& node = row.isRest ? row.parent : row.node;
            const QByteArray prefix = m_tree.prefix(node).toByteArray();
            const bool inClass = isInClass(node);
            m_context.out().item([&](JsonWriter& json) {
                const QByteArray name = inClass ? classOf(prefix) : QByteArray();
                json.bytes("class", inClass ? std::optional(name) : std::nullopt);
                json.bytes("path", pathOf(node, prefix, name));
                json.field("keys", row.keys());
                json.field("memory_estimate_bytes", row.memory ? std::optional(row.memory->bytes) : std::nullopt);
                json.field("memory_error_bytes", row.memory ? std::optional(row.memory->errorBytes) : std::nullopt);
                json.field("sampled", row.memory ? row.memory->sampled : 0);
                json.field("level", levelName(row));
                json.field("depth", row.depth);
                json.bytes("prefix", prefix);
            });
        }

        bool isInClass(const TreeNode& node) const { return node.level == Level::Class || node.level == Level::Path; }

        static QByteArray classOf(const QByteArray& prefix)
        {
            const qsizetype from = prefix.indexOf(':') + 1;
            return prefix.sliced(from, prefix.indexOf(':', from) - from);
        }

        static std::optional<QByteArray> pathOf(const TreeNode& node, const QByteArray& prefix, const QByteArray& name)
        {
            if (node.level == Level::Path)
                return prefix.sliced(prefix.indexOf(':') + 1 + name.size() + 1).chopped(1);
            return node.level == Level::Part ? std::optional(prefix) : std::nullopt;
        }

        void printText()
        {
            TextColumns table({QStringLiteral("KEYS"), QStringLiteral("MEMORY"), QStringLiteral("NAME")});
            for (const Row& row : m_rows) {
                const QString name = row.isRest ? QStringLiteral("(other keys)") : shown(m_tree.label(row.node, row.parent).toByteArray());
                table.add({core::formatCount(row.keys()), row.memory ? formatEstimate(*row.memory) : QStringLiteral("-"),
                    QString(2 * (row.depth - 1), u' ') + name});
            }
            table.print(m_context.out());
        }

        void end()
        {
            if (m_context.isEnded())
                return;
            const auto matched = static_cast<qint64>(m_order ? m_order->size() : 0);
            m_context.out().summary([&](JsonWriter& json) {
                json.field("complete", m_keys->isComplete() && !m_failure && !m_context.stopped());
                json.field("scanned", m_keys->scanned());
                json.field("matched", matched);
                json.field("duration_ms", m_keys->durationMs());
                m_context.writeOwnLookups(json);
            });
            m_context.console().say(QStringLiteral("%1 of %2, %3").arg(core::formatCount(matched), counted(m_keys->scanned(), "key", "keys"),
                core::formatDuration(m_keys->durationMs())));
            if (m_refused)
                m_context.console().warn(QStringLiteral("memory is not known: ") + core::describe(*m_refused).what);
            if (m_rows.size() > maxEstimated && !m_refused)
                m_context.console().say(QStringLiteral("memory of the %1 largest nodes only").arg(core::formatCount(maxEstimated)));
            if (m_keys->failure() || m_failure)
                return m_context.fail(m_keys->failure() ? *m_keys->failure() : *m_failure);
            if (m_context.stopped())
                return m_context.fail(*m_context.stopped());
            m_context.finish();
        }

        Context& m_context;
        Wanted m_wanted;
        KeysCollector* m_keys = nullptr;
        std::shared_ptr<const KeyList> m_list; // keeps store and order
        std::shared_ptr<const Order> m_order;
        KeyTree m_tree; // set by the pool's work, read after it
        std::atomic_bool m_cancelled {false};
        QFuture<core::Result<Rows>> m_listing;
        std::vector<Row> m_rows;
        std::vector<std::size_t> m_largest; // rows by their keys
        std::size_t m_printed = 0;
        std::optional<core::Error> m_refused; // of MEMORY USAGE: there are no estimates
        std::optional<core::Error> m_failure; // of what a filter needs
    };
}

void runTree(Context& context)
{
    Wanted wanted;
    const auto query = queryFromLine(context.line());
    const auto depth = context.line().integer("--depth", 1, 1000);
    const auto delimiters = delimitersFrom(context.line());
    if (!query || !depth || !delimiters)
        return context.fail(!query ? query.error() : !depth ? depth.error() : delimiters.error());
    wanted.query = *query;
    wanted.depth = depth->value_or(defaultDepth);
    wanted.rules.delimiters = delimiters->value_or(delimitersFromText(context.store().choice(QStringLiteral("tree/delimiters"))));
    context.openSession(false, [&context, wanted](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        Wanted all = wanted;
        all.rules.routes = *routes;
        (new TreeRun(context, std::move(all)))->start();
    });
}

}
