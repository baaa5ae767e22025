// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/commandline.h"

#include <algorithm>
#include <cmath>

using core::Code;
using core::fail;
using core::Reason;
using core::Result;

namespace cli {

namespace {
    // One option as found, before it is known to belong to the command.
    struct Given {
        const OptionSpec* spec = nullptr;
        QString name, value;
    };

    bool looksLikeOption(const QString& word)
    {
        return word.size() > 1 && word.startsWith(u'-');
    }

    Result<Given> takeOption(const QStringList& words, qsizetype& at)
    {
        const QString word = words.at(at);
        const qsizetype equals = word.startsWith(QStringLiteral("--")) ? word.indexOf(u'=') : -1;
        const QString name = equals < 0 ? word : word.left(equals);
        const OptionSpec* spec = findAnyOption(name);
        if (!spec)
            return fail(badOption(name, QStringLiteral("it is not known")));
        Given given {spec, name, {}};
        if (!spec->value && equals >= 0)
            return fail(badOption(name, QStringLiteral("it takes no value")));
        if (!spec->value)
            return given;
        if (equals >= 0)
            given.value = word.mid(equals + 1);
        else if (++at < words.size())
            given.value = words.at(at);
        else
            return fail(badOption(name, QStringLiteral("its value %1 is missing").arg(QString::fromUtf8(spec->value))));
        return given;
    }

    core::Error notInThisVersion(const QString& subject)
    {
        return {Code::Usage, Reason::NotInThisVersion, subject, {}};
    }

    Result<void> addOption(CommandLine& line, const Given& given)
    {
        const OptionSpec* spec = findOption(globalOptionTable(), given.name);
        if (!spec && line.command)
            spec = findOption(line.command->options, given.name);
        if (!spec)
            return fail(badOption(given.name,
                line.command ? QStringLiteral("\"%1\" does not take it").arg(QLatin1String(line.command->name))
                             : QStringLiteral("it belongs to a command")));
        if (!spec->available)
            return fail(notInThisVersion(given.name));
        if (!spec->repeats && spec->value && line.has(spec->name))
            return fail(badOption(given.name, QStringLiteral("it is given twice")));
        line.options.append({QLatin1String(spec->name), given.value});
        return {};
    }

    Result<void> checkPositional(const CommandLine& line)
    {
        if (!line.command || line.has("--help"))
            return {};
        const CommandSpec& spec = *line.command;
        const QString name = QLatin1String(spec.name);
        if (spec.maxPositional >= 0 && line.positional.size() > spec.maxPositional)
            return fail(badOption(line.positional.at(spec.maxPositional), QStringLiteral("\"%1\" does not take it").arg(name)));
        if (line.positional.size() < spec.minPositional)
            return fail(badOption(name, QStringLiteral("%1 is missing").arg(QString::fromUtf8(spec.positional))));
        return {};
    }

    Result<void> setCommand(CommandLine& line, const QString& word)
    {
        line.command = findCommand(word);
        if (!line.command)
            return fail(Code::Usage, Reason::UnknownCommandName, word);
        return {};
    }
}

core::Error badOption(const QString& option, const QString& detail)
{
    return {Code::Usage, Reason::BadOption, option, detail};
}

Result<CommandLine> parseCommandLine(const QStringList& words)
{
    CommandLine line;
    QList<Given> given;
    bool optionsEnded = false;
    for (qsizetype at = 0; at < words.size(); ++at) {
        const QString& word = words.at(at);
        if (!optionsEnded && word == QStringLiteral("--")) {
            optionsEnded = true;
        } else if (!optionsEnded && looksLikeOption(word)) {
            const Result<Given> option = takeOption(words, at);
            if (!option)
                return fail(option.error());
            given << *option;
        } else if (line.command) {
            line.positional << word;
        } else if (const Result<void> known = setCommand(line, word); !known) {
            return fail(known.error());
        }
    }
    if (line.command && !line.command->available)
        return fail(notInThisVersion(QLatin1String(line.command->name)));
    for (const Given& option : given) {
        if (const Result<void> added = addOption(line, option); !added)
            return fail(added.error());
    }
    if (const Result<void> counted = checkPositional(line); !counted)
        return fail(counted.error());
    return line;
}

bool CommandLine::has(const char* name) const
{
    return std::ranges::any_of(options, [&](const auto& option) { return option.first == QLatin1String(name); });
}

QString CommandLine::value(const char* name) const
{
    const QStringList all = values(name);
    return all.isEmpty() ? QString() : all.last();
}

QStringList CommandLine::values(const char* name) const
{
    QStringList all;
    for (const auto& [option, text] : options) {
        if (option == QLatin1String(name))
            all << text;
    }
    return all;
}

Result<std::optional<qint64>> CommandLine::integer(const char* name, qint64 least, qint64 most) const
{
    if (!has(name))
        return std::optional<qint64>();
    bool ok = false;
    const qint64 number = value(name).toLongLong(&ok);
    if (!ok || number < least || number > most)
        return fail(badOption(QLatin1String(name), QStringLiteral("it takes a whole number from %1 to %2").arg(least).arg(most)));
    return std::optional<qint64>(number);
}

Result<std::optional<double>> CommandLine::seconds(const char* name) const
{
    if (!has(name))
        return std::optional<double>();
    constexpr double year = 366.0 * 24 * 3600;
    bool ok = false;
    const double number = value(name).toDouble(&ok);
    if (!ok || !std::isfinite(number) || number < 0.001 || number > year)
        return fail(badOption(QLatin1String(name), QStringLiteral("it takes seconds, such as 5 or 0.5")));
    return std::optional<double>(number);
}

}
