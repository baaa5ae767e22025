// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keystore.h"

namespace core::keys {

// What the keys that are there say about the rules by which keys are made. For pool threads: all of these pass over many keys.

// Routes of classes that `known` does not have (cache::RouteLearner); of a large database from `mostLearnedFrom` keys, evenly spread.
// Empty when cancelled.
inline constexpr std::size_t mostLearnedFrom = 300'000;
QList<cache::Route> routesFromKeys(const KeyStore& store, const Order& order, const cache::RouteTable& known, const std::atomic_bool& cancelled);

// How one template fits.
struct TemplateFit {
    struct Sample {
        QByteArray key;
        cache::TemplateValues values;
        bool certain = true; // no other cut fits, and the values make this key again
    };
    qint64 keys = 0; // that it reads
    qint64 uncertain = 0; // of these
    QList<Sample> samples; // the first of each kind, at most mostSamples; those that are uncertain first
};
inline constexpr qsizetype mostSamples = 50;
// A fit for each template, read without regard to the others; nothing when cancelled. A hashed template reads no key.
std::optional<QList<TemplateFit>> fitsOf(const KeyStore& store, const Order& order, const QList<cache::KeyTemplate>& templates, const std::atomic_bool& cancelled);

}
