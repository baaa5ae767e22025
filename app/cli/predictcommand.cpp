// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/targets.h"
#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"

namespace cli {

namespace {
    using core::cache::RequestForecast;

    void writeItem(JsonWriter& json, const core::cache::Request& request, const RequestForecast& forecast)
    {
        json.bytes("method", request.method);
        json.bytes("target", request.target);
        json.field("cached", core::cache::cachedName(forecast.cached));
        json.name("predictions");
        json.beginArray();
        for (const core::cache::Prediction& prediction : forecast.predictions) {
            json.beginObject();
            json.field("scheme", prediction.scheme);
            json.bytes("key", prediction.key);
            json.bytes("class", prediction.className);
            json.field("confidence", core::cache::confidenceName(prediction.confidence));
            json.endObject();
        }
        json.endArray();
        json.bytes("would_be_key", forecast.wouldBeKey);
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

    void printText(Output& out, const core::cache::Request& request, const RequestForecast& forecast)
    {
        out.line(QStringLiteral("%1 %2   cached: %3")
                     .arg(shown(request.method), shown(request.target), core::cache::cachedName(forecast.cached)));
        for (const core::cache::Prediction& prediction : forecast.predictions) {
            out.line(QStringLiteral("  %1   (%2, %3)")
                         .arg(shown(prediction.key), prediction.scheme, core::cache::confidenceName(prediction.confidence)));
        }
        if (forecast.wouldBeKey)
            out.line(QStringLiteral("  not stored; it would be %1").arg(shown(*forecast.wouldBeKey)));
        for (const core::cache::Effect& effect : forecast.effects)
            out.line(QStringLiteral("  effect: %1 %2").arg(effect.effect, shown(effect.pattern)));
    }

    core::Result<core::cache::Request> requestFromOptions(const CommandLine& line)
    {
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
        return request;
    }
}

void runPredict(Context& context)
{
    const auto routes = context.routes();
    if (!routes)
        return context.fail(routes.error());
    auto request = requestFromOptions(context.line());
    if (!request)
        return context.fail(request.error());
    const QStringList files = context.line().has("--stdin") ? QStringList {QStringLiteral("-")} : QStringList();
    const auto targets = targetsFrom(context.line(), files);
    if (!targets)
        return context.fail(targets.error());
    Output& out = context.out();
    out.beginItems();
    for (const QByteArray& target : *targets) {
        request->target = target;
        const RequestForecast forecast = core::cache::forecast(*request, *routes);
        out.item([&](JsonWriter& json) { writeItem(json, *request, forecast); });
        if (out.isText())
            printText(out, *request, forecast);
    }
    out.summary([&](JsonWriter& json) { json.field("count", static_cast<qint64>(targets->size())); });
    context.finish();
}

}
