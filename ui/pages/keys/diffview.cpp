// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/diffview.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/widgets/button.h"
#include "ui/widgets/label.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using core::values::Difference;
using core::values::DiffLine;
using core::values::PathChange;

namespace {
    constexpr int margin = 12;
    constexpr qsizetype mostLines = 5000; // a text widget colours no more without being felt
    constexpr qsizetype longestLine = 2000; // characters

    // Laid out already: what cannot be seen is escaped, a backslash stays one.
    QString shownLine(const QByteArray& text)
    {
        const QString line = core::displayText(QString::fromUtf8(text.left(longestLine * 4)).replace(u'\t', QStringLiteral("    ")));
        return line.size() > longestLine ? QString(line.left(longestLine) + u'…') : line;
    }
}

DiffView::DiffView(QWidget* parent)
    : QWidget(parent)
    , m_title(new Label({}, Type::SmallMedium))
    , m_counts(new Label({}, Type::Small, Token::Text2))
    , m_note(new Label({}, Type::Small, Token::Warn))
    , m_forms(new SegmentedControl(tr("Form of the comparison"), {tr("By path"), tr("By line")}))
    , m_text(new QPlainTextEdit)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(margin, 8, 6, 8);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    for (Label* label : {m_title, m_counts, m_note}) {
        label->setWordWrap(true);
        words->addWidget(label);
    }
    head->addLayout(words, 1);
    auto* close = makeIconButton(tr("Close comparison"), QStringLiteral("close"));
    connect(close, &QToolButton::clicked, this, &DiffView::closed);
    head->addWidget(close, 0, Qt::AlignTop);
    column->addLayout(head);
    connect(m_forms, &SegmentedControl::currentChanged, this, &DiffView::showFound);
    words->addWidget(m_forms, 0, Qt::AlignLeft);
    setFocusProxy(m_text);
    m_text->setAccessibleName(tr("Differences"));
    m_text->setReadOnly(true);
    m_text->setFont(ui::font(Type::Mono));
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->document()->setDocumentMargin(margin);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(m_text, 1);
}

void DiffView::showBusy()
{
    m_comparing.cancel();
    m_counts->setText(tr("Comparing"));
    m_note->hide();
    m_forms->hide();
    fill({});
}

void DiffView::compare(const QString& beforeName, const QByteArray& before, const QString& afterName, const QByteArray& after)
{
    showBusy();
    m_title->setText(wrappable(tr("− %1\n+ %2").arg(beforeName, afterName)));
    m_comparing = core::values::diffAsync(before, after);
    core::onFinished(m_comparing, this, [this, comparing = m_comparing](const core::Result<Difference>& found) {
        if (!found || comparing.isCanceled())
            return;
        m_found = *found;
        m_forms->setVisible(m_found.paths.has_value());
        m_forms->setCurrent(m_found.paths ? 0 : 1);
        showFound();
    });
}

void DiffView::showFound()
{
    const bool byPath = m_found.paths && m_forms->current() == 0;
    const qsizetype changes = m_found.paths ? m_found.paths->changes.size() : 0;
    if (m_found.isEqual)
        m_counts->setText(tr("The same, byte for byte."));
    else if (byPath)
        m_counts->setText(changes == 0 ? tr("The same JSON, written in another way.") : tr("Places that differ: %1").arg(core::formatCount(changes)));
    else if (m_found.lines.removed == 0 && m_found.lines.added == 0)
        m_counts->setText(tr("The same text, stored in other bytes."));
    else
        m_counts->setText(tr("Lines: %1 removed, %2 added").arg(core::formatCount(m_found.lines.removed), core::formatCount(m_found.lines.added)));
    QStringList notes;
    if (m_found.isCut)
        notes += tr("Only the beginnings were compared: a side is larger than what is compared at once.");
    if (byPath && m_found.paths->isCut)
        notes += tr("There are more; these are the first.");
    if (!byPath && m_found.lines.isRough)
        notes += tr("They differ in very many lines: the part that differs is shown as a whole.");
    const QList<Line> lines = byPath ? pathLines() : fileLines();
    if (lines.size() > mostLines)
        notes += tr("The first %1 lines are shown.").arg(core::formatCount(mostLines));
    m_note->setText(notes.join(u' '));
    m_note->setVisible(!notes.isEmpty());
    fill(lines.first(std::min(mostLines, lines.size())));
}

QList<DiffView::Line> DiffView::pathLines() const
{
    QList<Line> lines;
    for (const PathChange& change : m_found.paths->changes) {
        if (lines.size() > mostLines)
            break;
        lines += Line {shownLine(change.path), DiffLine::Kind::Same};
        if (change.before)
            lines += Line {QStringLiteral("− ") + shownLine(*change.before), DiffLine::Kind::Removed};
        if (change.after)
            lines += Line {QStringLiteral("+ ") + shownLine(*change.after), DiffLine::Kind::Added};
    }
    return lines;
}

QList<DiffView::Line> DiffView::fileLines() const
{
    QList<Line> lines;
    for (const DiffLine& line : m_found.lines.lines) {
        if (lines.size() > mostLines)
            break;
        switch (line.kind) {
        case DiffLine::Kind::Same: lines += Line {QStringLiteral("  ") + shownLine(line.text), line.kind}; break;
        case DiffLine::Kind::Removed: lines += Line {QStringLiteral("− ") + shownLine(line.text), line.kind}; break;
        case DiffLine::Kind::Added: lines += Line {QStringLiteral("+ ") + shownLine(line.text), line.kind}; break;
        case DiffLine::Kind::Left: lines += Line {tr("… %1 same lines").arg(core::formatCount(line.count)), line.kind}; break;
        }
    }
    return lines;
}

void DiffView::fill(const QList<Line>& lines)
{
    m_lines = lines;
    QStringList texts;
    for (const Line& line : lines)
        texts += line.text;
    m_text->setPlainText(texts.join(u'\n'));
    paintLines();
}

void DiffView::paintLines()
{
    QList<QTextEdit::ExtraSelection> marks;
    QTextBlock block = m_text->document()->firstBlock();
    for (const Line& line : std::as_const(m_lines)) {
        if (line.kind != DiffLine::Kind::Same) {
            QTextEdit::ExtraSelection mark;
            mark.cursor = QTextCursor(block);
            const Tone tone = line.kind == DiffLine::Kind::Removed ? Tone::Bad : line.kind == DiffLine::Kind::Added ? Tone::Ok : Tone::Neutral;
            mark.format.setBackground(color(toneSoft(tone)));
            mark.format.setProperty(QTextFormat::FullWidthSelection, true);
            marks += mark;
        }
        block = block.next();
    }
    m_text->setExtraSelections(marks);
}

QString DiffView::text() const
{
    return m_text->toPlainText();
}

void DiffView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_text)
        paintLines();
}

}
