// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/selection.h"

#include "app/cli/input.h"
#include "core/base/bytes.h"

#include <algorithm>

using core::fail;
using core::Result;
using core::invalidate::Selection;
using core::invalidate::Selector;

namespace cli {

namespace {
    constexpr Selector::Kind kinds[] {Selector::Kind::Tag, Selector::Kind::Class, Selector::Kind::Path,
        Selector::Kind::PathPrefix, Selector::Kind::Prefix, Selector::Kind::Glob, Selector::Kind::Key};

    Result<Selector> selectorOf(Selector::Kind kind, const QString& text)
    {
        const Result<QByteArray> bytes = core::bytesFromArgument(text);
        if (!bytes)
            return fail(bytes.error());
        return Selector {kind, *bytes};
    }

    Result<void> addKeysFrom(QList<QByteArray>& keys, const QString& file, bool nulSeparated)
    {
        const auto read = keysFrom(file, nulSeparated);
        if (!read)
            return fail(read.error());
        if (read->isEmpty())
            return fail(core::Code::Input, core::Reason::EmptySelection, file, QStringLiteral("there is no key in it"));
        keys << *read;
        return {};
    }

    // Keys of one kind unite: those given one by one go into the list.
    Result<void> addList(Selected& selected, const QStringList& files, bool nulSeparated)
    {
        QList<QByteArray> keys;
        for (const QString& file : files) {
            if (const Result<void> added = addKeysFrom(keys, file, nulSeparated); !added)
                return added;
        }
        for (const Selector& selector : std::as_const(selected.selectors)) {
            if (selector.kind == Selector::Kind::Key)
                keys << selector.text;
        }
        selected.selectors.removeIf([](const Selector& selector) { return selector.kind == Selector::Kind::Key; });
        selected.selectors << Selector {Selector::Kind::List, files.join(QStringLiteral(", ")).toUtf8()};
        selected.list = core::keys::KeyList(keys);
        return {};
    }
}

Result<Selected> selectedFrom(const CommandLine& line)
{
    Selected selected;
    for (const Selector::Kind kind : kinds) {
        const QByteArray option = "--" + core::invalidate::selectorKindName(kind).toLatin1();
        for (const QString& text : line.values(option.constData())) {
            const Result<Selector> selector = selectorOf(kind, text);
            if (!selector)
                return fail(selector.error());
            selected.selectors << *selector;
        }
    }
    if (const QStringList files = line.values("--keys-from"); !files.isEmpty()) {
        if (const Result<void> added = addList(selected, files, line.has("--null")); !added)
            return fail(added.error());
    }
    if (selected.selectors.isEmpty())
        return fail(core::Code::Usage, core::Reason::EmptySelection, QStringLiteral("\"invalidate\" without a selector"));
    return selected;
}

Result<Selection> exceptionsFrom(const CommandLine& line)
{
    Selection selection;
    for (const QString& text : line.values("--except")) {
        const QString name = text.section(u'=', 0, 0);
        const auto kind
            = std::ranges::find_if(kinds, [&](Selector::Kind k) { return core::invalidate::selectorKindName(k) == name; });
        if (kind == std::end(kinds) || !text.contains(u'='))
            return fail(badOption(
                QStringLiteral("--except"), QStringLiteral("it takes a kind and a text, such as class=Book or prefix=a:")));
        const Result<Selector> selector = selectorOf(*kind, text.section(u'=', 1));
        if (!selector)
            return fail(selector.error());
        selection << *selector;
    }
    return selection;
}

}
