// SPDX-License-Identifier: GPL-3.0-or-later
// The text of the search field, a newline, a key: a mistake has its place, and searching a store finds what asking the key finds.
#include "core/keys/keymatcher.h"
#include "core/keys/keymeta.h"
#include "fuzz.h"

using namespace core;
using namespace core::keys;

namespace {

const std::atomic_bool never = false;
const cache::RouteTable noRoutes;

void checkMistake(const QString& text, const QueryMistake& mistake)
{
    const QueryPlace place = mistake.place;
    fuzz::must(place.from >= 0 && place.length > 0 && place.from + place.length <= text.size(), "a mistake stands inside the text");
    fuzz::must(mistake.error.reason == Reason::BadQuery && !mistake.error.detail.isEmpty(), "a mistake says what it is");
}

void checkTerms(const QString& text)
{
    for (qsizetype at = 0; at <= text.size(); ++at) {
        const QueryPlace term = queryTermAt(text, at);
        fuzz::must(term.from >= 0 && term.length >= 0 && term.from + term.length <= text.size(), "a term stands inside the text");
    }
}

void checkSearch(const KeyQuery& query, const KeyStore& store, const QByteArray& key)
{
    const auto asked = KeyMatcher(query, noRoutes).passes(key);
    fuzz::must(asked || asked.error().reason == Reason::SearchTooCostly, "the one failure of a search is its cost");
    const auto order = sortedOrder(store, store.size(), never);
    const auto found = filtered(store, *order, query, noRoutes, never);
    if (!found || !asked)
        return;
    const bool listed = std::any_of((*found)->begin(), (*found)->end(), [&](KeyId id) { return store.at(id) == key; });
    fuzz::must(listed == *asked, "searching finds what asking finds");
}

void checkQuoted(const QByteArray& key)
{
    const ParsedQuery quoted = parseKeyQuery(queryQuoted(key), false);
    if (key.isEmpty())
        return;
    fuzz::must(quoted && quoted->texts().size() == 1 && quoted->texts().front().anyOf.front().text == key, "a quoted key means itself");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [line, key] = fuzz::halves(data, size);
    const QString text = QString::fromUtf8(line);
    checkTerms(text);
    checkQuoted(key);
    KeyStore store;
    for (const QByteArray& each : {QByteArray("a"), key, QByteArray("lightapi:Book:/books:page=1"), key, QByteArray()})
        store.key(each.constData(), std::size_t(each.size()));
    store.batchEnd();
    for (const bool ignoreCase : {false, true}) {
        const ParsedQuery query = parseKeyQuery(text, ignoreCase);
        if (!query) {
            checkMistake(text, query.error());
            continue;
        }
        fuzz::must(query->needsMeta() == query->metaPlace().has_value(), "a term about figures has a place");
        fuzz::must(!query->needsMeta() || !query->matchesMeta(KeyMeta::gone, -1), "a key that has gone matches no figure");
        checkSearch(*query, store, key);
    }
    return 0;
}
