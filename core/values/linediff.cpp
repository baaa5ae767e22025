// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/diff.h"

#include <QHash>

#include <algorithm>

namespace core::values {

namespace {
    using Kind = DiffLine::Kind;

    constexpr qsizetype context = 3;

    QList<QByteArrayView> linesOf(const QByteArray& text)
    {
        QList<QByteArrayView> lines;
        const QByteArrayView view(text);
        qsizetype from = 0;
        for (qsizetype at = view.indexOf('\n'); at >= 0; at = view.indexOf('\n', from)) {
            lines += view.sliced(from, at - from);
            from = at + 1;
        }
        if (from < view.size())
            lines += view.sliced(from);
        return lines;
    }

    // The lines of both sides as numbers, so that they compare in one step.
    class Numbers {
    public:
        QList<int> of(const QList<QByteArrayView>& lines)
        {
            QList<int> numbers;
            numbers.reserve(lines.size());
            for (const QByteArrayView line : lines) {
                const auto known = m_numbers.constFind(line);
                numbers += known != m_numbers.constEnd() ? *known : *m_numbers.insert(line, static_cast<int>(m_numbers.size()));
            }
            return numbers;
        }

    private:
        QHash<QByteArrayView, int> m_numbers;
    };

    using Pairs = QList<std::pair<qsizetype, qsizetype>>;

    struct Range {
        qsizetype from = 0;
        qsizetype to = 0;
        qsizetype size() const { return to - from; }
    };

    // The shortest way from one to the other (E. Myers, An O(ND) Difference Algorithm, 1986): which lines stay.
    // Pairs of lines that are the same; none when more than `most` edits are needed.
    std::optional<Pairs> samePairs(const QList<int>& a, Range inA, const QList<int>& b, Range inB, const DiffLimits& limits)
    {
        const qsizetype n = inA.size();
        const qsizetype m = inB.size();
        Pairs pairs;
        if (n == 0 || m == 0)
            return pairs;
        const qsizetype most = std::min<qsizetype>(n + m, limits.maxEdits);
        QList<qsizetype> reached(2 * most + 3, 0);
        const qsizetype middle = most + 1;
        QList<QList<qsizetype>> trace;
        qsizetype edits = 0;
        for (bool found = false; !found; ++edits) {
            if (edits > most || (limits.isCancelled && limits.isCancelled()))
                return std::nullopt;
            trace += reached.mid(middle - edits - 1, 2 * edits + 3); // what this round starts from
            for (qsizetype k = -edits; k <= edits && !found; k += 2) {
                const bool down = k == -edits || (k != edits && reached[middle + k - 1] < reached[middle + k + 1]);
                qsizetype x = down ? reached[middle + k + 1] : reached[middle + k - 1] + 1;
                while (x < n && x - k < m && a[inA.from + x] == b[inB.from + x - k])
                    ++x;
                reached[middle + k] = x;
                found = x >= n && x - k >= m;
            }
        }
        qsizetype x = n;
        qsizetype y = m;
        for (qsizetype d = edits - 1; d >= 0; --d) {
            const auto before = [&trace, d](qsizetype k) { return trace[d][k + d + 1]; };
            const qsizetype k = x - y;
            const bool down = k == -d || (k != d && before(k - 1) < before(k + 1));
            const qsizetype fromK = down ? k + 1 : k - 1;
            const qsizetype fromX = d == 0 ? 0 : before(fromK);
            const qsizetype fromY = d == 0 ? 0 : fromX - fromK;
            for (const qsizetype snake = d == 0 || down ? fromX : fromX + 1; x > snake; --x, --y)
                pairs += {inA.from + x - 1, inB.from + y - 1};
            x = fromX;
            y = fromY;
        }
        std::ranges::reverse(pairs);
        return pairs;
    }

    void keepContext(LineDiff& diff)
    {
        QList<DiffLine> kept;
        const QList<DiffLine>& lines = diff.lines;
        for (qsizetype at = 0; at < lines.size();) {
            qsizetype end = at;
            while (end < lines.size() && lines[end].kind == Kind::Same)
                ++end;
            if (end == at) {
                kept += lines[at++];
                continue;
            }
            const qsizetype head = at == 0 ? 0 : context;
            const qsizetype tail = end == lines.size() ? 0 : context;
            if (end - at <= head + tail + 1) {
                kept += lines.mid(at, end - at);
            } else {
                kept += lines.mid(at, head);
                kept += DiffLine {Kind::Left, {}, end - at - head - tail};
                kept += lines.mid(end - tail, tail);
            }
            at = end;
        }
        diff.lines = kept;
    }
}

LineDiff diffLines(const QByteArray& before, const QByteArray& after, const DiffLimits& limits)
{
    const QList<QByteArrayView> first = linesOf(before);
    const QList<QByteArrayView> second = linesOf(after);
    Numbers numbers;
    const QList<int> a = numbers.of(first);
    const QList<int> b = numbers.of(second);
    Range inA {0, a.size()};
    Range inB {0, b.size()};
    for (; inA.from < inA.to && inB.from < inB.to && a[inA.from] == b[inB.from]; ++inA.from, ++inB.from) { }
    for (; inA.from < inA.to && inB.from < inB.to && a[inA.to - 1] == b[inB.to - 1]; --inA.to, --inB.to) { }
    const auto pairs = samePairs(a, inA, b, inB, limits);
    LineDiff diff;
    diff.isRough = !pairs;
    qsizetype x = 0;
    qsizetype y = 0;
    const auto tellUpTo = [&](qsizetype endX, qsizetype endY) {
        for (; x < endX; ++x, ++diff.removed)
            diff.lines += DiffLine {Kind::Removed, first[x].toByteArray()};
        for (; y < endY; ++y, ++diff.added)
            diff.lines += DiffLine {Kind::Added, second[y].toByteArray()};
    };
    const auto tellSame = [&](qsizetype endX) {
        for (; x < endX; ++x, ++y)
            diff.lines += DiffLine {Kind::Same, first[x].toByteArray()};
    };
    tellSame(inA.from);
    for (const auto& [atX, atY] : pairs.value_or(Pairs())) {
        tellUpTo(atX, atY);
        tellSame(atX + 1);
    }
    tellUpTo(inA.to, inB.to);
    tellSame(a.size());
    keepContext(diff);
    return diff;
}

}
