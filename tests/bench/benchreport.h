// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

// What the command line asks for: nothing, --smoke or --full.
struct BenchSize {
    int keys; // 1M; 300,000 in a smoke run; 10M
    bool smoke;
};
// Ends the program with a usage line where it asks for something else. After QCoreApplication was made.
BenchSize benchSize();

// Figures of a benchmark with their limits: a table for people, a JSON line each for scripts.
class BenchReport {
public:
    // A limit holds: over it the benchmark fails. A goal is not reached yet: it is told, and docs/performance.md says what is in the way.
    enum class Bound { Limit, Goal };
    // `values`: one of each round; sorted here.
    void add(const QByteArray& name, const QByteArray& unit, QList<double> values, double limit, Bound bound = Bound::Limit);
    // Prints the table and the lines. By the median a row is told from its limit; by the best round only whether it is beyond doubt
    // over it: for --smoke, whose machine has other things to do meanwhile.
    enum class Judge { Median, Best };
    // The exit code: 0 when no row is over a limit that holds.
    int print(Judge judge) const;

private:
    struct Row {
        QByteArray name, unit;
        QList<double> values; // sorted
        double limit;
        Bound bound;
        double median() const { return values[values.size() / 2]; }
        bool isOver(Judge judge) const { return (judge == Judge::Best ? values.first() : median()) > limit; }
        const char* remark(Judge judge) const;
    };
    QList<Row> m_rows;
};
