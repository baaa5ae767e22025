// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSyntaxHighlighter>

namespace ui {

// Colours of JSON tokens by one pass over each line; strings do not span lines in printed JSON.
class JsonHighlighter final : public QSyntaxHighlighter {
    Q_OBJECT
public:
    explicit JsonHighlighter(QTextDocument* document);
    void setActive(bool active) { m_active = active; }

protected:
    void highlightBlock(const QString& text) override;

private:
    bool m_active = false;
};

}
