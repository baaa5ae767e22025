// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/guioptions.h"

#include "app/cli/options/globaloptions.h"
#include "core/base/endpoint.h"
#include "core/settings/serversource.h"

namespace gui {

using core::Result;
using core::settings::Profile;

Result<Options> parseOptions(const QStringList& words)
{
    Options options;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString name = words.at(i).section(u'=', 0, 0);
        const auto value = [&](QString& target) -> Result<void> {
            const bool inside = words.at(i).contains(u'=');
            if (!inside && i + 1 >= words.size())
                return core::fail(core::Code::Usage, core::Reason::BadOption, name, QStringLiteral("it takes a file"));
            target = inside ? words.at(i).section(u'=', 1) : words.at(++i);
            return {};
        };
        Result<void> taken;
        if (name == QLatin1StringView("--demo"))
            options.demo = true;
        else if (name == QLatin1StringView("--check-display"))
            options.checkDisplay = true;
        else if (name == QLatin1StringView("--help") || name == QLatin1StringView("-h"))
            options.help = true;
        else if (name == QLatin1StringView("--version"))
            options.version = true;
        else if (name == QLatin1StringView("--stall-report"))
            taken = value(options.stallReport);
        else if (name == QLatin1StringView("--self-check"))
            taken = value(options.selfCheck);
        else
            options.shared += words.at(i);
        if (!taken)
            return core::fail(taken.error());
    }
    return options;
}

Result<std::optional<Profile>> profileFrom(Options& options, const core::settings::Store& store)
{
    const Result<cli::CommandLine> line = cli::parseCommandLine(options.shared);
    if (!line)
        return core::fail(line.error());
    if (line->command)
        return core::fail(core::Code::Usage, core::Reason::BadOption, QString::fromUtf8(line->command->name), QStringLiteral("commands belong to cachelight, this is the window"));
    const Result<cli::GlobalOptions> global = cli::globalOptions(*line);
    if (!global)
        return core::fail(global.error());
    options.readOnly = global->readOnly;
    if (global->server.url.isEmpty() && global->server.profile.isEmpty())
        return std::optional<Profile>();
    const core::settings::Environ environ = core::settings::processEnvironment();
    const auto choice = core::settings::chooseServer(global->server, environ, store);
    if (!choice)
        return core::fail(choice.error());
    Profile profile = choice->profile.value_or(Profile());
    profile.endpoint = choice->endpoint;
    if (profile.name.isEmpty())
        profile.name = core::endpointLabel(choice->endpoint);
    const auto prefer = [](QString& target, const QString& given) {
        if (!given.isEmpty())
            target = given;
    };
    prefer(profile.apiUrl, !global->api.isEmpty() ? global->api : profile.apiUrl.isEmpty() ? environ.value(QStringLiteral("CACHELIGHT_API")) : QString());
    prefer(profile.apiCaFile, global->apiCa);
    prefer(profile.lightapiConfig, global->lightapiConfig);
    prefer(profile.lightapiRelease, global->lightapiRelease);
    if (!global->endpoints.isEmpty())
        profile.endpoints = global->endpoints;
    if (!global->keyTemplates.isEmpty())
        profile.keyTemplates = global->keyTemplates;
    return std::optional<Profile>(profile);
}

QString helpText()
{
    return QStringLiteral("Usage: cachelight-gui [OPTIONS]\n\n"
                          "Opens the window of Cachelight.\n\n"
                          "  --demo               open on the embedded demo\n"
                          "  --url URL            connect to this Redis\n"
                          "  --profile NAME       connect to a saved connection\n"
                          "  --read-only          refuse everything that writes\n"
                          "  --stall-report FILE  write how long the window did not answer, as JSON, at the end\n"
                          "  --self-check FILE    draw a page with a chart into a PNG file without a display and check it\n"
                          "  --check-display      say by the exit status whether a window would be seen\n"
                          "  --help, --version\n\n"
                          "Options of every command work too: see cachelight help.\n");
}

}
