// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/async.h"
#include "core/settings/secretstore.h"

#include <QPromise>

#include <functional>
#include <memory>
#include <vector>

// A key store with the manners that real ones have: at once, late, never, refusing. What it holds can be read by the test.
class FakeSecrets final : public core::settings::SecretStore {
public:
    enum class Manner { Answers, Waits, Refuses };
    using Found = core::Result<std::optional<QByteArray>>;

    Manner manner = Manner::Answers;
    core::Error refusal {core::Code::Permission, core::Reason::SecretsRefused, {}, {}}; // what Refuses says
    QHash<QString, QByteArray> held; // by name
    QStringList asked; // "read NAME" …, in order

    bool isLasting() const override { return true; }
    QFuture<Found> read(const QString& service, const QString& name) override
    {
        return ask<std::optional<QByteArray>>(service, QStringLiteral("read ") + name, [this, name]() -> Found {
            const auto at = held.constFind(name);
            return at == held.cend() ? std::nullopt : std::optional(*at);
        });
    }
    QFuture<core::Result<void>> write(const QString& service, const QString& name, const QByteArray& secret) override
    {
        return ask<void>(service, QStringLiteral("write ") + name, [this, name, secret]() -> core::Result<void> {
            held.insert(name, secret);
            return {};
        });
    }
    QFuture<core::Result<void>> remove(const QString& service, const QString& name) override
    {
        return ask<void>(service, QStringLiteral("remove ") + name, [this, name]() -> core::Result<void> {
            held.remove(name);
            return {};
        });
    }

    qsizetype waiting() const { return qsizetype(m_waiting.size()); }
    // What waits is done, in the order in which it was asked; those given up too, as a real store may.
    void answer() { settle({}); }
    // The time limit is over for what waits: done is none of it.
    void timeOut() { settle(core::Error {core::Code::Timeout, core::Reason::SecretsTimeout, {}, {}}); }

private:
    using Settle = std::function<void(const std::optional<core::Error>&)>;

    template <typename T, typename Act> QFuture<core::Result<T>> ask(const QString& service, const QString& what, Act act)
    {
        asked << what;
        if (service != core::settings::secretService)
            return core::readyFuture(core::Result<T>(core::fail(core::Code::Internal)));
        if (manner == Manner::Refuses)
            return core::readyFuture(core::Result<T>(core::fail(refusal)));
        if (manner == Manner::Answers)
            return core::readyFuture(act());
        auto promise = std::make_shared<QPromise<core::Result<T>>>();
        promise->start();
        m_waiting.push_back([promise, act](const std::optional<core::Error>& error) {
            promise->addResult(error ? core::Result<T>(core::fail(*error)) : act());
            promise->finish();
        });
        return promise->future();
    }
    void settle(const std::optional<core::Error>& error)
    {
        const std::vector<Settle> waiting = std::exchange(m_waiting, {});
        for (const Settle& each : waiting)
            each(error);
    }

    std::vector<Settle> m_waiting;
};
