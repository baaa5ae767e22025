// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/serversource.h"

#include "core/base/bytes.h"

#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>

namespace core::settings {

namespace {
    tl::unexpected<Error> badOption(const QString& option, const QString& detail)
    {
        return fail(Code::Usage, Reason::BadOption, option, detail);
    }

    // Says where a bad value came from; the value itself is masked already.
    Error from(const QString& source, Error error)
    {
        error.detail = error.detail.isEmpty() ? QStringLiteral("given in ") + source
                                              : QString(QStringLiteral("in ") + source + QStringLiteral(": ") + error.detail);
        return error;
    }

    Result<ServerChoice> choiceFromUrl(const QString& url, const QString& source)
    {
        return endpointFromUrl(url)
            .map([&source](const Endpoint& endpoint) {
                ServerChoice choice;
                choice.endpoint = endpoint;
                choice.source = source;
                return choice;
            })
            .map_error([&source](const Error& error) { return from(source, error); });
    }

    Result<int> numberFrom(const QString& variable, const Environ& environ, int fallback, int minimum, int maximum)
    {
        const QString text = environ.value(variable).trimmed();
        if (text.isEmpty())
            return fallback;
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        if (!isNumber || number < minimum || number > maximum) {
            return fail(Code::Input, Reason::BadOption, variable,
                QStringLiteral("it is not a number from %1 to %2").arg(minimum).arg(maximum));
        }
        return number;
    }

    // REDIS_HOST with its neighbours; they are taken as they stand, nothing is percent-decoded.
    Result<ServerChoice> choiceFromHost(const Environ& environ)
    {
        ServerChoice choice;
        choice.source = QStringLiteral("REDIS_HOST");
        QString host = environ.value(choice.source).trimmed();
        if (host.startsWith(u'[') && host.endsWith(u']'))
            host = host.sliced(1, host.size() - 2);
        choice.endpoint.host = host;
        const Result<int> port = numberFrom(QStringLiteral("REDIS_PORT"), environ, 6379, 1, 65535);
        const Result<int> database = numberFrom(QStringLiteral("REDIS_DB"), environ, 0, 0, 1'000'000);
        if (!port || !database)
            return fail(port ? database.error() : port.error());
        choice.endpoint.port = static_cast<quint16>(*port);
        choice.endpoint.database = *database;
        choice.endpoint.user = environ.value(QStringLiteral("REDIS_USERNAME")).toUtf8();
        choice.endpoint.password = environ.value(QStringLiteral("REDIS_PASSWORD")).toUtf8();
        return choice;
    }

    Result<ServerChoice> choiceFromProfile(const QString& name, const Store& store)
    {
        const Profile* profile = store.find(name);
        if (!profile)
            return fail(Code::Input, Reason::NoSuchProfile, displayText(name));
        ServerChoice choice;
        choice.endpoint = profile->endpoint;
        choice.source = QStringLiteral("profile ") + profile->name;
        choice.profile = *profile;
        return choice;
    }

    Result<ServerChoice> firstSource(const ServerOptions& options, const Environ& environ, const Store& store)
    {
        if (!options.url.isEmpty() && !options.profile.isEmpty())
            return badOption(QStringLiteral("--url"), QStringLiteral("give --url or --profile, not both"));
        if (!options.profile.isEmpty())
            return choiceFromProfile(options.profile, store);
        if (!options.url.isEmpty()) {
            return choiceFromUrl(options.url, QStringLiteral("--url")).map([](ServerChoice choice) {
                choice.passwordInArgument = !choice.endpoint.password.isEmpty();
                return choice;
            });
        }
        for (const QString& variable : serverVariables()) {
            if (auto named = serverFromVariable(variable, environ))
                return *std::move(named);
        }
        ServerChoice choice;
        choice.source = QStringLiteral("default");
        choice.isDefault = true;
        return choice;
    }

    Result<void> takePassword(Endpoint& endpoint, const ServerOptions& options, const Environ& environ)
    {
        if (!options.passwordFile.isEmpty() && options.passwordFile != u"-") {
            return passwordFromFile(options.passwordFile).map([&endpoint](const QByteArray& password) {
                endpoint.password = password;
            });
        }
        if (endpoint.password.isEmpty() && options.passwordFile.isEmpty())
            endpoint.password = environ.value(QStringLiteral("REDISCLI_AUTH")).toUtf8();
        return {};
    }

    // A TLS option on a line without TLS would be ignored, and the user would think himself safe.
    Result<void> takeTls(Endpoint& endpoint, const ServerOptions& options)
    {
        const std::pair<QString, QString Endpoint::*> fields[] = {
            {options.tlsCa, &Endpoint::tlsCaFile},
            {options.tlsCert, &Endpoint::tlsCertFile},
            {options.tlsKey, &Endpoint::tlsKeyFile},
            {options.tlsServerName, &Endpoint::tlsServerName},
        };
        for (const auto& [value, member] : fields) {
            if (value.isEmpty())
                continue;
            if (endpoint.transport != Endpoint::Transport::Tls)
                return badOption(QStringLiteral("--tls-…"),
                    QStringLiteral("this connection is without TLS; write rediss:// in the URL"));
            endpoint.*member = value;
        }
        // A certificate alone holds its key in the same file, as redis-cli has it.
        if (endpoint.tlsCertFile.isEmpty() && !endpoint.tlsKeyFile.isEmpty())
            return badOption(QStringLiteral("--tls-key"), QStringLiteral("it is the key of a certificate, which --tls-cert names"));
        return {};
    }

    Result<void> takeNumbers(Endpoint& endpoint, const ServerOptions& options)
    {
        if (options.db.value_or(0) < 0)
            return badOption(QStringLiteral("--db"), QStringLiteral("a database is a number from 0 on"));
        if (options.connectTimeoutMs.value_or(1) <= 0 || options.replyTimeoutMs.value_or(1) <= 0)
            return badOption(QStringLiteral("--timeout"), QStringLiteral("a time limit is more than 0"));
        endpoint.database = options.db.value_or(endpoint.database);
        endpoint.connectTimeoutMs = options.connectTimeoutMs.value_or(endpoint.connectTimeoutMs);
        endpoint.replyTimeoutMs = options.replyTimeoutMs.value_or(endpoint.replyTimeoutMs);
        return {};
    }
}

Environ processEnvironment()
{
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    Environ environ;
    for (const QString& name : environment.keys())
        environ[name] = environment.value(name);
    return environ;
}

const QStringList& serverVariables()
{
    static const QStringList variables {QStringLiteral("CACHELIGHT_URL"), QStringLiteral("LIGHTAPI_REDIS_URL"),
        QStringLiteral("REDIS_URL"), QStringLiteral("REDIS_HOST")};
    return variables;
}

std::optional<Result<ServerChoice>> serverFromVariable(const QString& variable, const Environ& environ)
{
    const QString value = environ.value(variable).trimmed();
    if (value.isEmpty())
        return {};
    return variable == u"REDIS_HOST" ? choiceFromHost(environ) : choiceFromUrl(value, variable);
}

QByteArray passwordFromText(const QByteArray& text)
{
    QByteArray line = text.first(text.contains('\n') ? text.indexOf('\n') : text.size());
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

Result<QByteArray> passwordFromFile(const QString& name)
{
    const QString shown = displayText(name);
    QFile file(name);
    if (!QFileInfo::exists(name))
        return fail(Code::File, Reason::FileMissing, shown);
    if (QFileInfo(name).isDir() || !file.open(QIODevice::ReadOnly))
        return fail(Code::File, Reason::FilePermission, shown);
    // Long enough for any password, short enough for a file that was given by mistake.
    QByteArray password = passwordFromText(file.readLine(64 * 1024));
    if (password.isEmpty())
        return fail(Code::File, Reason::FileDamaged, shown, QStringLiteral("its first line should be the password and is empty"));
    return password;
}

Result<ServerChoice> chooseServer(const ServerOptions& options, const Environ& environ, const Store& store)
{
    Result<ServerChoice> choice = firstSource(options, environ, store);
    if (!choice)
        return choice;
    Endpoint& endpoint = choice->endpoint;
    for (const auto step : {takeTls, takeNumbers}) {
        if (const Result<void> taken = step(endpoint, options); !taken)
            return fail(taken.error());
    }
    if (const Result<void> taken = takePassword(endpoint, options, environ); !taken)
        return fail(taken.error());
    return choice;
}

}
