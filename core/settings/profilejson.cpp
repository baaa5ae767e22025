// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/profilejson.h"

#include "core/settings/serversource.h"

#include <QJsonArray>

#include <algorithm>

namespace core::settings {

namespace {
    // Names in the file of what is plain text in a profile.
    struct TextField {
        const char* name;
        QString Profile::*member;
    };
    const TextField profileTexts[] = {
        {"colour", &Profile::colour},
        {"api_url", &Profile::apiUrl},
        {"api_ca", &Profile::apiCaFile},
        {"lightapi_config", &Profile::lightapiConfig},
        {"lightapi_release", &Profile::lightapiRelease},
    };
    struct EndpointField {
        const char* name;
        QString Endpoint::*member;
    };
    const EndpointField endpointTexts[] = {
        {"tls_ca", &Endpoint::tlsCaFile},
        {"tls_cert", &Endpoint::tlsCertFile},
        {"tls_key", &Endpoint::tlsKeyFile},
        {"tls_server_name", &Endpoint::tlsServerName},
    };

    template <typename Owner, typename Field>
    bool takeText(Owner& owner, const Field& field, const QJsonObject& object)
    {
        const QJsonValue value = object[QLatin1StringView(field.name)];
        owner.*field.member = value.toString();
        return value.isUndefined() || value.isString();
    }

    bool takeTimeout(int& ms, const QString& name, const QJsonObject& object)
    {
        const QJsonValue value = object[name];
        if (value.isUndefined())
            return true;
        ms = value.toInt(-1);
        return ms > 0;
    }

    bool takeTexts(QStringList& texts, const QJsonValue& value)
    {
        if (!value.isUndefined() && !value.isArray())
            return false;
        for (const auto& text : value.toArray()) {
            if (!text.isString())
                return false;
            texts << text.toString();
        }
        return true;
    }

    struct IdentityField {
        const char* name;
        QString SavedIdentity::*member;
    };
    const IdentityField identityTexts[] = {
        {"name", &SavedIdentity::name},
        {"method", &SavedIdentity::method},
        {"user", &SavedIdentity::user},
        {"login_path", &SavedIdentity::loginPath},
    };

    QJsonArray identitiesToJson(const QList<SavedIdentity>& identities)
    {
        QJsonArray array;
        for (const SavedIdentity& identity : identities) {
            QJsonObject object;
            for (const IdentityField& field : identityTexts)
                object[QLatin1StringView(field.name)] = identity.*field.member;
            array.append(object);
        }
        return array;
    }

    bool takeIdentities(QList<SavedIdentity>& identities, const QJsonValue& value)
    {
        if (!value.isUndefined() && !value.isArray())
            return false;
        for (const auto& each : value.toArray()) {
            SavedIdentity identity;
            const QJsonObject object = each.toObject();
            const bool isGood = std::ranges::all_of(identityTexts, [&](const IdentityField& field) { return takeText(identity, field, object); });
            const bool isKnown = std::ranges::find(identities, identity.name, &SavedIdentity::name) != identities.end();
            if (!isGood || identity.name.isEmpty() || isKnown)
                return false;
            identities << identity;
        }
        return true;
    }
}

QString environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Development: return QStringLiteral("development");
    case Environment::Staging: return QStringLiteral("staging");
    case Environment::Production: break;
    }
    return QStringLiteral("production");
}

std::optional<Environment> environmentFromName(const QString& name)
{
    for (const auto environment : {Environment::Development, Environment::Staging, Environment::Production}) {
        if (environmentName(environment) == name)
            return environment;
    }
    return {};
}

QJsonObject profileToJson(const Profile& profile)
{
    QJsonObject object {
        {QStringLiteral("name"), profile.name},
        {QStringLiteral("url"), endpointUrl(profile.endpoint)},
        {QStringLiteral("environment"), environmentName(profile.environment)},
        {QStringLiteral("connect_timeout_ms"), profile.endpoint.connectTimeoutMs},
        {QStringLiteral("reply_timeout_ms"), profile.endpoint.replyTimeoutMs},
        {QStringLiteral("endpoints"), QJsonArray::fromStringList(profile.endpoints)},
        {QStringLiteral("key_templates"), QJsonArray::fromStringList(profile.keyTemplates)},
    };
    for (const TextField& field : profileTexts)
        object[QLatin1StringView(field.name)] = profile.*field.member;
    for (const EndpointField& field : endpointTexts)
        object[QLatin1StringView(field.name)] = profile.endpoint.*field.member;
    if (!profile.identities.isEmpty())
        object[QStringLiteral("identities")] = identitiesToJson(profile.identities);
    object[QStringLiteral("api_url")] = withoutPassword(profile.apiUrl);
    return object;
}

std::optional<Profile> profileFromJson(const QJsonObject& object)
{
    Profile profile;
    profile.name = object[QStringLiteral("name")].toString();
    const Result<Endpoint> endpoint = endpointFromUrl(object[QStringLiteral("url")].toString());
    // An environment we do not know must not turn a production server into a development one.
    const auto environment = environmentFromName(object[QStringLiteral("environment")].toString());
    if (profile.name.isEmpty() || !endpoint || !environment)
        return {};
    profile.endpoint = *endpoint;
    profile.endpoint.password.clear();
    profile.environment = *environment;
    bool good = takeTimeout(profile.endpoint.connectTimeoutMs, QStringLiteral("connect_timeout_ms"), object)
        && takeTimeout(profile.endpoint.replyTimeoutMs, QStringLiteral("reply_timeout_ms"), object)
        && takeTexts(profile.endpoints, object[QStringLiteral("endpoints")])
        && takeTexts(profile.keyTemplates, object[QStringLiteral("key_templates")])
        && takeIdentities(profile.identities, object[QStringLiteral("identities")]);
    for (const TextField& field : profileTexts)
        good = takeText(profile, field, object) && good;
    for (const EndpointField& field : endpointTexts)
        good = takeText(profile.endpoint, field, object) && good;
    profile.apiUrl = withoutPassword(profile.apiUrl);
    return good ? std::optional(profile) : std::nullopt;
}

}
