// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>

namespace core::keys {

// A regular expression over bytes (PCRE2, 8-bit). A pattern of ASCII alone works on bytes: '.' is any byte, a newline too, and \xff
// the byte 0xFF, so that every key can be told from every other. In a pattern with other characters, or one that starts with
// (*UTF), '.' and classes mean UTF-8 characters, as [äö] on bytes would match halves of others; bytes that are not UTF-8 then
// match nothing, and the rest of such a key is still searched. '$' is the end of the key alone.
// A value; searching takes a Matcher a thread.
class BytesRegex {
public:
    struct Mistake {
        qsizetype at = 0; // in bytes of the pattern
        QString what; // PCRE2's words
    };
    static tl::expected<BytesRegex, Mistake> compile(const QByteArray& pattern, bool ignoreCase);

    const QByteArray& pattern() const { return m_pattern; }

    class Matcher {
    public:
        // The first one for an expression translates it into machine code where PCRE2 can; any thread.
        explicit Matcher(const BytesRegex& regex);
        ~Matcher();
        Matcher(Matcher&&) noexcept;
        Matcher& operator=(Matcher&&) noexcept;

        // Whether it matches anywhere in the key. Steps, depth and memory are limited, so that one key takes milliseconds (a key
        // of megabytes: tenths of a second); beyond the limit nobody knows, which is Reason::SearchTooCostly and never "no".
        Result<bool> matches(QByteArrayView key);

    private:
        struct Private;
        std::unique_ptr<Private> d;
    };

private:
    struct Code;
    BytesRegex() = default;

    QByteArray m_pattern;
    std::shared_ptr<Code> m_code;
};

}
