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
    core::Result<QList<QByteArray>> namedKeys(Context& context)
    {
        QList<QByteArray> keys;
        for (const QString& word : context.line().positional) {
            const auto key = core::bytesFromArgument(word);
            if (!key)
                return core::fail(key.error());
            keys << *key;
        }
        if (keys.isEmpty() && !context.line().has("--stdin"))
            return core::fail(badOption(QStringLiteral("parse"), QStringLiteral("a KEY or --stdin is missing")));
        return keys;
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

    using core::cache::ParsedKey;

    void writeReadings(JsonWriter& json, const QList<ParsedKey>& readings)
    {
        json.name("readings");
        json.beginArray();
        for (const ParsedKey& reading : readings) {
            json.beginObject();
            writeParsed(json, reading);
            json.bytes("user", reading.user);
            json.bytes("id", reading.id);
            json.endObject();
        }
        json.endArray();
    }

    // "seed-v1: class Book, path /books, query a=1"
    QString told(const ParsedKey& reading)
    {
        QStringList parts;
        const auto add = [&parts](const char* name, const std::optional<QByteArray>& bytes) {
            if (bytes)
                parts << QLatin1String(name) + u' ' + shown(*bytes);
        };
        add("class", reading.className);
        add("path", reading.path);
        add("user", reading.user);
        add("id", reading.id);
        for (const auto& [name, value] : reading.query)
            parts << QStringLiteral("query ") + shown(name) + u'=' + shown(value);
        return reading.scheme + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
    }

    void writeItem(JsonWriter& json, const ParsedKey& parsed, std::optional<qint64> ttlS, const QList<ParsedKey>& readings)
    {
        json.bytes("key", parsed.raw);
        writeParsed(json, parsed);
        json.bytes("tag", parsed.tag);
        writeInner(json, parsed.inner);
        json.bytes("user", parsed.user);
        json.bytes("id", parsed.id);
        json.field("policy_ttl_s", ttlS);
        json.field("confidence", core::cache::confidenceName(parsed.confidence));
        json.field("alternatives", parsed.alternatives);
        writeReadings(json, readings);
        json.field("notes", parsed.notes);
    }

    void printText(Output& out, const ParsedKey& parsed, std::optional<qint64> ttlS, const QList<ParsedKey>& readings)
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
        row("id", shown(parsed.id.value_or(QByteArray())));
        row("lives", ttlS ? QStringLiteral("%1 s").arg(*ttlS) : QString());
        row("confidence", core::cache::confidenceName(parsed.confidence));
        row("alternatives", parsed.alternatives.join(QStringLiteral(", ")));
        for (const ParsedKey& reading : readings)
            row("or", told(reading));
        row("notes", core::displayText(parsed.notes.join(QStringLiteral("; "))));
    }

    void tell(Output& out, const QByteArray& key, const core::cache::RouteTable& routes)
    {
        const ParsedKey parsed = core::cache::parsedInDetail(key, routes);
        const QList<ParsedKey> readings = core::cache::otherReadings(parsed, routes);
        const std::optional<qint64> ttlS = core::cache::policyTtlS(parsed, routes);
        out.item([&](JsonWriter& json) { writeItem(json, parsed, ttlS, readings); });
        if (out.isText())
            printText(out, parsed, ttlS, readings);
    }
}

void runParse(Context& context)
{
    const auto routes = context.routes();
    if (!routes)
        return context.fail(routes.error());
    const auto keys = namedKeys(context);
    if (!keys)
        return context.fail(keys.error());
    Output& out = context.out();
    qint64 count = 0;
    const auto take = [&](const QByteArray& key) -> core::Result<void> {
        tell(out, key, *routes);
        ++count;
        return out.failure() ? core::Result<void>(core::fail(*out.failure())) : core::Result<void>();
    };
    out.beginItems();
    for (const QByteArray& key : *keys) {
        if (const auto taken = take(key); !taken)
            return context.fail(taken.error());
    }
    if (context.line().has("--stdin")) {
        if (const auto read = readKeys(QStringLiteral("-"), context.line().has("--null"), take, [&out] { out.flush(); }); !read)
            return context.fail(read.error());
    }
    out.summary([&](JsonWriter& json) { json.field("count", count); });
    context.finish();
}

}
