// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

// JSON as text: checked and compared by RapidJSON's iterative reader, cut into tokens that stay as they are written. Nothing
// here recurses, so nesting costs memory and no stack.
namespace core::cache {

// Strict JSON in UTF-8 (RFC 8259). NaN and lone surrogates are refused: json.loads() takes them, but Starlette's JSONResponse
// cannot send what it read.
bool isJson(QByteArrayView text);
// The byte where `text` stops being JSON; -1 when it is JSON.
qsizetype jsonErrorAt(QByteArrayView text);

// Equal for texts that are equal as jsonEqual() says, and for no others; empty when `text` is not JSON.
QByteArray jsonFingerprint(QByteArrayView text);

// The tokens of a text that isJson() accepted, white space left out.
class JsonTokens final {
public:
    explicit JsonTokens(QByteArrayView text)
        : m_text(text)
    {
    }
    QByteArrayView next(); // empty at the end
    QByteArrayView nextValue(); // a whole value, containers with all they hold

private:
    void skipSpace();
    QByteArrayView m_text;
    qsizetype m_at = 0;
};

}
