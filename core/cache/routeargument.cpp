// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/routes.h"

#include <QRegularExpression>

// The text form of a route: CLASS=ROUTE[,ttl=S][,cached=no][,scheme=ID][,vary_on=NAME]… (CLI.md, --endpoint).
namespace core::cache {

namespace {
    tl::unexpected<Error> bad(const QString& argument, const QString& detail)
    {
        return fail(Code::Input, Reason::BadEndpoint, argument, detail);
    }

    QByteArray decoded(const QString& text)
    {
        return percentDecoded(text.toUtf8(), false);
    }

    QString encoded(const QByteArray& text)
    {
        return QString::fromLatin1(text.toPercentEncoding("/{}:*'()!@$;+?[]"));
    }

    // Starlette's compile_path(): {name} or {name:convertor}, each name once; other braces match nothing.
    QString wrongInRoute(const QByteArray& route)
    {
        static const QRegularExpression parameter(QStringLiteral("\\{([A-Za-z_][A-Za-z0-9_]*)(?::[A-Za-z_][A-Za-z0-9_]*)?\\}"));
        QString rest = QString::fromLatin1(route);
        QStringList names;
        for (auto matches = parameter.globalMatch(rest); matches.hasNext();) {
            const QString name = matches.next().captured(1);
            if (names.contains(name))
                return QStringLiteral("the parameter {%1} is in it twice").arg(name);
            names << name;
        }
        if (rest.remove(parameter).contains(u'{') || rest.contains(u'}'))
            return QStringLiteral("a parameter of the route is written {name} or {name:int}");
        return {};
    }

    std::optional<Cached> cachedFromName(const QString& name)
    {
        for (const Cached cached : {Cached::Yes, Cached::No, Cached::Unknown}) {
            if (cachedName(cached) == name)
                return cached;
        }
        return {};
    }

    // An empty answer: taken; else what is wrong.
    QString takeOption(Route& route, const QString& name, const QString& value)
    {
        if (name == u"ttl") {
            bool isNumber = false;
            route.ttlS = value.toLongLong(&isNumber);
            return isNumber && *route.ttlS >= 1 ? QString() : QStringLiteral("ttl is a number of seconds from 1 on");
        }
        if (name == u"cached") {
            const auto cached = cachedFromName(value);
            route.cached = cached.value_or(Cached::Unknown);
            return cached ? QString() : QStringLiteral("cached is yes, no or unknown");
        }
        if (name == u"vary_on") {
            route.varyOn << decoded(value);
            return value.isEmpty() ? QStringLiteral("vary_on wants a name") : QString();
        }
        if (name == u"scheme") {
            route.scheme = value;
            return value.isEmpty() ? QStringLiteral("scheme wants an id") : QString();
        }
        return QStringLiteral("there is no option \"%1\"").arg(name);
    }
}

Result<Route> routeFromArgument(const QString& argument)
{
    const QStringList parts = argument.split(u',');
    Route route;
    route.source = QStringLiteral("--endpoint");
    route.cached = Cached::Yes;
    const qsizetype equals = parts.first().indexOf(u'=');
    if (equals < 1)
        return bad(argument, QStringLiteral("a class name and \"=\" come first"));
    route.className = decoded(parts.first().first(equals));
    route.route = decoded(parts.first().sliced(equals + 1));
    if (!route.route.startsWith('/'))
        return bad(argument, QStringLiteral("the route starts with a slash"));
    if (const QString wrong = wrongInRoute(route.route); !wrong.isEmpty())
        return bad(argument, wrong);
    QStringList seen;
    for (const QString& part : parts.sliced(1)) {
        const qsizetype at = part.indexOf(u'=');
        const QString name = part.first(at < 0 ? part.size() : at);
        if (at < 0 || (seen.contains(name) && name != u"vary_on"))
            return bad(argument, (at < 0 ? QStringLiteral("\"%1\" has no value") : QStringLiteral("%1 is given twice")).arg(name));
        seen << name;
        if (const QString wrong = takeOption(route, name, part.sliced(at + 1)); !wrong.isEmpty())
            return bad(argument, wrong);
    }
    return route;
}

QString argumentFromRoute(const Route& route)
{
    QString text = encoded(route.className) + u'=' + encoded(route.route);
    if (route.ttlS)
        text += QStringLiteral(",ttl=") + QString::number(*route.ttlS);
    if (route.cached != Cached::Yes)
        text += QStringLiteral(",cached=") + cachedName(route.cached);
    if (!route.scheme.isEmpty())
        text += QStringLiteral(",scheme=") + route.scheme;
    for (const QByteArray& name : route.varyOn)
        text += QStringLiteral(",vary_on=") + encoded(name);
    return text;
}

}
