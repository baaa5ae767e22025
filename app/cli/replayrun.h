// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "app/cli/freshrun.h"
#include "app/cli/replayoptions.h"
#include "app/cli/replayreport.h"
#include "core/replay/hanghint.h"
#include "core/replay/notchecked.h"

#include <QSet>

#include <map>

namespace cli {

// One run of "replay": items in the order of sending, then the summary.
class ReplayRun final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReplayRun)
public:
    ReplayRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes, ReplayWishes wishes);
    void setFresh(const FreshFound& found) { m_fresh = found; } // before start()
    void start();

private:
    static constexpr qint64 mostWaiting = 10'000; // items of some kilobytes, for a slow one before them

    void onResult(const core::replay::ReplayResult& result);
    void check(const core::replay::ReplayResult& result);
    void expect(const core::replay::ReplayResult& result);
    bool isUnmet() const { return m_unmet + m_unchecked > 0; }
    void print(const ReplayItem& item);
    bool isListed() const;
    void tell(const QString& sentence); // of the summary
    const core::replay::SeriesStatistics& statistics() const;
    qint64 unfinished() const;
    std::optional<qint64> notSent() const;
    QString stoppedSentence() const;
    void writeSummary(JsonWriter& json) const;
    QStringList sentences() const;
    void tellUnsent();
    void end();
    void endCompared(int exit);

    Context& m_context;
    ReplayWishes m_wishes;
    core::replay::Series* m_series = nullptr; // or
    core::replay::Replay* m_single = nullptr;
    core::replay::SeriesStatistics m_ofSingle;
    std::map<qint64, ReplayItem> m_waiting; // for those sent before them, by n; at most mostWaiting
    qint64 m_next = 1;
    QVersionNumber m_release; // of LightAPI, that the routes are for
    bool m_hangsWithItsRedis = false; // a request of this run did
    QString m_expected;
    qint64 m_unmet = 0; // verdicts that are not m_expected
    qint64 m_unchecked = 0; // verdicts that may be, and no key was asked for; not those of m_losses
    QString m_whyUnchecked;
    core::replay::RedisLosses m_losses;
    core::Error m_lastError;
    std::optional<FreshFound> m_fresh;
    QSet<QByteArray> m_compared; // targets printed with what the comparison found
};

}
