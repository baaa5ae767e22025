// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/commandbuilder.h"

#include "app/cli/options/commandtable.h"
#include "core/base/bytes.h"

#include <algorithm>

namespace cli {

CommandBuilder::CommandBuilder(const char* command)
    : m_command(QLatin1String(command))
{
    Q_ASSERT(findCommand(m_command) && findCommand(m_command)->available);
}

CommandBuilder& CommandBuilder::server(const core::Endpoint& endpoint, const QString& profileName)
{
    if (profileName.isEmpty())
        m_server = QStringList {QStringLiteral("--url"), core::endpointUrl(endpoint)};
    else
        m_server = QStringList {QStringLiteral("--profile"), profileName};
    return *this;
}

CommandBuilder& CommandBuilder::option(const char* name)
{
    Q_ASSERT(findAnyOption(QLatin1String(name)) && findAnyOption(QLatin1String(name))->available);
    m_options << QLatin1String(name);
    return *this;
}

CommandBuilder& CommandBuilder::option(const char* name, const QString& value)
{
    option(name);
    m_options << value;
    return *this;
}

CommandBuilder& CommandBuilder::optionBytes(const char* name, const QByteArray& value)
{
    return option(name, core::argumentFromBytes(value));
}

CommandBuilder& CommandBuilder::argument(const QString& word)
{
    m_arguments << word;
    return *this;
}

CommandBuilder& CommandBuilder::argumentBytes(const QByteArray& word)
{
    return argument(core::argumentFromBytes(word));
}

QStringList CommandBuilder::words() const
{
    QStringList all = m_server;
    all << m_command << m_options;
    const bool mistakable = std::ranges::any_of(m_arguments, [](const QString& word) { return word.startsWith(u'-'); });
    if (mistakable)
        all << QStringLiteral("--");
    return all << m_arguments;
}

QString CommandBuilder::text() const
{
    QStringList quoted {QStringLiteral("cachelight")};
    for (const QString& word : words())
        quoted << core::shellQuoted(word);
    return quoted.join(u' ');
}

}
