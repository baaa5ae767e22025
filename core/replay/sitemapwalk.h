// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/http/client.h"

#include <memory>

namespace core::replay {

// What a walk found up to now.
struct SitemapFound {
    struct Skipped {
        QString url; // without user and password, for display
        QString why;
    };
    QList<QByteArray> targets; // each once, in the order of the sitemaps
    int requests = 0; // sent, answered or not
    int sitemaps = 0; // read
    qint64 repeated = 0; // targets that were there already
    qint64 otherOrigin = 0; // pages and sitemaps of another server: never asked
    qint64 unusable = 0; // locations that are no URL, or none that can be sent
    int failed = 0; // sitemaps that could not be read
    QList<Skipped> skipped; // the first 100 of all that was left out
    QStringList limits; // which were reached, a sentence each: the list is not complete then
};

struct SitemapTargets;

// Reads a sitemap and the sitemaps that it names: one at a time, by GET, from the client's own origin alone, with the headers given.
// Redirects are not followed. Bounded: five levels below the first, 1,000 sitemaps, 50,000 locations each, a million targets. A sitemap
// below the first that fails is counted and the walk goes on; the job fails with the first (Reason::BadSitemap, OtherOrigin or what the
// client says). Made, used and signalling in one thread; documents are parsed on a pool thread.
class SitemapWalk final : public Job {
    Q_OBJECT
public:
    struct Options {
        QByteArray url {}; // whole, or a target of the client's origin ("/sitemap.xml")
        http::Headers headers {};
        int levels = 5;
        int sitemaps = 1000;
        qsizetype targets = 1'000'000;
    };
    // The client must outlive the job.
    SitemapWalk(http::Client* client, Options options, QObject* parent = nullptr);
    ~SitemapWalk() override;

    const SitemapFound& found() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    void readNext();
    void onResponse(const Result<http::Response>& response);
    void onDocument(const Result<SitemapTargets>& document);
    void failed(const Error& error);
    class Private;
    std::unique_ptr<Private> d;
};

}
