// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace ui {

// What one page asks of another (Workspace::openPage). A page reads what it knows and ignores the rest; nothing here starts a
// write by itself: Invalidate makes a plan of `selection`, Warm and Replay fill their fields.
struct PageHint {
    core::invalidate::Selection selection; // Invalidate: plan this
    core::keys::KeyList list; // Invalidate: what Selector::Kind::List in it stands for. Warm: the keys of a plan
    QList<QByteArray> targets; // Replay: the first, or those that its tab takes; Warm: all. Raw request targets ("/books?page=1")
    QStringList notes; // Replay: what is to be known of the first target, a sentence each
    bool compare = false; // Replay: in the tab that compares `targets` with fresh answers
    QByteArray key; // Keys: show this one. Replay, Warm: where the target came from
    QByteArray filter; // Keys: put into the contains-filter
    QByteArray tag; // Tags: select this one
    QString profile; // Connections: edit this one
};

}
