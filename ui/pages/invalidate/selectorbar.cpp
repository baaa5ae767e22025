// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate/selectorbar.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/widgets/button.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>
#include <array>

using core::invalidate::Selection;
using core::invalidate::Selector;

namespace ui {

namespace {
    constexpr std::array kinds {Selector::Kind::Tag, Selector::Kind::Class, Selector::Kind::Path, Selector::Kind::PathPrefix,
        Selector::Kind::Prefix, Selector::Kind::Glob, Selector::Kind::Key};

    QString placeholderOf(Selector::Kind kind)
    {
        switch (kind) {
        case Selector::Kind::Tag:
            return SelectorBar::tr("Tag, as in table:products");
        case Selector::Kind::Class:
            return SelectorBar::tr("Endpoint class, as in ProductsEndpoint");
        case Selector::Kind::Path:
            return SelectorBar::tr("Exact path, as in /products");
        case Selector::Kind::PathPrefix:
            return SelectorBar::tr("Start of the path, as in /products/");
        case Selector::Kind::Prefix:
            return SelectorBar::tr("Literal start of the key, as in item:");
        case Selector::Kind::Glob:
            return SelectorBar::tr("Pattern with * ? [ ], as in lightapi:*:/products:*page=1*");
        case Selector::Kind::Key:
        case Selector::Kind::List: // is sent by a page, not typed
            return SelectorBar::tr("One key, or b64: and its bytes");
        }
        Q_UNREACHABLE();
    }
}

SelectorBar::SelectorBar(QWidget* parent)
    : QWidget(parent)
    , m_kind(new SegmentedControl(tr("Select by"), {tr("Tag"), tr("Class"), tr("Path"), tr("Path prefix"), tr("Key prefix"), tr("Pattern"), tr("Key")}))
    , m_text(makeField(tr("What to invalidate"), {}, true))
    , m_plan(makeButton(tr("Make plan"), QStringLiteral("list-check"), ButtonKind::Primary))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_kind);
    row->addWidget(m_text, 1);
    row->addWidget(m_plan);
    connect(m_kind, &SegmentedControl::currentChanged, this, &SelectorBar::onKindChanged);
    connect(m_text, &QLineEdit::textEdited, this, [this] {
        m_sent.clear();
        m_list = {};
        setBad(false);
        emit edited();
    });
    connect(m_text, &QLineEdit::returnPressed, m_plan, &QPushButton::click);
    connect(m_plan, &QPushButton::clicked, this, &SelectorBar::planRequested);
    onKindChanged();
}

QWidget* SelectorBar::field() const
{
    return m_text;
}

void SelectorBar::onKindChanged()
{
    m_text->setPlaceholderText(placeholderOf(kinds.at(static_cast<std::size_t>(m_kind->current()))));
    if (!m_sent.isEmpty()) {
        m_sent.clear();
        m_list = {};
        m_text->clear();
    }
    emit edited();
}

void SelectorBar::setSelection(const Selection& selection, const core::keys::KeyList& list)
{
    if (selection.isEmpty())
        return;
    const Selector& first = selection.first();
    const bool isList = first.kind == Selector::Kind::List;
    const auto kind = std::ranges::find(kinds, isList ? Selector::Kind::Key : first.kind);
    m_sent.clear();
    m_list = {};
    m_kind->setCurrent(static_cast<int>(kind - kinds.begin()));
    if (selection.size() == 1 && !isList) {
        m_text->setText(core::argumentFromBytes(first.text));
        return;
    }
    m_text->setText(tr("%1 selected").arg(core::formatCount(isList ? list.size() : selection.size())));
    m_sent = selection;
    m_list = list;
}

core::Result<Selection> SelectorBar::selection() const
{
    if (!m_sent.isEmpty())
        return m_sent;
    const QString text = m_text->text();
    const Selector::Kind kind = kinds.at(static_cast<std::size_t>(m_kind->current()));
    // An empty prefix means everything and is a choice of its own (guarded by a typed name); any other empty text is a slip.
    if (text.isEmpty() && kind != Selector::Kind::Prefix)
        return core::fail(core::Code::Input, core::Reason::EmptySelection, tr("An empty %1").arg(core::invalidate::selectorKindName(kind)));
    return core::bytesFromArgument(text).map([kind](const QByteArray& bytes) { return Selection {{kind, bytes}}; });
}

void SelectorBar::setBusy(bool busy, bool connected)
{
    m_kind->setEnabled(!busy);
    m_text->setEnabled(!busy);
    m_plan->setEnabled(!busy && connected);
}

void SelectorBar::setHasPlan(bool has)
{
    m_plan->setText(has ? tr("Plan again") : tr("Make plan"));
    // One primary act a page: with a plan at hand it is the red one.
    setButtonKind(m_plan, has ? ButtonKind::Normal : ButtonKind::Primary);
    m_plan->setIcon(icon(QStringLiteral("list-check"), has ? Token::Text2 : Token::OnFill));
}

void SelectorBar::setBad(bool bad)
{
    setFieldBad(m_text, bad);
}

}
