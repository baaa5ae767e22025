// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benchreport.h"

#include <algorithm>
#include <cstdio>

void BenchReport::add(const QByteArray& name, const QByteArray& unit, QList<double> values, double limit)
{
    std::sort(values.begin(), values.end());
    m_rows.push_back({name, unit, std::move(values), limit});
}

bool BenchReport::print() const
{
    std::printf("%-24s %-6s %8s %8s %8s %8s\n", "", "unit", "min", "median", "max", "limit");
    for (const Row& row : m_rows) {
        std::printf("%-24s %-6s %8.3f %8.3f %8.3f %8.2f%s\n", row.name.constData(), row.unit.constData(), row.values.first(), row.median(),
            row.values.last(), row.limit, row.isOver() ? "  OVER" : "");
    }
    for (const Row& row : m_rows) {
        std::printf("{\"name\":\"%s\",\"unit\":\"%s\",\"ratio\":%.4f,\"limit\":%.2f,\"min\":%.4f,\"median\":%.4f,\"max\":%.4f,\"ok\":%s}\n",
            row.name.constData(), row.unit.constData(), row.median(), row.limit, row.values.first(), row.median(), row.values.last(),
            row.isOver() ? "false" : "true");
    }
    std::fflush(stdout);
    return std::none_of(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.isOver(); });
}
