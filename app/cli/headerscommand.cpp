// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cachelayers.h"
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"

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

void runHeaders(Context& context)
{
    const auto head = readFile(QStringLiteral("-"));
    if (!head)
        return context.fail(head.error());
    const auto layers = core::http::cacheLayers(core::http::parseHead(*head));
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
