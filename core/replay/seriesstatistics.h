// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/latency.h"
#include "core/replay/seriestimeline.h"
#include "core/replay/verdict.h"

#include <QByteArray>
#include <QMap>
#include <QString>

#include <memory>
#include <vector>

namespace core::replay {

// One request of a run. Times in ms since the start of the run.
struct SeriesSample {
    qint64 n = 0; // 1…, in the order of sending
    int target = 0; // index
    double intendedMs = 0; // when it was to be sent
    double startMs = 0; // when a connection was free for it
    double latencyMs = 0; // from intendedMs to the last byte, without our own looks at Redis
    double serviceMs = 0; // of the request alone, as libcurl timed it; of one without an answer, until that was known
    double connectMs = 0; // of that, until the connection was open; next to nothing on one that was
    int status = 0; // 0: no answer
    Reason reason = Reason::None; // why there is none
    Code code = Code::Api;
    http::Verdict verdict = http::Verdict::Unknown;
    Sureness sureness = Sureness::None;
};
QString failureName(const SeriesSample& sample); // "timeout", "unreachable" …: stable words for "errors_by"

// What a run of any length was like, in bounded memory (some megabytes; rows: see maxRows). Latencies are those of requests that were
// answered, whatever the status; the first one counts in them and is kept apart too, as it opens a connection.
class SeriesStatistics final {
public:
    static constexpr qsizetype maxRows = 500'000; // that rows() keeps: the first
    static constexpr qsizetype maxSamples = 50; // that failures() and slowest() keep

    void add(const SeriesSample& sample);
    void addDropped(qint64 count) { m_dropped += count; }
    void setElapsed(double ms) { m_elapsedMs = ms; }

    qint64 count() const { return m_count; } // sent and ended
    qint64 errors() const { return m_errors; } // without an answer
    qint64 dropped() const { return m_dropped; } // never sent: every connection was busy for too long
    const QMap<QString, qint64>& errorsBy() const { return m_errorsBy; }
    const QMap<int, qint64>& statuses() const { return m_statuses; }
    const QMap<http::Verdict, qint64>& verdicts() const { return m_verdicts; } // of what was answered
    const LatencyRecord& all() const { return m_all; }
    const LatencyRecord& hits() const { return m_hits; }
    const LatencyRecord& misses() const { return m_misses; }
    const LatencyRecord& service() const { return m_service; }
    const SeriesTimeline& timeline() const { return m_timeline; }
    const std::optional<SeriesSample>& first() const { return m_first; }
    const std::vector<SeriesSample>& slowest() const { return m_slowest; } // slowest first
    const std::vector<SeriesSample>& failures() const { return m_failures; } // the first ones
    const std::vector<SeriesSample>& rows() const { return m_rows; } // in the order of their ends
    double elapsedMs() const { return m_elapsedMs; }
    // Median MISS over median HIT, of the requests alone and without connecting; none where either has fewer than fewestToCompare
    // apart from the first request of the run, which is slow for more reasons than one.
    static constexpr qint64 fewestToCompare = 5;
    std::optional<double> speedup() const;
    const LatencyRecord& comparedHits() const { return m_comparedHits; }
    const LatencyRecord& comparedMisses() const { return m_comparedMisses; }
    std::optional<double> throughputPerS() const; // answers

private:
    void addCompared(const SeriesSample& sample);
    void keepSlowest(const SeriesSample& sample);

    qint64 m_count = 0, m_errors = 0, m_dropped = 0;
    QMap<QString, qint64> m_errorsBy;
    QMap<int, qint64> m_statuses;
    QMap<http::Verdict, qint64> m_verdicts;
    LatencyRecord m_all, m_hits, m_misses, m_service, m_comparedHits, m_comparedMisses;
    SeriesTimeline m_timeline;
    std::optional<SeriesSample> m_first;
    std::vector<SeriesSample> m_slowest, m_failures, m_rows;
    double m_elapsedMs = 0;
};

}
