// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QRandomGenerator>

// Request targets for the endpoints of lightapi/app.py, as odd as a server takes them: escapes of letters and slashes, blank and
// repeated names, bad escapes, bytes that are not UTF-8, NUL and line breaks, separators inside values. The same seed gives the same.
class RandomTargets {
public:
    explicit RandomTargets(quint32 seed)
        : m_random(seed)
    {
    }
    QByteArray next();

private:
    QByteArray path();
    QByteArray query();
    QByteArray text(int most);
    template <typename List>
    auto one(const List& list) { return list[m_random.bounded(static_cast<int>(list.size()))]; }

    QRandomGenerator m_random;
};
