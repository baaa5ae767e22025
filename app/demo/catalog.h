// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"

#include <QByteArray>

#include <optional>

// The rows that the demo's API serves, as JSON bodies in the form Starlette sends (compact, UTF-8). Every body holds the time
// at which it was computed, so that a cached one can be told from a fresh one.
namespace demo::catalog {

// nullopt where LightAPI answers 404.
using Body = std::optional<QByteArray>;

Body products(const core::cache::QueryPairs& query); // page (10 a page), category
Body product(int id);
Body search(const core::cache::QueryPairs& query); // q, page
Body item(int id);
Body categoryItems(int category);
Body flashOffer();
Body orders();
Body stock();
Body salesReport();

QByteArray productCreated(const QByteArray& name);

}
