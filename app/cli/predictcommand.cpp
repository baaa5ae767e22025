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
        auto body = readFile(line.value("--body-file"));
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
        const auto text = readFile(line.value("--learn-from"));
        if (!text)
            return core::fail(text.error());
        const auto keys = keysFromText(*text, false);
        if (!keys)
            return core::fail(keys.error());
        core::cache::RouteLearner learner(routes);
        for (const QByteArray& key : *keys)
            learner.add(core::cache::parseKey(key, routes));
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
    auto request = requestFromOptions(context);
    if (!request)
        return context.fail(request.error());
    const QStringList files = context.line().has("--stdin") ? QStringList {QStringLiteral("-")} : QStringList();
    const auto targets = targetsFrom(context.line(), files);
    if (!targets)
        return context.fail(targets.error());
    Output& out = context.out();
    bool isOriginMissing = false;
    out.beginItems();
    for (const QByteArray& target : *targets) {
        request->target = target;
        const RequestForecast forecast = core::cache::forecast(*request, *routes);
        isOriginMissing = isOriginMissing || wantsOrigin(forecast, *request, *routes);
        QList<Collision> collisions;
        for (const core::cache::Prediction& prediction : forecast.predictions)
            collisions += core::cache::collisionsOf(*request, prediction, *routes);
        out.item([&](JsonWriter& json) { writeItem(json, *request, forecast, collisions); });
        if (out.isText())
            printText(out, *request, forecast, collisions);
    }
    if (isOriginMissing)
        context.console().warn(QStringLiteral("the keys of LightAPI 0.1.3 to 0.1.6 are MD5s of the whole URL, server and all: none can be told without the name that clients use; give --origin http://HOST[:PORT], or --api"));
    out.summary([&](JsonWriter& json) { json.field("count", static_cast<qint64>(targets->size())); });
    context.finish();
}

}
