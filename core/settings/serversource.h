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

// redis:// rediss:// unix:// as redis-py reads them (the way LightAPI does): user and password percent-decoded, db from ?db= first,
// else the path. Sentinel and cluster URLs: Code::Unsupported. The error never repeats the password.
Result<Endpoint> endpointFromUrl(const QString& url);
// Password replaced by "***", for messages.
QString maskedUrl(const QString& url);

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
// The order of CLI.md, "Which server".
Result<ServerChoice> chooseServer(const ServerOptions& options, const Environ& environ, const Store& store);

// What can be offered without connecting: environment, .env and lightapi.yaml in `folder`. Passwords stay inside the endpoint.
struct Found {
    ServerChoice choice;
    QString where; // "environment", ".env"
};
QList<Found> findServers(const QString& folder, const Environ& environ);
// KEY=value lines of a .env file: quotes, export, comments; no expansion.
Environ parseDotEnv(const QByteArray& text);

}
