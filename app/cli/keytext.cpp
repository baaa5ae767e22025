// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keytext.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace cli {

namespace {
    template <typename T>
    void writeName(JsonWriter& json, const char* field, const T& name)
    {
        if (name.isEmpty())
            json.field(field, nullptr);
        else
            json.field(field, name);
    }
}

void writeParsed(JsonWriter& json, const core::cache::ParsedKey& parsed)
{
    json.field("kind", core::cache::kindName(parsed.kind));
    writeName(json, "scheme", parsed.scheme);
    json.bytes("class", parsed.className);
    json.bytes("path", parsed.path);
    json.name("query");
    json.beginArray();
    for (const auto& [name, value] : parsed.query) {
        json.beginArray();
        json.argument(name);
        json.argument(value);
        json.endArray();
    }
    json.endArray();
}

QString keyLine(const Output& out, const QByteArray& key)
{
    if (out.isTerminal())
        return core::displayText(key);
    const bool line = std::ranges::none_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (line && !key.isEmpty())
        return core::argumentFromBytes(key);
    return QStringLiteral("b64:") + QString::fromLatin1(key.toBase64());
}

}
