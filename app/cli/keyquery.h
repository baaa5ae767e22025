// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/cache/parsedkey.h"
#include "core/cache/routes.h"
#include "core/keys/keystore.h"

#include <QByteArrayView>
#include <QSet>

namespace cli {

// The FILTER options: kinds intersect, repeats of one kind unite. A value, safe to use on a pool thread.
class KeyQuery {
public:
    static core::Result<KeyQuery> fromLine(const CommandLine& line);

    bool matches(QByteArrayView key, const core::cache::RouteTable& routes) const;
    // A glob that the server can apply without losing a match; empty: it must send everything.
    QByteArray serverPattern() const;

private:
    core::Result<void> takeKinds(const CommandLine& line);
    bool needsParsing() const;
    bool matchesParsed(const core::cache::ParsedKey& parsed) const;

    core::keys::KeyFilter m_text; // globs and prefixes
    std::vector<core::keys::KeyFilter> m_contains; // one each, united
    QList<QByteArray> m_classes, m_paths, m_pathPrefixes;
    QList<core::cache::Kind> m_kinds;
    QStringList m_schemes;
};

}
