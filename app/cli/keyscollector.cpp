// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keyscollector.h"

#include <QFutureWatcher>
#include <QtConcurrent>

namespace cli {

namespace {
    // A production server is walked over gently, unless someone chose the pace.
    core::redis::KeyScan::Options paced(core::redis::KeyScan::Options options, const Context& context)
    {
        options.gentle = options.adapt && context.profile() && context.profile()->startsReadOnly();
        return options;
    }
}

KeysCollector::KeysCollector(Context& context, core::redis::KeyScan::Options options, Pick pick)
    : QObject(&context)
    , m_context(context)
    , m_scan(context.session(), &m_store, paced(options, context))
    , m_filteredByServer(!options.match.isEmpty())
    , m_pick(std::move(pick))
{
}

KeysCollector::~KeysCollector()
{
    m_cancelled = true;
    m_work.waitForFinished();
}

void KeysCollector::start(const QString& act, std::function<void()> then)
{
    m_then = std::move(then);
    m_context.run(&m_scan, act, [this] { onScanned(); });
}

void KeysCollector::onScanned()
{
    m_failure = m_context.failureOf(m_scan);
    // With MATCH the server walks over all keys and sends some.
    m_scanned = m_filteredByServer && !m_failure ? m_scan.total() : m_scan.done();
    m_durationMs = m_scan.elapsedMs();
    m_work = QtConcurrent::run([this] {
        const auto all = core::keys::sortedOrder(m_store, m_store.size(), m_cancelled);
        core::keys::Order picked;
        if (!all) // cancelled
            return picked;
        for (const core::keys::KeyId id : *all) {
            if (m_cancelled)
                break;
            if (m_pick(m_store.at(id)))
                picked.push_back(id);
        }
        return picked;
    });
    auto* watcher = new QFutureWatcher<core::keys::Order>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        if (m_context.isEnded())
            return;
        m_picked = watcher->result();
        if (!m_failure && m_context.stopped())
            m_failure = m_context.stopped();
        m_then();
    });
    watcher->setFuture(m_work);
}

}
