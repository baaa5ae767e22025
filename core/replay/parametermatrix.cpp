// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/parametermatrix.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/querycodec.h"

#include <algorithm>

namespace core::replay {

namespace {
    struct Parameter {
        QByteArray name;
        QList<QByteArray> values;
    };
    using Parameters = QList<Parameter>;

    Parameters byName(const cache::QueryPairs& pairs)
    {
        Parameters out;
        for (const auto& [name, value] : pairs) {
            auto known = std::ranges::find(out, name, &Parameter::name);
            if (known == out.end()) {
                out << Parameter {name, {}};
                known = std::prev(out.end());
            }
            if (!known->values.contains(value))
                known->values << value;
        }
        return out;
    }

    // "/users/{id:int}/posts": "/users/", id, int, "/posts".
    struct Piece {
        QByteArray literal; // before the place
        QByteArray name; // empty: the end of the route
        QByteArray convertor;
    };

    QList<Piece> piecesOf(const QByteArray& route)
    {
        QList<Piece> out;
        qsizetype from = 0;
        for (qsizetype open = route.indexOf('{'); open >= 0; open = route.indexOf('{', from)) {
            const qsizetype close = route.indexOf('}', open);
            if (close < 0)
                break;
            const QByteArray inside = route.mid(open + 1, close - open - 1);
            const qsizetype colon = inside.indexOf(':');
            out << Piece {route.mid(from, open - from), inside.left(colon < 0 ? inside.size() : colon), colon < 0 ? QByteArray("str") : inside.mid(colon + 1)};
            from = close + 1;
        }
        out << Piece {route.mid(from), {}, {}};
        return out;
    }

    bool isDigits(const QByteArray& text)
    {
        return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    }

    // What Starlette's convertor takes (convertors.py).
    bool fits(const QByteArray& value, const QByteArray& convertor)
    {
        if (convertor == "int")
            return isDigits(value);
        return !value.isEmpty() && (convertor == "path" || !value.contains('/'));
    }

    struct Plan {
        QList<Piece> pieces;
        Parameters inPath; // in the order of the pieces
        Parameters inQuery;
        QString problem;

        double count() const
        {
            double out = 1;
            for (const Parameters& part : {inPath, inQuery}) {
                for (const Parameter& parameter : part)
                    out *= static_cast<double>(parameter.values.size());
            }
            return out;
        }
    };

    Plan planFor(const cache::Route& route, const Parameters& parameters)
    {
        Plan plan {piecesOf(route.route), {}, parameters, {}};
        for (const Piece& piece : std::as_const(plan.pieces)) {
            if (piece.name.isEmpty())
                continue;
            const auto known = std::ranges::find(parameters, piece.name, &Parameter::name);
            Parameter values = known == parameters.end() ? Parameter {piece.name, {}} : *known;
            values.values.removeIf([&piece](const QByteArray& value) { return !fits(value, piece.convertor); });
            if (values.values.isEmpty())
                plan.problem = QStringLiteral("no value that fits is given for {%1}").arg(displayText(piece.name));
            plan.inQuery.removeIf([&piece](const Parameter& parameter) { return parameter.name == piece.name; });
            plan.inPath << values;
        }
        return plan;
    }

    // The next combination, the last parameter the fastest; false after the last one.
    bool advance(QList<qsizetype>& chosen, const Parameters& parameters)
    {
        for (qsizetype i = parameters.size() - 1; i >= 0; --i) {
            if (++chosen[i] < parameters[i].values.size())
                return true;
            chosen[i] = 0;
        }
        return false;
    }

    QByteArray targetOf(const Plan& plan, const Parameters& all, const QList<qsizetype>& chosen)
    {
        QByteArray path;
        qsizetype at = 0;
        for (const Piece& piece : plan.pieces) {
            path += cache::joinTarget(piece.literal, {});
            if (!piece.name.isEmpty()) {
                path += all[at].values[chosen[at]].toPercentEncoding(piece.convertor == "path" ? QByteArray("/") : QByteArray());
                ++at;
            }
        }
        cache::QueryPairs query;
        for (; at < all.size(); ++at)
            query.emplace_back(all[at].name, all[at].values[chosen[at]]);
        return query.isEmpty() ? path : QByteArray(path + '?' + cache::encodeQuery(query));
    }

    void addTargets(const Plan& plan, QList<QByteArray>& targets)
    {
        const Parameters all = plan.inPath + plan.inQuery;
        QList<qsizetype> chosen(all.size(), 0);
        do {
            targets << targetOf(plan, all, chosen);
        } while (advance(chosen, all));
    }

    QString whySkipped(const cache::RouteTable& routes, const cache::Route& route)
    {
        switch (routes.cachedOf(route)) {
        case cache::Cached::No: return QStringLiteral("it is not cached by configuration");
        case cache::Cached::Unknown: return QStringLiteral("whether it is cached is not known");
        case cache::Cached::Yes: break;
        }
        return {};
    }
}

Result<RouteTargets> matrixTargets(const cache::RouteTable& routes, const cache::QueryPairs& parameters, qint64 most)
{
    const Parameters named = byName(parameters);
    RouteTargets out;
    QList<Plan> plans;
    double count = 0;
    for (const cache::Route& route : routes.routes()) {
        Plan plan = planFor(route, named);
        const QString why = whySkipped(routes, route);
        if (!why.isEmpty() || !plan.problem.isEmpty()) {
            out.skipped << RouteTargets::Skipped {route.route, why.isEmpty() ? plan.problem : why};
            continue;
        }
        count += plan.count();
        plans << std::move(plan);
    }
    if (count > static_cast<double>(most)) {
        return fail(Code::Input, Reason::TooManyTargets, formatCount(most),
            QStringLiteral("The parameters and routes make %1").arg(count < 1e15 ? formatCount(static_cast<qint64>(count)) : QStringLiteral("more than can be counted")));
    }
    for (const Plan& plan : std::as_const(plans))
        addTargets(plan, out.targets);
    return out;
}

Result<std::pair<QByteArray, QByteArray>> parameterFromArgument(const QString& argument)
{
    const qsizetype equals = argument.indexOf(u'=');
    if (equals < 1)
        return fail(Code::Input, Reason::BadOption, displayText(argument), QStringLiteral("A parameter is written name=value"));
    return std::pair(argument.left(equals).toUtf8(), argument.mid(equals + 1).toUtf8());
}

}
