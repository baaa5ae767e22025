// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/pagedtext.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/values/hexdump.h"
#include "ui/widgets/button.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtMath>

#include <algorithm>

namespace ui {

namespace {
    constexpr qsizetype textPage = 150'000; // bytes: with colours, laid out within a frame or two
    constexpr qsizetype hexPage = 64 * 1024;
    constexpr qsizetype longestSearch = 4096; // for the end of a line to part at

    int digitsFor(qsizetype bytes) { return bytes <= 0x10000 ? 4 : 8; }

    // "0010  68 65 6c 6c 6f  hello": characters of a row.
    constexpr int hexColumns(int row, int digits) { return digits + 2 + row * 3 - 1 + 2 + row; }
}

PagedText::PagedText(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_view(new JsonView(name))
    , m_pager(new QWidget)
    , m_where(new Label({}, Type::Small, Token::Text2))
    , m_before(makeIconButton(tr("Part before"), QStringLiteral("chevron-left")))
    , m_after(makeIconButton(tr("Next part"), QStringLiteral("chevron-right")))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    auto* row = new QHBoxLayout(m_pager);
    row->setContentsMargins(12, 4, 12, 4);
    row->addWidget(m_before);
    row->addWidget(m_where, 1, Qt::AlignCenter);
    row->addWidget(m_after);
    column->addWidget(m_pager);
    m_view->installEventFilter(this);
    connect(m_before, &QToolButton::clicked, this, [this] { showPage(m_page - 1); });
    connect(m_after, &QToolButton::clicked, this, [this] { showPage(m_page + 1); });
    m_pager->hide();
}

void PagedText::setBytes(const QByteArray& bytes, Form form, bool sameValue)
{
    m_bytes = bytes;
    m_form = form;
    m_rest.clear();
    m_page = sameValue ? std::min(m_page, pages() - 1) : 0;
    m_view->setLineNumbers(form == Form::Plain || form == Form::Json);
    showPart();
}

void PagedText::setRest(const QString& rest)
{
    if (rest == m_rest)
        return;
    m_rest = rest;
    if (m_page == pages() - 1)
        showPart();
}

qsizetype PagedText::pages() const
{
    const qsizetype page = m_form == Form::Hex ? hexPage : textPage;
    return std::max<qsizetype>(1, (m_bytes.size() + page - 1) / page);
}

// Text is parted after a line or, without one near, after a character.
qsizetype PagedText::startOf(qsizetype page) const
{
    const qsizetype at = std::min(m_bytes.size(), page * (m_form == Form::Hex ? hexPage : textPage));
    if (page == 0 || at == m_bytes.size() || m_form == Form::Hex)
        return at;
    const qsizetype line = QByteArrayView(m_bytes).sliced(at, std::min(longestSearch, m_bytes.size() - at)).indexOf('\n');
    if (line >= 0)
        return at + line + 1;
    qsizetype whole = at;
    while (whole < std::min(at + 3, m_bytes.size()) && (static_cast<unsigned char>(m_bytes[whole]) & 0xC0) == 0x80)
        ++whole;
    return whole;
}

void PagedText::showPage(qsizetype page)
{
    m_page = std::clamp<qsizetype>(page, 0, pages() - 1);
    showPart();
}

void PagedText::showPart()
{
    const qsizetype from = startOf(m_page);
    const QByteArray part = m_bytes.mid(from, startOf(m_page + 1) - from);
    const QString rest = m_page == pages() - 1 ? m_rest : QString();
    m_hexRow = hexRow();
    if (m_form == Form::Hex)
        m_view->setPlain(QString::fromLatin1(core::values::hexDump(part, m_hexRow, from, digitsFor(m_bytes.size()))) + rest);
    else if (m_form == Form::Json)
        m_view->setJson(QString::fromUtf8(part) + rest);
    else
        m_view->setPlain((m_form == Form::Escaped ? core::displayText(part) : QString::fromUtf8(part)) + rest);
    m_pager->setVisible(pages() > 1);
    m_where->setText(tr("Part %1 of %2").arg(core::formatCount(m_page + 1), core::formatCount(pages())));
    m_before->setEnabled(m_page > 0);
    m_after->setEnabled(m_page + 1 < pages());
}

QString PagedText::text() const
{
    return m_view->toPlainText();
}

// The scroll bar counts as shown: else it could come and go with the rows it changes.
int PagedText::hexRow() const
{
    const int room = m_view->width() - m_view->verticalScrollBar()->sizeHint().width() - 2 * qCeil(m_view->document()->documentMargin());
    const int columns = room / qMax(1, m_view->fontMetrics().horizontalAdvance(u'0'));
    const int digits = digitsFor(m_bytes.size());
    return columns >= hexColumns(16, digits) ? 16 : columns >= hexColumns(8, digits) ? 8 : 4;
}

bool PagedText::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_view && event->type() == QEvent::Resize && m_form == Form::Hex && hexRow() != m_hexRow)
        showPart();
    return QWidget::eventFilter(object, event);
}

}
