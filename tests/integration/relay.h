// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

// Hands requests on to a server, one after another, and does what a test wants done at two moments that no test could hit by its own
// clock: when the request has come and the server does not know of it yet, and when the server has answered and the asker does not know.
class Relay final {
public:
    using Act = std::function<void()>;

    explicit Relay(quint16 port);
    ~Relay();
    Q_DISABLE_COPY_MOVE(Relay)

    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }
    // For the next request alone; run in the relay's thread.
    void doBeforeAsking(Act act);
    void doBeforeAnswering(Act act);

    // One request past the relay; the whole answer, empty when none came.
    static QByteArray exchange(quint16 port, const QByteArray& request);

private:
    void serve();
    void run(Act& act);

    quint16 m_target;
    std::atomic<quint16> m_port = 0;
    std::atomic<bool> m_stop = false;
    std::mutex m_mutex; // guards the acts
    Act m_beforeAsking, m_beforeAnswering;
    std::unique_ptr<QThread> m_thread;
};
