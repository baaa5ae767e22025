// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThread>

#include <memory>

namespace core::redis {

// The thread with an event loop in which the connections of one session live. Dies after the last of session and exclusive
// lines; the destructor quits and waits, what still lives there is deleted at its end. Never destroyed from inside itself.
class IoThread final {
public:
    IoThread();
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    QThread* thread() { return &m_thread; }

private:
    QThread m_thread;
};

// Runs `function` in the thread of `object`, later; not at all if the object dies first.
template <typename Function>
void runIn(QObject* object, Function function)
{
    QMetaObject::invokeMethod(object, std::move(function), Qt::QueuedConnection);
}

// Objects of the I/O thread are deleted there.
struct LaterDeleter {
    void operator()(QObject* object) const { object->deleteLater(); }
};

}
