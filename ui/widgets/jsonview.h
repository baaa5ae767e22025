// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QPlainTextEdit>

namespace ui {

// A value as plain text, read-only, mono, left-to-right, with line numbers; JSON is highlighted. Never rich text. Text that is too
// large for a text widget is shown up to `limit` characters and the view says so in its last line. Very long lines are broken for
// display (a continuation has no number); copying joins them again.
class JsonView final : public QPlainTextEdit {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JsonView)
public:
    static constexpr qsizetype limit = 1'000'000;

    explicit JsonView(const QString& name, QWidget* parent = nullptr);
    // Already laid out by the core's token-preserving printer; nothing is parsed here but for colours.
    void setJson(const QString& text);
    void setPlain(const QString& text);
    // Without: for text whose lines tell where they are themselves (hex).
    void setLineNumbers(bool shown);
    // Lines that differ (0-based), tinted: a diff beside another view.
    void setMarkedLines(const QList<int>& lines, Tone tone);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    QMimeData* createMimeDataFromSelection() const override;

private:
    friend class LineNumbers;
    void paintLineNumbers(QPaintEvent* event);
    void updateMargins();
    void setShown(const QString& text, bool highlight);
    void applyMarks();

    QWidget* m_numbers;
    bool m_numbered = true;
    class JsonHighlighter* m_highlighter;
    QList<int> m_lineOfBlock; // 1-based; 0: continuation of the line above
    QList<int> m_marked;
    Tone m_markTone = Tone::Neutral;
};

}
