// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "core/values/diff.h"

#include <optional>
#include <utility>

namespace core::replay {

enum class FreshState {
    Same, Stale,
    NotCached, // nothing that LightAPI would serve
    NoAnswer, // none that can be compared
    Unknown, // the entry could not be read, or changed meanwhile
};
QString freshStateName(FreshState state); // same stale not-cached no-answer unknown

struct FreshComparison {
    FreshState state = FreshState::Unknown;
    QString reason; // English source text; keys and bodies in it as displayText()
    std::optional<std::pair<int, int>> statuses; // cached and fresh, where they differ
    std::optional<values::PathDiff> paths; // of stale ones, where both are JSON
};

// "$", then .name, ["any name"], [3] or [*] ("every element") after one another, as paths of changes are written. Reason::BadOption.
Result<void> checkIgnoredPath(const QByteArray& path);

// Whether a change is at one of these paths or below; "[*]" stands for every element ("$.results[*].seen_at").
bool isIgnored(const QByteArray& path, const QList<QByteArray>& ignored);

// The entry under a key of `scheme` beside an answer that did not come from it. What an app
// writes anew into each answer (a time) is `ignored`. Pure; takes as long as the bodies are large.
FreshComparison compareFresh(const QByteArray& stored, const QString& scheme, int freshStatus, const QByteArray& freshBody,
    const QList<QByteArray>& ignored = {}, const values::DiffLimits& limits = {});

}
