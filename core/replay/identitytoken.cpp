// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/identitytoken.h"

#include "core/cache/jsontext.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

namespace core::replay {

namespace {
    constexpr qsizetype longestToken = 64 * 1024;
    constexpr double longestTime = 1e15; // thirty million years, well inside qint64 and double
}

std::optional<QByteArray> stringOf(QByteArrayView token)
{
    if (!token.startsWith('"'))
        return {};
    const QJsonDocument document = QJsonDocument::fromJson('[' + token.toByteArray() + ']');
    return document.array().isEmpty() ? std::nullopt : std::optional(document.array().first().toString().toUtf8());
}

std::optional<QByteArray> memberOf(QByteArrayView json, QByteArrayView name)
{
    cache::JsonTokens tokens(json);
    if (!cache::isJson(json) || tokens.next() != "{")
        return {};
    std::optional<QByteArray> found;
    for (QByteArrayView token = tokens.next(); !token.isEmpty() && token != "}"; token = tokens.next()) {
        if (token == ",")
            continue;
        const auto member = stringOf(token);
        tokens.next(); // the colon
        const QByteArrayView value = tokens.nextValue();
        if (member && QByteArrayView(*member) == name) {
            const auto text = stringOf(value);
            found = text ? *text : value.toByteArray();
        }
    }
    return found;
}

std::optional<TokenFacts> tokenFacts(QByteArrayView token)
{
    const QList<QByteArray> parts = token.size() <= longestToken ? token.toByteArray().split('.') : QList<QByteArray>();
    if (parts.size() != 3)
        return {};
    const auto decoded = QByteArray::fromBase64Encoding(parts.at(1), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || !decoded.decoded.trimmed().startsWith('{') || !cache::isJson(decoded.decoded))
        return {};
    TokenFacts facts;
    facts.subject = memberOf(decoded.decoded, "sub").value_or(QByteArray());
    bool isNumber = false;
    const double expires = memberOf(decoded.decoded, "exp").value_or(QByteArray()).toDouble(&isNumber);
    if (isNumber && std::abs(expires) < longestTime)
        facts.expiresS = static_cast<qint64>(std::floor(expires));
    return facts;
}

}
