// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace cli {

// A cachelight command line as text for a POSIX shell: what "Copy as cachelight command" puts on the clipboard. Never holds a
// password. Command and options must be in the command table (asserted), so that what is copied runs.
class CommandBuilder {
public:
    explicit CommandBuilder(const char* command);

    // A saved profile by its name, else the URL without its password.
    CommandBuilder& server(const core::Endpoint& endpoint, const QString& profileName = {});
    CommandBuilder& option(const char* name);
    CommandBuilder& option(const char* name, const QString& value);
    // Exact bytes, as b64:… where text would not do.
    CommandBuilder& optionBytes(const char* name, const QByteArray& value);
    CommandBuilder& argument(const QString& word);
    CommandBuilder& argumentBytes(const QByteArray& word);

    QString text() const; // "cachelight --profile shop get 'lightapi:Book:/books:'"
    QStringList words() const; // the same without quoting and without the program's name

private:
    QString m_command;
    QStringList m_server, m_options, m_arguments;
};

}
