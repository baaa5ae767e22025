// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/pageanswer.h"

#include "core/cache/jsontext.h"
#include "core/cache/querycodec.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace core::replay {

namespace {
    // A token of a string as its bytes; nothing for any other.
    std::optional<QByteArray> textOf(QByteArrayView token)
    {
        if (!token.startsWith('"'))
            return {};
        const QJsonDocument document = QJsonDocument::fromJson('[' + token.toByteArray() + ']');
        return document.array().isEmpty() ? std::nullopt : std::optional(document.array().first().toString().toUtf8());
    }

    std::optional<qint64> numberOf(QByteArrayView token)
    {
        bool isNumber = false;
        const qint64 number = token.toByteArray().toLongLong(&isNumber);
        return isNumber && number >= 0 ? std::optional(number) : std::nullopt;
    }

    bool isEmptyList(QByteArrayView value)
    {
        cache::JsonTokens tokens(value);
        return tokens.next() == "[" && tokens.next() == "]";
    }

    void takeNext(PageAnswer& answer, QByteArrayView token)
    {
        const auto text = textOf(token);
        if (!text || text->isEmpty())
            return;
        const bool isUrl = text->contains("://") || text->startsWith('/') || text->startsWith('?');
        if (!isUrl) {
            answer.nextCursor = *text;
            return;
        }
        for (const auto& [name, value] : cache::parseQuery(cache::splitTarget(*text).rawQuery)) {
            if (name == "page")
                answer.nextPage = numberOf(value);
            else if (name == "cursor" && !value.isEmpty())
                answer.nextCursor = value;
        }
    }
}

std::optional<PageAnswer> readPageAnswer(QByteArrayView body)
{
    cache::JsonTokens tokens(body);
    if (!cache::isJson(body) || tokens.next() != "{")
        return {};
    PageAnswer answer;
    bool hasList = false;
    for (QByteArrayView token = tokens.next(); !token.isEmpty() && token != "}"; token = tokens.next()) {
        if (token == ",")
            continue;
        const auto name = textOf(token);
        tokens.next(); // the colon
        const QByteArrayView value = tokens.nextValue();
        if (name == "results" || name == "items") {
            hasList = hasList || value.startsWith('[');
            answer.isEmpty = isEmptyList(value);
        } else if (name == "pages") {
            answer.pages = numberOf(value);
        } else if (name == "next") {
            takeNext(answer, value);
        }
    }
    return hasList ? std::optional(answer) : std::nullopt;
}

}
