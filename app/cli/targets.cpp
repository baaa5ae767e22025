// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/targets.h"

#include "app/cli/context.h"
#include "app/cli/input.h"
#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/credentials.h"
#include "core/replay/targetlines.h"
#include "core/replay/warm.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

using core::Code;
using core::fail;
using core::Reason;
using core::Result;

namespace cli {

namespace {
    Result<void> addHeader(core::http::Headers& headers, const QString& text)
    {
        const auto header = core::http::headerFromArgument(text);
        if (!header)
            return fail(header.error());
        headers << *header;
        return {};
    }

    Result<void> addHeaderFile(core::http::Headers& headers, const QString& file)
    {
        const Result<QByteArray> text = readFile(file, {1'000'000, QStringLiteral("No server takes as much: give a file of header fields alone, one a line.")});
        if (!text)
            return fail(text.error());
        for (QByteArray line : text->split('\n')) {
            if (line.endsWith('\r'))
                line.chop(1);
            if (line.isEmpty())
                continue;
            if (const Result<void> added = addHeader(headers, QString::fromUtf8(line)); !added)
                return added;
        }
        return {};
    }
}

core::Error targetMissing(const CommandLine& line)
{
    return badOption(QLatin1String(line.command->name), QStringLiteral("a TARGET is missing"));
}

Result<void> readTargets(const QString& file, bool nulSeparated, const std::function<Result<void>(const QByteArray&)>& take, std::function<void()> beforeRead)
{
    core::replay::TargetLines lines(nulSeparated);
    const auto takeLine = [&](const QByteArray& line) -> Result<void> {
        const auto target = lines.take(line);
        if (!target)
            return fail(target.error());
        return *target ? take(**target) : Result<void>();
    };
    return readLines(file, nulSeparated, takeLine, std::move(beforeRead));
}

Result<QList<core::replay::TargetSource>> listsFrom(const CommandLine& line, const QStringList& files)
{
    QList<core::replay::TargetSource> lists;
    core::replay::TargetSource arguments {QStringLiteral("arguments"), {}};
    for (const QString& word : line.positional) {
        const QByteArray target = word.toUtf8();
        if (const Result<void> usable = core::cache::checkTarget(target); !usable)
            return fail(usable.error());
        arguments.targets << target;
    }
    if (!arguments.targets.isEmpty())
        lists << arguments;
    for (const QString& file : files) {
        core::replay::TargetSource list {file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file), {}};
        KeptItems kept(file);
        const auto read = readTargets(file, line.has("--null"), [&](const QByteArray& target) { return kept.add(list.targets, target); });
        if (!read)
            return fail(read.error());
        lists << std::move(list);
    }
    return lists;
}

Result<QList<QByteArray>> targetsFrom(const CommandLine& line, const QStringList& files)
{
    const auto lists = listsFrom(line, files);
    if (!lists)
        return fail(lists.error());
    QList<QByteArray> targets;
    for (const core::replay::TargetSource& list : *lists)
        targets << list.targets;
    if (targets.isEmpty())
        return fail(targetMissing(line));
    return targets;
}

namespace {
    Result<void> checkPartners(const CommandLine& line)
    {
        const std::initializer_list<std::pair<const char*, const char*>> partners {
            {"--top", "--access-log"}, {"--param", "--from-config"}, {"--pages", "--from-config"}};
        for (const auto& [option, partner] : partners) {
            if (line.has(option) && !line.has(partner))
                return fail(badOption(QLatin1String(option), QStringLiteral("it belongs to %1").arg(QLatin1String(partner))));
        }
        return {};
    }

    Result<core::cache::QueryPairs> parametersFrom(const CommandLine& line)
    {
        core::cache::QueryPairs parameters;
        for (const QString& text : line.values("--param")) {
            const auto parameter = core::replay::parameterFromArgument(text);
            if (!parameter)
                return fail(parameter.error());
            parameters << *parameter;
        }
        return parameters;
    }
}

namespace {
    Result<QList<core::replay::KeySource>> keySourcesFrom(const CommandLine& line)
    {
        QList<core::replay::KeySource> sources;
        for (const QString& file : line.values("--keys-from")) {
            const auto keys = keysFrom(file, line.has("--null"));
            if (!keys)
                return fail(keys.error());
            sources << core::replay::KeySource {file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file), *keys};
        }
        return sources;
    }
}

Result<core::replay::TargetSources> sourcesFrom(Context& context)
{
    const CommandLine& line = context.line();
    if (const auto fits = checkPartners(line); !fits)
        return fail(fits.error());
    const auto top = line.integer("--top", 1, 100'000);
    const auto parameters = parametersFrom(line);
    const auto headers = headersFrom(context);
    if (!top || !parameters || !headers)
        return fail(!top ? top.error() : !parameters ? parameters.error() : headers.error());
    core::replay::TargetSources sources;
    for (const QString& url : line.values("--sitemap"))
        sources.sitemaps << url.toUtf8();
    sources.accessLogs = line.values("--access-log");
    sources.top = static_cast<qsizetype>(top->value_or(sources.top));
    sources.routes = line.has("--from-config");
    sources.parameters = *parameters;
    sources.pages = line.has("--pages");
    sources.headers = *headers;
    const auto lists = listsFrom(line, line.values("--file"));
    if (!lists)
        return fail(lists.error());
    sources.lists = *lists;
    const auto keys = keySourcesFrom(line);
    if (!keys)
        return fail(keys.error());
    sources.keys = *keys;
    const bool hasOthers = !sources.sitemaps.isEmpty() || !sources.accessLogs.isEmpty() || sources.routes || !sources.keys.isEmpty() || line.has("--ttl-below");
    const auto isEmpty = [](const core::replay::TargetSource& list) { return list.targets.isEmpty(); };
    if (!hasOthers && std::ranges::all_of(sources.lists, isEmpty))
        return fail(targetMissing(line));
    return sources;
}

Result<QByteArray> methodFromArgument(const QString& text)
{
    const QByteArray method = text.toUtf8().toUpper();
    const bool token = !method.isEmpty() && std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!token)
        return fail(badOption(QStringLiteral("--method"), QStringLiteral("it takes a method such as GET")));
    return method;
}

Result<core::http::Headers> headersFrom(Context& context)
{
    const CommandLine& line = context.line();
    core::http::Headers headers;
    for (const QString& text : line.values("--header")) {
        const Result<void> added = text.startsWith(u'@') ? addHeaderFile(headers, text.mid(1)) : addHeader(headers, text);
        if (!added)
            return fail(added.error());
        if (!text.startsWith(u'@') && core::http::isCredential(headers.last().first))
            context.console().warn(QStringLiteral(
                "a token given as an argument is seen by everyone on this machine; use --bearer-file or -H @FILE"));
    }
    if (!line.has("--bearer-file"))
        return headers;
    const Result<QByteArray> token = readFile(line.value("--bearer-file"), {100'000, QStringLiteral("Give a file that holds the token alone.")});
    if (!token)
        return fail(token.error());
    const QByteArray value = "Bearer " + token->trimmed();
    // The token must not show in the message, so the check is ours and not headerFromArgument()'s.
    if (!core::http::checkHeader("Authorization", value) || token->trimmed().isEmpty())
        return fail(Code::Input, Reason::BadHeader, QStringLiteral("The token of --bearer-file"));
    headers.append({"Authorization", value});
    return headers;
}

}
