// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/nearestname.h"

#include <algorithm>
#include <numeric>

namespace core {

namespace {
    // Edit distance (Levenshtein), row by row; two letters that changed places count one.
    qsizetype distance(const QString& left, const QString& right)
    {
        QList<qsizetype> before, last(right.size() + 1), row(right.size() + 1);
        std::iota(last.begin(), last.end(), 0);
        for (qsizetype i = 1; i <= left.size(); ++i) {
            row[0] = i;
            for (qsizetype j = 1; j <= right.size(); ++j) {
                const qsizetype changed = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    row[j] = std::min(row[j], before[j - 2] + 1);
            }
            before = std::exchange(last, row);
        }
        return last.last();
    }
}

QString nearestName(QStringView typed, const QStringList& known)
{
    constexpr qsizetype longest = 100; // what is longer is no slip
    if (typed.size() > longest)
        return {};
    const QString wanted = typed.toString().toLower();
    QString best;
    qsizetype least = 0;
    for (const QString& name : known) {
        const qsizetype changes = distance(wanted, name.toLower());
        if (changes * 3 <= std::max<qsizetype>(name.size(), 3) && (best.isEmpty() || changes < least)) {
            best = name;
            least = changes;
        }
    }
    return best;
}

}
