// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyquery.h"
#include "app/cli/keyscollector.h"
#include "app/cli/metapass.h"
#include "app/cli/textcolumns.h"
#include "core/archive/exporter.h"
#include "core/base/format.h"

#include <csignal>

namespace cli {

namespace {
    using core::archive::Exporter;
    using core::archive::ExportSummary;
    using core::keys::KeyMeta;

    // One run of "export": scan, what the query asks of the server, the file.
    class ExportRun final : public QObject {
    public:
        ExportRun(Context& context, core::keys::KeyQuery query, core::cache::RouteTable routes)
            : QObject(&context)
            , m_context(context)
            , m_query(std::move(query))
            , m_routes(std::move(routes))
            , m_file(context.line().value("--file"))
        {
        }

        void start()
        {
            if (isStdout()) // a reader that goes away ends us, as it would cat
                std::signal(SIGPIPE, SIG_DFL);
            m_keys = new KeysCollector(m_context, {}, m_query, m_routes);
            connect(&m_context, &Context::stopping, this, [this] { end(m_context.stopped()); });
            m_keys->start(QStringLiteral("keys"), [this] { onCollected(); });
        }

    private:
        bool isStdout() const { return m_file == QStringLiteral("-"); }

        void onCollected()
        {
            if (m_keys->failure())
                return end(m_keys->failure());
            if (!m_query.needsMeta())
                return write(m_keys->list());
            m_pass = new MetaPass(m_context, m_keys->picked().size(), [this](std::size_t at) { return m_keys->key(m_keys->picked()[at]); });
            m_pass->start([this](std::size_t first, const QList<KeyMeta>& metas) { onMetas(first, metas); },
                [this] { write(m_keys->list(std::make_shared<const core::keys::Order>(std::move(m_matching)))); });
        }

        void onMetas(std::size_t first, const QList<KeyMeta>& metas)
        {
            for (qsizetype i = 0; i < metas.size() && !m_context.isEnded(); ++i) {
                const KeyMeta& meta = metas.at(i);
                if (isUntold(m_query, meta)) {
                    m_pass->stop();
                    return end(meta.refused);
                }
                if (m_query.matchesMeta(meta.ttlMs, meta.memoryBytes.value_or(-1)))
                    m_matching.push_back(m_keys->picked()[first + static_cast<std::size_t>(i)]);
            }
        }

        void write(core::keys::KeyList keys)
        {
            Exporter::Options options;
            options.withDump = m_context.line().has("--dump");
            options.gentle = m_context.profile() && m_context.profile()->startsReadOnly();
            m_exporter = new Exporter(m_context.session(), std::move(keys), m_file, options, this);
            m_context.run(m_exporter, QStringLiteral("exported"), [this] { end(m_context.failureOf(*m_exporter)); });
        }

        void end(const std::optional<core::Error>& error)
        {
            if (m_context.isEnded())
                return;
            const bool isWhole = m_exporter != nullptr && !error;
            const ExportSummary summary = m_exporter != nullptr ? m_exporter->summary() : ExportSummary();
            m_context.out().field("file", isWhole ? std::optional(m_file) : std::nullopt);
            m_context.out().summary([&](JsonWriter& json) {
                json.field("complete", isWhole);
                json.field("exported", isWhole ? summary.keys : 0);
                json.field("vanished", summary.vanished);
                json.field("changed", summary.changed);
                json.field("unsupported", summary.unsupported);
                json.field("dumps_left_out", summary.dumpsLeftOut);
                json.field("file_bytes", isWhole ? std::optional(summary.bytes) : std::nullopt);
                json.field("sha256", isWhole ? std::optional(QString::fromLatin1(summary.sha256)) : std::nullopt);
                json.field("duration_ms", m_exporter != nullptr ? m_exporter->elapsedMs() : 0);
                m_context.writeOwnLookups(json);
            });
            if (error)
                return m_context.fail(*error);
            say(summary);
            m_context.finish();
        }

        void say(const ExportSummary& summary)
        {
            QString text = QStringLiteral("exported %1, %2")
                               .arg(counted(summary.keys, "key", "keys"), core::formatBytes(summary.bytes));
            const std::pair<const char*, qint64> more[] {{"gone meanwhile", summary.vanished}, {"changed while they were read", summary.changed},
                {"of a type without a logical value or too long for a line, left out", summary.unsupported}, {"too large for a DUMP", summary.dumpsLeftOut}};
            for (const auto& [name, count] : more) {
                if (count > 0)
                    text += QStringLiteral(", %1 %2").arg(core::formatCount(count), QLatin1String(name));
            }
            m_context.console().say(text);
        }

        Context& m_context;
        core::keys::KeyQuery m_query;
        core::cache::RouteTable m_routes;
        QString m_file;
        KeysCollector* m_keys = nullptr;
        MetaPass* m_pass = nullptr;
        core::keys::Order m_matching;
        Exporter* m_exporter = nullptr;
    };
}

void runExport(Context& context)
{
    const QString file = context.line().value("--file");
    if (file.isEmpty())
        return context.fail(badOption(QStringLiteral("--file"), QStringLiteral("it names the file to write, or - for stdout")));
    if (file == QStringLiteral("-") && !context.out().isText())
        return context.fail(badOption(QStringLiteral("--file"), QStringLiteral("to stdout it goes without --json and --ndjson")));
    const auto query = queryFromLine(context.line());
    if (!query)
        return context.fail(query.error());
    context.openSession(false, [&context, query = *query](core::redis::Session*) {
        const auto routes = context.routes();
        if (!routes)
            return context.fail(routes.error());
        (new ExportRun(context, query, *routes))->start();
    });
}

}
