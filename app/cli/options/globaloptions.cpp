// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/globaloptions.h"

#include <QVersionNumber>

using core::fail;
using core::Result;

namespace cli {

namespace {
    Result<void> takeMs(const CommandLine& line, const char* name, std::optional<int>& target)
    {
        const auto seconds = line.seconds(name);
        if (!seconds)
            return fail(seconds.error());
        constexpr double most = 2'000'000; // an int holds 2,147,483 seconds in milliseconds
        if (*seconds && **seconds > most)
            return fail(badOption(QLatin1String(name), QStringLiteral("that is too long")));
        if (*seconds)
            target = static_cast<int>(**seconds * 1000);
        return {};
    }

    Result<void> takeNumbers(const CommandLine& line, GlobalOptions& out)
    {
        const auto db = line.integer("--db", 0, 1'000'000);
        if (!db)
            return fail(db.error());
        if (*db)
            out.server.db = static_cast<int>(**db);
        const std::pair<const char*, std::optional<int>*> times[] {{"--connect-timeout", &out.server.connectTimeoutMs},
            {"--timeout", &out.server.replyTimeoutMs}, {"--max-time", &out.maxTimeMs}};
        for (const auto& [name, target] : times) {
            if (const Result<void> taken = takeMs(line, name, *target); !taken)
                return taken;
        }
        return {};
    }

    Result<void> check(const CommandLine& line, const GlobalOptions& out)
    {
        for (const char* name : {"--url", "--profile", "--api", "--confirm", "--password-file"}) {
            if (line.has(name) && line.value(name).isEmpty())
                return fail(badOption(QLatin1String(name), QStringLiteral("its value is empty")));
        }
        if (out.json && out.ndjson)
            return fail(badOption(QStringLiteral("--ndjson"), QStringLiteral("--json is given too")));
        if (out.quiet && out.verbose)
            return fail(badOption(QStringLiteral("--verbose"), QStringLiteral("--quiet is given too")));
        if (line.has("--url") && line.has("--profile"))
            return fail(badOption(QStringLiteral("--profile"), QStringLiteral("--url is given too")));
        qsizetype end = 0;
        const auto release = QVersionNumber::fromString(out.lightapiRelease, &end);
        if (line.has("--lightapi-release") && (release.segmentCount() != 3 || end != out.lightapiRelease.size()))
            return fail(badOption(QStringLiteral("--lightapi-release"), QStringLiteral("it takes a release such as 0.4.0")));
        return {};
    }
}

Result<GlobalOptions> globalOptions(const CommandLine& line)
{
    GlobalOptions out;
    core::settings::ServerOptions& server = out.server;
    const std::pair<const char*, QString*> texts[] {{"--url", &server.url}, {"--profile", &server.profile},
        {"--password-file", &server.passwordFile}, {"--tls-ca", &server.tlsCa}, {"--tls-cert", &server.tlsCert},
        {"--tls-key", &server.tlsKey}, {"--tls-server-name", &server.tlsServerName}, {"--api", &out.api},
        {"--api-ca", &out.apiCa}, {"--lightapi-config", &out.lightapiConfig}, {"--lightapi-release", &out.lightapiRelease},
        {"--confirm", &out.confirm}};
    for (const auto& [name, target] : texts)
        *target = line.value(name);
    const std::pair<const char*, bool*> switches[] {{"--json", &out.json}, {"--ndjson", &out.ndjson}, {"--yes", &out.yes},
        {"--read-only", &out.readOnly}, {"--quiet", &out.quiet}, {"--verbose", &out.verbose}, {"--no-color", &out.noColor}};
    for (const auto& [name, target] : switches)
        *target = line.has(name);
    out.endpoints = line.values("--endpoint");
    out.keyTemplates = line.values("--key-template");
    if (const Result<void> taken = takeNumbers(line, out); !taken)
        return fail(taken.error());
    if (const Result<void> checked = check(line, out); !checked)
        return fail(checked.error());
    return out;
}

}
