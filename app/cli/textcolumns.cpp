// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/textcolumns.h"

#include "core/base/format.h"

#include <algorithm>

namespace cli {

TextColumns::TextColumns(QStringList titles)
    : m_titles(std::move(titles))
{
}

void TextColumns::add(const QStringList& row)
{
    m_rows << row;
}

void TextColumns::print(Output& out) const
{
    if (m_rows.isEmpty())
        return;
    QList<qsizetype> widths;
    for (qsizetype column = 0; column < m_titles.size(); ++column) {
        qsizetype width = m_titles.at(column).size();
        for (const QStringList& row : m_rows)
            width = std::max(width, row.at(column).size());
        widths << width;
    }
    const auto printRow = [&](const QStringList& row) {
        QString text;
        for (qsizetype column = 0; column + 1 < row.size(); ++column)
            text += row.at(column).leftJustified(widths.at(column) + 2);
        out.line(text + row.last());
    };
    printRow(m_titles);
    for (const QStringList& row : m_rows)
        printRow(row);
}

QString counted(qint64 count, const char* one, const char* many)
{
    return core::formatCount(count) + u' ' + QString::fromUtf8(count == 1 ? one : many);
}

QString ttlText(qint64 ms)
{
    if (ms == -1)
        return QStringLiteral("never expires");
    return ms < 0 ? QStringLiteral("gone") : core::formatDuration(ms);
}

}
