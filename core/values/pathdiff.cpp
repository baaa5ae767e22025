// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/diff.h"

#include <QHash>

#include <algorithm>

namespace core::values {

namespace {
    using Kind = Structure::Kind;

    constexpr qsizetype longestShown = 4096; // bytes of a container that was added or removed
    constexpr qsizetype longestPath = 4096;

    struct Place { // a path as a list from its end to the beginning, so that a deep one costs no more than a flat one
        qsizetype above = -1;
        QByteArray step;
    };

    bool isIdentifier(QByteArrayView name)
    {
        const auto isWord = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
        return !name.isEmpty() && std::ranges::all_of(name, isWord) && !(name[0] >= '0' && name[0] <= '9');
    }

    // One number for a node with all below it, so that what differs deep down is found without comparing each level whole.
    QList<std::size_t> hashesOf(const Structure& structure)
    {
        QList<std::size_t> hashes(structure.size());
        for (qsizetype i = structure.size() - 1; i >= 0; --i) {
            const auto index = static_cast<quint32>(i);
            const Structure::Node& node = structure.node(index);
            std::size_t hash = qHashMulti(0, static_cast<int>(node.kind), structure.value(index));
            for (quint32 child = index + 1; child < node.end; child = structure.node(child).end)
                hash = qHashMulti(hash, structure.name(child), hashes[child]);
            hashes[i] = hash;
        }
        return hashes;
    }

    class Comparer final {
    public:
        Comparer(const Structure& before, const Structure& after, const DiffLimits& limits)
            : m_before(before)
            , m_after(after)
            , m_limits(limits)
            , m_hashesBefore(hashesOf(before))
            , m_hashesAfter(hashesOf(after))
        {
        }
        PathDiff compare()
        {
            m_result.isCut = m_before.isCut() || m_after.isCut();
            m_places += Place {-1, "$"};
            m_todo += Task {0, 0, 0};
            while (!m_todo.isEmpty() && !isStopped())
                compareNodes(m_todo.takeLast());
            return std::move(m_result);
        }

    private:
        struct Task { // two nodes, or one that the other side has not
            std::optional<quint32> before;
            std::optional<quint32> after;
            qsizetype place = 0;
        };

        bool isStopped()
        {
            if (m_result.changes.size() < m_limits.maxChanges && !(m_limits.isCancelled && m_limits.isCancelled()))
                return false;
            m_result.isCut = true;
            return true;
        }

        void compareNodes(const Task& task)
        {
            if (!task.before || !task.after)
                return tell(task);
            if (isSame(*task.before, *task.after))
                return;
            const Structure::Node& a = m_before.node(*task.before);
            const Structure::Node& b = m_after.node(*task.after);
            if (a.kind != b.kind || !Structure::isContainer(a.kind))
                return tell(task);
            QList<Task> below = a.kind == Kind::Map ? membersOf(task) : elementsOf(task);
            std::ranges::reverse(below); // the last is taken first
            m_todo += below;
        }

        bool isSame(quint32 a, quint32 b) const
        {
            const quint32 size = m_before.node(a).end - a;
            if (m_hashesBefore[a] != m_hashesAfter[b] || size != m_after.node(b).end - b)
                return false;
            for (quint32 i = 0; i < size; ++i) {
                const Structure::Node& first = m_before.node(a + i);
                const Structure::Node& second = m_after.node(b + i);
                const bool isName = i > 0 && m_before.name(a + i) != m_after.name(b + i);
                if (first.kind != second.kind || first.end - a != second.end - b || isName || m_before.value(a + i) != m_after.value(b + i))
                    return false;
            }
            return true;
        }

        static QList<quint32> childrenOf(const Structure& structure, quint32 index)
        {
            QList<quint32> children;
            const quint32 end = structure.node(index).end;
            for (quint32 at = index + 1; at < end; at = structure.node(at).end)
                children += at;
            return children;
        }

        qsizetype below(qsizetype place, const QByteArray& step)
        {
            m_places += Place {place, step};
            return m_places.size() - 1;
        }

        qsizetype member(qsizetype place, QByteArrayView name)
        {
            return below(place, isIdentifier(name) ? QByteArray('.' + name.toByteArray()) : QByteArray("[\"" + name.toByteArray() + "\"]"));
        }

        QList<Task> membersOf(const Task& task)
        {
            QList<Task> tasks;
            QHash<QByteArrayView, QList<qsizetype>> byName; // tasks of a name that the second has not met yet
            for (const quint32 child : childrenOf(m_before, *task.before)) {
                byName[m_before.name(child)] += tasks.size();
                tasks += Task {child, std::nullopt, member(task.place, m_before.name(child))};
            }
            QHash<QByteArrayView, qsizetype> met;
            for (const quint32 child : childrenOf(m_after, *task.after)) {
                const QByteArrayView name = m_after.name(child);
                const qsizetype n = met[name]++;
                const auto known = byName.constFind(name);
                if (known != byName.constEnd() && n < known->size())
                    tasks[known->at(n)].after = child;
                else
                    tasks += Task {std::nullopt, child, member(task.place, name)};
            }
            return tasks;
        }

        QList<Task> elementsOf(const Task& task)
        {
            const QList<quint32> first = childrenOf(m_before, *task.before);
            const QList<quint32> second = childrenOf(m_after, *task.after);
            const qsizetype shorter = std::min(first.size(), second.size());
            qsizetype head = 0;
            while (head < shorter && isSame(first[head], second[head]))
                ++head;
            qsizetype tail = 0;
            while (tail < shorter - head && isSame(first[first.size() - 1 - tail], second[second.size() - 1 - tail]))
                ++tail;
            QList<Task> tasks;
            for (qsizetype i = head; i < std::max(first.size(), second.size()) - tail; ++i) {
                Task each {std::nullopt, std::nullopt, below(task.place, '[' + QByteArray::number(i) + ']')};
                if (i < first.size() - tail)
                    each.before = first[i];
                if (i < second.size() - tail)
                    each.after = second[i];
                tasks += each;
            }
            return tasks;
        }

        void tell(const Task& task)
        {
            PathChange change;
            change.path = pathOf(task.place);
            if (task.before)
                change.before = shown(m_before, *task.before);
            if (task.after)
                change.after = shown(m_after, *task.after);
            m_result.changes += change;
        }

        QByteArray pathOf(qsizetype place) const
        {
            QList<QByteArray> steps;
            qsizetype size = 0;
            for (; place >= 0 && size < longestPath; place = m_places.at(place).above) {
                steps += m_places.at(place).step;
                size += steps.last().size();
            }
            if (place >= 0)
                steps += "…";
            std::ranges::reverse(steps);
            return steps.join();
        }

        // Tokens as they are written; of a container as much as a reader takes in.
        static QByteArray shown(const Structure& structure, quint32 index)
        {
            QByteArray text;
            QList<quint32> open;
            const quint32 end = structure.node(index).end;
            const auto closeUntil = [&](quint32 at) {
                while (!open.isEmpty() && structure.node(open.last()).end <= at)
                    text += structure.node(open.takeLast()).kind == Kind::Map ? '}' : ']';
            };
            for (quint32 at = index; at < end && text.size() < longestShown; ++at) {
                const Structure::Node& node = structure.node(at);
                closeUntil(at);
                if (at > index && !text.endsWith('{') && !text.endsWith('['))
                    text += ", ";
                if (node.named && at > index)
                    text += '"' + structure.name(at).toByteArray() + "\": ";
                if (!Structure::isContainer(node.kind)) {
                    text += structure.value(at).toByteArray();
                    continue;
                }
                text += node.kind == Kind::Map ? '{' : '[';
                open += at;
            }
            if (text.size() >= longestShown)
                return text.left(longestShown) + "…";
            closeUntil(end);
            return text;
        }

        const Structure& m_before;
        const Structure& m_after;
        const DiffLimits& m_limits;
        QList<std::size_t> m_hashesBefore, m_hashesAfter;
        QList<Place> m_places;
        QList<Task> m_todo;
        PathDiff m_result;
    };
}

PathDiff diffStructures(const Structure& before, const Structure& after, const DiffLimits& limits)
{
    if (before.isEmpty() || after.isEmpty())
        return {};
    return Comparer(before, after, limits).compare();
}

}
