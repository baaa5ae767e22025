// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/requestfrom.h"

#include "app/cli/context.h"
#include "app/cli/input.h"
#include "core/base/bytes.h"
#include "core/http/client.h"

namespace cli {

using core::replay::SourcedRequest;

namespace {
    // Its URL stands in the sentences below, so one with a password is refused before them.
    core::Result<void> checkApi(Context& context)
    {
        const QString url = context.apiUrl();
        if (url.isEmpty())
            return core::fail(core::Code::Usage, core::Reason::ApiNotSet, QStringLiteral("\"%1\"").arg(QLatin1String(context.line().command->name)));
        return core::http::Client::checkBaseUrl(url);
    }

    void tellForeign(Context& context, const SourcedRequest& sourced)
    {
        const QString what = sourced.request.target.contains('?') ? QStringLiteral("path and query go") : QStringLiteral("path goes");
        QString text = QStringLiteral("the request was meant for %1; its %2 to the API that is set, %3").arg(core::displayText(sourced.origin->text()), what, core::displayText(context.apiUrl()));
        if (!sourced.credentialNames().isEmpty())
            text += QStringLiteral(", without %1").arg(sourced.credentialNames().join(QStringLiteral(", ")));
        context.warn(text);
    }

    // The query may be a secret of the other server's (a signature, a key), and nobody can see whether it is.
    core::Result<void> allowForeign(Context& context, const SourcedRequest& sourced)
    {
        if (!sourced.hasForeignQuery(context.apiUrl()) || context.line().has("--foreign-query"))
            return {};
        return core::fail(core::Code::Unconfirmed, core::Reason::OtherOrigin, core::displayText(sourced.origin->text()),
            QStringLiteral("The command's query may hold secrets of that server: with --foreign-query it is sent to %1 nevertheless.").arg(core::displayText(context.apiUrl())));
    }
}

core::Result<std::optional<SourcedRequest>> givenRequest(Context& context)
{
    const CommandLine& line = context.line();
    const char* option = line.has("--curl") ? "--curl" : "--log-line";
    if (!line.has(option))
        return std::optional<SourcedRequest>();
    if (line.has("--curl") && line.has("--log-line"))
        return core::fail(badOption(QStringLiteral("--curl"), QStringLiteral("it does not go with --log-line")));
    if (!line.positional.isEmpty())
        return core::fail(badOption(QLatin1String(option), QStringLiteral("it says the target itself, so no TARGET goes with it")));
    if (const auto usable = checkApi(context); !usable)
        return core::fail(usable.error());
    const auto text = readFile(line.value(option),
        {1'000'000, line.has("--curl") ? QStringLiteral("Give a file with one curl command.") : QStringLiteral("Give one line of the log; \"warm --access-log\" takes whole logs.")});
    if (!text)
        return core::fail(text.error());
    auto sourced = line.has("--curl") ? core::replay::sourcedFromCurl(QByteArrayView(*text).trimmed()) : core::replay::sourcedFromLogLine(QByteArrayView(*text).trimmed());
    if (!sourced)
        return core::fail(sourced.error());
    for (const QString& warning : std::as_const(sourced->warnings))
        context.warn(warning);
    if (sourced->isForeign(context.apiUrl())) {
        if (const auto allowed = allowForeign(context, *sourced); !allowed)
            return core::fail(allowed.error());
        tellForeign(context, *sourced);
        sourced->request = sourced->withoutCredentials();
    }
    return std::optional(*std::move(sourced));
}

core::Result<QByteArray> bodyOf(Context& context, const SourcedRequest& sourced, const QByteArray& method)
{
    const QByteArray body = sourced.request.body;
    if (body.isEmpty())
        return body;
    if (method == "GET") {
        context.warn(QStringLiteral("the body is left out: GET goes without one"));
        return QByteArray();
    }
    if (sourced.isForeign(context.apiUrl()))
        return core::fail(badOption(QStringLiteral("--curl"),
            QStringLiteral("its body was meant for %1 and may hold secrets, so it is not sent to the API that is set; take it out of the command, or give --api that address").arg(core::displayText(sourced.origin->text()))));
    return body;
}

}
