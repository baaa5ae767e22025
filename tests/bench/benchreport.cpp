// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benchreport.h"

#include "tests/bench/bareclient.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

BenchSize benchSize()
{
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments == QStringList {QStringLiteral("--smoke")})
        return {300'000, true};
    if (arguments == QStringList {QStringLiteral("--full")})
        return {10'000'000, false};
    if (!arguments.isEmpty())
        stopBench(QStringLiteral("usage: %1 [--smoke | --full]").arg(QCoreApplication::applicationName()));
    return {1'000'000, false};
}

void BenchReport::add(const QByteArray& name, const QByteArray& unit, QList<double> values, double limit, Bound bound)
{
    std::sort(values.begin(), values.end());
    m_rows.push_back({name, unit, std::move(values), limit, bound});
}

const char* BenchReport::Row::remark(Judge judge) const
{
    if (bound == Bound::Goal)
        return isOver(Judge::Median) ? "  a goal, not reached" : "  a goal, reached";
    if (isOver(judge))
        return "  OVER";
    return isOver(Judge::Median) ? "  over, its best is not" : "";
}

int BenchReport::print(Judge judge) const
{
    std::printf("%-24s %-6s %8s %8s %8s %8s\n", "", "unit", "min", "median", "max", "limit");
    for (const Row& row : m_rows) {
        std::printf("%-24s %-6s %8.3f %8.3f %8.3f %8.2f%s\n", row.name.constData(), row.unit.constData(), row.values.first(), row.median(),
            row.values.last(), row.limit, row.remark(judge));
    }
    for (const Row& row : m_rows) {
        std::printf("{\"name\":\"%s\",\"unit\":\"%s\",\"ratio\":%.4f,\"limit\":%.2f,\"min\":%.4f,\"median\":%.4f,\"max\":%.4f,\"goal\":%s,\"ok\":%s}\n",
            row.name.constData(), row.unit.constData(), row.median(), row.limit, row.values.first(), row.median(), row.values.last(),
            row.bound == Bound::Goal ? "true" : "false", row.isOver(judge) ? "false" : "true");
    }
    std::fflush(stdout);
    return std::any_of(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.bound == Bound::Limit && row.isOver(judge); }) ? 1 : 0;
}
