// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/parsedkey.h"
#include "core/http/client.h"
#include "core/replay/accesslogscan.h"
#include "core/replay/pagewalk.h"
#include "core/replay/parametermatrix.h"
#include "core/replay/sitemapwalk.h"
#include "core/replay/warmtargets.h"

#include <memory>

namespace core::replay {

// Keys whose requests are wanted, with a word on where they come from.
struct KeySource {
    QString name; // in display text
    QList<QByteArray> keys;
};

// Where the targets of one warming come from.
struct TargetSources {
    QList<TargetSource> lists; // at hand already
    QList<KeySource> keys; // of a plan, of a file, about to expire: path and query of each encoded again
    QList<QByteArray> sitemaps; // URLs, or targets of the API
    QStringList accessLogs; // files; "-" is stdin
    qsizetype top = 100; // targets of each access log
    bool routes = false; // the cached routes of the table …
    cache::QueryPairs parameters; // … times these
    bool pages = false; // … and the pages of each
    http::Headers headers; // for sitemaps and pages, sent to the API's origin alone
};

// Reads the sources one after another and makes one list of them. What was left out of one is a note; a source that cannot be read
// at all fails the job, which then has no targets. Made, used and signalling in one thread.
class TargetGathering final : public Job {
    Q_OBJECT
public:
    // The client may be null where neither sitemaps nor pages are wanted, else it must outlive the job.
    TargetGathering(http::Client* client, const cache::RouteTable& routes, TargetSources sources, QObject* parent = nullptr);
    ~TargetGathering() override;

    const CombinedTargets& targets() const; // after the end
    const QStringList& notes() const; // sentences in display text
    bool isComplete() const; // false: a limit was reached, or a part could not be read
    std::optional<double> requestMs() const; // mean of the pages' answers
    // What was sent to find the targets, answered or not, after any end: GETs of sitemaps, and of lists for their pages, whose answers
    // LightAPI may have stored.
    qint64 sitemapRequests() const;
    qint64 pageRequests() const;

signals:
    void stepChanged(const QString& step); // what is read now, in display text

protected:
    void onStart() override;
    void onCancel() override;

private:
    void addSteps();
    void nextStep();
    void run(Job* job, std::function<void()> then);
    void readKeys(const KeySource& source);
    void readSitemap(const QByteArray& url);
    void readAccessLog(const QString& file);
    void readRoutes();
    void walkPages(QList<QByteArray> targets);
    void combine();
    class Private;
    std::unique_ptr<Private> d;
};

}
