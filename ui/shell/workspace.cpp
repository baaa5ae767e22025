// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace.h"

#include "core/base/async.h"
#include "core/cache/yamlfile.h"
#include "core/http/client.h"
#include "core/keys/keyindex.h"
#include "core/keys/keytracking.h"
#include "core/metrics/sampler.h"
#include "core/redis/session.h"
#include "core/replay/seenkeys.h"
#include "ui/shell/demohost.h"
#include "ui/shell/identities.h"
#include "ui/shell/joblist.h"
#include "ui/shell/routelearning.h"

#include <QTimer>

#include <algorithm>

namespace ui {

using core::redis::Session;

// In the order of making; destroyed the other way round, so that nobody outlives the session it asks.
struct Workspace::Parts {
    explicit Parts(const core::Endpoint& endpoint)
        : session(endpoint)
        , keyIndex(&session)
        , tracking(&session, &keyIndex)
        , sampler(&session)
        , learning(&keyIndex)
    {
    }

    Session session;
    core::keys::KeyIndex keyIndex;
    core::keys::KeyTracking tracking;
    core::metrics::Sampler sampler;
    RouteLearning learning;
    std::unique_ptr<core::http::Client> client;
    std::shared_ptr<core::replay::SeenKeys> seenKeys = std::make_shared<core::replay::SeenKeys>();
    bool open = false; // the first attempt has succeeded
};

Workspace::Workspace(core::settings::Store* store, DemoHost* demo, QObject* parent)
    : QObject(parent)
    , m_store(store)
    , m_demo(demo)
    , m_jobs(new JobList(this))
    , m_identities(new Identities(store, this))
{
    connect(m_identities, &Identities::connectionRenamed, this, [this](const QString& before, const QString& after) {
        if (m_demoProfile || m_profile.name != before)
            return;
        m_profile.name = after; // what is saved of it is found by that
        emit connectionStateChanged();
    });
    auto* clock = new QTimer(this);
    clock->setInterval(1000);
    connect(clock, &QTimer::timeout, this, [this] {
        if (isOpen())
            emit dataAged(dataAgeMs());
    });
    clock->start();
}

Workspace::~Workspace()
{
    disconnectFromServer();
}

bool Workspace::isOpen() const
{
    return m_parts && m_parts->open;
}

Session* Workspace::session() const
{
    return isOpen() ? &m_parts->session : nullptr;
}

core::keys::KeyIndex* Workspace::keyIndex() const
{
    return isOpen() ? &m_parts->keyIndex : nullptr;
}

core::keys::KeyTracking* Workspace::tracking() const
{
    return isOpen() ? &m_parts->tracking : nullptr;
}

core::metrics::Sampler* Workspace::sampler() const
{
    return isOpen() ? &m_parts->sampler : nullptr;
}

core::http::Client* Workspace::client() const
{
    return isOpen() ? m_parts->client.get() : nullptr;
}

std::shared_ptr<core::replay::SeenKeys> Workspace::seenKeys() const
{
    return isOpen() ? m_parts->seenKeys : nullptr;
}

qint64 Workspace::dataAgeMs() const
{
    if (!isOpen() || m_parts->sampler.history().isEmpty())
        return -1;
    return qMax(qint64(0), m_parts->sampler.history().last().at.msecsTo(QDateTime::currentDateTimeUtc()));
}

bool Workspace::isReadOnly() const
{
    return !isOpen() || m_parts->session.isReadOnly();
}

void Workspace::setState(State state)
{
    m_state = state;
    emit connectionStateChanged();
}

void Workspace::connectTo(const core::settings::Profile& profile, const QByteArray& password)
{
    disconnectFromServer();
    m_tryAgain = [this, wasSaved = isSaved(profile)] { tryAgain(wasSaved); };
    m_profile = profile;
    m_demoProfile = false;
    if (!password.isEmpty())
        m_profile.endpoint.password = password;
    loadRoutes();
    openParts(m_profile);
}

bool Workspace::isSaved(const core::settings::Profile& profile) const
{
    const core::settings::Profile* saved = m_store->find(profile.name);
    return saved && core::endpointUrl(saved->endpoint) == core::endpointUrl(profile.endpoint);
}

// The connection as it is now: its profile may have been mended since it failed. A password goes to the address that it was given for.
void Workspace::tryAgain(bool wasSaved)
{
    core::settings::Profile profile = m_profile;
    const core::settings::Profile* saved = wasSaved ? m_store->find(profile.name) : nullptr;
    if (saved) {
        const core::Endpoint before = std::exchange(profile, *saved).endpoint;
        const auto login = [](core::Endpoint endpoint) {
            endpoint.database = 0;
            return core::endpointUrl(endpoint);
        };
        if (login(before) == login(profile.endpoint))
            profile.endpoint.password = before.password;
    }
    connectTo(profile, profile.endpoint.password);
}

void Workspace::openParts(const core::settings::Profile& profile)
{
    m_parts = std::make_unique<Parts>(profile.endpoint);
    Session* session = &m_parts->session;
    // Before the first command: a production profile must not have one unguarded moment.
    session->setReadOnly(profile.startsReadOnly());
    if (!profile.apiUrl.isEmpty())
        m_parts->client = std::make_unique<core::http::Client>(core::http::Client::Options {profile.apiUrl, profile.apiCaFile});
    connect(session, &Session::stateChanged, this, [this] { followSession(); });
    connect(session, &Session::readOnlyChanged, this, &Workspace::readOnlyChanged);
    m_parts->learning.setKnown(m_givenRoutes);
    connect(&m_parts->learning, &RouteLearning::learned, this, &Workspace::takeLearned);
    connect(&m_parts->sampler, &core::metrics::Sampler::sampled, this, [this] { emit dataAged(dataAgeMs()); });
    m_lastError = {core::Code::Cancelled, core::Reason::None, {}, {}};
    setState(State::Connecting);
    core::onFinished(session->open(), session, [this, session](const core::Result<core::redis::ServerFacts>& facts) {
        // One that was given up lives until the event loop turns: an answer that was on its way still arrives.
        if (!m_parts || &m_parts->session != session)
            return;
        if (facts)
            onOpened();
        else
            onOpenFailed(facts.error());
    });
}

void Workspace::onOpened()
{
    m_parts->open = true;
    m_parts->sampler.start();
    m_parts->tracking.setEnabled(!isProduction());
    setState(State::Connected);
    emit connected();
    emit readOnlyChanged(isReadOnly());
}

void Workspace::onOpenFailed(const core::Error& error)
{
    m_lastError = error;
    closeParts();
    setState(State::Disconnected);
    emit connectFailed(error);
}

void Workspace::followSession()
{
    if (!isOpen())
        return;
    const Session& session = m_parts->session;
    switch (session.state()) {
    case Session::State::Connected: m_lastError = {core::Code::Cancelled, core::Reason::None, {}, {}}; break;
    case Session::State::Connecting:
    case Session::State::Reconnecting: m_lastError = session.lastError(); break;
    case Session::State::Closed: return;
    }
    setState(session.state() == Session::State::Connected ? State::Connected : State::Reconnecting);
}

// The objects die with the next turn of the event loop: this may run inside an answer or a signal of theirs.
void Workspace::closeParts()
{
    if (!m_parts)
        return;
    m_parts->sampler.stop();
    m_parts->session.close();
    // Pages have let go of them: nothing that they do while they die may be heard.
    for (QObject* part : std::initializer_list<QObject*> {&m_parts->session, &m_parts->keyIndex, &m_parts->tracking, &m_parts->sampler, &m_parts->learning})
        part->blockSignals(true);
    std::shared_ptr<Parts> dying(std::move(m_parts));
    QMetaObject::invokeMethod(this, [dying]() mutable { dying.reset(); }, Qt::QueuedConnection);
}

void Workspace::disconnectFromServer()
{
    ++m_attempt;
    if (!m_parts) {
        if (m_state == State::Connecting) // a demo that is still starting
            setState(State::Disconnected);
        return;
    }
    const bool wasOpen = isOpen();
    if (wasOpen)
        m_parts->open = false; // the getters give null from here on
    if (wasOpen)
        emit disconnected();
    closeParts();
    setState(State::Disconnected);
}

void Workspace::retryNow()
{
    if (isOpen())
        m_parts->session.retryNow();
    else if (const auto again = m_tryAgain; again && !m_parts) // a copy: it replaces itself
        again();
}

void Workspace::startDemo()
{
    if (!m_demo)
        return;
    disconnectFromServer();
    m_tryAgain = [this] { startDemo(); };
    setState(State::Connecting);
    core::onFinished(m_demo->start(), this, [this, attempt = m_attempt](const core::Result<core::settings::Profile>& profile) {
        if (attempt != m_attempt) // the user has chosen something else meanwhile
            return;
        if (!profile) {
            m_lastError = profile.error();
            setState(State::Disconnected);
            emit connectFailed(m_lastError);
            return;
        }
        connectTo(*profile);
        m_tryAgain = [this] { startDemo(); };
        m_demoProfile = true;
    });
}

void Workspace::selectDatabase(int database)
{
    if (!isOpen() || database == m_profile.endpoint.database)
        return;
    Session* session = &m_parts->session;
    core::onFinished(session->select(database), session, [this, session, database](const core::Result<void>& selected) {
        if (!m_parts || &m_parts->session != session)
            return;
        if (selected) {
            m_profile.endpoint.database = database;
            m_parts->seenKeys->clear();
            m_parts->learning.cancel();
            takeLearned({});
            emit databaseChanged(database);
        } else {
            emit databaseRefused(selected.error());
        }
    });
}

void Workspace::setReadOnly(bool readOnly)
{
    if (isOpen())
        m_parts->session.setReadOnly(readOnly);
}

core::Result<void> Workspace::setKeyRules(const QVersionNumber& release, const QStringList& keyTemplates)
{
    m_profile.lightapiRelease = release.toString();
    m_profile.keyTemplates = keyTemplates;
    loadRoutes();
    if (m_parts)
        m_parts->learning.setKnown(m_givenRoutes);
    const core::settings::Profile* saved = m_store->find(m_profile.name);
    if (!saved)
        return {};
    core::settings::Profile changed = *saved;
    changed.lightapiRelease = m_profile.lightapiRelease;
    changed.keyTemplates = keyTemplates;
    return m_store->put(changed);
}

void Workspace::takeLearned(const QList<core::cache::Route>& routes)
{
    const auto text = [](const core::cache::Route& route) { return core::cache::argumentFromRoute(route); };
    if (std::ranges::equal(routes, m_learnedRoutes, {}, text, text)) // each scan learns them again
        return;
    m_learnedRoutes = routes;
    joinRoutes();
}

// The configured ones first: the first match wins.
void Workspace::joinRoutes()
{
    m_routes = m_givenRoutes;
    for (const core::cache::Route& route : std::as_const(m_learnedRoutes))
        m_routes.add(route);
    emit routesChanged();
}

void Workspace::loadRoutes()
{
    core::cache::RouteTable routes;
    m_routeWarnings.clear();
    const auto addAll = [&](const QList<core::cache::Route>& list) {
        for (const core::cache::Route& route : list)
            routes.add(route);
    };
    for (const QString& argument : std::as_const(m_profile.endpoints)) {
        if (const auto route = core::cache::routeFromArgument(argument))
            routes.add(*route);
        else
            m_routeWarnings += route.error();
    }
    for (const QString& argument : std::as_const(m_profile.keyTemplates)) {
        if (const auto made = core::cache::keyTemplateFromArgument(argument))
            routes.add(*made);
        else
            m_routeWarnings += made.error();
    }
    if (!m_profile.lightapiConfig.isEmpty()) {
        if (const auto yaml = core::cache::routesFromFile(m_profile.lightapiConfig)) {
            addAll(yaml->routes);
            m_routeWarnings += yaml->warnings;
        } else {
            m_routeWarnings += yaml.error();
        }
    }
    const QVersionNumber release = QVersionNumber::fromString(m_profile.lightapiRelease);
    if (!release.isNull())
        routes.setRelease(release);
    m_givenRoutes = routes;
    m_learnedRoutes.clear();
    joinRoutes();
}

void Workspace::openPage(PageId page, const PageHint& hint)
{
    emit pageRequested(page, hint);
}

}
