// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/jsonwriter.h"
#include "core/cache/collisions.h"

namespace cli {

// "collisions":[…], as predict and replay print it.
inline void writeCollisions(JsonWriter& json, const QList<core::cache::Collision>& collisions)
{
    json.name("collisions");
    json.beginArray();
    for (const core::cache::Collision& collision : collisions) {
        json.beginObject();
        json.bytes("target", collision.target);
        json.field("why", collision.why);
        json.field("anonymous", collision.anonymous);
        json.field("detail", collision.detail);
        json.endObject();
    }
    json.endArray();
}

}
