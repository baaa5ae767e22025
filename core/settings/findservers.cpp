// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/serversource.h"

#include <algorithm>

#include <QDir>
#include <QFile>

namespace core::settings {

namespace {
    class Finder final {
    public:
        Finder(const QString& folder, QList<Error>* problems)
            : m_folder(folder)
            , m_problems(problems)
        {
            for (const QString& name : {QStringLiteral("lightapi.yaml"), QStringLiteral("lightapi.yml")}) {
                if (m_config.isEmpty() && m_folder.exists(name))
                    m_config = m_folder.filePath(name);
            }
        }
        void addVariables(const Environ& environ, const QString& where);
        Environ dotEnv();
        void addLightApiDefault();
        QList<Found> found() const { return m_found; }

    private:
        void add(const ServerChoice& choice, const QString& where);
        void report(const Error& error);

        QDir m_folder;
        QList<Error>* m_problems;
        QString m_config;
        QList<Found> m_found;
        bool m_isNamed = false; // a variable, good or bad, names LightAPI's server
    };

    void Finder::report(const Error& error)
    {
        if (m_problems)
            m_problems->append(error);
    }

    void Finder::add(const ServerChoice& choice, const QString& where)
    {
        const auto isSame = [&choice](const Found& one) { return one.choice.endpoint == choice.endpoint; };
        if (std::ranges::none_of(m_found, isSame))
            m_found.append({choice, where, m_config});
    }

    void Finder::addVariables(const Environ& environ, const QString& where)
    {
        for (const QString& variable : serverVariables()) {
            auto named = serverFromVariable(variable, environ);
            if (!named)
                continue;
            m_isNamed = m_isNamed || variable == u"LIGHTAPI_REDIS_URL";
            if (!*named) {
                report(named->error());
                continue;
            }
            ServerChoice choice = **std::move(named);
            if (choice.endpoint.password.isEmpty())
                choice.endpoint.password = environ.value(QStringLiteral("REDISCLI_AUTH")).toUtf8();
            add(choice, where);
        }
    }

    Environ Finder::dotEnv()
    {
        QFile file(m_folder.filePath(QStringLiteral(".env")));
        if (!file.exists())
            return {};
        if (!file.open(QIODevice::ReadOnly)) {
            report({Code::File, Reason::FilePermission, file.fileName(), {}});
            return {};
        }
        return parseDotEnv(file.read(1024 * 1024));
    }

    // LightAPI reads no Redis URL from YAML: without LIGHTAPI_REDIS_URL it uses redis://localhost:6379/0 (constants.py).
    void Finder::addLightApiDefault()
    {
        if (m_config.isEmpty() || m_isNamed)
            return;
        ServerChoice choice;
        choice.source = QStringLiteral("default");
        choice.isDefault = true;
        add(choice, QStringLiteral("lightapi.yaml"));
    }
}

QList<Found> findServers(const QString& folder, const Environ& environ, QList<Error>* problems)
{
    Finder finder(folder, problems);
    finder.addVariables(environ, QStringLiteral("environment"));
    Environ fromFile = finder.dotEnv();
    if (!fromFile.contains(QStringLiteral("REDISCLI_AUTH")) && environ.contains(QStringLiteral("REDISCLI_AUTH")))
        fromFile[QStringLiteral("REDISCLI_AUTH")] = environ.value(QStringLiteral("REDISCLI_AUTH"));
    finder.addVariables(fromFile, QStringLiteral(".env"));
    finder.addLightApiDefault();
    return finder.found();
}

}
