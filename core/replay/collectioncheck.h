// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collection.h"
#include "core/replay/replay.h"

namespace core::replay {

// One expectation beside what came. Texts are English source text; bytes in them as displayText().
struct CollectionCheck {
    QString what; // answer status verdict ttl latency, or "header " and its name
    QString expected, actual;
    bool passed = false;
    QString why; // of one that did not pass, where more is known than the two texts say
};

// Every expectation, in a fixed order, after the one that there is an answer at all; without an answer that one alone. Pure.
QList<CollectionCheck> checkExpectations(const Expectations& expect, const ReplayResult& result);

}
