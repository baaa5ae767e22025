// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/picklestack.h"

#include <QSet>

#include <algorithm>

namespace core::values {

namespace {
    constexpr qsizetype mostSpread = 8; // arguments shown as such; more as one tuple
}

int PickleStack::make(Kind kind, const QByteArray& value)
{
    m_objects += Object {kind, value, {}, false};
    return static_cast<int>(m_objects.size() - 1);
}

int PickleStack::makeNamed(Kind kind, const QByteArray& before, const QByteArray& between, const QByteArray& name)
{
    if (before.isEmpty())
        return make(kind, name);
    m_nameBytes += before.size() + between.size() + name.size();
    return make(kind, m_nameBytes > mostNameBytes ? QByteArray() : QByteArray(before + between + name));
}

bool PickleStack::isFull() const
{
    const qsizetype most = std::max({m_objects.size(), m_stack.size(), m_marks.size(), m_memo.size(), m_children});
    return most >= mostObjects || m_nameBytes > mostNameBytes;
}

bool PickleStack::mark()
{
    m_marks += m_stack.size();
    return !isFull();
}

bool PickleStack::pushObject(int object)
{
    m_stack += object;
    return !isFull();
}

bool PickleStack::push(Kind kind, const QByteArray& value)
{
    return pushObject(make(kind, value));
}

bool PickleStack::pop()
{
    if (!has(1))
        return popMark(); // as Python's: POP takes a mark that lies on top
    m_stack.removeLast();
    return true;
}

bool PickleStack::duplicate()
{
    return has(1) && pushObject(m_stack.last());
}

bool PickleStack::popMark()
{
    return takeMarked().has_value();
}

std::optional<QList<int>> PickleStack::takeMarked()
{
    if (m_marks.isEmpty())
        return std::nullopt;
    const qsizetype from = m_marks.takeLast();
    const QList<int> items = m_stack.mid(from);
    m_stack.resize(from);
    return items;
}

bool PickleStack::adopt(int target, const QList<Child>& children)
{
    m_children += children.size();
    if (!canHold(target) || isFull())
        return false;
    m_objects[target].children += children;
    return true;
}

bool PickleStack::addItems(int target, const QList<int>& items)
{
    QList<Child> children;
    children.reserve(items.size());
    for (const int item : items)
        children += Child {-1, nullptr, item};
    return adopt(target, children);
}

bool PickleStack::addPairs(int target, const QList<int>& items)
{
    if (items.size() % 2 != 0)
        return false;
    QList<Child> children;
    children.reserve(items.size() / 2);
    for (qsizetype i = 0; i < items.size(); i += 2)
        children += Child {items.at(i), nullptr, items.at(i + 1)};
    return adopt(target, children);
}

bool PickleStack::pushMarked(Kind kind)
{
    const auto items = takeMarked();
    if (!items)
        return false;
    const int object = make(kind);
    return addItems(object, *items) && pushObject(object);
}

bool PickleStack::pushMarkedMap()
{
    const auto items = takeMarked();
    if (!items)
        return false;
    const int object = make(Kind::Map);
    return addPairs(object, *items) && pushObject(object);
}

bool PickleStack::tuple(int count)
{
    if (!has(count))
        return false;
    const QList<int> items = m_stack.last(count);
    m_stack.resize(m_stack.size() - count);
    const int object = make(Kind::Tuple);
    return addItems(object, items) && pushObject(object);
}

bool PickleStack::append()
{
    if (!has(2))
        return false;
    const int item = m_stack.takeLast();
    return addItems(m_stack.last(), {item});
}

bool PickleStack::appendMarked()
{
    const auto items = takeMarked();
    return items && has(1) && addItems(m_stack.last(), *items);
}

bool PickleStack::setItem()
{
    if (!has(3))
        return false;
    const QList<int> pair = m_stack.last(2);
    m_stack.resize(m_stack.size() - 2);
    return addPairs(m_stack.last(), pair);
}

bool PickleStack::setItemsMarked()
{
    const auto items = takeMarked();
    return items && has(1) && addPairs(m_stack.last(), *items);
}

bool PickleStack::global(const QByteArray& module, const QByteArray& name)
{
    const int object = makeNamed(Kind::Reference, module, ".", name);
    m_objects[object].isName = true;
    return pushObject(object);
}

bool PickleStack::globalFromStack()
{
    if (!has(2))
        return false;
    const QByteArray name = m_objects.at(m_stack.takeLast()).value;
    const QByteArray module = m_objects.at(m_stack.takeLast()).value;
    return global(module, name);
}

int PickleStack::made(const char* how, int callable, const QList<int>& arguments)
{
    const Object& what = m_objects.at(callable);
    const bool isName = what.isName;
    const QByteArray name = isName ? what.value : QByteArray("call");
    const int object = makeNamed(Kind::Object, how, " ", name);
    if (!isName)
        adopt(object, {Child {-1, "callable", callable}});
    for (const int argument : arguments) {
        // Few only: a long tuple could be called again and again, each time copied.
        const Object& tuple = m_objects.at(argument);
        const bool spread = tuple.kind == Kind::Tuple && tuple.children.size() <= mostSpread;
        adopt(object, spread ? tuple.children : QList<Child> {Child {-1, "arguments", argument}});
    }
    return object;
}

bool PickleStack::call(const char* how, int arguments)
{
    if (!has(arguments + 1))
        return false;
    const QList<int> given = m_stack.last(arguments);
    m_stack.resize(m_stack.size() - arguments);
    const int callable = m_stack.takeLast();
    return pushObject(made(how, callable, given));
}

bool PickleStack::callMarked()
{
    const auto items = takeMarked();
    if (!items || items->isEmpty())
        return false;
    const int arguments = make(Kind::Tuple);
    addItems(arguments, items->mid(1));
    return pushObject(made("", items->first(), {arguments}));
}

bool PickleStack::callNamed(const QByteArray& module, const QByteArray& name)
{
    const auto items = takeMarked();
    if (!items)
        return false;
    const int object = makeNamed(Kind::Object, module, ".", name);
    return addItems(object, *items) && pushObject(object);
}

bool PickleStack::build()
{
    if (!has(2))
        return false;
    const int state = m_stack.takeLast();
    return adopt(m_stack.last(), {Child {-1, "state", state}});
}

bool PickleStack::persistent()
{
    return named("persistent");
}

bool PickleStack::named(const char* what)
{
    if (!has(1))
        return false;
    const int inner = m_stack.takeLast();
    const int object = make(Kind::Object, what);
    return addItems(object, {inner}) && pushObject(object);
}

bool PickleStack::memoize(quint64 index)
{
    if (!has(1))
        return false;
    m_memo.insert(index, m_stack.last());
    return !isFull();
}

bool PickleStack::recall(quint64 index)
{
    const auto at = m_memo.constFind(index);
    return at != m_memo.constEnd() && pushObject(*at);
}

QByteArray PickleStack::keyText(int object) const
{
    const Object& key = m_objects.at(object);
    if (!Structure::isContainer(key.kind))
        return key.kind == Kind::Bytes ? QByteArray("bytes " + key.value.left(64).toHex(' ')) : key.value;
    if (key.kind == Kind::Object && key.children.isEmpty())
        return key.value;
    QByteArray text = key.value + '(';
    static constexpr qsizetype shown = 8;
    for (qsizetype i = 0; i < key.children.size() && i < shown; ++i) {
        const Object& part = m_objects.at(key.children.at(i).value);
        text += (i > 0 ? QByteArray(", ") : QByteArray()) + (part.children.isEmpty() ? part.value.left(64) : QByteArray("\xE2\x80\xA6"));
    }
    return text + (key.children.size() > shown ? ", \xE2\x80\xA6)" : ")");
}

Structure PickleStack::take() const
{
    struct Level {
        int object;
        qsizetype next;
    };
    StructureBuilder builder;
    QSet<int> places; // containers already shown
    QList<Level> levels;
    const auto show = [&](int index) {
        const Object& object = m_objects.at(index);
        if (!Structure::isContainer(object.kind))
            return builder.add(object.kind, object.value);
        const bool holds = !object.children.isEmpty();
        if (holds && places.contains(index))
            return builder.add(Kind::Reference, object.value.isEmpty() ? QByteArray("the same as above") : QByteArray("the same as above, " + object.value));
        if (holds)
            places.insert(index);
        if (!builder.open(object.kind, object.value))
            return false;
        levels += Level {index, 0};
        return true;
    };
    bool goesOn = !m_stack.isEmpty() && show(m_stack.last());
    while (goesOn && !levels.isEmpty()) {
        Level& level = levels.last();
        const QList<Child>& children = m_objects.at(level.object).children;
        if (level.next == children.size()) {
            builder.close();
            levels.removeLast();
            continue;
        }
        const Child child = children.at(level.next++);
        if (child.key >= 0)
            builder.setName(keyText(child.key));
        else if (child.label)
            builder.setName(child.label);
        goesOn = show(child.value);
    }
    return builder.take();
}

}
