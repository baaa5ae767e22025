// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace cli {

// JSON as it is made, appended to a buffer that the owner empties. Numbers that are not finite become null.
class JsonWriter {
public:
    explicit JsonWriter(QByteArray* sink);
    ~JsonWriter();

    void restart(); // the next value begins a document of its own
    void beginObject();
    void endObject();
    void beginArray();
    void endArray();
    void name(const char* name);
    void name(const QString& name);

    void value(std::nullptr_t);
    void value(bool flag);
    void value(int number) { value(static_cast<qint64>(number)); }
    void value(qint64 number);
    void value(double number);
    void value(const char* text);
    void value(const QString& text);
    void value(const QStringList& texts);
    template <typename T>
    void value(const std::optional<T>& maybe)
    {
        if (maybe)
            value(*maybe);
        else
            value(nullptr);
    }

    template <typename T>
    void field(const char* fieldName, const T& content)
    {
        name(fieldName);
        value(content);
    }
    // A time to live as Redis says it: -1 never expires; -2, gone, becomes null.
    void ttl(const char* fieldName, qint64 ms);
    // Bytes: "key":"text" when that is exact, else "key":null with "key_b64" and "key_text" (CLI.md, "Output").
    void bytes(const char* fieldName, const QByteArray& content);
    void bytes(const char* fieldName, const std::optional<QByteArray>& content);
    // Bytes where a plain value must stand (in an array): text, or b64:… as an argument would be written.
    void argument(const QByteArray& content);
    // A JSON value that is text already.
    void raw(const char* fieldName, const QByteArray& json);

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
