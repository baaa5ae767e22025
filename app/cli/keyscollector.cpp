// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keyscollector.h"

#include "core/keys/keymatcher.h"

#include <QtConcurrent>

namespace cli {

namespace {
    // A production server is walked over gently, unless someone chose the pace.
    core::redis::KeyScan::Options paced(core::redis::KeyScan::Options options, const Context& context)
    {
        options.gentle = options.adapt && context.profile() && context.profile()->startsReadOnly();
        return options;
    }

    core::redis::KeyScan::Options withPattern(core::redis::KeyScan::Options options, const core::keys::KeyQuery& query)
    {
        options.match = query.serverPattern();
        return options;
    }
}

KeysCollector::KeysCollector(Context& context, core::redis::KeyScan::Options options, Pick pick)
    : QObject(&context)
    , m_context(context)
    , m_scan(context.session(), m_store.get(), paced(options, context))
    , m_filteredByServer(!options.match.isEmpty())
    , m_filter([this, pick = std::move(pick)](const core::keys::Order& all) -> Picked {
        core::keys::Order picked;
        for (const core::keys::KeyId id : all) {
            if (m_cancelled)
                return core::fail(core::Code::Cancelled);
            if (pick(m_store->at(id)))
                picked.push_back(id);
        }
        return std::make_shared<const core::keys::Order>(std::move(picked));
    })
{
}

KeysCollector::KeysCollector(
    Context& context, core::redis::KeyScan::Options options, core::keys::KeyQuery query, core::cache::RouteTable routes)
    : QObject(&context)
    , m_context(context)
    , m_scan(context.session(), m_store.get(), paced(withPattern(options, query), context))
    , m_filteredByServer(!query.serverPattern().isEmpty())
    , m_filter([this, query, routes = std::move(routes)](const core::keys::Order& all) -> Picked {
        return core::keys::filtered(*m_store, all, query, routes, m_cancelled);
    })
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
    m_work = QtConcurrent::run([this]() -> Picked {
        const auto all = core::keys::sortedOrder(*m_store, m_store->size(), m_cancelled);
        return all ? m_filter(*all) : Picked(core::fail(core::Code::Cancelled));
    });
    // A regular expression over ten million keys takes seconds: who asks to stop is not kept waiting.
    connect(&m_context, &Context::stopping, this, [this] { m_cancelled = true; });
    core::onFinished(m_work, this, [this](const Picked& picked) { onPicked(picked); });
}

void KeysCollector::onPicked(const Picked& picked)
{
    if (m_context.isEnded())
        return;
    m_isPicked = picked.has_value();
    if (picked)
        m_picked = *picked;
    else if (!m_failure && picked.error().code != core::Code::Cancelled)
        m_failure = picked.error();
    if (!m_failure && m_context.stopped())
        m_failure = m_context.stopped();
    m_then();
}

}
