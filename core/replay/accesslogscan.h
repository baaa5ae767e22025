// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/replay/toptargets.h"

#include <memory>

namespace core::replay {

// What was read of an access log up to now: taken + otherMethod + otherStatus + broken == lines.
struct AccessLogFound {
    qint64 lines = 0; // blank ones are not counted
    qint64 taken = 0;
    qint64 otherMethod = 0; // not GET
    qint64 otherStatus = 0; // GET, but neither 2xx nor 304, or the line does not say
    qint64 broken = 0; // no access line, without a target, or longer than 64 KiB
    qint64 bytes = 0; // of the file
    QList<TopTarget> top; // the most frequent first
    qint64 different = 0; // targets; where it is not exact, at most so many
    bool isExact = true; // false: there were more targets than can be kept apart, so counts may be too high, each by its `excess`
};

// The most frequent GET targets of an access log of any size, plain or gzip, in bounded memory: read in pieces on a pool thread.
// Progress in bytes of the file (total -1 for a pipe). found() holds what was read, also after a cancel or a failure; `-` is stdin.
class AccessLogScan final : public Job {
    Q_OBJECT
public:
    struct Options {
        QString file {};
        qsizetype top = 100;
        bool anyStatus = false; // else 2xx and 304: what an entry can stand for
        TopTargets::Limits limits {};
    };
    explicit AccessLogScan(Options options, QObject* parent = nullptr);
    ~AccessLogScan() override; // tells the thread to stop and does not wait for it

    const AccessLogFound& found() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
