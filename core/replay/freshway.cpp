// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/freshway.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"

#include <algorithm>

namespace core::replay {

QString freshWayName(FreshWay way)
{
    switch (way) {
    case FreshWay::OtherApi:
        return QStringLiteral("other-api");
    case FreshWay::Parameter:
        return QStringLiteral("parameter");
    case FreshWay::Unlink:
        return QStringLiteral("unlink");
    }
    return {};
}

Result<void> checkFreshParameter(const QByteArray& name)
{
    const auto isPlain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
    if (!name.isEmpty() && name.size() <= 100 && std::ranges::all_of(name, isPlain))
        return {};
    return fail(Code::Input, Reason::BadOption, QStringLiteral("for the extra parameter"),
        QStringLiteral("its name has 1 to 100 letters, digits, \"_\", \"-\" or \".\", not %1").arg(displayText(name)));
}

QByteArray withParameter(const QByteArray& target, const QByteArray& name, const QByteArray& value)
{
    return target + (target.contains('?') ? '&' : '?') + name + '=' + value;
}

QByteArray withoutParameter(QByteArray body, const QByteArray& name, const QByteArray& value)
{
    const QByteArray pair = name + '=' + value;
    return body.replace(QByteArray('&' + pair), "").replace(QByteArray('?' + pair + '&'), "?").replace(QByteArray('?' + pair), "");
}

tl::expected<QByteArray, QString> keyOfProbe(const cache::Request& target, const QByteArray& name, const QByteArray& value, const cache::RouteTable& routes)
{
    const cache::RequestForecast plain = cache::forecast(target, routes);
    if (plain.predictions.isEmpty())
        return tl::unexpected(QStringLiteral("Its key is not known."));
    if (plain.route && !plain.route->varyOn.isEmpty() && routes.honoursVaryOn())
        return tl::unexpected(
            QStringLiteral("%1 has vary_on: an extra parameter is left out of the key, so the answer would be the entry itself.")
                .arg(displayText(plain.route->className)));
    for (const auto& [present, ignored] : cache::parseQuery(cache::splitTarget(target.target).rawQuery)) {
        if (present == name)
            return tl::unexpected(QStringLiteral("The target has a parameter \"%1\" already.").arg(displayText(name)));
    }
    cache::Request probe = target;
    probe.target = withParameter(target.target, name, value);
    const cache::RequestForecast extra = cache::forecast(probe, routes);
    const bool isLightApis = plain.predictions.size() == 1 && extra.predictions.size() == 1
        && extra.predictions.first().scheme == QStringLiteral("lightapi-v2") && plain.predictions.first().scheme == extra.predictions.first().scheme;
    if (!isLightApis)
        return tl::unexpected(QStringLiteral("Its keys are made by code of the app's own, which may read any parameter."));
    if (extra.predictions.first().key == plain.predictions.first().key)
        return tl::unexpected(QStringLiteral("An extra parameter does not change its key."));
    return extra.predictions.first().key;
}

}
