// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/targets.h"

#include "app/cli/context.h"
#include "app/cli/input.h"
#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/warm.h"

#include <algorithm>

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

    bool isSecret(const QByteArray& name)
    {
        const QByteArray lower = name.toLower();
        return lower == "authorization" || lower == "cookie" || lower == "x-api-key";
    }

    Result<void> addHeaderFile(core::http::Headers& headers, const QString& file)
    {
        const Result<QByteArray> text = readFile(file);
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

Result<QList<QByteArray>> targetsFrom(const CommandLine& line, const QStringList& files)
{
    QList<QByteArray> targets;
    for (const QString& word : line.positional) {
        const QByteArray target = word.toUtf8();
        if (const Result<void> usable = core::cache::checkTarget(target); !usable)
            return fail(usable.error());
        targets << target;
    }
    for (const QString& file : files) {
        const Result<QByteArray> text = readFile(file);
        if (!text)
            return fail(text.error());
        const core::replay::TargetList list = core::replay::targetsFromText(*text, line.has("--null"));
        if (!list.errors.isEmpty())
            return fail(list.errors.first());
        targets << list.targets;
    }
    if (targets.isEmpty())
        return fail(badOption(QLatin1String(line.command->name), QStringLiteral("a TARGET is missing")));
    return targets;
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
        if (!text.startsWith(u'@') && isSecret(headers.last().first))
            context.console().warn(QStringLiteral(
                "a token given as an argument is seen by everyone on this machine; use --bearer-file or -H @FILE"));
    }
    if (!line.has("--bearer-file"))
        return headers;
    const Result<QByteArray> token = readFile(line.value("--bearer-file"));
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
