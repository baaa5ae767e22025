// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/replay/origin.h"
#include "core/settings/profile.h"
#include "core/settings/serversource.h"

#include <QFileInfo>

#include <algorithm>

namespace cli {

namespace {
    using core::Code;
    using core::Reason;
    using core::settings::Environment;
    using core::settings::Profile;

    std::optional<QString> known(const QString& text)
    {
        return text.isEmpty() ? std::nullopt : std::optional(text);
    }

    void writeProfile(JsonWriter& json, const Profile& profile)
    {
        json.field("name", profile.name);
        json.field("url", core::endpointUrl(profile.endpoint));
        json.field("environment", core::settings::environmentName(profile.environment));
        json.field("read_only", profile.startsReadOnly());
        json.field("colour", known(profile.colour));
        json.field("tls_ca", known(profile.endpoint.tlsCaFile));
        json.field("tls_cert", known(profile.endpoint.tlsCertFile));
        json.field("tls_key", known(profile.endpoint.tlsKeyFile));
        json.field("tls_server_name", known(profile.endpoint.tlsServerName));
        json.field("api", known(profile.apiUrl));
        json.field("api_ca", known(profile.apiCaFile));
        json.field("lightapi_config", known(profile.lightapiConfig));
        json.field("lightapi_release", known(profile.lightapiRelease));
        json.field("endpoints", profile.endpoints);
        json.field("key_templates", profile.keyTemplates);
    }

    void list(Context& context)
    {
        Output& out = context.out();
        out.beginItems();
        TextColumns text({QStringLiteral("NAME"), QStringLiteral("ENVIRONMENT"), QStringLiteral("URL")});
        for (const Profile& profile : context.store().profiles()) {
            out.item([&](JsonWriter& json) { writeProfile(json, profile); });
            text.add({core::displayText(profile.name), core::settings::environmentName(profile.environment),
                core::displayText(core::endpointUrl(profile.endpoint))});
        }
        text.print(out);
        if (context.store().profiles().isEmpty())
            context.console().say(QStringLiteral("no saved connections"));
        out.summary([&](JsonWriter& json) { json.field("count", static_cast<qint64>(context.store().profiles().size())); });
        context.finish();
    }

    void show(Context& context, const QString& name)
    {
        const Profile* profile = context.store().find(name);
        if (!profile)
            return context.fail({Code::Input, Reason::NoSuchProfile, name, {}});
        Output& out = context.out();
        out.record([&](JsonWriter& json) { writeProfile(json, *profile); });
        const std::pair<const char*, QString> rows[] {{"name", profile->name}, {"url", core::endpointUrl(profile->endpoint)},
            {"environment", core::settings::environmentName(profile->environment)}, {"colour", profile->colour},
            {"TLS authority", profile->endpoint.tlsCaFile}, {"API", profile->apiUrl},
            {"LightAPI config", profile->lightapiConfig}, {"LightAPI release", profile->lightapiRelease},
            {"endpoints", profile->endpoints.join(u' ')}, {"key templates", profile->keyTemplates.join(u' ')}};
        for (const auto& [label, text] : rows) {
            if (!text.isEmpty())
                out.line(QString::fromLatin1(label).leftJustified(18) + core::displayText(text));
        }
        context.finish();
    }

    core::Result<Environment> environmentFrom(const CommandLine& line)
    {
        if (!line.has("--environment"))
            return Environment::Development;
        for (const Environment environment : {Environment::Development, Environment::Staging, Environment::Production}) {
            if (core::settings::environmentName(environment) == line.value("--environment"))
                return environment;
        }
        return core::fail(
            badOption(QStringLiteral("--environment"), QStringLiteral("it takes development, staging or production")));
    }

    // A relative file name would mean something else from another folder.
    QString absolute(const QString& file)
    {
        return file.isEmpty() ? file : QFileInfo(file).absoluteFilePath();
    }

    core::Result<QString> colourFrom(const CommandLine& line)
    {
        const QStringList colours {QStringLiteral("blue"), QStringLiteral("teal"), QStringLiteral("orange"),
            QStringLiteral("purple"), QStringLiteral("red"), QStringLiteral("grey")};
        const QString colour = line.value("--colour");
        if (line.has("--colour") && !colours.contains(colour))
            return core::fail(
                badOption(QStringLiteral("--colour"), QStringLiteral("it takes ") + colours.join(QStringLiteral(", "))));
        return colour;
    }

    core::Result<Profile> profileFrom(Context& context, const QString& name)
    {
        const GlobalOptions& globals = context.globals();
        if (globals.server.url.isEmpty())
            return core::fail(badOption(QStringLiteral("--url"), QStringLiteral("\"profiles add\" needs it")));
        const auto choice = core::settings::chooseServer(globals.server, {}, context.store());
        const auto environment = environmentFrom(context.line());
        const auto colour = colourFrom(context.line());
        if (!choice)
            return core::fail(choice.error());
        if (!environment || !colour)
            return core::fail(!environment ? environment.error() : colour.error());
        if (const auto routes = context.routes(); !routes) // a profile that cannot be used is not saved
            return core::fail(routes.error());
        Profile profile;
        profile.name = name;
        profile.endpoint = choice->endpoint;
        if (!profile.endpoint.password.isEmpty())
            context.console().warn(QStringLiteral("the password is not saved: give it with --password-file or REDISCLI_AUTH"));
        profile.endpoint.password.clear();
        profile.endpoint.tlsCaFile = absolute(profile.endpoint.tlsCaFile);
        profile.endpoint.tlsCertFile = absolute(profile.endpoint.tlsCertFile);
        profile.endpoint.tlsKeyFile = absolute(profile.endpoint.tlsKeyFile);
        profile.environment = *environment;
        profile.colour = *colour;
        profile.apiUrl = globals.api;
        profile.apiCaFile = absolute(globals.apiCa);
        profile.lightapiConfig = absolute(globals.lightapiConfig);
        profile.lightapiRelease = globals.lightapiRelease;
        profile.endpoints = globals.endpoints;
        profile.keyTemplates = globals.keyTemplates;
        return profile;
    }

    // What the secrets of identities are kept under; empty: the profile names no server.
    QByteArray originOf(const Profile& profile)
    {
        const auto url = core::replay::splitUrl(profile.apiUrl.toUtf8());
        return url ? url->origin.text() : QByteArray();
    }

    void add(Context& context, const QString& name)
    {
        const bool exists = context.store().find(name) != nullptr;
        if (exists && !context.globals().yes)
            return context.fail(
                {Code::Unconfirmed, Reason::NotConfirmed, QStringLiteral("replacing the saved connection %1").arg(name), {}});
        auto profile = profileFrom(context, name);
        if (!profile)
            return context.fail(profile.error());
        bool leavesSecrets = false;
        if (const Profile* replaced = context.store().find(name)) {
            profile->identities = replaced->identities; // the window's, which alone can remove their secrets
            leavesSecrets = !replaced->identities.isEmpty() && originOf(*replaced) != originOf(*profile);
        }
        if (const auto saved = context.store().put(*profile); !saved)
            return context.fail(saved.error());
        if (leavesSecrets)
            context.console().warn(QStringLiteral("the key store keeps the secrets of its identities for the API of before: only the window can remove them"));
        context.out().record([&](JsonWriter& json) { writeProfile(json, *profile); });
        context.out().line(
            QStringLiteral("saved %1: %2").arg(core::displayText(name), core::displayText(core::endpointUrl(profile->endpoint))));
        context.finish();
    }

    void remove(Context& context, const QString& name)
    {
        const Profile* saved = context.store().find(name);
        const bool hasIdentities = saved && !saved->identities.isEmpty();
        if (!context.store().find(name))
            return context.fail({Code::Input, Reason::NoSuchProfile, name, {}});
        if (const auto removed = context.store().remove(name); !removed)
            return context.fail(removed.error());
        if (hasIdentities)
            context.console().warn(QStringLiteral("the key store keeps the secrets of its identities: only the window can remove them"));
        context.out().field("removed", name);
        context.out().line(QStringLiteral("removed %1").arg(core::displayText(name)));
        context.finish();
    }

    void test(Context& context)
    {
        context.openSession(false, [&context](core::redis::Session* session) {
            const core::redis::ServerFacts& facts = session->facts();
            context.out().member("server", [&](JsonWriter& json) {
                json.beginObject();
                json.field("version", facts.version);
                json.field("run_id", facts.runId);
                json.field("role", facts.role);
                json.field("mode", facts.mode);
                json.field("uptime_s", facts.uptimeS);
                json.endObject();
            });
            context.out().summary([&](JsonWriter& json) { context.writeOwnLookups(json); });
            context.out().line(QStringLiteral("connected: Redis %1, %2, up %3")
                                   .arg(core::displayText(facts.version), core::displayText(facts.role),
                                       core::formatDuration(facts.uptimeS * 1000)));
            context.finish();
        });
    }
}

void runProfiles(Context& context)
{
    const QStringList words = context.line().positional;
    const QString act = words.first();
    const bool wantsName = act != QStringLiteral("list");
    const QStringList acts {
        QStringLiteral("list"), QStringLiteral("show"), QStringLiteral("add"), QStringLiteral("remove"), QStringLiteral("test")};
    if (!acts.contains(act))
        return context.fail(badOption(act, QStringLiteral("it takes list, show, add, remove or test")));
    if (wantsName != (words.size() == 2) || (wantsName && words.at(1).trimmed().isEmpty()))
        return context.fail(
            badOption(act, wantsName ? QStringLiteral("the NAME is missing") : QStringLiteral("it takes no name")));
    if (act == QStringLiteral("list"))
        return list(context);
    if (act == QStringLiteral("show"))
        return show(context, words.at(1));
    if (context.globals().readOnly && act != QStringLiteral("test"))
        return context.fail({Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("profiles ") + act, {}});
    if (act == QStringLiteral("add"))
        return add(context, words.at(1));
    if (act == QStringLiteral("remove"))
        return remove(context, words.at(1));
    context.useProfile(words.at(1));
    test(context);
}

}
