// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/async.h"
#include "core/base/job.h"

#include <QSignalSpy>
#include <QTest>

using namespace core;

namespace {
class CountingJob final : public Job {
public:
    CountingJob()
        : Job(QStringLiteral("count"), QStringLiteral("x"))
    {
    }
    void step(qint64 done) { setProgress(done, 10); }
    void end() { finish(); }
    int cancels = 0;

protected:
    void onStart() override { }
    void onCancel() override
    {
        ++cancels;
        Job::onCancel();
    }
};
}

class TestJob final : public QObject {
    Q_OBJECT
private slots:
    void finishesOnce()
    {
        CountingJob job;
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        job.start();
        job.step(3);
        job.end();
        job.end();
        job.cancel();
        QCOMPARE(finished.size(), 1);
        QVERIFY(job.outcome().has_value());
        QCOMPARE(job.done(), 3);
    }

    void cancelInAnyState()
    {
        CountingJob never;
        QSignalSpy neverFinished(&never, &Job::finished);
        never.cancel();
        never.start();
        QCOMPARE(neverFinished.size(), 1);
        QCOMPARE(never.outcome().error().code, Code::Cancelled);

        CountingJob running;
        QSignalSpy finished(&running, &Job::finished);
        running.start();
        running.cancel();
        running.cancel();
        QCOMPARE(finished.size(), 1);
        QCOMPARE(running.cancels, 1);
        QVERIFY(running.wasCancelled());
    }

    void answersReachTheContextOnly()
    {
        int answers = 0;
        {
            QObject context;
            onFinished(readyFuture<int>(7), &context, [&](const Result<int>& r) { answers += r.value(); });
            QTRY_COMPARE(answers, 7);
        }
        auto gone = std::make_unique<QObject>();
        QPromise<Result<int>> promise;
        promise.start();
        onFinished(promise.future(), gone.get(), [&](const Result<int>&) { answers = -1; });
        gone.reset();
        promise.addResult(Result<int>(1));
        promise.finish();
        QCoreApplication::processEvents();
        QCOMPARE(answers, 7);
    }

    void aDroppedPromiseIsCancelled()
    {
        Result<int> seen = 0;
        QFuture<Result<int>> future;
        {
            QPromise<Result<int>> promise;
            promise.start();
            future = promise.future();
        }
        onFinished(future, this, [&](const Result<int>& r) { seen = r; });
        QTRY_VERIFY(!seen.has_value());
        QCOMPARE(seen.error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
