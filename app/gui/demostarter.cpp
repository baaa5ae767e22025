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
    connect(m_demo.get(), &demo::Demo::failed, this, [this](const core::Error& error) {
        m_demo.release()->deleteLater(); // we are inside its signal; the next start() tries anew
        answer(core::fail(error));
    });
    connect(m_demo.get(), &demo::Demo::redisEnded, this, [this] { m_demo.release()->deleteLater(); });
    m_demo->start();
    return promise->future();
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
