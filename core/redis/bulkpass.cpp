// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/bulkpass.h"

#include "core/base/monotonic.h"
#include "core/redis/readonly.h"
#include "core/redis/session_p.h"

#include <QPointer>

#include <atomic>
#include <chrono>

namespace core::redis {

namespace {
    constexpr qint64 reportIntervalMs = 100;
    // Beyond two pipelines no more than this is under way: values may be large.
    constexpr qsizetype windowBytes = 2 * 1024 * 1024;
}

// The part that lives in the I/O thread. Kept alive by its requests.
class BulkPass::Run final : public std::enable_shared_from_this<Run> {
public:
    struct Reports {
        std::function<void(qint64 done)> progressed;
        std::function<void(const Result<void>&, qint64 done)> finished;
    };
    Run(Connection* connection, std::shared_ptr<const Uplink> uplink, std::shared_ptr<BulkSource> source, Options options, Reports reports)
        : m_connection(connection)
        , m_uplink(std::move(uplink))
        , m_source(std::move(source))
        , m_options(options)
        , m_reports(std::move(reports))
    {
    }

    std::atomic_bool stopped = false; // any thread; nothing is sent or reported after it

    void begin()
    {
        m_drops = m_connection->drops();
        m_selects = m_connection->selects();
        m_sinceReport.start();
        pump();
    }

private:
    void pump();
    bool hasRoom() const;
    void send(PackedPipeline pipeline);
    void onReply(const Result<Replies>& replies, qint64 sentNs);
    void rest(qint64 sentNs);
    Result<void> sameLine() const;
    bool onlyReads() const { return !m_options.writes || (m_uplink->readOnly && !m_options.permit.isGiven()); }
    void finish(const Result<void>& outcome);

    Connection* m_connection;
    std::shared_ptr<const Uplink> m_uplink;
    std::shared_ptr<BulkSource> m_source;
    Options m_options;
    Reports m_reports;
    quint64 m_drops = 0;
    quint64 m_selects = 0;
    int m_inFlight = 0;
    qsizetype m_bytesInFlight = 0;
    bool m_finished = false;
    QElapsedTimer m_sinceReport;
};

void BulkPass::Run::pump()
{
    while (!m_finished && !stopped && hasRoom()) {
        if (const auto same = sameLine(); !same)
            return finish(same);
        PackedPipeline pipeline = m_source->next();
        if (pipeline.isEmpty())
            break;
        if (const auto allowed = permitted(pipeline, onlyReads()); !allowed)
            return finish(allowed);
        send(std::move(pipeline));
    }
    if (m_inFlight == 0)
        finish({});
}

bool BulkPass::Run::hasRoom() const
{
    if (m_options.gentle)
        return m_inFlight == 0;
    return m_inFlight < 2 || (m_inFlight < m_options.window && m_bytesInFlight < windowBytes);
}

void BulkPass::Run::send(PackedPipeline pipeline)
{
    const qsizetype bytes = pipeline.bytes().size();
    Request request;
    request.packed = std::move(pipeline);
    request.done = [self = shared_from_this(), sentNs = monotonicNs(), bytes](const Result<Replies>& replies) {
        self->m_bytesInFlight -= bytes;
        self->onReply(replies, sentNs);
    };
    ++m_inFlight;
    m_bytesInFlight += bytes;
    m_connection->submit(std::move(request));
}

void BulkPass::Run::onReply(const Result<Replies>& replies, qint64 sentNs)
{
    --m_inFlight;
    if (m_finished || stopped)
        return;
    if (!replies)
        return finish(fail(replies.error()));
    if (const auto taken = m_source->answered(*replies); !taken)
        return finish(taken);
    if (m_sinceReport.elapsed() >= reportIntervalMs) {
        m_sinceReport.start();
        m_reports.progressed(m_source->done());
    }
    if (m_options.gentle)
        rest(sentNs);
    else
        pump();
}

void BulkPass::Run::rest(qint64 sentNs)
{
    const auto pause = std::chrono::nanoseconds(monotonicNs() - sentNs);
    QTimer::singleShot(std::chrono::ceil<std::chrono::milliseconds>(pause), m_connection, [self = shared_from_this()] { self->pump(); });
}

Result<void> BulkPass::Run::sameLine() const
{
    if (m_connection->drops() != m_drops)
        return fail(Code::Lost, Reason::ClosedByServer, m_connection->label());
    if (m_connection->selects() != m_selects)
        return fail(Code::Cancelled, Reason::None, m_connection->label(), QStringLiteral("another database was selected"));
    return {};
}

void BulkPass::Run::finish(const Result<void>& outcome)
{
    if (!std::exchange(m_finished, true) && !stopped)
        m_reports.finished(outcome, m_source->done());
}

BulkPass::BulkPass(Session* session, std::shared_ptr<BulkSource> source, qint64 total, QString kind, Options options, QObject* parent)
    : Job(std::move(kind), endpointLabel(session->endpoint()), parent)
    , m_session(session)
    , m_source(std::move(source))
    , m_total(total)
    , m_options(options)
{
}

BulkPass::~BulkPass()
{
    if (m_run)
        m_run->stopped = true;
}

void BulkPass::onStart()
{
    Session::Private* inner = m_session->d.get();
    if (!inner->uplink->connected)
        return finish(fail(inner->notConnected()));
    if (inner->selecting) // its first commands would go to one database, all others to another
        return finish(fail(inner->databaseChanging()));
    Run::Reports reports;
    reports.progressed = [self = QPointer(this), up = inner->uplink](qint64 done) {
        up->post([self, done] {
            if (self && !self->isFinished())
                self->setProgress(done, self->m_total);
        });
    };
    reports.finished = [self = QPointer(this), up = inner->uplink](const Result<void>& outcome, qint64 done) {
        up->flush();
        up->post([self, outcome, done] {
            if (!self || self->isFinished())
                return;
            self->setProgress(done, self->m_total);
            self->finish(outcome);
        });
    };
    connect(m_session, &QObject::destroyed, this, [this] { finish(fail(Code::Cancelled)); });
    m_run = std::make_shared<Run>(inner->bulk.get(), inner->uplink, m_source, m_options, std::move(reports));
    runIn(inner->bulk.get(), [run = m_run] { run->begin(); });
}

// What is in flight is read and thrown away.
void BulkPass::onCancel()
{
    if (m_run)
        m_run->stopped = true;
    finish(fail(Code::Cancelled));
}

}
