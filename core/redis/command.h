// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <initializer_list>

namespace core::redis {

// A command as it goes over the wire: name first, every argument exact bytes. No text formatting, hence no quoting to get wrong.
class Command {
public:
    Command() = default;
    Command(std::initializer_list<QByteArray> words)
        : m_words(words)
    {
    }
    explicit Command(QList<QByteArray> words)
        : m_words(std::move(words))
    {
    }

    const QList<QByteArray>& words() const { return m_words; }
    QByteArray name() const { return m_words.isEmpty() ? QByteArray() : m_words.first().toUpper(); }
    Command& operator<<(const QByteArray& word)
    {
        m_words << word;
        return *this;
    }
    Command& operator<<(qint64 number) { return *this << QByteArray::number(number); }

private:
    QList<QByteArray> m_words;
};

using Pipeline = QList<Command>;

}
