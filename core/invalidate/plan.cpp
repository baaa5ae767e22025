// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/plan.h"

#include "core/base/bytes.h"

#include <algorithm>

#include <QCryptographicHash>

namespace core::invalidate {

namespace {
    // Each part with its length before it, so that no two plans make the same bytes.
    void addPart(QCryptographicHash& hash, QByteArrayView part)
    {
        hash.addData(QByteArray::number(part.size()).append(':'));
        hash.addData(part);
    }

    template <typename List>
    void addList(QCryptographicHash& hash, const List& list)
    {
        hash.addData(QByteArray::number(list.size()).append(';'));
        for (qsizetype i = 0; i < list.size(); ++i)
            addPart(hash, list.at(i));
    }

    void addSelection(QCryptographicHash& hash, const Selection& selection)
    {
        hash.addData(QByteArray::number(selection.size()).append(';'));
        for (const Selector& selector : selection) {
            addPart(hash, selectorKindName(selector.kind).toUtf8());
            addPart(hash, selector.text);
        }
    }

    // "*", and what says the same: "**", "?*" leaves out the empty key alone.
    bool matchesNearlyAll(const QByteArray& glob)
    {
        return glob.contains('*') && std::ranges::all_of(glob, [](char c) { return c == '*' || c == '?'; });
    }
}

QString selectorKindName(Selector::Kind kind)
{
    switch (kind) {
    case Selector::Kind::Tag: return QStringLiteral("tag");
    case Selector::Kind::Class: return QStringLiteral("class");
    case Selector::Kind::Path: return QStringLiteral("path");
    case Selector::Kind::PathPrefix: return QStringLiteral("path-prefix");
    case Selector::Kind::Prefix: return QStringLiteral("prefix");
    case Selector::Kind::Glob: return QStringLiteral("match");
    case Selector::Kind::List: return QStringLiteral("keys");
    case Selector::Kind::Key: break;
    }
    return QStringLiteral("key");
}

QString selectorText(const Selector& selector)
{
    return selectorKindName(selector.kind) + u'=' + displayText(selector.text);
}

QString selectionText(const Selection& selection)
{
    QStringList texts;
    for (const Selector& selector : selection.first(std::min<qsizetype>(selection.size(), 3)))
        texts << selectorText(selector);
    if (selection.size() > texts.size())
        texts << QStringLiteral("…");
    return texts.join(QStringLiteral(", "));
}

QByteArray Plan::sha256() const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString& text : {id, madeAt.toUTC().toString(Qt::ISODateWithMs), server, runId})
        addPart(hash, text.toUtf8());
    for (const qint64 number : {static_cast<qint64>(database), bytes, bytesSampled})
        addPart(hash, QByteArray::number(number));
    addSelection(hash, selectors);
    addSelection(hash, except);
    addList(hash, keys);
    addList(hash, tagKeys);
    return hash.result().toHex();
}

bool Plan::dangerous() const
{
    return std::ranges::any_of(selectors, [](const Selector& selector) {
        switch (selector.kind) {
        case Selector::Kind::Glob: return matchesNearlyAll(selector.text);
        case Selector::Kind::Prefix: return selector.text.isEmpty();
        case Selector::Kind::PathPrefix: return selector.text.isEmpty() || selector.text == "/"; // each path begins with it
        default: return false;
        }
    });
}

}
