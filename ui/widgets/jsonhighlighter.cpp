// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/jsonhighlighter.h"

#include "ui/widgets/theme.h"

namespace ui {

JsonHighlighter::JsonHighlighter(QTextDocument* document)
    : QSyntaxHighlighter(document)
{
}

void JsonHighlighter::highlightBlock(const QString& text)
{
    if (!m_active)
        return;
    const qsizetype size = text.size();
    const auto paint = [&](qsizetype from, qsizetype to, Token token) {
        setFormat(static_cast<int>(from), static_cast<int>(to - from), color(token));
    };
    for (qsizetype i = 0; i < size;) {
        const QChar c = text.at(i);
        qsizetype end = i + 1;
        if (c == u'"') {
            while (end < size && text.at(end) != u'"')
                end += text.at(end) == u'\\' ? 2 : 1;
            end = qMin(end + 1, size);
            qsizetype next = end;
            while (next < size && text.at(next).isSpace())
                ++next;
            paint(i, end, next < size && text.at(next) == u':' ? Token::Info : Token::Ok);
        } else if (c.isDigit() || c == u'-') {
            while (end < size && (text.at(end).isLetterOrNumber() || text.at(end) == u'.' || text.at(end) == u'-' || text.at(end) == u'+'))
                ++end;
            paint(i, end, Token::Series3);
        } else if (c.isLetter()) {
            while (end < size && text.at(end).isLetter())
                ++end;
            paint(i, end, Token::Series4);
        }
        i = end;
    }
}

}
