// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identitycheck.h"
#include "ui/models/rowmodel.h"
#include "ui/widgets/messagestrip.h"

namespace ui {

// Sent as, token of, status, verdict, answer, what happened.
QList<RowModel<core::replay::IdentityRow>::Column> identityColumns();
// It had an answer that may be held against another's. Nobody's refusal (401, 403) is an answer, too.
bool isCompared(const core::replay::IdentityRow& row);
// In one line: why there is no answer, or what the cache did.
QString outcomeOf(const core::replay::IdentityRow& row);
// Where nothing was found: all clear only for two persons or more (core::replay::personsStored()).
StripText conclusionOf(const QStringList& persons);

}
