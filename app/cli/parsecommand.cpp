// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/keytext.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"

namespace cli {

namespace {
    core::Result<QList<QByteArray>> wantedKeys(Context& context)
    {
        QList<QByteArray> keys;
        for (const QString& word : context.line().positional) {
            const auto key = core::bytesFromArgument(word);
            if (!key)
                return core::fail(key.error());
            keys << *key;
        }
        if (!context.line().has("--stdin")) {
            if (keys.isEmpty())
                return core::fail(badOption(QStringLiteral("parse"), QStringLiteral("a KEY or --stdin is missing")));
            return keys;
        }
        const auto text = readFile(QStringLiteral("-"));
        if (!text)
            return core::fail(text.error());
        const auto more = keysFromText(*text, context.line().has("--null"));
        if (!more)
            return core::fail(more.error());
        return keys << *more;
    }

    void writeInner(JsonWriter& json, const std::shared_ptr<const core::cache::ParsedKey>& inner)
    {
        json.name("inner");
        if (!inner)
            return json.value(nullptr);
        json.beginObject();
        json.bytes("key", inner->raw);
        writeParsed(json, *inner);
        json.endObject();
    }

    void writeItem(JsonWriter& json, const core::cache::ParsedKey& parsed)
    {
        json.bytes("key", parsed.raw);
        writeParsed(json, parsed);
        json.bytes("tag", parsed.tag);
        writeInner(json, parsed.inner);
        json.bytes("user", parsed.user);
        json.field("confidence", core::cache::confidenceName(parsed.confidence));
        json.field("alternatives", parsed.alternatives);
        json.field("notes", parsed.notes);
    }

    void printText(Output& out, const core::cache::ParsedKey& parsed)
    {
        out.line(shown(parsed.raw));
        const auto row = [&](const char* name, const QString& text) {
            if (!text.isEmpty())
                out.line(QStringLiteral("  %1 %2").arg(QLatin1String(name), -13).arg(text));
        };
        row("kind", core::cache::kindName(parsed.kind));
        row("scheme", parsed.scheme);
        row("class", shown(parsed.className.value_or(QByteArray())));
        row("path", shown(parsed.path.value_or(QByteArray())));
        for (const auto& [name, value] : parsed.query)
            row("query", QString(shown(name) + QStringLiteral(" = ") + shown(value)));
        row("tag", shown(parsed.tag.value_or(QByteArray())));
        row("guards", parsed.inner ? shown(parsed.inner->raw) : QString());
        row("user", shown(parsed.user.value_or(QByteArray())));
        row("confidence", core::cache::confidenceName(parsed.confidence));
        row("alternatives", parsed.alternatives.join(QStringLiteral(", ")));
        row("notes", core::displayText(parsed.notes.join(QStringLiteral("; "))));
    }
}

void runParse(Context& context)
{
    const auto routes = context.routes();
    if (!routes)
        return context.fail(routes.error());
    const auto keys = wantedKeys(context);
    if (!keys)
        return context.fail(keys.error());
    Output& out = context.out();
    out.beginItems();
    for (const QByteArray& key : *keys) {
        const core::cache::ParsedKey parsed = core::cache::parseKey(key, *routes);
        out.item([&](JsonWriter& json) { writeItem(json, parsed); });
        if (out.isText())
            printText(out, parsed);
    }
    out.summary([&](JsonWriter& json) { json.field("count", static_cast<qint64>(keys->size())); });
    context.finish();
}

}
