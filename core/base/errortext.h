// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

namespace core {

// An error for people, in English source text: the window translates it, the command line prints it as it is.
struct ErrorText {
    QString what; // one sentence: what went wrong
    QString why; // the cause, where it is known, with a full stop; may hold server text, so treat it as plain text
    QString advice; // what to do
};

// One table for the window and the command line. Every reason has its own sentence; none shows a raw errno.
ErrorText describe(const Error& error);

// "what why advice" joined, for logs and one-line sinks.
QString oneLine(const Error& error);

}
