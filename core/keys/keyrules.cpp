// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyrules.h"

#include "core/cache/keyscheme.h"
#include "core/cache/learnedroutes.h"

#include <algorithm>

namespace core::keys {

namespace {
    constexpr std::size_t checkEvery = 4096;

    // Calls `use(key)` for each key that is there; false when cancelled.
    template <typename Use>
    bool forEach(const KeyStore& store, const Order& order, std::size_t step, const std::atomic_bool& cancelled, Use use)
    {
        for (std::size_t i = 0, n = 0; i < order.size(); i += step, ++n) {
            if (n % checkEvery == 0 && cancelled)
                return false;
            if (!store.isDeleted(order[i]))
                use(store.at(order[i]));
        }
        return !cancelled;
    }

    void note(TemplateFit& fit, const cache::KeyTemplate& keyTemplate, QByteArrayView key)
    {
        const auto match = keyTemplate.match(key);
        if (!match)
            return;
        ++fit.keys;
        const bool certain = match->isOnly && keyTemplate.keyOf(match->values) == key.toByteArray();
        fit.uncertain += certain ? 0 : 1;
        const bool isWanted = certain ? fit.samples.size() < mostSamples / 2 : fit.uncertain <= mostSamples / 2;
        if (isWanted)
            fit.samples << TemplateFit::Sample {key.toByteArray(), match->values, certain};
    }
}

QList<cache::Route> routesFromKeys(const KeyStore& store, const Order& order, const cache::RouteTable& known, const std::atomic_bool& cancelled)
{
    const std::size_t step = std::max<std::size_t>(1, (order.size() + mostLearnedFrom - 1) / mostLearnedFrom);
    cache::RouteLearner learner(known);
    const bool whole = forEach(store, order, step, cancelled, [&](QByteArrayView key) { learner.add(cache::parseKey(key.toByteArray(), known)); });
    return whole ? learner.routes() : QList<cache::Route>();
}

std::optional<QList<TemplateFit>> fitsOf(const KeyStore& store, const Order& order, const QList<cache::KeyTemplate>& templates, const std::atomic_bool& cancelled)
{
    QList<TemplateFit> fits(templates.size());
    const bool whole = forEach(store, order, 1, cancelled, [&](QByteArrayView key) {
        for (qsizetype i = 0; i < templates.size(); ++i)
            note(fits[i], templates[i], key);
    });
    if (!whole)
        return {};
    for (TemplateFit& fit : fits)
        std::stable_partition(fit.samples.begin(), fit.samples.end(), [](const TemplateFit::Sample& sample) { return !sample.certain; });
    return fits;
}

}
