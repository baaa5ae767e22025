// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/replayoptions.h"

#include "app/cli/context.h"
#include "app/cli/requestfrom.h"
#include "app/cli/targets.h"
#include "core/base/bytes.h"
#include "core/replay/identity.h"

#include <QSet>

#include <algorithm>

namespace cli {

namespace {
    using core::http::Verdict;

    // `given`: of the request that stands in a file.
    core::Result<void> checkMethod(const CommandLine& line, const GlobalOptions& globals, const QByteArray& given, core::replay::Replay::Options& options)
    {
        using core::Code;
        using core::Reason;
        const auto method = methodFromArgument(line.has("--method") ? line.value("--method") : QString::fromUtf8(given));
        if (!method)
            return core::fail(method.error());
        options.method = *method;
        const QString name = QString::fromUtf8(*method);
        if (*method == "HEAD")
            return core::fail(Code::Guard, Reason::HeadRefused, name);
        if (*method == "GET")
            return {};
        if (globals.readOnly)
            return core::fail(Code::ReadOnly, Reason::ProfileReadOnly, name);
        if (!globals.yes && globals.confirm.isEmpty()) // confirmMethod() says which of them it takes
            return core::fail(Code::Unconfirmed, Reason::MethodRefused, name);
        options.methodConfirmed = true;
        return {};
    }

    core::Result<void> checkExpected(const CommandLine& line)
    {
        constexpr Verdict verdicts[] {Verdict::Hit, Verdict::Miss, Verdict::Expired, Verdict::Bypass, Verdict::Unknown};
        const QString expected = line.value("--expect").toUpper();
        const bool known
            = std::ranges::any_of(verdicts, [&](Verdict verdict) { return core::http::verdictName(verdict) == expected; });
        if (line.has("--expect") && !known)
            return core::fail(
                badOption(QStringLiteral("--expect"), QStringLiteral("it takes HIT, MISS, EXPIRED, BYPASS or UNKNOWN")));
        return {};
    }

    core::Result<double> rateFrom(const CommandLine& line)
    {
        using Options = core::replay::SeriesOptions;
        if (!line.has("--requests-per-s"))
            return 0.0;
        bool ok = false;
        const double rate = line.value("--requests-per-s").toDouble(&ok);
        if (!ok || !(rate >= Options::minRequestsPerS && rate <= Options::maxRequestsPerS)) // not a number too
            return core::fail(badOption(QStringLiteral("--requests-per-s"), QStringLiteral("it takes a number from 0.001 to 5000")));
        return rate;
    }

    // How many, how long, how fast.
    core::Result<void> readPace(const CommandLine& line, ReplayWishes& wishes)
    {
        using Options = core::replay::SeriesOptions;
        const auto repeat = line.integer("--repeat", 1, 1'000'000);
        const auto concurrency = line.integer("--concurrency", 1, Options::maxConcurrency);
        const auto seconds = line.seconds("--for");
        const auto rate = rateFrom(line);
        if (!repeat || !concurrency)
            return core::fail(!repeat ? repeat.error() : concurrency.error());
        if (!seconds || !rate)
            return core::fail(!seconds ? seconds.error() : rate.error());
        if (seconds->value_or(0) * 1000 > double(Options::maxDurationMs))
            return core::fail(badOption(QStringLiteral("--for"), QStringLiteral("it takes a day at most")));
        wishes.single.repeat = int(repeat->value_or(1));
        wishes.single.intervalMs = *rate > 0 ? int(1000 / *rate) : 0;
        wishes.series.requestsPerS = *rate;
        wishes.series.concurrency = int(concurrency->value_or(1));
        wishes.series.durationMs = *seconds ? std::max<qint64>(1, qint64(**seconds * 1000)) : 0;
        wishes.series.verdicts = !line.has("--no-verdicts");
        return {};
    }

    // The comparison looks at entries and bodies in ways of its own.
    core::Result<void> checkFresh(const CommandLine& line, const ReplayWishes& wishes)
    {
        if (!wishes.isSeries() || !wishes.series.verdicts)
            return core::fail(badOption(QStringLiteral("--diff-fresh"), QStringLiteral("it goes with GET alone, and not with --no-verdicts")));
        for (const char* name : {"--http-version", "--new-connections", "--follow-redirects", "--compressed"}) {
            if (line.has(name))
                return core::fail(badOption(QLatin1String(name), QStringLiteral("it does not go with --diff-fresh")));
        }
        return {};
    }

    core::Result<void> checkTogether(const CommandLine& line, const ReplayWishes& wishes)
    {
        for (const char* name : {"--concurrency", "--for", "--no-verdicts"}) {
            if (line.has(name) && !wishes.isSeries())
                return core::fail(badOption(QLatin1String(name), QStringLiteral("it goes with GET alone")));
        }
        if (line.has("--no-verdicts") && line.has("--expect"))
            return core::fail(badOption(QStringLiteral("--no-verdicts"), QStringLiteral("it leaves nothing for --expect to hold against")));
        return {};
    }
}

core::Result<void> confirmMethod(Context& context, const QByteArray& method)
{
    using core::Code;
    using core::Reason;
    const GlobalOptions& globals = context.globals();
    const QString name = context.profile() ? context.profile()->name : QString();
    const bool isProduction = context.profile() && context.profile()->startsReadOnly();
    if (globals.readOnly)
        return core::fail(Code::ReadOnly, Reason::ProfileReadOnly, core::displayText(method));
    if (!isProduction && !globals.yes)
        return core::fail(Code::Unconfirmed, Reason::MethodRefused, core::displayText(method));
    // A missing name must not be matched by typing nothing.
    if (!isProduction || (!name.isEmpty() && globals.confirm == name))
        return {};
    return core::fail(globals.confirm.isEmpty() ? Code::Unconfirmed : Code::Guard, Reason::WrongConfirmation, name);
}

core::Result<core::http::Sending> sendingFrom(const CommandLine& line)
{
    using core::http::HttpVersion;
    core::http::Sending sending;
    const QString version = line.has("--http-version") ? line.value("--http-version") : QStringLiteral("auto");
    if (version == QStringLiteral("1.1"))
        sending.version = HttpVersion::Http1;
    else if (version == QStringLiteral("2"))
        sending.version = HttpVersion::Http2;
    else if (version != QStringLiteral("auto"))
        return core::fail(badOption(QStringLiteral("--http-version"), QStringLiteral("it takes auto, 1.1 or 2")));
    const auto redirects = line.integer("--follow-redirects", 0, 50);
    if (!redirects)
        return core::fail(redirects.error());
    sending.maxRedirects = static_cast<int>(redirects->value_or(0));
    sending.ownConnection = line.has("--new-connections");
    if (line.has("--compressed"))
        sending.acceptEncoding = "gzip, deflate";
    return sending;
}

core::Result<ReplayWishes> replayWishesFrom(Context& context)
{
    const CommandLine& line = context.line();
    ReplayWishes wishes;
    const auto given = givenRequest(context);
    if (!given)
        return core::fail(given.error());
    const core::http::Request request = *given ? (*given)->request : core::http::Request();
    if (const auto checked = checkMethod(line, context.globals(), request.method, wishes.single); !checked)
        return core::fail(checked.error());
    const auto body = *given ? bodyOf(context, **given, wishes.single.method) : core::Result<QByteArray>(QByteArray());
    if (!body)
        return core::fail(body.error());
    wishes.single.body = *body;
    if (const auto checked = checkExpected(line); !checked)
        return core::fail(checked.error());
    if (const auto read = readPace(line, wishes); !read)
        return core::fail(read.error());
    if (const auto checked = checkTogether(line, wishes); !checked)
        return core::fail(checked.error());
    auto fresh = freshWishesFrom(line);
    if (!fresh)
        return core::fail(fresh.error());
    if (fresh->wanted) {
        if (const auto checked = checkFresh(line, wishes); !checked)
            return core::fail(checked.error());
    }
    const auto sending = sendingFrom(line);
    if (!sending)
        return core::fail(sending.error());
    wishes.series.sending = wishes.single.sending = *sending;
    const auto targets = *given ? core::Result<QList<QByteArray>>({request.target}) : targetsFrom(line, {});
    if (!targets)
        return core::fail(targets.error());
    const auto typed = headersFrom(context);
    if (!typed)
        return core::fail(typed.error());
    const auto headers = core::Result<core::http::Headers>(core::replay::joinHeaders(*typed, request.headers).headers);
    wishes.series.targets = wishes.single.targets = *targets;
    wishes.series.headers = wishes.single.headers = *headers;
    wishes.fresh = std::move(*fresh);
    QSet<QByteArray> known;
    for (const QByteArray& target : *targets) {
        const qsizetype before = known.size();
        known.insert(target);
        if (known.size() > before)
            wishes.fresh.targets << target;
    }
    wishes.fresh.headers = *headers;
    wishes.fresh.concurrency = wishes.series.concurrency;
    wishes.fresh.requestsPerS = wishes.series.requestsPerS;
    if (wishes.series.durationMs == 0 || line.has("--repeat"))
        wishes.series.count = targets->size() * wishes.single.repeat;
    return wishes;
}

}
