// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/errortext.h"
#include "core/base/job.h"
#include "tests/support/cachingapi.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

// What tests of jobs on a living API share: a stage for the whole program, empty before each test.
class StageTest : public QObject {
    Q_OBJECT
protected slots:
    void initTestCase()
    {
        m_stage = std::make_unique<Stage>();
        const auto built = m_stage->build();
        QVERIFY2(built, built ? "" : qPrintable(core::oneLine(built.error())));
    }
    void cleanupTestCase() { m_stage.reset(); }
    void init() { QVERIFY(m_stage->ask({"FLUSHALL"})); }

protected:
    // Starts it; false where it has not ended in that time.
    static bool finishes(core::Job& job, int withinMs = 15'000)
    {
        QSignalSpy finished(&job, &core::Job::finished);
        job.start();
        return !finished.isEmpty() || finished.wait(withinMs);
    }

    std::unique_ptr<Stage> m_stage;
};
