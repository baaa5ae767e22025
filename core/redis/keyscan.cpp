// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/keyscan.h"

#include "core/base/bytes.h"
#include "core/redis/scanrun.h"
#include "core/redis/session_p.h"

#include <QPointer>

namespace core::redis {

class KeyScan::Private final {
public:
    Session* session;
    KeySink* sink;
    Options options;
    bool paused = false;
    std::shared_ptr<ScanRun> run;
    Connection* connection = nullptr;
};

KeyScan::KeyScan(Session* session, KeySink* sink, Options options, QObject* parent)
    : Job(QStringLiteral("scan"), endpointLabel(session->endpoint()), parent)
    , d(new Private {session, sink, std::move(options), false, nullptr, nullptr})
{
}

KeyScan::~KeyScan()
{
    if (d->run)
        d->run->detach();
}

void KeyScan::setPaused(bool paused)
{
    if (std::exchange(d->paused, paused) == paused || !d->run || isFinished())
        return;
    d->run->paused = paused;
    if (!paused)
        runIn(d->connection, [run = d->run] { run->resume(); });
}

bool KeyScan::isPaused() const
{
    return d->paused;
}

void KeyScan::onStart()
{
    Session::Private* inner = d->session->d.get();
    if (!inner->uplink->connected)
        return finish(fail(inner->notConnected()));
    // Delivered in the session's thread, which is this job's; the pointer is looked at there only.
    ScanRun::Reports reports;
    reports.progressed = [self = QPointer(this), up = inner->uplink](ScanRun::Progress now) {
        up->post([self, now] {
            if (self && !self->isFinished())
                self->setProgress(now.keys, now.total);
        });
    };
    reports.finished = [self = QPointer(this), up = inner->uplink](const Result<void>& outcome, ScanRun::Progress now) {
        up->flush();
        up->post([self, outcome, now] {
            if (!self || self->isFinished())
                return;
            self->setProgress(now.keys, now.total);
            self->finish(outcome);
        });
    };
    d->connection = inner->bulk.get();
    d->run = std::make_shared<ScanRun>(d->connection, d->sink, d->options, d->session->roundTripUs(), std::move(reports));
    d->run->paused = d->paused;
    connect(d->session, &QObject::destroyed, this, [this] { finish(fail(Code::Cancelled)); });
    runIn(d->connection, [run = d->run] { run->begin(); });
}

void KeyScan::onCancel()
{
    // The reply that may still come is read and thrown away.
    if (d->run)
        d->run->detach();
    finish(fail(Code::Cancelled));
}

}
