// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/http/client.h"
#include "core/replay/pageanswer.h"

#include <memory>

namespace core::replay {

struct PagesFound {
    struct Skipped {
        QByteArray target;
        QString why;
    };
    QList<QByteArray> targets; // each list as it was given, then ?page=1 and so on, or its cursors
    QList<Skipped> skipped; // lists whose pages could not be found out
    QStringList limits; // which were reached
    int requests = 0; // sent, answered or not
    int answered = 0;
    double requestMs = 0; // of the answers so far, their mean
};

// Finds the pages of lists by GET, one after another: where an answer says how many pages there are, one request does; else it goes
// on until a page is empty or names no next one. Cursors can only be walked. A list whose target has page or cursor already is left
// as it is. The job fails when the server cannot be reached. Made, used and signalling in one thread; bodies are read on a pool thread.
class PageWalk final : public Job {
    Q_OBJECT
public:
    struct Options {
        QList<QByteArray> targets {};
        http::Headers headers {};
        qint64 pages = 10'000; // of one list
        qsizetype most = 1'000'000; // targets in all
    };
    // The client must outlive the job.
    PageWalk(http::Client* client, Options options, QObject* parent = nullptr);
    ~PageWalk() override;

    const PagesFound& found() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    void nextList();
    void ask(const QByteArray& target);
    void onResponse(const Result<http::Response>& response);
    void onAnswer(const std::optional<PageAnswer>& answer);
    void skipList(const QString& why);
    class Private;
    std::unique_ptr<Private> d;
};

}
