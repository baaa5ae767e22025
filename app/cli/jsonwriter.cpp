// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/jsonwriter.h"

#include "core/base/bytes.h"

#include <cmath>

#include <rapidjson/writer.h>

namespace cli {

namespace {
    struct Stream {
        using Ch = char;
        QByteArray* sink;
        void Put(char c) { sink->append(c); }
        void Flush() { }
    };
}

class JsonWriter::Private {
public:
    explicit Private(QByteArray* sink)
        : stream {sink}
        , writer(stream)
    {
    }
    Stream stream;
    rapidjson::Writer<Stream> writer;
};

JsonWriter::JsonWriter(QByteArray* sink)
    : d(std::make_unique<Private>(sink))
{
}

JsonWriter::~JsonWriter() = default;

void JsonWriter::restart()
{
    d->writer.Reset(d->stream);
}

void JsonWriter::beginObject()
{
    d->writer.StartObject();
}

void JsonWriter::endObject()
{
    d->writer.EndObject();
}

void JsonWriter::beginArray()
{
    d->writer.StartArray();
}

void JsonWriter::endArray()
{
    d->writer.EndArray();
}

void JsonWriter::name(const char* name)
{
    d->writer.Key(name);
}

void JsonWriter::name(const QString& name)
{
    const QByteArray utf8 = name.toUtf8();
    d->writer.Key(utf8.constData(), static_cast<rapidjson::SizeType>(utf8.size()));
}

void JsonWriter::value(std::nullptr_t)
{
    d->writer.Null();
}

void JsonWriter::value(bool flag)
{
    d->writer.Bool(flag);
}

void JsonWriter::value(qint64 number)
{
    d->writer.Int64(number);
}

void JsonWriter::value(double number)
{
    if (std::isfinite(number))
        d->writer.Double(number);
    else
        d->writer.Null();
}

void JsonWriter::value(const char* text)
{
    d->writer.String(text);
}

void JsonWriter::value(const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    d->writer.String(utf8.constData(), static_cast<rapidjson::SizeType>(utf8.size()));
}

void JsonWriter::value(const QStringList& texts)
{
    beginArray();
    for (const QString& text : texts)
        value(text);
    endArray();
}

void JsonWriter::ttl(const char* fieldName, qint64 ms)
{
    name(fieldName);
    if (ms < -1)
        value(nullptr);
    else
        value(ms);
}

void JsonWriter::bytes(const char* fieldName, const QByteArray& content)
{
    name(fieldName);
    if (core::isUtf8(content)) {
        d->writer.String(content.constData(), static_cast<rapidjson::SizeType>(content.size()));
        return;
    }
    value(nullptr);
    const QByteArray base = fieldName;
    name(QByteArray(base + "_b64").constData());
    value(QString::fromLatin1(content.toBase64()));
    name(QByteArray(base + "_text").constData());
    value(core::displayText(content));
}

void JsonWriter::bytes(const char* fieldName, const std::optional<QByteArray>& content)
{
    if (content)
        bytes(fieldName, *content);
    else
        field(fieldName, nullptr);
}

void JsonWriter::argument(const QByteArray& content)
{
    value(core::argumentFromBytes(content));
}

void JsonWriter::raw(const char* fieldName, const QByteArray& json)
{
    name(fieldName);
    d->writer.RawValue(json.constData(), static_cast<std::size_t>(json.size()), rapidjson::kObjectType);
}

}
