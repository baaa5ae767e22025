// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"

#include <QMap>

struct VerdictScenario;

// What Cachelight said of one scenario on one app.
struct VerdictCell {
    QString verdict; // "HIT exact"
    QString sentence;
    QList<core::replay::Evidence> evidence;
    QList<core::replay::Contradiction> contradictions;

    static VerdictCell of(const core::replay::ReplayResult& result);
    QString contradictionNames() const;
    QString told() const; // all of it, for a failing test
};

struct VerdictColumn {
    QString app;
    QMap<QByteArray, VerdictCell> cells; // by scenario
};

// docs/verdicts.md. What differs from run to run (times, counts) is left out.
QByteArray verdictPage(const QList<VerdictColumn>& columns, const QList<VerdictScenario>& scenarios);
