// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/profile.h"

#include "core/base/bytes.h"
#include "core/base/savefile.h"
#include "core/settings/profilejson.h"

#include <algorithm>
#include <cerrno>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>

namespace core::settings {

namespace {
    bool isGoodName(const QString& name)
    {
        return !name.trimmed().isEmpty() && std::ranges::all_of(name, [](QChar c) { return c.isPrint(); });
    }

    // A name beside the file that nothing has yet.
    QString asideName(const QString& file)
    {
        const QString time = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmssZ"));
        const QString base = file + QStringLiteral(".damaged-") + time;
        QString name = base;
        for (int n = 2; QFileInfo::exists(name); ++n)
            name = base + u'-' + QString::number(n);
        return name;
    }
}

Store::Store(QString file)
    : m_file(std::move(file))
{
}

QString Store::defaultFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/cachelight/settings.json");
}

Result<void> Store::load()
{
    m_profiles.clear();
    m_choices.clear();
    m_isForeign = false;
    QFile file(m_file);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly)) {
        m_isForeign = true;
        return fail(Code::File, Reason::FilePermission, displayText(m_file), file.errorString());
    }
    const Result<void> read = this->read(file.readAll());
    file.close();
    if (read)
        return {};
    const Result<void> moved = moveAside(read.error().detail);
    // What was readable goes back at once: the next start would find no file.
    if (!m_isForeign && (!m_profiles.isEmpty() || !m_choices.isEmpty())) {
        if (const Result<void> saved = save(); !saved)
            return saved;
    }
    return moved;
}

// Takes what is good; an error in `detail` says what was not.
Result<void> Store::read(const QByteArray& text)
{
    const auto damaged = [this](const QString& why) {
        return fail(Code::File, Reason::SettingsDamaged, displayText(m_file), why);
    };
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (!document.isObject())
        return damaged(error.error == QJsonParseError::NoError ? QStringLiteral("it is not an object") : error.errorString());
    const QJsonValue profiles = document.object().value(QStringLiteral("profiles"));
    const QJsonValue choices = document.object().value(QStringLiteral("choices"));
    int bad = (profiles.isUndefined() || profiles.isArray() ? 0 : 1) + (choices.isUndefined() || choices.isObject() ? 0 : 1);
    for (const auto& value : profiles.toArray()) {
        const auto profile = profileFromJson(value.toObject());
        if (profile && !find(profile->name))
            m_profiles.append(*profile);
        else
            ++bad;
    }
    const QJsonObject values = choices.toObject();
    for (auto choice = values.begin(); choice != values.end(); ++choice)
        m_choices[choice.key()] = choice.value().toString();
    return bad == 0 ? Result<void>() : damaged(QStringLiteral("%1 of its parts could not be read").arg(bad));
}

Result<void> Store::moveAside(const QString& why)
{
    const QString aside = asideName(m_file);
    if (!QFile::rename(m_file, aside)) {
        m_isForeign = true;
        return fail(Code::File, Reason::FilePermission, displayText(m_file),
            why + QStringLiteral("; it could not be moved aside"));
    }
    return fail(Code::File, Reason::SettingsDamaged, displayText(m_file),
        why + QStringLiteral("; kept as ") + displayText(aside));
}

Result<void> Store::save() const
{
    if (m_isForeign)
        return fail(Code::File, Reason::FilePermission, displayText(m_file),
            QStringLiteral("it could not be read, so it is not overwritten"));
    QJsonArray profiles;
    for (const Profile& profile : m_profiles)
        profiles.append(profileToJson(profile));
    QJsonObject choices;
    for (auto choice = m_choices.begin(); choice != m_choices.end(); ++choice)
        choices[choice.key()] = choice.value();
    const QJsonObject root {
        {QStringLiteral("version"), 1}, {QStringLiteral("profiles"), profiles}, {QStringLiteral("choices"), choices}};

    errno = 0;
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().mkpath(folder))
        return fileError(folder, errno, QStringLiteral("the folder cannot be made"));
    return saveFile(m_file, QJsonDocument(root).toJson());
}

const Profile* Store::find(const QString& name) const
{
    const auto found = std::ranges::find(m_profiles, name, &Profile::name);
    return found == m_profiles.end() ? nullptr : &*found;
}

// Reads what another process may have written meanwhile, applies, saves.
template <typename Change>
Result<void> Store::change(Change apply)
{
    if (const Result<void> loaded = load(); !loaded)
        return loaded;
    if (const Result<void> applied = apply(); !applied)
        return applied;
    return save();
}

Result<void> Store::put(const Profile& profile)
{
    if (!isGoodName(profile.name))
        return fail(Code::Input, Reason::BadOption, displayText(profile.name),
            QStringLiteral("a connection has a name without control characters"));
    Profile kept = profile; // a copy, as it may be one of ours and change() reads them all anew
    kept.endpoint.password.clear();
    return change([this, kept]() -> Result<void> {
        const auto found = std::ranges::find(m_profiles, kept.name, &Profile::name);
        if (found == m_profiles.end())
            m_profiles.append(kept);
        else
            *found = kept;
        return {};
    });
}

Result<void> Store::remove(const QString& name)
{
    return change([this, name]() -> Result<void> {
        const auto removed = m_profiles.removeIf([&name](const Profile& profile) { return profile.name == name; });
        return removed > 0 ? Result<void>() : fail(Code::Input, Reason::NoSuchProfile, displayText(name));
    });
}

QString Store::choice(const QString& name) const
{
    return m_choices.value(name);
}

Result<void> Store::setChoice(const QString& name, const QString& value)
{
    return change([this, name, value]() -> Result<void> {
        m_choices[name] = value;
        return {};
    });
}

}
