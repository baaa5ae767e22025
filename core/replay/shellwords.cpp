// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/shellwords.h"

#include <QString>

#include <algorithm>
#include <optional>

namespace core::replay {

namespace {
    constexpr qsizetype longestCommand = 1024 * 1024;

    bool isBlank(char c)
    {
        return c == ' ' || c == '\t' || c == '\r';
    }

    bool isOperator(char c)
    {
        return QByteArrayView(";|&<>()").contains(c);
    }

    bool isNameByte(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    int digitOf(char c)
    {
        if (c >= '0' && c <= '9')
            return c - '0';
        const char lower = static_cast<char>(c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
    }

    class ShellReader final {
    public:
        explicit ShellReader(QByteArrayView text)
            : m_text(text)
        {
        }

        Result<ShellWords> read()
        {
            while (m_at < m_text.size() && !m_ended && !m_problem)
                takeOne();
            endWord();
            if (m_problem)
                return fail(Code::Input, Reason::BadCurl, QStringLiteral("The text"), *m_problem);
            return m_out;
        }

    private:
        char peek(qsizetype ahead) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }

        void append(QByteArrayView bytes)
        {
            m_word.append(bytes);
            m_inWord = true;
        }

        void note(const QString& text)
        {
            if (!m_out.notes.contains(text))
                m_out.notes << text;
        }

        void endWord()
        {
            if (m_inWord && !m_dropNext)
                m_out.words << m_word;
            m_dropNext = m_dropNext && !m_inWord;
            forgetWord();
        }

        void forgetWord()
        {
            m_word.clear();
            m_inWord = false;
            m_isQuoted = false;
        }

        void takeOne()
        {
            const char c = m_text[m_at];
            if (isBlank(c)) {
                endWord();
                ++m_at;
            } else if (c == '\n') {
                takeLineBreak();
            } else if (c == '\\') {
                takeBackslash();
            } else if (c == '\'') {
                takeSingle();
            } else if (c == '"') {
                takeDouble();
            } else if (c == '$') {
                takeDollar(false);
            } else if (c == '`') {
                takeBackticks();
            } else if (c == '#' && !m_inWord) {
                takeComment();
            } else if (isOperator(c)) {
                takeOperator(c);
            } else {
                append(m_text.sliced(m_at++, 1));
            }
        }

        bool restIsBlank(qsizetype from) const
        {
            return std::ranges::all_of(m_text.sliced(from), [](char c) { return isBlank(c) || c == '\n'; });
        }

        void endCommand(const QString& why)
        {
            endWord();
            m_ended = true;
            if (!why.isEmpty())
                note(why);
        }

        void takeLineBreak()
        {
            endWord();
            ++m_at;
            if (m_out.words.isEmpty())
                return;
            endCommand(restIsBlank(m_at) ? QString() : QStringLiteral("Only the first command is read: what follows the line break is left out."));
        }

        void takeComment()
        {
            note(QStringLiteral("What follows # is a comment and is left out."));
            const qsizetype end = m_text.indexOf('\n', m_at);
            m_at = end < 0 ? m_text.size() : end;
        }

        void takeBackslash()
        {
            const bool crLf = peek(1) == '\r' && peek(2) == '\n';
            if (peek(1) == '\n' || crLf) { // the line goes on
                m_at += crLf ? 3 : 2;
            } else if (m_at + 1 == m_text.size()) { // cut off after it
                ++m_at;
            } else {
                append(m_text.sliced(m_at + 1, 1));
                m_isQuoted = true;
                m_at += 2;
            }
        }

        void takeSingle()
        {
            const qsizetype end = m_text.indexOf('\'', m_at + 1);
            if (end < 0)
                return setProblem(QStringLiteral("a ' has no end"));
            append(m_text.sliced(m_at + 1, end - m_at - 1));
            m_isQuoted = true;
            m_at = end + 1;
        }

        void takeDouble()
        {
            m_isQuoted = true;
            append({}); // "" is a word
            for (++m_at; m_at < m_text.size() && !m_problem;) {
                const char c = m_text[m_at];
                if (c == '"') {
                    ++m_at;
                    return;
                }
                if (c == '\\')
                    takeBackslashInDouble();
                else if (c == '$')
                    takeDollar(true);
                else if (c == '`')
                    takeBackticks();
                else
                    append(m_text.sliced(m_at++, 1));
            }
            setProblem(QStringLiteral("a \" has no end"));
        }

        void takeBackslashInDouble()
        {
            const char next = peek(1);
            if (next == '\n') {
                m_at += 2;
            } else if (next != '\0' && QByteArrayView("$`\"\\").contains(next)) {
                append(m_text.sliced(m_at + 1, 1));
                m_at += 2;
            } else {
                append(m_text.sliced(m_at++, 1));
            }
        }

        void takeDollar(bool inDouble)
        {
            const char next = peek(1);
            if (next == '\'' && !inDouble)
                return takeAnsi();
            if (next == '"' && !inDouble) {
                ++m_at;
                return takeDouble();
            }
            if (next == '(')
                return copyBalanced();
            if (next == '{') {
                note(QStringLiteral("$NAME is text here: no variable is put in."));
                return copyUntil('}', 2);
            }
            if (isNameByte(next))
                note(QStringLiteral("$NAME is text here: no variable is put in."));
            append(m_text.sliced(m_at++, 1));
        }

        // Up to the mark, which is searched for from `ahead` on.
        void copyUntil(char mark, qsizetype ahead)
        {
            qsizetype end = m_at + ahead;
            while (end < m_text.size() && m_text[end] != mark)
                end += m_text[end] == '\\' ? 2 : 1;
            if (end >= m_text.size())
                return setProblem(QStringLiteral("a %1 has no end").arg(mark == '}' ? QStringLiteral("${") : QStringLiteral("`")));
            append(m_text.sliced(m_at, end + 1 - m_at));
            m_at = end + 1;
        }

        void takeBackticks()
        {
            note(QStringLiteral("`…` is text here: no command of it is run."));
            copyUntil('`', 1);
        }

        // "$(", with what it holds, as one piece: cut into words its own options would look like ours.
        void copyBalanced()
        {
            note(QStringLiteral("$(…) is text here: no command of it is run."));
            int depth = 0;
            for (qsizetype at = m_at + 1; at < m_text.size(); ++at) {
                const char c = m_text[at];
                if (c == '\\') {
                    ++at;
                } else if (c == '\'' || c == '"') {
                    at = m_text.indexOf(c, at + 1);
                    if (at < 0)
                        break;
                } else if (c == '(') {
                    ++depth;
                } else if (c == ')' && --depth == 0) {
                    append(m_text.sliced(m_at, at + 1 - m_at));
                    m_at = at + 1;
                    return;
                }
            }
            setProblem(QStringLiteral("a $( has no end"));
        }

        void takeOperator(char c)
        {
            if (c == '<' || c == '>' || (c == '&' && peek(1) == '>'))
                return takeRedirection();
            const char next = peek(1);
            const bool atEdge = !m_inWord || m_at + 1 == m_text.size() || isBlank(next) || next == '\n' || isOperator(next);
            if (atEdge) {
                const QString why = QStringLiteral("Only the first command is read: what follows %1 is left out and not run.").arg(QLatin1Char(c));
                return endCommand(restIsBlank(m_at + 1) ? QString() : why);
            }
            note(QStringLiteral("%1 inside a word is text here; a shell would end the command there.").arg(QLatin1Char(c)));
            append(m_text.sliced(m_at++, 1));
        }

        void takeRedirection()
        {
            note(QStringLiteral("> and < are left out: no file is read or written."));
            const bool isDescriptor = m_inWord && !m_isQuoted && std::ranges::all_of(m_word, [](char d) { return d >= '0' && d <= '9'; });
            if (isDescriptor)
                forgetWord();
            endWord();
            while (m_at < m_text.size() && QByteArrayView("<>&|").contains(m_text[m_at]))
                ++m_at;
            m_dropNext = true;
        }

        void takeAnsi()
        {
            m_isQuoted = true;
            append({});
            for (m_at += 2; m_at < m_text.size() && !m_problem;) {
                if (m_text[m_at] == '\'') {
                    ++m_at;
                    return;
                }
                if (m_text[m_at] == '\\' && m_at + 1 < m_text.size())
                    takeEscape();
                else
                    append(m_text.sliced(m_at++, 1));
            }
            setProblem(QStringLiteral("a $' has no end"));
        }

        void takeEscape()
        {
            static constexpr QByteArrayView letters("abefnrtvE\\'\"?");
            static constexpr QByteArrayView bytes("\a\b\x1b\f\n\r\t\v\x1b\\'\"?");
            const char c = peek(1);
            m_at += 2;
            if (const qsizetype known = letters.indexOf(c); known >= 0)
                return append(bytes.sliced(known, 1));
            if (c >= '0' && c <= '7') {
                --m_at;
                return appendByte(number(8, 3));
            }
            if (c == 'x')
                return digitOf(peek(0)) < 16 ? appendByte(number(16, 2)) : append("\\x");
            if (c == 'u' || c == 'U') {
                if (digitOf(peek(0)) >= 16)
                    return append(c == 'u' ? QByteArrayView("\\u") : QByteArrayView("\\U"));
                return takeCharacter(c == 'u' ? 4 : 8);
            }
            if (c == 'c' && m_at < m_text.size())
                return appendByte(static_cast<uint>(m_text[m_at++]) & 0x1F);
            append("\\");
            append(m_text.sliced(m_at - 1, 1));
        }

        uint number(int base, int mostDigits)
        {
            uint value = 0;
            for (int i = 0; i < mostDigits && m_at < m_text.size() && digitOf(m_text[m_at]) < base; ++i)
                value = value * static_cast<uint>(base) + static_cast<uint>(digitOf(m_text[m_at++]));
            return value;
        }

        void appendByte(uint value)
        {
            if ((value & 0xFF) == 0)
                return setProblem(QStringLiteral("no argument of a command can hold a NUL"));
            const char byte = static_cast<char>(value & 0xFF);
            append(QByteArrayView(&byte, 1));
        }

        // Firefox writes a character beyond U+FFFF as its two UTF-16 units.
        void takeCharacter(int mostDigits)
        {
            char32_t character = number(16, mostDigits);
            if (QChar::isHighSurrogate(character) && peek(0) == '\\' && peek(1) == 'u') {
                const qsizetype back = m_at;
                m_at += 2;
                const char32_t low = number(16, 4);
                if (QChar::isLowSurrogate(low))
                    character = QChar::surrogateToUcs4(static_cast<char16_t>(character), static_cast<char16_t>(low));
                else
                    m_at = back;
            }
            if (character == 0)
                return appendByte(0);
            const bool isCharacter = character <= 0x10FFFF && !QChar::isSurrogate(character);
            append(isCharacter ? QString::fromUcs4(&character, 1).toUtf8() : QByteArray("\xEF\xBF\xBD"));
        }

        void setProblem(const QString& problem)
        {
            if (!m_problem)
                m_problem = problem;
            m_at = m_text.size();
        }

        QByteArrayView m_text;
        qsizetype m_at = 0;
        QByteArray m_word;
        bool m_inWord = false;
        bool m_isQuoted = false; // a part of the word
        bool m_dropNext = false; // the file of a redirection
        bool m_ended = false;
        std::optional<QString> m_problem;
        ShellWords m_out;
    };
}

Result<ShellWords> shellWords(QByteArrayView command)
{
    if (command.size() > longestCommand)
        return fail(Code::Input, Reason::BadCurl, QStringLiteral("The text"), QStringLiteral("it is longer than a megabyte"));
    return ShellReader(command).read();
}

}
