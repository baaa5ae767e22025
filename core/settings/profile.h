// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace core::settings {

enum class Environment { Development, Staging, Production };
QString environmentName(Environment environment); // development staging production
std::optional<Environment> environmentFromName(const QString& name);

// Who requests may be sent as. What proves it is in a SecretStore by identitySecretName(), never here.
struct SavedIdentity {
    QString name;
    QString method; // replay::identityKindName(): bearer basic login headers
    QString user; // of basic and login
    QString loginPath; // of login; empty: /auth/login

    friend bool operator==(const SavedIdentity&, const SavedIdentity&) = default;
};

// A saved connection. Never holds a password: it is typed, read from --password-file or the environment, for this session only.
struct Profile {
    QString name;
    Endpoint endpoint; // password always empty in files
    QString colour; // a name from the theme's palette ("blue", "teal", "orange", "purple", "red", "grey")
    Environment environment = Environment::Development;
    QString apiUrl, apiCaFile;
    QString lightapiConfig; // file
    QString lightapiRelease;
    QStringList endpoints; // --endpoint texts
    QStringList keyTemplates; // --key-template texts
    QList<SavedIdentity> identities; // their names differ
    bool startsReadOnly() const { return environment == Environment::Production; }
};

// Profiles and window choices as JSON in the XDG config folder, written atomically, mode 0600. A damaged file is moved aside to
// "….damaged-<time>", what could be read of it and else defaults are used, and the warning says both. Every change reads the file
// again first, so that the window and the command line do not undo each other. One thread at a time.
class Store {
public:
    explicit Store(QString file = defaultFile());
    static QString defaultFile(); // $XDG_CONFIG_HOME/cachelight/settings.json
    Result<void> load(); // SettingsDamaged is a warning: the store is usable after it
    Result<void> save() const; // refused while a file stands there that could neither be read nor moved aside
    const QList<Profile>& profiles() const { return m_profiles; }
    const Profile* find(const QString& name) const;
    Result<void> put(const Profile& profile); // adds or replaces by name, saves; the password is dropped
    Result<void> remove(const QString& name); // NoSuchProfile where there is none
    // Window choices, small values by name ("theme", "geometry", "columns/keys").
    QString choice(const QString& name) const;
    Result<void> setChoice(const QString& name, const QString& value);

private:
    Result<void> read(const QByteArray& text);
    Result<void> moveAside(const QString& why);
    template <typename Change> Result<void> change(Change apply);

    QString m_file;
    bool m_isForeign = false; // the file could neither be read nor moved aside
    QList<Profile> m_profiles;
    QMap<QString, QString> m_choices;
};

}
