// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/settings/profile.h"

#include <QHash>
#include <QString>

#include <optional>

namespace core::settings {

using Environ = QHash<QString, QString>;
Environ processEnvironment();

// redis:// rediss:// unix:// as redis-py 5 from_url() reads them (the way LightAPI does): user and password percent-decoded, db from
// ?db= first, else the path; ?username=, ?password=, ?socket_timeout=, ?socket_connect_timeout= (seconds), ?ssl_ca_certs=,
// ?ssl_certfile=, ?ssl_keyfile= where the URL has no other word of them; certificates are verified whatever ?ssl_cert_reqs= says.
// Stricter than redis-py where that would guess: a database that is no number is an error, not database 0.
// Sentinel and cluster URLs: Code::Unsupported. The error never repeats the password.
Result<Endpoint> endpointFromUrl(const QString& url);
// Password replaced by "***", for messages; of a text that is no URL rather too much than too little.
QString maskedUrl(const QString& url);
// The URL of an API without the password in it, for files.
QString withoutPassword(const QString& url);

struct ServerChoice {
    Endpoint endpoint;
    QString source; // "--url", "profile shop-prod", "CACHELIGHT_URL", "LIGHTAPI_REDIS_URL", "REDIS_URL", "REDIS_HOST", "default"
    std::optional<Profile> profile;
    bool isDefault = false; // reading commands only
    bool passwordInArgument = false; // works, and is warned about
};
struct ServerOptions { // as given on the command line
    QString url, profile, passwordFile, tlsCa, tlsCert, tlsKey, tlsServerName;
    std::optional<int> db, connectTimeoutMs, replyTimeoutMs;
};
// The first line of a password file or of stdin, its line end dropped.
QByteArray passwordFromText(const QByteArray& text);
Result<QByteArray> passwordFromFile(const QString& file);

// The order of CLI.md, "Which server". A --password-file of "-" is left to the caller, who owns stdin.
Result<ServerChoice> chooseServer(const ServerOptions& options, const Environ& environ, const Store& store);

// What can be offered without connecting: environment, .env and lightapi.yaml in `folder`. Passwords stay inside the endpoint.
struct Found {
    ServerChoice choice;
    QString where; // "environment", ".env", "lightapi.yaml": the last is LightAPI's own default server, as no variable names another
    QString lightapiConfig; // lightapi.yaml in `folder`; empty: none
};
// Each server once, in the order of CLI.md. `problems`: variables and files that are there and cannot be used.
QList<Found> findServers(const QString& folder, const Environ& environ, QList<Error>* problems = nullptr);
// The server that one variable names (or REDIS_HOST with its neighbours); nothing where it is unset or empty.
std::optional<Result<ServerChoice>> serverFromVariable(const QString& variable, const Environ& environ);
// The variables that may name a server, first wins.
const QStringList& serverVariables();
// KEY=value lines of a .env file: quotes, export, comments; no expansion.
Environ parseDotEnv(const QByteArray& text);

}
