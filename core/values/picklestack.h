// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/structure.h"

#include <QByteArray>
#include <QHash>
#include <QList>

#include <optional>

namespace core::values {

// The stack and memo of a pickle, holding descriptions in place of objects: what is named is never looked up, what would be called
// becomes a node that says so. Every act is refused (false) where the stack does not hold what it takes, as Python's would.
class PickleStack final {
public:
    using Kind = Structure::Kind;

    static constexpr qsizetype mostObjects = 1'000'000; // made, in all; also on the stack, remembered, marks, and children in all
    static constexpr qsizetype mostNameBytes = 64 * 1024 * 1024; // of names put together, as their parts may be used without end

    bool push(Kind kind, const QByteArray& value = {});
    bool pop();
    bool duplicate();
    bool mark();
    bool popMark();

    bool pushMarked(Kind kind); // a list, tuple or set of all above the mark
    bool pushMarkedMap();
    bool tuple(int count); // of the last
    bool append(); // the last to the list below it
    bool appendMarked();
    bool setItem();
    bool setItemsMarked();
    bool global(const QByteArray& module, const QByteArray& name);
    bool globalFromStack();
    bool call(const char* how, int arguments); // callable and argument tuples, how: "" or "new"
    bool callMarked(); // OBJ: the callable above the mark
    bool callNamed(const QByteArray& module, const QByteArray& name); // INST: arguments above the mark
    bool build(); // the last as state of the one below it
    bool persistent(); // the last is the id of something outside
    bool named(const char* what); // the last one, wrapped

    bool memoize(quint64 index);
    bool memoizeNext() { return memoize(static_cast<quint64>(m_memo.size())); }
    bool recall(quint64 index);

    bool isFull() const;
    qsizetype size() const { return m_stack.size(); }
    // The last as a tree: what holds something stands once, later uses refer to it.
    Structure take() const;

private:
    struct Child {
        int key = -1; // an object
        const char* label = nullptr;
        int value = -1;
    };
    struct Object {
        Kind kind = Kind::Literal;
        QByteArray value;
        QList<Child> children;
        bool isName = false; // a class or function, by name
    };
    int make(Kind kind, const QByteArray& value = {});
    int makeNamed(Kind kind, const QByteArray& before, const QByteArray& between, const QByteArray& name);
    bool pushObject(int object);
    bool has(qsizetype count) const { return m_stack.size() - base() >= count; }
    qsizetype base() const { return m_marks.isEmpty() ? 0 : m_marks.last(); }
    std::optional<QList<int>> takeMarked();
    bool adopt(int target, const QList<Child>& children);
    bool addItems(int target, const QList<int>& items);
    bool addPairs(int target, const QList<int>& items);
    int made(const char* how, int callable, const QList<int>& arguments);
    bool canHold(int target) const { return Structure::isContainer(m_objects.at(target).kind); }
    QByteArray keyText(int object) const;

    QList<Object> m_objects;
    QList<int> m_stack;
    QList<qsizetype> m_marks;
    QHash<quint64, int> m_memo;
    qsizetype m_children = 0;
    qsizetype m_nameBytes = 0;
};

}
