// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"
#include "core/invalidate/plan.h"

#include <QSet>

#include <array>

namespace core::invalidate {

// The arithmetic of selectors over one key. Immutable while keys are asked, so the scan's thread may use it.
class Conditions final {
public:
    Conditions(const Selection& selection, const cache::RouteTable& routes);
    // The members of all selected tags; needed before asking when tags are selected.
    void setTagMembers(QSet<QByteArray> members) { m_tagMembers = std::move(members); }

    bool isEmpty() const;
    bool has(Selector::Kind kind) const { return !texts(kind).isEmpty(); }
    const QList<QByteArray>& texts(Selector::Kind kind) const { return m_texts[static_cast<std::size_t>(kind)]; }
    // EmptySelection when a selector names nothing: a class, path or tag without a text.
    Result<void> check() const;

    // Of each kind that is given, one fits: kinds intersect, repeats unite. A list is not asked: its keys are what is asked.
    bool fitsEveryKind(const QByteArray& key) const;
    // Any selector fits.
    bool fitsAny(const QByteArray& key) const;

private:
    bool fits(Selector::Kind kind, const QByteArray& key, std::optional<cache::ParsedKey>& parsed) const;
    bool fitsParsed(Selector::Kind kind, const QByteArray& key, std::optional<cache::ParsedKey>& parsed) const;

    static constexpr std::size_t kinds = static_cast<std::size_t>(Selector::Kind::List) + 1;
    std::array<QList<QByteArray>, kinds> m_texts;
    QSet<QByteArray> m_keys;
    QSet<QByteArray> m_tagMembers;
    cache::RouteTable m_routes;
};

}
