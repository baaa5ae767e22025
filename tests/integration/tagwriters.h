// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

// Workers of an app that store entries and tag them, each in a thread with a blocking connection of its own, until stopped.
class TagWriters final {
public:
    enum class Style {
        LuaAppend, // one script stores the entry and appends its name to the JSON list
        SetAdd, // MULTI SETEX SADD EXEC
        ZsetAdd, // MULTI SETEX ZADD EXEC
        Seed, // LightAPI's caching example: SETEX, then GET, modify, SETEX of the list, nothing atomic
    };

    // `again`: they store the same 50 names over and over and leave a name alone that is listed; else each name is new.
    TagWriters(const QString& socket, const QByteArray& tagKey, Style style, int count, bool again);
    ~TagWriters() { stop(); }

    void stop(); // and wait for all of them
    long long written() const { return m_written; }
    bool failed() const { return m_failed; }

private:
    void work(int number);

    QByteArray m_socket;
    QByteArray m_tagKey;
    Style m_style;
    bool m_again;
    std::atomic_bool m_stop = false;
    std::atomic_bool m_failed = false;
    std::atomic_llong m_written = 0;
    std::vector<std::thread> m_threads;
};
