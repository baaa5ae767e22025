// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QStringList>

namespace core::replay {

struct ShellWords {
    QList<QByteArray> words;
    QStringList notes; // what a shell would do with it and we do not, a sentence each
};

// The words of one command as a POSIX shell would cut them: blanks, ' " and backslash, line continuations, and bash's $'…' as browsers
// copy it. Nothing is expanded and nothing is run: $(…), `…` and $NAME stay text, a redirection is left out, and a command that follows
// is not read; `notes` says each. Linear in the size of the text, of which at most a megabyte is taken (Reason::BadCurl beyond it,
// and for a quote without an end).
Result<ShellWords> shellWords(QByteArrayView command);

}
