// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"

#include <QStringList>

namespace cli {

// Rows of the text form, aligned. The last column is not padded, so that long keys stay whole.
class TextColumns {
public:
    explicit TextColumns(QStringList titles);
    void add(const QStringList& row);
    void print(Output& out) const; // nothing without rows

private:
    QStringList m_titles;
    QList<QStringList> m_rows;
};

// "1 key", "41,204 keys"; the words are UTF-8.
QString counted(qint64 count, const char* one, const char* many);
QString ttlText(qint64 ms); // "never expires", "gone", or a duration

}
