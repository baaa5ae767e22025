// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/helptext.h"

#include <QStringList>

namespace cli {

namespace {
    constexpr int column = 30;
    constexpr int width = 100;

    const char exitCodes[]
        = "0 yes, done; 1 the answer is no; 2 usage, bad input or not in this version; 3 Redis or the API cannot be "
          "reached; 4 refused: credentials, permission, read-only, not confirmed; 5 partly done; 6 failed; "
          "130, 141, 143 ended by a signal.";
    const char whichServer[]
        = "--url or --profile; else CACHELIGHT_URL, LIGHTAPI_REDIS_URL, REDIS_URL, then REDIS_HOST with REDIS_PORT, "
          "REDIS_DB, REDIS_USERNAME and REDIS_PASSWORD; else redis://localhost:6379/0 for reading only. A password "
          "comes best from --password-file or REDISCLI_AUTH. The API: --api, CACHELIGHT_API or the profile's.";
    const char arguments[]
        = "A key, prefix, text or pattern written b64:… is exact bytes in base64. A FILE written - is stdin or stdout. "
          "Lists are read line by line, at most 1 MB each; other files up to a limit, which the refusal names.";

    QString utf8(const char* text)
    {
        return QString::fromUtf8(text);
    }

    QStringList wrapped(const QString& text, int limit)
    {
        QStringList lines;
        QString current;
        for (const QString& word : text.split(u' ')) {
            if (!current.isEmpty() && current.size() + 1 + word.size() > limit) {
                lines << current;
                current.clear();
            }
            current += current.isEmpty() ? word : QString(u' ' + word);
        }
        return lines << current;
    }

    QString paragraph(const char* text)
    {
        return wrapped(utf8(text), width).join(u'\n') + u'\n';
    }

    QString label(const OptionSpec& option)
    {
        QString text = option.shortName ? QString(utf8(option.shortName) + QStringLiteral(", ")) : QString();
        text += utf8(option.name);
        if (option.value)
            text += u' ' + utf8(option.value);
        return text;
    }

    QString row(const QString& name, const char* text)
    {
        const QString indent(column, u' ');
        QString left = QStringLiteral("  ") + name;
        left = left.size() + 2 > column ? QString(left + u'\n' + indent) : left.leftJustified(column);
        return left + wrapped(utf8(text), width - column).join(QString(u'\n' + indent)) + u'\n';
    }

    QString optionRows(const std::vector<OptionSpec>& options)
    {
        QString text;
        for (const OptionSpec& option : options) {
            if (option.available)
                text += row(label(option), option.text);
        }
        return text;
    }

    QString synopsis(const CommandSpec& command)
    {
        QString text = utf8(command.name);
        if (!command.options.empty())
            text += QStringLiteral(" [OPTIONS]");
        if (*command.positional)
            text += u' ' + utf8(command.positional);
        return text;
    }

    QString roff(const QString& text)
    {
        QString out = text;
        out.replace(u'\\', QStringLiteral("\\e")).replace(u'-', QStringLiteral("\\-")).replace(u'\'', QStringLiteral("\\(aq"));
        out.replace(QStringLiteral("…"), QStringLiteral("..."));
        return out.startsWith(u'.') ? QString(QStringLiteral("\\&") + out) : out;
    }
    QString roff(const char* text)
    {
        return roff(utf8(text));
    }

    QString roffOptions(const std::vector<OptionSpec>& options)
    {
        QString text;
        for (const OptionSpec& option : options) {
            if (option.available)
                text += QStringLiteral(".TP\n.B \"%1\"\n%2\n").arg(roff(label(option)), roff(option.text));
        }
        return text;
    }
}

QString overviewText()
{
    QString text = QStringLiteral("cachelight [OPTIONS] COMMAND [ARGS]   a LightAPI cache in Redis, from the command line\n"
                                  "cachelight [OPTIONS]                  opens the window, where it is installed\n\nCommands\n");
    for (const CommandSpec& command : commandTable()) {
        if (command.available)
            text += row(utf8(command.name), command.text);
    }
    text += QStringLiteral("\nOptions of every command, before or after it\n") + optionRows(globalOptionTable());
    text += QStringLiteral("\nWhich server\n") + paragraph(whichServer) + u'\n' + paragraph(arguments);
    text += QStringLiteral("\nExit codes\n") + paragraph(exitCodes);
    return text + QStringLiteral("\n\"cachelight help COMMAND\" says more.\n");
}

QString commandText(const CommandSpec& command)
{
    QString text = QStringLiteral("cachelight ") + synopsis(command) + QStringLiteral("\n\n") + paragraph(command.text);
    if (const QString rows = optionRows(command.options); !rows.isEmpty())
        text += u'\n' + rows;
    if (*command.notes)
        text += u'\n' + paragraph(command.notes);
    return text + QStringLiteral("\n\"cachelight help\" lists the options that every command takes.\n");
}

QString manPage(const QString& version)
{
    QString text = QStringLiteral(
        ".TH CACHELIGHT 1 \"\" \"cachelight %1\" \"User Commands\"\n"
        ".SH NAME\ncachelight \\- inspect, invalidate, warm and check a LightAPI cache in Redis\n"
        ".SH SYNOPSIS\n.B cachelight\n[OPTIONS] COMMAND [ARGS]\n.br\n.B cachelight\n[OPTIONS]\n"
        ".SH DESCRIPTION\nWith a command it needs no display; without one it opens the window, where that is installed.\n"
        "What each command prints on stdout with \\-\\-json or \\-\\-ndjson is stable; the text form is for people.\n"
        ".SH COMMANDS\n")
                       .arg(version);
    for (const CommandSpec& command : commandTable()) {
        if (!command.available)
            continue;
        text += QStringLiteral(".SS \"%1\"\n%2.\n").arg(roff(synopsis(command)), roff(command.text))
            + roffOptions(command.options);
        if (*command.notes)
            text += QStringLiteral(".PP\n") + roff(command.notes) + u'\n';
    }
    text += QStringLiteral(".SH OPTIONS\nEvery command takes these, before or after its name.\n")
        + roffOptions(globalOptionTable());
    text += QStringLiteral(".SH ENVIRONMENT\n") + roff(whichServer) + u'\n' + roff(arguments) + u'\n';
    return text + QStringLiteral(".SH EXIT STATUS\n") + roff(exitCodes) + u'\n';
}

}
