// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/replayrun.h"

#include "app/cli/freshreport.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
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
    , m_release(routes.release())
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
    m_context.out().field("warnings", m_context.warnings());
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
    if (!m_wishes.series.verdicts)
        return;
    m_hangsWithItsRedis = m_hangsWithItsRedis || hangsWithItsRedis(result, m_release);
    m_losses.add(result);
    if (!m_expected.isEmpty())
        expect(result);
}

// One without an answer, and one that Redis could not be asked about, is an error and not an expectation that does not hold.
void ReplayRun::expect(const ReplayResult& result)
{
    if (!result.response)
        return;
    const auto why = whyNotChecked(result);
    if (why && result.redisError)
        return;
    if (why) {
        ++m_unchecked;
        m_whyUnchecked = *why;
    } else if (verdictWord(result) != m_expected) {
        ++m_unmet;
    }
}

void ReplayRun::print(const ReplayItem& item)
{
    const auto fresh = m_fresh ? m_fresh->byTarget.constFind(item.result.target) : QHash<QByteArray, core::replay::FreshResult>::const_iterator();
    const bool isCompared = m_fresh && fresh != m_fresh->byTarget.constEnd();
    if (isCompared)
        m_compared << item.result.target;
    m_context.out().item([&](JsonWriter& json) {
        writeReplayItem(json, item);
        if (isCompared)
            writeFresh(json, *fresh);
    });
    const bool isShown = m_context.out().isText() && (isListed() || (isCompared && item.result.n <= m_wishes.series.targets.size()));
    if (isShown)
        printReplayItem(m_context.out(), item.result, m_wishes.series.verdicts);
    if (isShown && isCompared)
        printFresh(m_context.out(), *fresh);
}

// For people: of many requests to the same targets the summary says more than all of them, which JSON lists.
bool ReplayRun::isListed() const
{
    constexpr qint64 mostListed = 20;
    const qint64 count = m_wishes.series.count;
    return count > 0 && m_wishes.series.durationMs == 0 && (m_wishes.single.repeat == 1 || count <= mostListed);
}

void ReplayRun::tell(const QString& sentence)
{
    m_context.out().isText() && !isListed() ? m_context.out().line(sentence) : m_context.console().say(sentence);
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

namespace {
    void writeLosses(JsonWriter& json, const core::replay::RedisLosses& losses)
    {
        json.field("warnings", losses.count() > 0 ? QStringList {losses.sentence()} : QStringList());
        json.name("redis_not_asked");
        if (losses.count() == 0)
            return json.value(nullptr);
        json.beginObject();
        json.field("count", losses.count());
        json.field("first_n", losses.firstN());
        json.name("error");
        writeError(json, losses.error(), core::exitStatus(losses.error().code));
        json.endObject();
    }
}

void ReplayRun::writeSummary(JsonWriter& json) const
{
    const QJsonObject summary = seriesSummary(statistics(), m_wishes.series);
    for (auto at = summary.begin(); at != summary.end(); ++at)
        json.raw(at.key().toLatin1().constData(), jsonText(at.value()));
    json.field("unfinished", unfinished());
    json.field("not_sent", notSent());
    writeLosses(json, m_losses);
    if (m_fresh)
        writeFreshCounts(json, m_fresh->counts);
    m_context.writeOwnLookups(json);
}

qint64 ReplayRun::unfinished() const
{
    return m_series ? m_series->unfinished() : m_single->unfinished();
}

std::optional<qint64> ReplayRun::notSent() const
{
    return m_series ? m_series->notSent() : m_single->notSent();
}

namespace {
    // "12 HIT, 1 MISS, 2 without an answer (2 timeout)"
    QString outcomeSentence(const SeriesStatistics& all, bool isJudged)
    {
        QStringList parts;
        for (auto at = all.verdicts().begin(); isJudged && at != all.verdicts().end(); ++at)
            parts << QStringLiteral("%1 %2").arg(core::formatCount(at.value()), core::http::verdictName(at.key()));
        if (!isJudged && all.count() > all.errors())
            parts << QStringLiteral("%1 answered, no verdict asked for").arg(core::formatCount(all.count() - all.errors()));
        if (all.errors() > 0) {
            QStringList reasons;
            for (auto at = all.errorsBy().begin(); at != all.errorsBy().end(); ++at)
                reasons << QStringLiteral("%1 %2").arg(core::formatCount(at.value()), at.key());
            parts << QStringLiteral("%1 without an answer (%2)").arg(core::formatCount(all.errors()), reasons.join(QStringLiteral(", ")));
        }
        if (all.dropped() > 0)
            parts << QStringLiteral("%1 dropped as every connection was busy").arg(core::formatCount(all.dropped()));
        return parts.join(QStringLiteral(", "));
    }

    QString tooFewSentence(const SeriesStatistics& all)
    {
        const bool isMiss = all.comparedMisses().count() < SeriesStatistics::fewestToCompare;
        return QStringLiteral("too few %1 to say how much faster a HIT is: %2 apart from the first request, and %3 are needed")
            .arg(isMiss ? QStringLiteral("MISS") : QStringLiteral("HIT"), core::formatCount((isMiss ? all.comparedMisses() : all.comparedHits()).count()))
            .arg(SeriesStatistics::fewestToCompare);
    }

    QString statusSentence(const SeriesStatistics& all)
    {
        QStringList parts;
        for (auto at = all.statuses().begin(); at != all.statuses().end(); ++at)
            parts << QStringLiteral("%1 with %2").arg(core::formatCount(at.value())).arg(at.key());
        return QStringLiteral("status: ") + parts.join(QStringLiteral(", "));
    }
}

// Of a run that did not come to its end.
QString ReplayRun::stoppedSentence() const
{
    QStringList parts;
    if (unfinished() > 0)
        parts << counted(unfinished(), "request was sent, and its result not waited for", "requests were sent, and their results not waited for");
    if (const qint64 left = notSent().value_or(0); left > 0)
        parts << counted(left, "request was not sent", "requests were not sent");
    return parts.isEmpty() ? QString() : QStringLiteral("stopped: ") + parts.join(QStringLiteral("; "));
}

QStringList ReplayRun::sentences() const
{
    const SeriesStatistics& all = statistics();
    const QString outcome = outcomeSentence(all, m_wishes.series.verdicts);
    QStringList out;
    if (!outcome.isEmpty() || unfinished() == 0)
        out << (outcome.isEmpty() ? QStringLiteral("nothing was sent") : outcome);
    if (!all.statuses().isEmpty())
        out << statusSentence(all);
    if (m_unmet > 0)
        out << counted(m_unmet, "verdict was", "verdicts were") + QStringLiteral(" not %1, as --expect wants").arg(m_expected);
    if (m_unchecked > 0)
        out << counted(m_unchecked, "verdict was", "verdicts were") + QStringLiteral(" not checked by Redis, as --expect wants: ") + core::displayText(m_whyUnchecked);
    if (m_losses.count() > 0)
        out << core::displayText(m_losses.sentence());
    if (m_hangsWithItsRedis)
        out << QStringLiteral("LightAPI %1 hangs while its Redis hangs, and Redis did not answer either: look there first").arg(m_release.toString());
    if (all.count() < 2)
        return out;
    for (const auto& [name, record] : {std::pair {QStringLiteral("HIT"), &all.hits()}, std::pair {QStringLiteral("MISS"), &all.misses()}, std::pair {QStringLiteral("all"), &all.all()}}) {
        if (record->count() > 0)
            out << latencySentence(name, *record);
    }
    if (const auto speedup = all.speedup())
        out << QStringLiteral("a HIT is %1 times as fast as a MISS, without connecting").arg(*speedup, 0, 'g', 3);
    else if (all.hits().count() > 0 && all.misses().count() > 0)
        out << tooFewSentence(all);
    return out;
}

// Compared, perhaps deleted, and not requested before the run was stopped.
void ReplayRun::tellUnsent()
{
    for (const QByteArray& target : std::as_const(m_wishes.fresh.targets)) {
        const auto found = m_fresh->byTarget.constFind(target);
        if (found != m_fresh->byTarget.constEnd() && !m_compared.contains(target))
            reportFresh(m_context.out(), *found);
    }
}

void ReplayRun::end()
{
    for (const auto& [n, item] : std::exchange(m_waiting, {})) // cancelled: those before them did not end
        print(item);
    if (m_fresh)
        tellUnsent();
    m_context.out().summary([this](JsonWriter& json) { writeSummary(json); });
    for (const QString& sentence : sentences())
        tell(sentence);
    if (m_fresh && m_fresh->counts.deleted > 0)
        tell(counted(m_fresh->counts.deleted, "entry was", "entries were") + QStringLiteral(" deleted for the comparison and asked for anew"));
    const core::Job& job = m_series ? static_cast<const core::Job&>(*m_series) : *m_single;
    if (const auto failure = m_context.failureOf(job)) {
        if (const QString stopped = stoppedSentence(); !stopped.isEmpty())
            tell(stopped);
        return m_context.fail(*failure);
    }
    const SeriesStatistics& all = statistics();
    if (all.errors() > 0 && all.errors() == all.count())
        return m_context.fail(m_lastError);
    if (m_losses.isAll() && !m_fresh)
        return m_context.fail(m_losses.error());
    constexpr int partly = 5;
    const int exit = all.errors() + all.dropped() + m_losses.count() > 0 ? partly : 0;
    m_fresh ? endCompared(exit) : m_context.finish(isUnmet() ? 1 : exit);
}

// `exit`: of the requests themselves.
void ReplayRun::endCompared(int exit)
{
    if (m_fresh->counts.stale > 0)
        m_context.console().say(QStringLiteral("stale: %1 of %2").arg(core::formatCount(m_fresh->counts.stale), counted(m_fresh->byTarget.size(), "entry", "entries")));
    if (isUnmet() || m_fresh->counts.stale > 0)
        return m_context.finish(1);
    const FreshEnd end = freshEnd(*m_fresh);
    if (!end.sentence.isEmpty())
        m_context.console().say(end.sentence);
    end.error ? m_context.fail(*end.error) : m_context.finish(std::max(exit, end.exit));
}

}
