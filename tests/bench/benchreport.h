// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

// Figures of a benchmark with their limits: a table for people, a JSON line each for scripts.
class BenchReport {
public:
    // `values`: one of each round; their median is judged.
    void add(const QByteArray& name, const QByteArray& unit, QList<double> values, double limit);
    // Prints the table and the lines; true when no median is over its limit.
    bool print() const;

private:
    struct Row {
        QByteArray name, unit;
        QList<double> values; // sorted
        double limit;
        double median() const { return values[values.size() / 2]; }
        bool isOver() const { return median() > limit; }
    };
    QList<Row> m_rows;
};
