// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/replayrun.h"

#include "app/cli/freshreport.h"
#include "core/base/format.h"
#include "core/replay/seriesexport.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace cli {

using core::replay::Replay;
using core::replay::ReplayResult;
using core::replay::Series;
using core::replay::SeriesSample;
using core::replay::SeriesStatistics;

ReplayRun::ReplayRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes, ReplayWishes wishes)
    : QObject(&context)
    , m_context(context)
    , m_wishes(std::move(wishes))
    , m_expected(context.line().value("--expect").toUpper())
{
    m_wishes.series.maxAhead = mostWaiting;
    if (m_wishes.isSeries())
        m_series = new Series(context.session(), client, routes, m_wishes.series, this);
    else
        m_single = new Replay(context.session(), client, routes, m_wishes.single, this);
}

void ReplayRun::start()
{
    m_context.out().beginItems();
    const auto end = [this] { this->end(); };
    if (m_single) {
        connect(m_single, &Replay::resultReady, this, [this](const ReplayResult& result) {
            SeriesSample sample {.n = result.n, .target = int((result.n - 1) / m_wishes.single.repeat), .startMs = double(m_single->elapsedMs())};
            measure(sample, result, sample.startMs);
            m_ofSingle.add(sample);
            onResult(result);
        });
        return m_context.run(m_single, QStringLiteral("requests"), end);
    }
    connect(m_series, &Series::resultReady, this, [this](const ReplayResult& result) { onResult(result); });
    if (m_wishes.series.count != 1)
        m_context.console().say(loadSentence(m_wishes.series));
    m_context.run(m_series, QStringLiteral("requests"), end);
}

void ReplayRun::onResult(const ReplayResult& result)
{
    check(result);
    m_waiting.emplace(result.n, replayItemOf(result));
    for (auto at = m_waiting.begin(); at != m_waiting.end() && at->first == m_next; at = m_waiting.erase(at), ++m_next)
        print(at->second);
}

void ReplayRun::check(const ReplayResult& result)
{
    if (!result.response)
        m_lastError = result.response.error();
    // One without an answer is an error and not an expectation that does not hold.
    m_unmet = m_unmet || (!m_expected.isEmpty() && result.response && verdictWord(result) != m_expected);
}

void ReplayRun::print(const ReplayItem& item)
{
    const auto fresh = m_fresh ? m_fresh->byTarget.constFind(item.result.target) : QHash<QByteArray, core::replay::FreshResult>::const_iterator();
    const bool isCompared = m_fresh && fresh != m_fresh->byTarget.constEnd();
    m_context.out().item([&](JsonWriter& json) {
        writeReplayItem(json, item);
        if (isCompared)
            writeFresh(json, *fresh);
    });
    if (m_context.out().isText())
        printReplayItem(m_context.out(), item.result);
    if (m_context.out().isText() && isCompared)
        printFresh(m_context.out(), *fresh);
}

const SeriesStatistics& ReplayRun::statistics() const
{
    return m_series ? m_series->statistics() : m_ofSingle;
}

namespace {
    QByteArray jsonText(const QJsonValue& value)
    {
        const QByteArray list = QJsonDocument(QJsonArray {value}).toJson(QJsonDocument::Compact);
        return list.mid(1, list.size() - 2);
    }

    QString latencySentence(const QString& name, const core::replay::LatencyRecord& record)
    {
        const core::replay::Latency latency = record.latency();
        QString text = QStringLiteral("%1: median %2").arg(name, core::formatMs(*latency.p50));
        if (latency.p95)
            text += QStringLiteral(", p95 %1").arg(core::formatMs(*latency.p95));
        if (latency.p99)
            text += QStringLiteral(", p99 %1").arg(core::formatMs(*latency.p99));
        return text + QStringLiteral(", most %1").arg(core::formatMs(*latency.max));
    }
}

void ReplayRun::writeSummary(JsonWriter& json) const
{
    const QJsonObject summary = seriesSummary(statistics(), m_wishes.series);
    for (auto at = summary.begin(); at != summary.end(); ++at)
        json.raw(at.key().toLatin1().constData(), jsonText(at.value()));
    if (m_fresh)
        writeFreshCounts(json, m_fresh->counts);
    m_context.writeOwnLookups(json);
}

QStringList ReplayRun::sentences() const
{
    QStringList parts;
    const SeriesStatistics& all = statistics();
    for (auto at = all.verdicts().begin(); at != all.verdicts().end(); ++at)
        parts << QStringLiteral("%1 %2").arg(core::formatCount(at.value()), core::http::verdictName(at.key()));
    if (all.errors() > 0)
        parts << QStringLiteral("%1 without an answer").arg(core::formatCount(all.errors()));
    if (all.dropped() > 0)
        parts << QStringLiteral("%1 dropped as every connection was busy").arg(core::formatCount(all.dropped()));
    QStringList out {parts.isEmpty() ? QStringLiteral("nothing was sent") : parts.join(QStringLiteral(", "))};
    if (all.count() < 2)
        return out;
    for (const auto& [name, record] : {std::pair {QStringLiteral("HIT"), &all.hits()}, std::pair {QStringLiteral("MISS"), &all.misses()}, std::pair {QStringLiteral("all"), &all.all()}}) {
        if (record->count() > 0)
            out << latencySentence(name, *record);
    }
    if (const auto speedup = all.speedup())
        out << QStringLiteral("a HIT is %1 times as fast as a MISS").arg(*speedup, 0, 'g', 3);
    return out;
}

void ReplayRun::end()
{
    for (const auto& [n, item] : std::exchange(m_waiting, {})) // cancelled: those before them did not end
        print(item);
    m_context.out().summary([this](JsonWriter& json) { writeSummary(json); });
    for (const QString& sentence : sentences())
        m_context.console().say(sentence);
    const core::Job& job = m_series ? static_cast<const core::Job&>(*m_series) : *m_single;
    if (const auto failure = m_context.failureOf(job))
        return m_context.fail(*failure);
    const SeriesStatistics& all = statistics();
    if (all.errors() > 0 && all.errors() == all.count())
        return m_context.fail(m_lastError);
    constexpr int partly = 5;
    const int exit = all.errors() + all.dropped() > 0 ? partly : 0;
    m_fresh ? endCompared(exit) : m_context.finish(m_unmet ? 1 : exit);
}

// `exit`: of the requests themselves.
void ReplayRun::endCompared(int exit)
{
    if (m_fresh->counts.stale > 0)
        m_context.console().say(QStringLiteral("%1 of %2 entries are stale").arg(m_fresh->counts.stale).arg(m_fresh->byTarget.size()));
    if (m_unmet || m_fresh->counts.stale > 0)
        return m_context.finish(1);
    const FreshEnd end = freshEnd(*m_fresh);
    if (!end.sentence.isEmpty())
        m_context.console().say(end.sentence);
    end.error ? m_context.fail(*end.error) : m_context.finish(std::max(exit, end.exit));
}

}
