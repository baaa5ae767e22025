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

    Result<void> addKeysFrom(Selection& selection, const QString& file, bool nulSeparated)
    {
        const Result<QByteArray> text = readFile(file);
        if (!text)
            return fail(text.error());
        const auto keys = keysFromText(*text, nulSeparated);
        if (!keys)
            return fail(keys.error());
        if (keys->isEmpty())
            return fail(core::Code::Input, core::Reason::EmptySelection, file, QStringLiteral("there is no key in it"));
        for (const QByteArray& key : *keys)
            selection << Selector {Selector::Kind::Key, key};
        return {};
    }
}

Result<Selection> selectionFrom(const CommandLine& line)
{
    Selection selection;
    for (const Selector::Kind kind : kinds) {
        const QByteArray option = "--" + core::invalidate::selectorKindName(kind).toLatin1();
        for (const QString& text : line.values(option.constData())) {
            const Result<Selector> selector = selectorOf(kind, text);
            if (!selector)
                return fail(selector.error());
            selection << *selector;
        }
    }
    for (const QString& file : line.values("--keys-from")) {
        if (const Result<void> added = addKeysFrom(selection, file, line.has("--null")); !added)
            return fail(added.error());
    }
    if (selection.isEmpty())
        return fail(core::Code::Usage, core::Reason::EmptySelection, QStringLiteral("\"invalidate\" without a selector"));
    return selection;
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
