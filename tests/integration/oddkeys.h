// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

// Keys that programs trip over, always the same ones, with values of every type.
namespace oddkeys {

struct Entry {
    QByteArray key;
    QByteArray type; // as TYPE says it
    qint64 ttlMs; // -1: none
};

// Each key once, three of them of 1 MB. The first hundred are the worst ones known.
QList<Entry> entries(int count);
// What makes the entry on a server; the value depends on `number` alone.
core::redis::Pipeline makingOf(const Entry& entry, int number);

// Terms of the search field (docs/search.md). Empty where a plain text cannot say it: a text of nothing.
QString partTerm(const QByteArray& key);
// The whole key and nothing else.
QString globTerm(const QByteArray& key);
// The same. An expression of a megabyte is more than PCRE2 takes: of a long key its ends and its length.
QString regexTerm(const QByteArray& key);

}
