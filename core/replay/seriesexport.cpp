// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/seriesexport.h"

#include "core/base/bytes.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace core::replay {

namespace {
    QJsonValue number(const std::optional<double>& value)
    {
        return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
    }

    QJsonObject latencyJson(const LatencyRecord& record)
    {
        const Latency latency = record.latency();
        return {{QStringLiteral("count"), latency.count}, {QStringLiteral("min"), number(latency.min)}, {QStringLiteral("mean"), number(latency.mean)},
            {QStringLiteral("p50"), number(latency.p50)}, {QStringLiteral("p75"), number(latency.p75)}, {QStringLiteral("p90"), number(latency.p90)},
            {QStringLiteral("p95"), number(latency.p95)}, {QStringLiteral("p99"), number(latency.p99)}, {QStringLiteral("p99_9"), number(latency.p999)},
            {QStringLiteral("max"), number(latency.max)}, {QStringLiteral("exact"), record.isExact()}};
    }

    QJsonArray histogramJson(const LatencyRecord& record)
    {
        QJsonArray out;
        for (const LatencyBin& bin : record.bins())
            out << QJsonObject {{QStringLiteral("from_ms"), bin.fromMs}, {QStringLiteral("to_ms"), bin.toMs}, {QStringLiteral("count"), bin.count}};
        return out;
    }

    QString targetText(const SeriesSample& sample, const QList<QByteArray>& targets)
    {
        return sample.target < targets.size() ? displayText(targets[sample.target]) : QString();
    }

    QJsonObject sampleJson(const SeriesSample& sample, const QList<QByteArray>& targets)
    {
        const bool answered = sample.status != 0;
        return {{QStringLiteral("n"), sample.n}, {QStringLiteral("target"), targetText(sample, targets)}, {QStringLiteral("start_ms"), sample.startMs},
            {QStringLiteral("latency_ms"), sample.latencyMs}, {QStringLiteral("service_ms"), sample.serviceMs}, {QStringLiteral("connect_ms"), sample.connectMs},
            {QStringLiteral("status"), answered ? QJsonValue(sample.status) : QJsonValue()}, {QStringLiteral("verdict"), http::verdictName(sample.verdict)},
            {QStringLiteral("error"), answered ? QJsonValue() : QJsonValue(failureName(sample))}};
    }

    QJsonArray samplesJson(const std::vector<SeriesSample>& samples, const QList<QByteArray>& targets)
    {
        QJsonArray out;
        for (const SeriesSample& sample : samples)
            out << sampleJson(sample, targets);
        return out;
    }

    template <typename Key, typename Name>
    QJsonObject countsJson(const QMap<Key, qint64>& counts, Name name)
    {
        QJsonObject out;
        for (auto at = counts.begin(); at != counts.end(); ++at)
            out.insert(name(at.key()), at.value());
        return out;
    }

    QJsonObject askedJson(const SeriesOptions& options)
    {
        const bool open = options.requestsPerS > 0;
        return {{QStringLiteral("mode"), open ? QStringLiteral("constant-rate") : QStringLiteral("closed-loop")},
            {QStringLiteral("requests"), options.count > 0 ? QJsonValue(options.count) : QJsonValue()},
            {QStringLiteral("duration_ms"), options.durationMs > 0 ? QJsonValue(options.durationMs) : QJsonValue()},
            {QStringLiteral("requests_per_s"), open ? QJsonValue(options.requestsPerS) : QJsonValue()}, {QStringLiteral("concurrency"), options.concurrency},
            {QStringLiteral("targets"), options.targets.size()}, {QStringLiteral("verdicts"), options.verdicts}, {QStringLiteral("cold_first"), options.coldFirst}};
    }
}

QJsonObject seriesSummary(const SeriesStatistics& statistics, const SeriesOptions& options)
{
    const auto& first = statistics.first();
    return {{QStringLiteral("count"), statistics.count()}, {QStringLiteral("errors"), statistics.errors()}, {QStringLiteral("dropped"), statistics.dropped()},
        {QStringLiteral("errors_by"), countsJson(statistics.errorsBy(), [](const QString& name) { return name; })},
        {QStringLiteral("status"), countsJson(statistics.statuses(), [](int status) { return QString::number(status); })},
        {QStringLiteral("by_verdict"), countsJson(statistics.verdicts(), [](http::Verdict verdict) { return http::verdictName(verdict); })},
        {QStringLiteral("latency_ms"),
            QJsonObject {{QStringLiteral("all"), latencyJson(statistics.all())}, {QStringLiteral("HIT"), latencyJson(statistics.hits())},
                {QStringLiteral("MISS"), latencyJson(statistics.misses())}}},
        {QStringLiteral("service_ms"), latencyJson(statistics.service())}, {QStringLiteral("speedup"), number(statistics.speedup())},
        {QStringLiteral("throughput_per_s"), number(statistics.throughputPerS())}, {QStringLiteral("elapsed_ms"), statistics.elapsedMs()},
        {QStringLiteral("first"), first ? QJsonValue(sampleJson(*first, options.targets)) : QJsonValue()},
        {QStringLiteral("histogram"), histogramJson(statistics.all())}, {QStringLiteral("slowest"), samplesJson(statistics.slowest(), options.targets)},
        {QStringLiteral("failures"), samplesJson(statistics.failures(), options.targets)}, {QStringLiteral("asked"), askedJson(options)}};
}

QByteArray seriesJson(const SeriesStatistics& statistics, const SeriesOptions& options)
{
    QJsonObject all = seriesSummary(statistics, options);
    QJsonArray targets;
    for (const QByteArray& target : options.targets)
        targets << displayText(target);
    all.insert(QStringLiteral("targets"), targets);
    return QJsonDocument(all).toJson();
}

namespace {
    QByteArray csvField(QByteArray text)
    {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    void appendRow(QByteArray& out, const SeriesSample& sample, const QList<QByteArray>& quotedTargets)
    {
        out += QByteArray::number(sample.n) + ',' + quotedTargets.value(sample.target);
        for (const double ms : {sample.intendedMs, sample.startMs, sample.latencyMs, sample.serviceMs, sample.connectMs})
            out += ',' + QByteArray::number(ms, 'f', 3);
        out += ',';
        if (sample.status != 0)
            out += QByteArray::number(sample.status) + ',' + http::verdictName(sample.verdict).toLatin1() + ',' + surenessName(sample.sureness).toLatin1() + ',';
        else
            out += ",,," + failureName(sample).toLatin1();
        out += "\r\n";
    }
}

QByteArray seriesCsv(const SeriesStatistics& statistics, const QList<QByteArray>& targets)
{
    QList<QByteArray> quoted;
    for (const QByteArray& target : targets)
        quoted << csvField(displayText(target).toUtf8());
    std::vector<SeriesSample> rows = statistics.rows();
    std::ranges::sort(rows, {}, &SeriesSample::n);
    QByteArray out("n,target,intended_ms,start_ms,latency_ms,service_ms,connect_ms,status,verdict,confidence,error\r\n");
    out.reserve(qsizetype(rows.size()) * 100);
    for (const SeriesSample& sample : rows)
        appendRow(out, sample, quoted);
    return out;
}

}
