// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"

#include "app/cli/input.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "core/cache/releases.h"
#include "core/cache/yamlfile.h"
#include "core/settings/serversource.h"

#include <QTimer>

using core::Code;
using core::Error;
using core::fail;
using core::Reason;
using core::Result;

namespace cli {

namespace {
    Output::Form formOf(const GlobalOptions& globals)
    {
        if (globals.ndjson)
            return Output::Form::Ndjson;
        return globals.json ? Output::Form::Json : Output::Form::Text;
    }
}

Context::Context(CommandLine line, GlobalOptions globals, QObject* parent)
    : QObject(parent)
    , m_line(std::move(line))
    , m_globals(std::move(globals))
    , m_out(formOf(m_globals))
    , m_console(m_globals.quiet, m_globals.verbose, !m_globals.noColor && qEnvironmentVariableIsEmpty("NO_COLOR"))
{
    m_console.beforeEach([this] {
        if (m_out.isText()) // a document goes out in whole pieces
            m_out.flush();
    });
    // Queued: stdout may be found full while a message or the end is being written.
    connect(
        &m_out, &Output::failed, this, [this] { interrupt(*m_out.failure(), 0); }, Qt::QueuedConnection);
    if (m_globals.maxTimeMs) {
        QTimer::singleShot(*m_globals.maxTimeMs, this, [this] {
            const double seconds = *m_globals.maxTimeMs / 1000.0;
            interrupt({Code::Timeout, Reason::MaxTime, QStringLiteral("%1 s").arg(seconds), {}}, 0);
        });
    }
}

Context::~Context()
{
    // Jobs and watchers are children and use session and client, which are members.
    const QObjectList owned = children();
    qDeleteAll(owned);
}

core::settings::Store& Context::store()
{
    if (!m_store) {
        m_store = std::make_unique<core::settings::Store>();
        if (const Result<void> loaded = m_store->load(); !loaded)
            m_console.error(loaded.error());
    }
    return *m_store;
}

Result<void> Context::findProfile()
{
    if (m_profile || m_globals.server.profile.isEmpty())
        return {};
    const core::settings::Profile* found = store().find(m_globals.server.profile);
    if (!found)
        return core::fail(Code::Input, Reason::NoSuchProfile, m_globals.server.profile);
    m_profile = *found;
    return {};
}

Result<void> Context::addConfiguredRoutes(core::cache::RouteTable& table, const QString& file, const QStringList& endpoints)
{
    for (const QString& text : endpoints) {
        const auto route = core::cache::routeFromArgument(text);
        if (!route)
            return core::fail(route.error());
        table.add(*route);
    }
    if (file.isEmpty())
        return {};
    const Result<QByteArray> yaml = readFile(file, {core::cache::maxYamlBytes, QStringLiteral("Give the lightapi.yaml of the app.")});
    if (!yaml)
        return core::fail(yaml.error());
    const auto parsed = core::cache::routesFromYaml(*yaml, file);
    if (!parsed)
        return core::fail(parsed.error());
    for (const Error& warning : parsed->warnings)
        m_console.error(warning);
    for (const core::cache::Route& route : parsed->routes)
        table.add(route);
    return {};
}

Result<void> Context::addKeyTemplates(core::cache::RouteTable& table)
{
    const bool given = !m_globals.keyTemplates.isEmpty();
    const QStringList texts = given ? m_globals.keyTemplates : m_profile ? m_profile->keyTemplates : QStringList();
    for (const QString& text : texts) {
        const auto made = core::cache::keyTemplateFromArgument(text);
        if (!made)
            return core::fail(made.error());
        table.add(*made);
    }
    return core::cache::checkSchemes(table);
}

QVersionNumber Context::knownRelease(const QVersionNumber& release)
{
    const QVersionNumber newest = core::cache::newestRelease();
    if (release <= newest)
        return release;
    warn(QStringLiteral("LightAPI %1 is newer than what this version knows; it is taken as %2").arg(release.toString(), newest.toString()));
    return newest;
}

void Context::warn(const QString& message)
{
    m_warnings << message;
    m_console.warn(message);
}

Result<core::cache::RouteTable> Context::routes()
{
    if (const Result<void> found = findProfile(); !found)
        return core::fail(found.error());
    core::cache::RouteTable table;
    const auto profile = m_profile.value_or(core::settings::Profile());
    const bool given = !m_globals.lightapiConfig.isEmpty() || !m_globals.endpoints.isEmpty();
    const Result<void> added = given ? addConfiguredRoutes(table, m_globals.lightapiConfig, m_globals.endpoints)
                                     : addConfiguredRoutes(table, profile.lightapiConfig, profile.endpoints);
    if (!added)
        return core::fail(added.error());
    if (const Result<void> templates = addKeyTemplates(table); !templates)
        return core::fail(templates.error());
    const QString release = m_globals.lightapiRelease.isEmpty() ? profile.lightapiRelease : m_globals.lightapiRelease;
    if (!release.isEmpty())
        table.setRelease(knownRelease(QVersionNumber::fromString(release)));
    return table;
}

QString Context::apiUrl()
{
    if (!m_globals.api.isEmpty())
        return m_globals.api;
    const QString fromEnvironment = qEnvironmentVariable("CACHELIGHT_API");
    if (!fromEnvironment.isEmpty() || !findProfile() || !m_profile)
        return fromEnvironment;
    return m_profile->apiUrl;
}

bool Context::hasApi()
{
    return !apiUrl().isEmpty();
}

Result<core::http::Client*> Context::client()
{
    if (m_client)
        return m_client.get();
    const QString url = apiUrl();
    if (url.isEmpty())
        return core::fail(Code::Usage, Reason::ApiNotSet, QStringLiteral("\"%1\"").arg(QLatin1String(m_line.command->name)));
    if (const Result<void> usable = core::http::Client::checkBaseUrl(url); !usable)
        return core::fail(usable.error());
    core::http::Client::Options options;
    options.baseUrl = url;
    options.caFile = !m_globals.apiCa.isEmpty() || !m_profile ? m_globals.apiCa : m_profile->apiCaFile;
    options.timeoutMs = m_globals.server.replyTimeoutMs; // one limit for every reply, Redis' and the API's
    options.connectTimeoutMs = m_globals.server.connectTimeoutMs.value_or(options.connectTimeoutMs);
    options.proxy = m_line.value("--proxy"); // of the commands that have it
    if (!options.proxy.isEmpty()) {
        if (const Result<void> usable = core::http::Client::checkBaseUrl(options.proxy); !usable)
            return core::fail(usable.error());
    }
    m_client = std::make_unique<core::http::Client>(options);
    return m_client.get();
}

Result<core::redis::Session*> Context::chooseSession(bool writes)
{
    const QString name = QLatin1String(m_line.command->name);
    if (writes && m_globals.readOnly)
        return core::fail(Code::ReadOnly, Reason::ProfileReadOnly, name);
    core::settings::ServerOptions options = m_globals.server;
    const bool passwordFromStdin = options.passwordFile == QStringLiteral("-");
    if (passwordFromStdin)
        options.passwordFile.clear();
    auto choice = core::settings::chooseServer(options, core::settings::processEnvironment(), store());
    if (!choice)
        return core::fail(choice.error());
    if (passwordFromStdin) {
        const Result<QByteArray> text = readFile(QStringLiteral("-"), {100'000, QStringLiteral("Give the password alone.")});
        if (!text)
            return core::fail(text.error());
        choice->endpoint.password = core::settings::passwordFromText(*text);
    }
    if (writes && choice->isDefault)
        return core::fail(Code::Usage, Reason::WriteNeedsServer, QStringLiteral("\"%1\"").arg(name));
    if (choice->passwordInArgument)
        m_console.warn(QStringLiteral(
            "a password given as an argument is seen by everyone on this machine; use --password-file or REDISCLI_AUTH"));
    m_console.say(QStringLiteral("server %1 (%2)").arg(core::endpointUrl(choice->endpoint), choice->source));
    if (choice->profile)
        m_profile = choice->profile;
    m_session = std::make_unique<core::redis::Session>(choice->endpoint);
    m_session->setReadOnly(m_globals.readOnly || choice->isDefault || (m_profile && m_profile->startsReadOnly()));
    if (m_console.isVerbose())
        connect(m_session.get(), &core::redis::Session::commandsLogged, this, &Context::logCommands);
    return m_session.get();
}

Result<void> Context::unlock()
{
    if (!m_session->isReadOnly())
        return {};
    const QString name = m_profile ? m_profile->name : QString();
    if (m_globals.confirm.isEmpty())
        return core::fail(Code::ReadOnly, Reason::ProfileReadOnly, QLatin1String(m_line.command->name),
            QStringLiteral("--confirm %1 unlocks it for this one run").arg(core::shellQuoted(name)));
    if (m_globals.confirm != name)
        return core::fail(Code::Guard, Reason::WrongConfirmation, name);
    m_session->setReadOnly(false);
    return {};
}

void Context::openSession(bool writes, std::function<void(core::redis::Session*)> then)
{
    const auto chosen = chooseSession(writes);
    if (!chosen)
        return fail(chosen.error());
    await(m_session->open(), [this, then = std::move(then)](const core::redis::ServerFacts&) { then(m_session.get()); });
}

void Context::openForWriting(std::function<void(core::redis::Session*)> then)
{
    openSession(true, [this, then = std::move(then)](core::redis::Session* session) {
        if (const auto unlocked = unlock(); !unlocked)
            return fail(unlocked.error());
        then(session);
    });
}

void Context::logCommands(const QList<core::redis::SentCommand>& commands)
{
    for (const core::redis::SentCommand& sent : commands) {
        QString text = QStringLiteral("%1 %2 %3 us").arg(sent.line, sent.text).arg(sent.durationUs);
        if (!sent.error.isEmpty())
            text += u' ' + core::displayText(sent.error);
        m_console.detail(text);
    }
}

void Context::run(core::Job* job, const QString& act, std::function<void()> then)
{
    m_job = job;
    connect(job, &core::Job::progressed, this,
        [this, job, act](qint64 done, qint64 total) { m_console.progress(act, done, total, job->elapsedMs()); });
    connect(job, &core::Job::finished, this, [this, job, then = std::move(then)] {
        if (m_job == job)
            m_job = nullptr;
        m_console.clearProgress();
        if (!m_ended)
            then();
    });
    if (m_stop)
        job->cancel();
    else
        job->start();
}

std::optional<Error> Context::failureOf(const core::Job& job) const
{
    if (job.wasCancelled() && m_stop)
        return m_stop;
    if (job.outcome())
        return std::nullopt;
    return job.outcome().error();
}

void Context::interrupt(const Error& why, int signalNumber)
{
    if (m_ended || m_stop)
        return;
    m_stop = why;
    m_signal = signalNumber;
    if (m_job)
        m_job->cancel();
    else
        emit stopping();
    // With neither a job nor a command that closes its own output, this is the end.
    if (!m_job && !m_ended)
        fail(why);
}

void Context::writeOwnLookups(JsonWriter& json) const
{
    json.field("own_lookups", m_session ? m_session->ownLookups() : 0);
    json.field("own_lookups_unknown", m_session ? m_session->ownLookupsUnknown() : 0);
}

void Context::later(std::function<void()> then)
{
    QTimer::singleShot(0, this, [this, then = std::move(then)] {
        if (!m_ended)
            then();
    });
}

void Context::finish(int exit)
{
    if (m_ended)
        return;
    m_ended = true;
    m_console.clearProgress();
    if (m_session)
        m_session->flushLog();
    m_out.end();
    emit ended(m_out.failure() ? endWithoutStdout(exit) : exit);
}

// The result did not arrive, whatever it was; that something was done half-way says more.
int Context::endWithoutStdout(int exit)
{
    constexpr int partly = 5;
    m_console.error(*m_out.failure());
    return exit == partly ? exit : core::exitStatus(m_out.failure()->code);
}

void Context::fail(const Error& error)
{
    fail(error, core::exitStatus(error.code));
}

void Context::fail(const Error& error, int exit)
{
    if (m_ended)
        return;
    if (!m_out.isText())
        m_out.error(error, exit);
    else if (error != m_out.failure()) // which finish() says
        m_console.error(error);
    finish(exit);
}

}
