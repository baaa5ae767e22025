// SPDX-License-Identifier: GPL-3.0-or-later
// A collection of requests, written by anybody: what is read can be sent and is written back the same, and holds no secret in clear.
#include "fuzz.h"

#include "core/replay/collection.h"

using namespace core;
using namespace core::replay;

namespace {

void checkFilled(const SavedRequest& saved, const QByteArray& value)
{
    Variables variables;
    for (const QString& name : variablesOf(saved))
        variables.insert(name, value);
    const auto request = filledIn(saved, variables);
    if (!request)
        return;
    fuzz::must(bool(http::checkMethod(request->method)), "the method can be sent and is not HEAD");
    fuzz::must(bool(http::checkRequestTarget(request->target)), "the target can be sent");
    for (const auto& [name, text] : request->headers)
        fuzz::must(bool(http::checkHeader(name, text)), "the headers can be sent");
}

}

// The first line is what variables stand for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::Halves halves = fuzz::halves(data, size);
    const auto collection = collectionFromJson(halves.rest, QStringLiteral("fuzz"));
    if (!collection) {
        fuzz::must(collection.error().reason != Reason::None, "a refusal says why");
        return 0;
    }
    const auto json = collectionToJson(*collection);
    fuzz::must(bool(json), "what was read can be written");
    const auto again = collectionFromJson(*json, QStringLiteral("fuzz"));
    fuzz::must(again && *again == *collection, "what was written is read the same");
    for (const SavedRequest& request : collection->requests)
        checkFilled(request, halves.first);
    return 0;
}
