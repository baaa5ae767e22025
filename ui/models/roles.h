// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMetaType>
#include <QString>

namespace ui {

// Roles that the delegates and views of ui/widgets understand, for any model.
enum Role {
    SortRole = Qt::UserRole + 1, // QVariant to order by: number, QByteArray, QDateTime
    BytesRole, // QByteArray: the exact bytes of a key or value (copied, never the display text)
    TtlRole, // TtlCell
    ShareRole, // double 0…1: tint behind the row (trees) or bar (HitBarDelegate)
    ToneRole, // int of ui::Tone: colour of the text or the badge
    IconRole, // QString: icon name before the text
    BadgeRole, // bool: the text is drawn as a badge in the tone of ToneRole
    ExactRole, // QString: exact figure for the tooltip (plain text, escaped by the view)
    CopyRole, // QString: text of the cell for Ctrl+C where it differs from DisplayRole
};

// A time to live in a cell: bar of rest against policy, then the text.
struct TtlCell {
    enum class State { Loading, Known, NoExpiry, Gone };
    State state = State::Loading;
    qint64 restMs = 0;
    qint64 policyMs = -1; // -1: policy not known, no bar is drawn
    friend bool operator==(const TtlCell&, const TtlCell&) = default;
};

}
