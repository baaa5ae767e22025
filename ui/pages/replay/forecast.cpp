// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/forecast.h"

#include "core/cache/querycodec.h"
#include "ui/shell/workspace.h"

#include <QSet>

namespace ui {

namespace {
    // A Host header stands for the address, as the app sees it.
    QList<QByteArray> originsOf(const Workspace* workspace, const core::http::Headers& headers)
    {
        if (!workspace->client())
            return {};
        const auto own = core::cache::originFromUrl(workspace->client()->options().baseUrl);
        if (!own)
            return {};
        QByteArray origin = *own;
        for (const auto& [name, value] : headers) {
            if (name.compare("Host", Qt::CaseInsensitive) == 0)
                origin = own->left(own->indexOf("://") + 3) + value;
        }
        return {origin};
    }
}

core::cache::RequestForecast forecastOf(const Workspace* workspace, const core::http::Request& request)
{
    return core::cache::forecast({.method = request.method, .target = request.target, .origins = originsOf(workspace, request.headers), .jsonBody = request.body}, workspace->routes());
}

QList<QByteArray> predictedKeys(const Workspace* workspace, const QList<QByteArray>& targets, const core::http::Headers& headers)
{
    QList<QByteArray> keys;
    QSet<QByteArray> seen;
    for (const QByteArray& target : targets) {
        const auto forecast = forecastOf(workspace, {.target = target, .headers = headers});
        for (const core::cache::Prediction& prediction : forecast.predictions) {
            if (!seen.contains(prediction.key))
                keys << prediction.key;
            seen.insert(prediction.key);
        }
    }
    return keys;
}

}
