// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keyquery.h"

#include "core/base/bytes.h"

#include <algorithm>

using core::fail;
using core::Result;
using core::keys::Clause;
using core::keys::KeyQuery;
using core::keys::ParsedTest;
using core::keys::TextTest;

namespace cli {

namespace {
    Result<void> takeTexts(KeyQuery& query, const CommandLine& line, const char* option, TextTest::How how, bool ignoreCase)
    {
        Clause<TextTest> clause;
        for (const QString& text : line.values(option)) {
            const Result<QByteArray> bytes = core::bytesFromArgument(text);
            if (!bytes)
                return fail(bytes.error());
            clause.anyOf.push_back({how, *bytes, ignoreCase});
        }
        if (!clause.anyOf.empty())
            query.add(std::move(clause));
        return {};
    }

    Result<void> takeParsed(KeyQuery& query, const CommandLine& line, const char* option, ParsedTest::What what, TextTest::How how)
    {
        Clause<ParsedTest> clause;
        for (const QString& text : line.values(option)) {
            const Result<QByteArray> bytes = core::bytesFromArgument(text);
            if (!bytes)
                return fail(bytes.error());
            clause.anyOf.push_back({.what = what, .text = {how, *bytes}});
        }
        if (!clause.anyOf.empty())
            query.add(std::move(clause));
        return {};
    }

    Result<void> takeKinds(KeyQuery& query, const CommandLine& line)
    {
        using core::cache::Kind;
        constexpr Kind all[] {Kind::Entry, Kind::TagIndex, Kind::Lock, Kind::Health, Kind::Probe, Kind::Unknown};
        Clause<ParsedTest> clause;
        for (const QString& text : line.values("--kind")) {
            const auto found = std::ranges::find_if(all, [&](Kind kind) { return core::cache::kindName(kind) == text; });
            if (found == std::end(all))
                return fail(
                    badOption(QStringLiteral("--kind"), QStringLiteral("it takes entry, tag, lock, health, probe or unknown")));
            clause.anyOf.push_back({.what = ParsedTest::What::Kind, .kind = *found});
        }
        if (!clause.anyOf.empty())
            query.add(std::move(clause));
        return {};
    }

    void takeSchemes(KeyQuery& query, const CommandLine& line)
    {
        Clause<ParsedTest> clause;
        for (const QString& text : line.values("--scheme"))
            clause.anyOf.push_back({.what = ParsedTest::What::Scheme, .scheme = text});
        if (!clause.anyOf.empty())
            query.add(std::move(clause));
    }

    Result<void> takeQuery(KeyQuery& query, const CommandLine& line, bool ignoreCase)
    {
        const core::keys::ParsedQuery parsed = core::keys::parseKeyQuery(line.value("--query"), ignoreCase);
        if (!parsed)
            return fail(parsed.error().error);
        query.add(*parsed);
        return {};
    }
}

Result<KeyQuery> queryFromLine(const CommandLine& line)
{
    const bool ignoreCase = line.has("--ignore-case");
    KeyQuery query;
    for (const Result<void>& taken : {takeTexts(query, line, "--match", TextTest::How::Glob, false),
             takeTexts(query, line, "--prefix", TextTest::How::Start, false),
             takeTexts(query, line, "--contains", TextTest::How::Part, ignoreCase),
             takeParsed(query, line, "--class", ParsedTest::What::Class, TextTest::How::Whole),
             takeParsed(query, line, "--path", ParsedTest::What::Path, TextTest::How::Whole),
             takeParsed(query, line, "--path-prefix", ParsedTest::What::Path, TextTest::How::Start), takeKinds(query, line),
             takeQuery(query, line, ignoreCase)}) {
        if (!taken)
            return fail(taken.error());
    }
    takeSchemes(query, line);
    return query;
}

}
