// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cachelayers.h"
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/http/responsehead.h"

namespace cli {

void writeLayer(JsonWriter& json, const core::http::CacheLayer& layer)
{
    json.field("name", layer.name);
    json.field("verdict", core::http::verdictName(layer.verdict));
    json.field("ttl_s", layer.ttlS);
    json.bytes("key", layer.key);
    json.field("detail", layer.detail);
    json.bytes("raw", layer.raw);
}

namespace {
    constexpr qint64 maxHeadBytes = 1'000'000; // servers and clients take far less
    constexpr qint64 maxBodyBytes = 1'000'000'000; // what follows a head is let through, so that whoever writes it is not cut off

    core::Result<core::http::Headers> headFromStdin()
    {
        auto input = openInput(QStringLiteral("-"));
        if (!input)
            return core::fail(input.error());
        const auto text = input->next(maxHeadBytes + 1);
        if (!text)
            return core::fail(text.error());
        core::http::ParsedHead head = core::http::parsedHead(*text);
        if (text->size() > maxHeadBytes && !head.hasBody)
            return core::fail(core::Code::Input, core::Reason::None, QStringLiteral("stdin"),
                QStringLiteral("The head does not end within %1, the most that is taken. Give a response's head, as \"curl -sD- -o/dev/null URL\" prints it.").arg(core::formatBytes(maxHeadBytes)));
        for (qint64 passed = text->size(); passed < maxBodyBytes;) {
            const auto more = input->next(maxHeadBytes);
            if (!more || more->isEmpty())
                break;
            passed += more->size();
        }
        return std::move(head.headers);
    }
}

void runHeaders(Context& context)
{
    const auto head = headFromStdin();
    if (!head)
        return context.fail(head.error());
    const auto layers = core::http::cacheLayers(*head);
    Output& out = context.out();
    out.beginItems();
    TextColumns text({QStringLiteral("CACHE"), QStringLiteral("VERDICT"), QStringLiteral("TTL"), QStringLiteral("AS WRITTEN"), QStringLiteral("DETAIL")});
    for (const core::http::CacheLayer& layer : layers) {
        out.item([&](JsonWriter& json) { writeLayer(json, layer); });
        text.add({core::displayText(layer.name), core::http::verdictName(layer.verdict),
            layer.ttlS ? QStringLiteral("%1 s").arg(*layer.ttlS) : QStringLiteral("-"), shown(layer.raw), core::displayText(layer.detail)});
    }
    text.print(out);
    if (layers.isEmpty())
        context.console().say(QStringLiteral("no cache speaks in this head"));
    out.summary([&](JsonWriter& json) { json.field("count", static_cast<qint64>(layers.size())); });
    context.finish();
}

}
