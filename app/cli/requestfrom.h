// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/requestsource.h"

namespace cli {

class Context;

// The request of --curl or --log-line, read as text: nothing of it is run. None of both: nothing. Credentials of one that was meant for
// another server than the API are left out; that, and whatever else is not done as it says, is warned about, and its query wants
// --foreign-query (Code::Unconfirmed). Errors: those of requestFromText(); both options, or a TARGET beside one, is a wrong option; no API
// (Reason::ApiNotSet) or one that client() refuses, before the file is read.
core::Result<std::optional<core::replay::SourcedRequest>> givenRequest(Context& context);

// What goes with `method`, which --method may have changed: nothing with GET, which is warned about. A body that was meant for another
// server than the API is a wrong option: nobody can see whether a password is in it.
core::Result<QByteArray> bodyOf(Context& context, const core::replay::SourcedRequest& sourced, const QByteArray& method);

}
