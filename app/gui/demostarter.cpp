// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/demostarter.h"

#include "app/demo/demo.h"
#include "core/base/async.h"
#include "core/settings/serversource.h"

namespace gui {

using core::Result;
using core::settings::Profile;

DemoStarter::DemoStarter(QObject* parent)
    : QObject(parent)
{
}

DemoStarter::~DemoStarter() = default;

QFuture<Result<Profile>> DemoStarter::start()
{
    if (m_demo && m_demo->isReady())
        return core::readyFuture(profile());
    auto promise = std::make_shared<QPromise<Result<Profile>>>();
    promise->start();
    m_waiting += promise;
    if (m_demo)
        return promise->future(); // on its way
    m_demo = std::make_unique<demo::Demo>();
    connect(m_demo.get(), &demo::Demo::ready, this, [this] { answer(profile()); });
    connect(m_demo.get(), &demo::Demo::failed, this, &DemoStarter::giveUp);
    connect(m_demo.get(), &demo::Demo::redisEnded, this, [this] {
        giveUp({core::Code::Internal, core::Reason::None, QStringLiteral("redis-server"), QStringLiteral("it ended by itself")});
    });
    m_demo->start();
    return promise->future();
}

// The next start() tries anew. We are inside the demo's signal, and it may send another before it is deleted.
void DemoStarter::giveUp(const core::Error& error)
{
    m_demo->disconnect(this);
    m_demo.release()->deleteLater();
    answer(core::fail(error));
}

Result<Profile> DemoStarter::profile() const
{
    const Result<core::Endpoint> endpoint = core::settings::endpointFromUrl(m_demo->redisUrl());
    if (!endpoint)
        return core::fail(endpoint.error());
    Profile profile;
    profile.name = tr("Demo");
    profile.endpoint = *endpoint;
    profile.apiUrl = m_demo->apiUrl();
    profile.endpoints = demo::Demo::routes();
    return profile;
}

void DemoStarter::answer(const Result<Profile>& result)
{
    for (const auto& promise : std::exchange(m_waiting, {})) {
        promise->addResult(result);
        promise->finish();
    }
}

}
