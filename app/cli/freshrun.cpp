// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/freshrun.h"

#include "app/cli/freshreport.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/querycodec.h"
#include "core/invalidate/guard.h"
#include "core/invalidate/keyremover.h"

#include <algorithm>

namespace cli {

using core::replay::FreshCheck;
using core::replay::FreshResult;
using core::replay::FreshWay;

core::Result<FreshWishes> freshWishesFrom(const CommandLine& line)
{
    FreshWishes wishes;
    wishes.wanted = line.has("--diff-fresh");
    int ways = 0;
    for (const char* name : {"--fresh-api", "--fresh-parameter", "--fresh-unlink", "--fresh-credentials"}) {
        if (line.has(name) && !wishes.wanted)
            return core::fail(badOption(QLatin1String(name), QStringLiteral("it belongs to --diff-fresh")));
        ways += line.has(name) ? 1 : 0;
    }
    if (line.has("--fresh-ignore") && !wishes.wanted)
        return core::fail(badOption(QStringLiteral("--fresh-ignore"), QStringLiteral("it belongs to --diff-fresh")));
    for (const QString& path : line.values("--fresh-ignore")) {
        wishes.ignored << path.toUtf8();
        if (const auto ok = core::replay::checkIgnoredPath(wishes.ignored.last()); !ok)
            return core::fail(badOption(QStringLiteral("--fresh-ignore"), QStringLiteral("it takes a JSON path such as $.computed_at, $.results[*].seen_at or $[\"a name\"], not \"%1\"").arg(core::displayText(path))));
    }
    wishes.headersToOther = line.has("--fresh-credentials");
    if (wishes.headersToOther && !line.has("--fresh-api"))
        return core::fail(badOption(QStringLiteral("--fresh-credentials"), QStringLiteral("it belongs to --fresh-api")));
    if (ways - (wishes.headersToOther ? 1 : 0) > 1)
        return core::fail(badOption(QStringLiteral("--diff-fresh"), QStringLiteral("it takes one of --fresh-api, --fresh-parameter and --fresh-unlink")));
    if (line.has("--fresh-api")) {
        wishes.way = FreshWay::OtherApi;
        wishes.otherUrl = line.value("--fresh-api");
        if (const auto ok = core::http::Client::checkBaseUrl(wishes.otherUrl); !ok)
            return core::fail(ok.error());
    } else if (line.has("--fresh-parameter")) {
        wishes.way = FreshWay::Parameter;
        wishes.parameter = line.value("--fresh-parameter").toUtf8();
        if (const auto ok = core::replay::checkFreshParameter(wishes.parameter); !ok)
            return core::fail(ok.error().code, ok.error().reason, QStringLiteral("--fresh-parameter"), ok.error().detail);
    } else if (line.has("--fresh-unlink")) {
        wishes.way = FreshWay::Unlink;
    }
    return wishes;
}

namespace {
    constexpr int refused = 4, partly = 5;

    QString leftSentence(qint64 count)
    {
        return counted(count, "entry", "entries") + QStringLiteral(" made for the comparison may be left");
    }

    QString lostSentence(const FreshResult& lost)
    {
        return QStringLiteral("nothing more is deleted: the app did not store %1 again").arg(core::displayText(*lost.key));
    }

    bool wasCompared(const FreshResult& result)
    {
        using core::replay::FreshState;
        return result.state() == FreshState::Same || result.state() == FreshState::Stale || result.state() == FreshState::NotCached;
    }
}

FreshEnd freshEnd(const FreshFound& found)
{
    const core::replay::FreshCheck::Counts& counts = found.counts;
    const qint64 open = counts.noAnswer + counts.unknown;
    if (open == 0 && counts.probesLeft == 0 && counts.deletionFlaws == 0)
        return {};
    if (open == 0 && counts.probesLeft == 0)
        return {partly, {}, counted(counts.deletionFlaws, "deletion is", "deletions are") + QStringLiteral(" not whole in the log")};
    if (open == 0)
        return {partly, {}, leftSentence(counts.probesLeft)};
    FreshEnd end {partly, {}, QStringLiteral("%1 of %2 could not be compared").arg(core::formatCount(open), counted(found.byTarget.size(), "target", "targets"))};
    const auto isDenied = [](const FreshResult& result) { return result.status == 401 || result.status == 403; };
    if (std::ranges::any_of(found.byTarget, wasCompared))
        return end;
    if (std::ranges::all_of(found.byTarget, isDenied))
        end.exit = refused;
    else if (std::ranges::all_of(found.byTarget, [](const FreshResult& result) { return result.error.has_value(); }))
        end.error = found.byTarget.cbegin()->error;
    return end;
}

FreshRun::FreshRun(Context& context, core::http::Client* client, const core::cache::RouteTable& routes, FreshWishes wishes)
    : QObject(&context)
    , m_context(context)
    , m_routes(routes)
    , m_wishes(std::move(wishes))
{
    m_source = {.session = context.session(), .client = client, .way = m_wishes.way, .parameter = m_wishes.parameter,
        .headers = m_wishes.headers, .headersToOther = m_wishes.headersToOther, .ignored = m_wishes.ignored};
    if (m_wishes.way != FreshWay::OtherApi)
        return;
    core::http::Client::Options options = client->options();
    options.baseUrl = m_wishes.otherUrl;
    m_other = std::make_unique<core::http::Client>(options);
    m_source.otherClient = m_other.get();
}

core::invalidate::Plan FreshRun::plan() const
{
    QList<QByteArray> keys;
    const QByteArray origin = core::cache::originFromUrl(m_source.client->options().baseUrl).value_or(QByteArray());
    for (const QByteArray& target : m_wishes.targets) {
        for (const core::cache::Prediction& prediction : core::cache::forecast({.target = target, .origins = {origin}}, m_routes).predictions)
            keys << prediction.key;
    }
    return core::invalidate::planOfKeys(*m_context.session(), core::keys::KeyList(keys));
}

// False: the command has ended.
bool FreshRun::allowDeletion()
{
    const core::invalidate::Plan plan = this->plan();
    core::invalidate::GuardInput input;
    input.production = m_context.profile() && m_context.profile()->startsReadOnly();
    input.readOnly = m_context.session()->isReadOnly();
    input.confirmName = m_context.profile() ? m_context.profile()->name : core::endpointLabel(m_context.session()->endpoint());
    m_context.console().say(QStringLiteral("--fresh-unlink deletes what is stored under %1 of %2, each before its request; this cannot be undone")
                                .arg(counted(plan.keys.size(), "key", "keys"), plan.server));
    const auto allowed = core::invalidate::allow(plan, input, m_context.globals().yes, m_context.globals().confirm);
    if (!allowed) {
        m_context.fail(allowed.error());
        return false;
    }
    core::invalidate::Run::Options options;
    if (input.production) // allow() has seen the profile's name typed
        options.permit = core::redis::Session::permitWrites();
    options.profile = m_context.profile() ? m_context.profile()->name : QString();
    auto* remover = new core::invalidate::KeyRemover(m_context.session(), plan, options, this);
    m_source.remove = [remover](const QByteArray& key, auto then) { remover->remove(key, std::move(then)); };
    return true;
}

// Of comparisons that did not come to their end.
QString FreshRun::comparedSentence() const
{
    const qint64 compared = std::ranges::count_if(m_found.byTarget, wasCompared);
    QString text = QStringLiteral("stopped: %1 of %2 compared").arg(core::formatCount(compared), counted(m_wishes.targets.size(), "target", "targets"));
    if (m_wishes.way == FreshWay::Unlink)
        text += QStringLiteral(", %1 deleted").arg(counted(m_found.counts.deleted, "entry", "entries"));
    return text;
}

void FreshRun::start(std::function<void(const FreshFound&)> then)
{
    if (m_wishes.way == FreshWay::Unlink && !allowDeletion())
        return;
    auto* check = new FreshCheck(m_source, m_routes, {m_wishes.targets, m_wishes.concurrency, m_wishes.requestsPerS}, this);
    connect(check, &FreshCheck::resultReady, this, [this](const FreshResult& result) { m_found.byTarget.insert(result.target, result); });
    connect(check, &FreshCheck::endingWithin, this, [this](int ms) {
        const QString what = m_wishes.way == FreshWay::Unlink ? QStringLiteral("the app may store again what was deleted") : QStringLiteral("what the comparison made is deleted");
        m_context.console().say(QStringLiteral("stopping: %1, for %2 s at most").arg(what).arg(ms / 1000));
    });
    m_context.run(check, QStringLiteral("compared"), [this, check, then = std::move(then)] {
        onEnd(*check, then);
    });
}

// Of a run that ends here: what was compared, and above all what was deleted.
void FreshRun::reportSoFar()
{
    Output& out = m_context.out();
    out.field("warnings", m_context.warnings());
    out.beginItems();
    for (const QByteArray& target : std::as_const(m_wishes.targets)) {
        if (const auto found = m_found.byTarget.constFind(target); found != m_found.byTarget.constEnd())
            reportFresh(out, *found);
    }
    out.summary([this](JsonWriter& json) {
        writeFreshCounts(json, m_found.counts);
        m_context.writeOwnLookups(json);
    });
}

void FreshRun::onEnd(const FreshCheck& check, const std::function<void(const FreshFound&)>& then)
{
    m_found.counts = check.counts();
    const auto failure = m_context.failureOf(check);
    if (!failure && !check.lost())
        return then(m_found);
    reportSoFar();
    if (check.lost())
        m_context.console().say(lostSentence(*check.lost()));
    m_context.console().say(comparedSentence());
    if (m_found.counts.probesLeft > 0)
        m_context.console().say(leftSentence(m_found.counts.probesLeft));
    failure ? m_context.fail(*failure) : m_context.finish(partly);
}

}
