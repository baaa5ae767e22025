// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

#include <functional>

namespace cli {

// Keys one by one from a file: text lines ("b64:…" for exact bytes), NUL-separated exact bytes, or NDJSON as "keys --ndjson" prints it; which of
// them, the first line says. One JSON document is refused: its lines are no keys, and nothing else would say so.
class KeyLines final {
public:
    using Take = std::function<core::Result<void>(const QByteArray& key)>;
    KeyLines(bool nulSeparated, Take take);

    // Each ends with the first line that is no key, or the first error of `take`.
    core::Result<void> line(const QByteArray& line);
    core::Result<void> end(); // behind the last

private:
    enum class Form { Unknown, PerhapsDocument, Text, Ndjson, Nul };
    core::Result<void> decide(const QByteArray& line);
    core::Result<void> hold(const QByteArray& line);
    core::Result<void> judgeHeld(bool isLast);
    core::Result<void> takeLine(const QByteArray& line);

    Form m_form;
    Take m_take;
    qint64 m_number = 0;
    QList<QByteArray> m_held; // while it may still be a document
    QByteArray m_heldText;
    qsizetype m_judgeAt = 0; // bytes held
};

}
