// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/collisions.h"
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/targets.h"
#include "core/base/bytes.h"
#include "core/cache/jsontext.h"
#include "core/cache/learnedroutes.h"
#include "core/cache/querycodec.h"

namespace cli {

namespace {
    using core::cache::Collision;
    using core::cache::RequestForecast;

    void writePredictions(JsonWriter& json, const RequestForecast& forecast)
    {
        json.name("predictions");
        json.beginArray();
        for (const core::cache::Prediction& prediction : forecast.predictions) {
            json.beginObject();
            json.field("scheme", prediction.scheme);
            json.bytes("key", prediction.key);
            json.bytes("class", prediction.className);
            json.field("confidence", core::cache::confidenceName(prediction.confidence));
            json.field("ttl_s", prediction.ttlS);
            json.endObject();
        }
        json.endArray();
    }

    void writeItem(JsonWriter& json, const core::cache::Request& request, const RequestForecast& forecast,
        const QList<Collision>& collisions)
    {
        json.bytes("method", request.method);
        json.bytes("target", request.target);
        json.field("cached", core::cache::cachedName(forecast.cached));
        json.field("route_source", forecast.route ? std::optional(forecast.route->source) : std::nullopt);
        writePredictions(json, forecast);
        json.bytes("would_be_key", forecast.wouldBeKey);
        writeCollisions(json, collisions);
        json.name("effects");
        json.beginArray();
        for (const core::cache::Effect& effect : forecast.effects) {
            json.beginObject();
            json.field("effect", effect.effect);
            json.bytes("class", effect.className);
            json.bytes("pattern", effect.pattern);
            json.endObject();
        }
        json.endArray();
    }

    void printText(Output& out, const core::cache::Request& request, const RequestForecast& forecast,
        const QList<Collision>& collisions)
    {
        out.line(QStringLiteral("%1 %2   cached: %3")
                     .arg(shown(request.method), shown(request.target), core::cache::cachedName(forecast.cached)));
        for (const core::cache::Prediction& prediction : forecast.predictions) {
            out.line(QStringLiteral("  %1   (%2, %3)")
                         .arg(shown(prediction.key), prediction.scheme, core::cache::confidenceName(prediction.confidence)));
        }
        if (forecast.route && forecast.route->isLearned())
            out.line(QStringLiteral("  route learned from keys: %1").arg(shown(forecast.route->route)));
        for (const Collision& collision : collisions) {
            const QString who = collision.anonymous ? QStringLiteral(" without a login") : QString();
            out.line(QStringLiteral("  same key: %1%2   (%3) %4").arg(shown(collision.target), who, collision.why, collision.detail));
        }
        if (forecast.wouldBeKey)
            out.line(QStringLiteral("  not stored; it would be %1").arg(shown(*forecast.wouldBeKey)));
        for (const core::cache::Effect& effect : forecast.effects)
            out.line(QStringLiteral("  effect: %1 %2").arg(effect.effect, shown(effect.pattern)));
    }

    core::Result<QList<QByteArray>> originsFrom(Context& context)
    {
        const QStringList urls = context.line().values("--origin");
        QList<QByteArray> origins;
        if (const auto own = core::cache::originFromUrl(context.apiUrl()); own && urls.isEmpty())
            origins << *own;
        for (const QString& url : urls) {
            const auto origin = core::cache::originFromUrl(url);
            if (!origin)
                return core::fail(origin.error());
            origins << *origin;
        }
        return origins;
    }

    core::Result<QByteArray> bodyFrom(const CommandLine& line)
    {
        if (!line.has("--body-file"))
            return QByteArray();
        auto body = readFile(line.value("--body-file"), {64'000'000, QStringLiteral("Give the JSON body of one request.")});
        if (body && !core::cache::isJson(*body))
            return core::fail(badOption(QStringLiteral("--body-file"), QStringLiteral("the file does not hold JSON")));
        return body;
    }

    core::Result<core::cache::Request> requestFromOptions(Context& context)
    {
        const CommandLine& line = context.line();
        core::cache::Request request;
        if (line.has("--method")) {
            const auto method = methodFromArgument(line.value("--method"));
            if (!method)
                return core::fail(method.error());
            request.method = *method;
        }
        if (line.has("--subject")) {
            const auto subject = core::bytesFromArgument(line.value("--subject"));
            if (!subject)
                return core::fail(subject.error());
            request.subject = *subject;
        }
        const auto origins = originsFrom(context);
        const auto body = bodyFrom(line);
        if (!origins || !body)
            return core::fail(origins ? body.error() : origins.error());
        request.origins = *origins;
        request.jsonBody = *body;
        return request;
    }

    core::Result<void> learn(const CommandLine& line, core::cache::RouteTable& routes)
    {
        if (!line.has("--learn-from"))
            return {};
        core::cache::RouteLearner learner(routes);
        const auto read = readKeys(line.value("--learn-from"), false, [&](const QByteArray& key) -> core::Result<void> {
            learner.add(core::cache::parseKey(key, routes));
            return {};
        });
        if (!read)
            return read;
        for (const core::cache::Route& route : learner.routes())
            routes.add(route);
        return {};
    }

    // Releases 0.1.3 to 0.1.6: a key holds the name of the server that was asked, so without one there is none to tell.
    bool wantsOrigin(const RequestForecast& forecast, const core::cache::Request& request, const core::cache::RouteTable& routes)
    {
        if (!request.origins.isEmpty() || !forecast.route || !forecast.predictions.isEmpty())
            return false;
        const QString& scheme = forecast.route->scheme;
        return scheme.isEmpty() ? routes.hasHashedKeys() : scheme == QStringLiteral("md5-v1");
    }

    // stdin can be read once.
    core::Result<void> checkStdin(const CommandLine& line)
    {
        int readers = line.has("--stdin") ? 1 : 0;
        for (const char* name : {"--body-file", "--learn-from"})
            readers += line.value(name) == u"-" ? 1 : 0;
        if (readers > 1)
            return core::fail(badOption(QStringLiteral("-"), QStringLiteral("stdin is named twice")));
        return {};
    }

    // One target after another, from wherever they come.
    class Forecasts final {
    public:
        Forecasts(Context& context, core::cache::RouteTable routes, core::cache::Request request)
            : m_context(context)
            , m_out(context.out())
            , m_routes(std::move(routes))
            , m_request(std::move(request))
        {
        }

        core::Result<void> tell(const QByteArray& target)
        {
            m_request.target = target;
            const RequestForecast forecast = core::cache::forecast(m_request, m_routes);
            m_isOriginMissing = m_isOriginMissing || wantsOrigin(forecast, m_request, m_routes);
            QList<Collision> collisions;
            for (const core::cache::Prediction& prediction : forecast.predictions)
                collisions += core::cache::collisionsOf(m_request, prediction, m_routes);
            m_out.item([&](JsonWriter& json) { writeItem(json, m_request, forecast, collisions); });
            if (m_out.isText())
                printText(m_out, m_request, forecast, collisions);
            ++m_count;
            return m_out.failure() ? core::Result<void>(core::fail(*m_out.failure())) : core::Result<void>();
        }

        void end()
        {
            if (m_isOriginMissing)
                m_context.console().warn(QStringLiteral("the keys of LightAPI 0.1.3 to 0.1.6 are MD5s of the whole URL, server and all: none can be told without the name that clients use; give --origin http://HOST[:PORT], or --api"));
            m_out.summary([this](JsonWriter& json) { json.field("count", m_count); });
            m_context.finish();
        }
        qint64 count() const { return m_count; }

    private:
        Context& m_context;
        Output& m_out;
        const core::cache::RouteTable m_routes;
        core::cache::Request m_request;
        qint64 m_count = 0;
        bool m_isOriginMissing = false;
    };

    core::Result<void> tellAll(Context& context, Forecasts& forecasts)
    {
        const auto named = listsFrom(context.line(), {});
        if (!named)
            return core::fail(named.error());
        context.out().beginItems();
        const auto tell = [&forecasts](const QByteArray& target) { return forecasts.tell(target); };
        for (const core::replay::TargetSource& list : *named) {
            for (const QByteArray& target : list.targets) {
                if (const auto told = tell(target); !told)
                    return told;
            }
        }
        if (context.line().has("--stdin")) {
            if (const auto read = readTargets(QStringLiteral("-"), context.line().has("--null"), tell, [&context] { context.out().flush(); }); !read)
                return read;
        }
        const bool isGiven = forecasts.count() > 0 || context.line().has("--stdin"); // an empty list is a list
        return isGiven ? core::Result<void>() : core::Result<void>(core::fail(targetMissing(context.line())));
    }
}

void runPredict(Context& context)
{
    auto routes = context.routes();
    if (!routes)
        return context.fail(routes.error());
    if (const auto checked = checkStdin(context.line()); !checked)
        return context.fail(checked.error());
    if (const auto learned = learn(context.line(), *routes); !learned)
        return context.fail(learned.error());
    const auto request = requestFromOptions(context);
    if (!request)
        return context.fail(request.error());
    Forecasts forecasts(context, *std::move(routes), *request);
    const auto told = tellAll(context, forecasts);
    told ? forecasts.end() : context.fail(told.error());
}

}
