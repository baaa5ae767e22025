// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/taglist.h"
#include "core/cache/tags.h"

// What tags.cpp and tagsreader.cpp share: how a value becomes a layout, and the warnings' words.
namespace core::cache {

// By the answer of TYPE: a string is a JSON list until its value has been read.
TagLayout layoutOfType(const QByteArray& type);

struct StringTag {
    TagLayout layout = TagLayout::Unreadable;
    QList<QByteArray> names; // repeats kept
    QString problem;
};
StringTag readStringTag(const QByteArray& value);

QString foreignTypeText(const QByteArray& type);
QString repeatsText(qint64 repeats);
QString badTagListsText(qint64 fields);
// What the members' TTLs say of the index: share of dead names, an index that goes before what it names.
QStringList stateWarnings(const TagInfo& info, const QList<TagMember>& members);

}
