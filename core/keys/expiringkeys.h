// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/keys/keylist.h"
#include "core/redis/session.h"

#include <memory>

namespace core::keys {

// The entries of a database that expire within a time, as the search "kind:entry ttl<60" finds them: a whole SCAN, then PTTL, TYPE and
// MEMORY USAGE of each entry (two lookups a key, counted as ours). Made, used and signalling in the session's thread.
class ExpiringKeys final : public Job {
    Q_OBJECT
public:
    struct Options {
        qint64 belowMs = 60'000;
        bool gentle = false; // for production: small steps with pauses
    };
    // `session` must outlive the job.
    ExpiringKeys(redis::Session* session, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~ExpiringKeys() override;

    const KeyList& keys() const; // empty before the end and after a failure

protected:
    void onStart() override;
    void onCancel() override;

private:
    void follow(Job* job, void (ExpiringKeys::*then)());
    void onScanned();
    void ask(std::shared_ptr<const Order> entries);
    void onAsked();
    class Private;
    std::unique_ptr<Private> d;
};

}
