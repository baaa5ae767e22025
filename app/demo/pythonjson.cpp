// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/pythonjson.h"

#include "core/cache/jsontext.h"

#include <QString>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace demo {

namespace {
    void appendAscii(QByteArray& out, QByteArrayView token)
    {
        const QString text = QString::fromUtf8(token);
        for (const QChar unit : text) {
            if (unit.unicode() < 0x80)
                out += unit.toLatin1();
            else
                out += "\\u" + QByteArray::number(unit.unicode(), 16).rightJustified(4, '0');
        }
    }
}

QByteArray pythonJson(const QByteArray& json)
{
    QByteArray out;
    core::cache::JsonTokens tokens(json);
    for (QByteArrayView token = tokens.next(); !token.isEmpty(); token = tokens.next()) {
        appendAscii(out, token);
        if (token == "," || token == ":")
            out += ' ';
    }
    return out;
}

std::optional<QByteArray> compactJson(const QByteArray& stored)
{
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(stored.constData(), static_cast<std::size_t>(stored.size()));
    if (document.HasParseError() || document.IsNull())
        return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document.Accept(writer);
    return QByteArray(buffer.GetString(), static_cast<qsizetype>(buffer.GetSize()));
}

}
