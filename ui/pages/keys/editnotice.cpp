// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/editnotice.h"

#include "core/base/bytes.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr int outside = 8; // to the border of the pane
    constexpr qsizetype longestNamed = 120; // bytes
    constexpr qsizetype endNamed = 40;
    constexpr int longestWord = 24; // characters; a label would be as wide as its longest word

    bool isInsideOfCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }
}

QString wrappable(const QString& text)
{
    QString out;
    int inWord = 0;
    for (const QChar c : text) {
        inWord = c.isSpace() ? 0 : inWord + 1;
        out += c;
        if (inWord % longestWord == longestWord - 1 && !c.isHighSurrogate())
            out += QChar(0x200B);
    }
    return out;
}

QString inSentence(const QByteArray& bytes)
{
    if (bytes.size() <= longestNamed)
        return core::displayText(bytes);
    qsizetype first = longestNamed - endNamed;
    qsizetype last = bytes.size() - endNamed;
    for (int i = 0; i < 3 && isInsideOfCharacter(bytes.at(first)); ++i)
        --first;
    for (int i = 0; i < 3 && isInsideOfCharacter(bytes.at(last)); ++i)
        ++last;
    return QString(core::displayText(bytes.first(first)) + u'…' + core::displayText(bytes.sliced(last)));
}

EditNotice::EditNotice(QWidget* parent)
    : QFrame(parent)
    , m_what(new Label({}, Type::Medium))
    , m_why(new Label({}, Type::Small))
    , m_actionRow(new QWidget)
    , m_actions(new QHBoxLayout(m_actionRow))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(40 + outside, 8 + outside, 6 + outside, 8);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    for (Label* label : {m_what, m_why}) {
        label->setWordWrap(true);
        column->addWidget(label);
    }
    m_actions->setContentsMargins(0, 0, 0, 0);
    m_actions->setSpacing(6);
    column->addWidget(m_actionRow);
    row->addLayout(column, 1);
    auto* close = makeIconButton(tr("Close message"), QStringLiteral("close"), ButtonKind::Quiet, this);
    close->setProperty("onStrip", true);
    connect(close, &QToolButton::clicked, this, &EditNotice::clear);
    row->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void EditNotice::show(const StripText& text)
{
    ++m_number;
    m_text = text;
    m_what->setText(wrappable(text.what));
    m_why->setText(wrappable(text.why));
    m_why->setVisible(!text.why.isEmpty());
    setAccessibleName(text.why.isEmpty() ? text.what : QString(text.what + u' ' + text.why));
    rebuildActions();
    QWidget::show();
    update();
}

void EditNotice::clear()
{
    ++m_number;
    m_text = {};
    letFocusGo();
    hide();
}

// Qt would give it to whatever comes next in the window.
void EditNotice::letFocusGo()
{
    if (isAncestorOf(window()->focusWidget()))
        emit focusLeaving();
}

void EditNotice::rebuildActions()
{
    letFocusGo();
    while (QLayoutItem* item = m_actions->takeAt(0)) {
        if (QWidget* button = item->widget()) {
            button->hide();
            button->deleteLater(); // it may be the one whose click brought us here
        }
        delete item;
    }
    for (const StripAction& action : std::as_const(m_text.actions)) {
        auto* button = makeButton(action.text, {}, ButtonKind::Quiet, m_actionRow);
        button->setProperty("onStrip", true);
        connect(button, &QPushButton::clicked, this, [run = action.run] { run(); });
        m_actions->addWidget(button);
        button->show();
    }
    m_actions->addStretch(1);
    m_actionRow->setVisible(!m_text.actions.isEmpty());
}

void EditNotice::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::roundRect(&painter, rect().adjusted(outside, outside, -outside, 0), 8, color(toneSoft(m_text.tone)), Qt::transparent);
    const int side = scaled(16);
    const QRect at(14 + outside, 10 + outside, side, side);
    paintIcon(&painter, QStyle::visualRect(layoutDirection(), rect(), at), toneIcon(m_text.tone), color(toneText(m_text.tone)));
}

}
