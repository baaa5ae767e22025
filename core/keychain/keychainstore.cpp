// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keychain/keychainstore.h"

#include "core/base/async.h"
#include "core/base/bytes.h"

#include <QDBusConnection>
#include <QDeadlineTimer>
#include <QFutureWatcher>
#include <QPromise>
#include <QThread>
#include <QTimer>

#include <qt6keychain/keychain.h>

#include <deque>
#include <functional>

namespace core::keychain {

namespace {
    constexpr int endWaitMs = 1'000;

    struct Answer {
        QKeychain::Error error = QKeychain::NoError;
        QString errorString;
        QByteArray secret;
    };
    using MakeJob = std::function<QKeychain::Job*()>;

    // What QtKeychain calls any other error is, without a session bus, no store at all.
    QKeychain::Error errorOf(const QKeychain::Job& job)
    {
        const bool isOther = job.error() == QKeychain::OtherError;
        return isOther && !QDBusConnection::sessionBus().isConnected() ? QKeychain::NoBackendAvailable : job.error();
    }

    // In the thread of `asker`. The job deletes itself: by us, libsecret would call back into it.
    void runJob(QObject* asker, const MakeJob& makeJob, const std::shared_ptr<QPromise<Result<Answer>>>& promise)
    {
        QKeychain::Job* job = makeJob();
        job->setInsecureFallback(false);
        QObject::connect(job, &QKeychain::Job::finished, asker, [promise](QKeychain::Job* done) {
            const auto* reading = qobject_cast<QKeychain::ReadPasswordJob*>(done);
            promise->addResult(Answer {errorOf(*done), done->errorString(), reading ? reading->binaryData() : QByteArray()});
            promise->finish();
        });
        job->start();
    }

    // Its future is answered once; the key store may answer later than that, or never.
    struct Question {
        virtual ~Question() = default;
        virtual void answer(const Answer& answer) = 0;
        virtual void refuse(Error error) = 0;

        MakeJob makeJob;
        QString service, name;
        bool writes = false;
        bool isAnswered = false;
    };
    using QuestionPtr = std::shared_ptr<Question>;

    Error errorOf(const Answer& answer, const QString& name)
    {
        const QString detail = displayText(answer.errorString);
        switch (answer.error) {
        case QKeychain::NoBackendAvailable:
        case QKeychain::NotImplemented:
            return {Code::Unsupported, Reason::NoSecretStore, {}, detail};
        case QKeychain::AccessDeniedByUser:
        case QKeychain::AccessDenied:
            return {Code::Permission, Reason::SecretsRefused, displayText(name), detail};
        default:
            return {Code::Reply, Reason::SecretsFailed, displayText(name), detail};
        }
    }

    template <typename T> struct TypedQuestion final : Question {
        QPromise<Result<T>> promise;
        TypedQuestion() { promise.start(); }
        void end(Result<T> result)
        {
            isAnswered = true;
            promise.addResult(std::move(result));
            promise.finish();
        }
        void answer(const Answer& answer) override
        {
            const bool isAbsent = answer.error == QKeychain::EntryNotFound;
            if (answer.error != QKeychain::NoError && !isAbsent)
                return end(fail(errorOf(answer, name)));
            if constexpr (std::is_void_v<T>)
                end({});
            else
                end(isAbsent ? T() : T(answer.secret));
        }
        void refuse(Error error) override { end(fail(std::move(error))); }
    };

    template <typename Job> Job* newJob(const QString& service, const QString& name)
    {
        auto* job = new Job(service);
        job->setKey(name);
        return job;
    }
}

// In the thread of the caller, which keeps the time: the other one may hang. One job at a time, so that a question nobody waits for any
// more is never begun.
class KeychainStore::Private final : public QObject {
public:
    explicit Private(int timeLimitMs)
        : m_timeLimitMs(timeLimitMs)
        , m_thread(new QThread)
        , m_asker(new QObject)
    {
        m_thread->setObjectName(QStringLiteral("cachelight-keys"));
        m_asker->moveToThread(m_thread.get());
        connect(m_thread.get(), &QThread::finished, m_asker, &QObject::deleteLater);
        m_thread->start();
    }
    // A session bus that hangs must not hold up the end of the program: the thread is left to it then.
    ~Private() override
    {
        m_thread->quit();
        if (!m_thread->wait(QDeadlineTimer(endWaitMs)))
            static_cast<void>(m_thread.release());
    }

    template <typename T> QFuture<Result<T>> ask(const QString& service, const QString& name, MakeJob makeJob, bool writes = false)
    {
        auto question = std::make_shared<TypedQuestion<T>>();
        question->makeJob = std::move(makeJob);
        question->service = service;
        question->name = name;
        question->writes = writes;
        const QFuture<Result<T>> future = question->promise.future();
        auto* watcher = new QFutureWatcher<Result<T>>(this);
        connect(watcher, &QFutureWatcherBase::canceled, this, [question] { giveUp(question, {Code::Cancelled, Reason::None, {}, {}}); });
        connect(watcher, &QFutureWatcherBase::finished, watcher, &QObject::deleteLater);
        watcher->setFuture(future);
        QTimer::singleShot(m_timeLimitMs, this, [question] { giveUp(question, {Code::Timeout, Reason::SecretsTimeout, {}, {}}); });
        m_waiting.push_back(std::move(question));
        startNext();
        return future;
    }

private:
    static void giveUp(const QuestionPtr& question, const Error& error)
    {
        if (!question->isAnswered)
            question->refuse(error);
    }

    void startNext()
    {
        while (!m_isBusy && !m_waiting.empty()) {
            const QuestionPtr next = m_waiting.front();
            m_waiting.pop_front();
            if (!next->isAnswered)
                run(std::exchange(next->makeJob, {}), [this, next](const Answer& answer) { onAnswered(next, answer); });
        }
    }

    void run(MakeJob makeJob, std::function<void(const Answer&)> then)
    {
        m_isBusy = true;
        auto promise = std::make_shared<QPromise<Result<Answer>>>();
        promise->start();
        onFinished(promise->future(), this, [this, then = std::move(then)](const Result<Answer>& answer) {
            m_isBusy = false;
            if (answer)
                then(*answer);
            startNext();
        });
        const auto begin = [asker = m_asker, makeJob = std::move(makeJob), promise] { runJob(asker, makeJob, promise); };
        QMetaObject::invokeMethod(m_asker, begin, Qt::QueuedConnection);
    }

    void onAnswered(const QuestionPtr& question, const Answer& answer)
    {
        if (!question->isAnswered)
            return question->answer(answer);
        if (question->writes && answer.error == QKeychain::NoError)
            run([service = question->service, name = question->name] { return newJob<QKeychain::DeletePasswordJob>(service, name); }, [](const Answer&) {});
    }

    int m_timeLimitMs;
    bool m_isBusy = false;
    std::deque<QuestionPtr> m_waiting;
    std::unique_ptr<QThread> m_thread;
    QObject* m_asker; // deleted by its thread
};

KeychainStore::KeychainStore(int timeLimitMs)
    : d(std::make_unique<Private>(timeLimitMs))
{
}

KeychainStore::~KeychainStore() = default;

QFuture<Result<std::optional<QByteArray>>> KeychainStore::read(const QString& service, const QString& name)
{
    return d->ask<std::optional<QByteArray>>(service, name, [service, name] { return newJob<QKeychain::ReadPasswordJob>(service, name); });
}

QFuture<Result<void>> KeychainStore::write(const QString& service, const QString& name, const QByteArray& secret)
{
    const auto make = [service, name, secret] {
        auto* job = newJob<QKeychain::WritePasswordJob>(service, name);
        job->setBinaryData(secret);
        return job;
    };
    return d->ask<void>(service, name, make, true);
}

QFuture<Result<void>> KeychainStore::remove(const QString& service, const QString& name)
{
    return d->ask<void>(service, name, [service, name] { return newJob<QKeychain::DeletePasswordJob>(service, name); });
}

}
