// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/jsontext.h"
#include "core/values/parsed.h"

namespace core::values {

namespace {
    using Kind = Structure::Kind;

    constexpr qsizetype cancelInterval = 4096; // tokens

    Kind kindOf(QByteArrayView token)
    {
        const char first = token[0];
        return first == '"' ? Kind::String : first == '-' || (first >= '0' && first <= '9') ? Kind::Number : Kind::Literal;
    }
}

Structure structureOfJson(const QByteArray& json, const CancelCheck& isCancelled)
{
    StructureBuilder builder(json);
    cache::JsonTokens tokens(json);
    QList<bool> inObject;
    bool isName = false;
    bool goesOn = true;
    qsizetype count = 0;
    for (QByteArrayView token = tokens.next(); goesOn && !token.isEmpty(); token = tokens.next()) {
        if (++count % cancelInterval == 0 && isCancelled && isCancelled())
            break;
        const char first = token[0];
        if (first == '{' || first == '[') {
            goesOn = builder.open(first == '{' ? Kind::Map : Kind::List);
            inObject += first == '{';
            isName = first == '{';
        } else if (first == '}' || first == ']') {
            builder.close();
            inObject.removeLast();
            isName = false;
        } else if (first == ',') {
            isName = inObject.last();
        } else if (first == ':') {
            continue;
        } else if (isName) {
            builder.setName(token.sliced(1, token.size() - 2));
            isName = false;
        } else {
            goesOn = builder.add(kindOf(token), token);
        }
    }
    return builder.take();
}

}
