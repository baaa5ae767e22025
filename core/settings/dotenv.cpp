// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/serversource.h"

#include <algorithm>

namespace core::settings {

namespace {
    // Reads NAME=value after NAME=value. A line that is no assignment is passed over, as python-dotenv does.
    class DotEnvReader final {
    public:
        explicit DotEnvReader(QString text)
            : m_text(std::move(text))
        {
        }
        Environ read();

    private:
        QString takeName();
        std::optional<QString> takeValue();
        std::optional<QString> takeQuoted(QChar quote);
        QString takeLine();
        void skipBlanks();
        bool atEnd() const { return m_at >= m_text.size(); }

        QString m_text;
        qsizetype m_at = 0;
    };

    bool isNameCharacter(QChar c)
    {
        return c == u'_' || c == u'.' || (c.unicode() < 0x80 && c.isLetterOrNumber());
    }

    void DotEnvReader::skipBlanks()
    {
        while (!atEnd() && (m_text[m_at] == u' ' || m_text[m_at] == u'\t'))
            ++m_at;
    }

    // The rest of the line; the line end is passed.
    QString DotEnvReader::takeLine()
    {
        const qsizetype from = m_at;
        const qsizetype end = m_text.indexOf(u'\n', from);
        m_at = end < 0 ? m_text.size() : end + 1;
        return m_text.sliced(from, (end < 0 ? m_text.size() : end) - from);
    }

    QString DotEnvReader::takeName()
    {
        skipBlanks();
        if (QStringView(m_text).sliced(m_at).startsWith(u"export ")) {
            m_at += 7;
            skipBlanks();
        }
        const qsizetype from = m_at;
        while (!atEnd() && isNameCharacter(m_text[m_at]))
            ++m_at;
        const QString name = m_text.sliced(from, m_at - from);
        skipBlanks();
        return name;
    }

    // Up to the closing quote, over line ends too. Escapes count in double quotes only.
    std::optional<QString> DotEnvReader::takeQuoted(QChar quote)
    {
        static const QHash<QChar, QChar> escapes {{u'n', u'\n'}, {u'r', u'\r'}, {u't', u'\t'}, {u'\\', u'\\'}, {u'"', u'"'}};
        QString value;
        for (qsizetype i = m_at + 1; i < m_text.size(); ++i) {
            if (m_text[i] == quote) {
                m_at = i + 1;
                return value;
            }
            const bool isEscape = quote == u'"' && m_text[i] == u'\\' && i + 1 < m_text.size() && escapes.contains(m_text[i + 1]);
            value += isEscape ? escapes.value(m_text[++i]) : m_text[i];
        }
        return {};
    }

    std::optional<QString> DotEnvReader::takeValue()
    {
        skipBlanks();
        if (!atEnd() && (m_text[m_at] == u'"' || m_text[m_at] == u'\'')) {
            const auto value = takeQuoted(m_text[m_at]);
            takeLine();
            return value;
        }
        QString value = takeLine();
        for (qsizetype hash = value.indexOf(u'#'); hash >= 0; hash = value.indexOf(u'#', hash + 1)) {
            if (hash == 0 || value[hash - 1].isSpace()) {
                value.truncate(hash);
                break;
            }
        }
        return value.trimmed();
    }

    Environ DotEnvReader::read()
    {
        Environ environ;
        while (!atEnd()) {
            const QString name = takeName();
            if (name.isEmpty() || name[0].isDigit() || atEnd() || m_text[m_at] != u'=') {
                takeLine();
                continue;
            }
            ++m_at;
            if (const auto value = takeValue())
                environ[name] = *value;
        }
        return environ;
    }
}

Environ parseDotEnv(const QByteArray& text)
{
    const bool hasMark = text.startsWith("\xEF\xBB\xBF");
    return DotEnvReader(QString::fromUtf8(hasMark ? text.sliced(3) : text)).read();
}

}
