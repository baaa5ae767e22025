// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/jsonview.h"

#include "core/base/format.h"
#include "ui/widgets/jsonhighlighter.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QMimeData>
#include <QPainter>
#include <QTextBlock>

namespace ui {

namespace {
    // One long line costs a text layout seconds; pieces of this size do not.
    constexpr qsizetype longestLine = 4000;
    // Colours are computed for the whole document at once: above this it would be felt.
    constexpr qsizetype highlightLimit = 200'000;
}

class LineNumbers final : public QWidget {
public:
    explicit LineNumbers(JsonView* view)
        : QWidget(view)
        , m_view(view)
    {
    }

protected:
    void paintEvent(QPaintEvent* event) override { m_view->paintLineNumbers(event); }

private:
    JsonView* m_view;
};

JsonView::JsonView(const QString& name, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_numbers(new LineNumbers(this))
    , m_highlighter(new JsonHighlighter(document()))
{
    setAccessibleName(name);
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setFont(ui::font(Type::Mono));
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setLayoutDirection(Qt::LeftToRight);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    document()->setUndoRedoEnabled(false);
    document()->setDocumentMargin(8);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        if (dy != 0)
            m_numbers->scroll(0, dy);
        else
            m_numbers->update(0, rect.y(), m_numbers->width(), rect.height());
    });
    updateMargins();
}

void JsonView::setJson(const QString& text)
{
    setShown(text, text.size() <= highlightLimit);
}

void JsonView::setPlain(const QString& text)
{
    setShown(text, false);
}

void JsonView::setLineNumbers(bool shown)
{
    m_numbered = shown;
    m_numbers->setVisible(shown);
    updateMargins();
}

void JsonView::setShown(const QString& text, bool highlight)
{
    QString shown;
    m_lineOfBlock.clear();
    m_marked.clear();
    const QString cut = text.left(limit);
    int number = 0;
    for (qsizetype from = 0; from <= cut.size();) {
        qsizetype end = cut.indexOf(u'\n', from);
        if (end < 0)
            end = cut.size();
        ++number;
        for (qsizetype piece = from; piece == from || piece < end; piece += longestLine) {
            if (!m_lineOfBlock.isEmpty())
                shown += u'\n';
            m_lineOfBlock += piece == from ? number : 0;
            shown += QStringView(cut).mid(piece, qMin(longestLine, end - piece));
        }
        from = end + 1;
    }
    if (text.size() > limit) {
        shown += u'\n' + tr("… %1 of %2 characters shown").arg(core::formatCount(limit), core::formatCount(text.size()));
        m_lineOfBlock += 0;
    }
    m_highlighter->setActive(highlight);
    setPlainText(shown);
    setExtraSelections({});
    updateMargins();
}

void JsonView::setMarkedLines(const QList<int>& lines, Tone tone)
{
    m_marked = lines;
    m_markTone = tone;
    applyMarks();
}

void JsonView::applyMarks()
{
    QList<QTextEdit::ExtraSelection> marks;
    for (const int line : std::as_const(m_marked)) {
        const qsizetype block = m_lineOfBlock.indexOf(line + 1);
        if (block < 0)
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(document()->findBlockByNumber(static_cast<int>(block)));
        mark.format.setBackground(color(toneSoft(m_markTone)));
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks += mark;
    }
    setExtraSelections(marks);
}

QMimeData* JsonView::createMimeDataFromSelection() const
{
    const QTextCursor cursor = textCursor();
    QString text;
    QTextBlock block = document()->findBlock(cursor.selectionStart());
    for (bool first = true; block.isValid() && block.position() <= cursor.selectionEnd(); block = block.next(), first = false) {
        if (!first && m_lineOfBlock.value(block.blockNumber(), 1) != 0)
            text += u'\n';
        const int from = qMax(0, cursor.selectionStart() - block.position());
        const int to = qMin(block.length() - 1, cursor.selectionEnd() - block.position());
        text += block.text().mid(from, to - from);
    }
    auto* mime = new QMimeData;
    mime->setText(text);
    return mime;
}

void JsonView::updateMargins()
{
    const int digits = qMax(2, static_cast<int>(QString::number(m_lineOfBlock.isEmpty() ? 1 : m_lineOfBlock.size()).size()));
    const int width = fontMetrics().horizontalAdvance(u'9') * digits + 22;
    setViewportMargins(m_numbered ? width : 0, 0, 0, 0);
    m_numbers->setGeometry(frameWidth(), frameWidth(), width, viewport()->height());
}

void JsonView::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    updateMargins();
}

void JsonView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter) {
        m_highlighter->rehighlight();
        applyMarks();
    }
}

void JsonView::paintLineNumbers(QPaintEvent* event)
{
    QPainter painter(m_numbers);
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    painter.setFont(ui::font(Type::Mono));
    painter.setPen(color(Token::Text3));
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF at = blockBoundingGeometry(block).translated(contentOffset());
        if (at.top() > event->rect().bottom())
            break;
        const int number = m_lineOfBlock.value(block.blockNumber(), 0);
        if (number > 0)
            painter.drawText(QRectF(0, at.top(), m_numbers->width() - 10, at.height()), Qt::AlignRight | Qt::AlignTop, QString::number(number));
    }
}

}
