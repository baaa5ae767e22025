// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/searchfield.h"

#include "core/base/errortext.h"
#include "ui/pages/keys/searchhelp.h"
#include "ui/widgets/button.h"
#include "ui/widgets/field.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QInputMethodEvent>
#include <QLineEdit>
#include <QStringListModel>
#include <QTextCharFormat>
#include <QToolButton>

#include <algorithm>
#include <chrono>

using core::keys::ParsedQuery;
using core::keys::QueryPlace;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds typingPause {120};
    constexpr qsizetype mostLookedFor = 16'000; // bytes
    constexpr QStringView classPrefix = u"class:";
    constexpr QStringView kindPrefix = u"kind:";

    QStringList startingWith(const QStringList& all, const QString& typed)
    {
        QStringList fitting;
        for (const QString& text : all) {
            if (text.startsWith(typed, Qt::CaseInsensitive) && text != typed)
                fitting << text;
        }
        return fitting;
    }

    // The kinds after the last comma, each behind what stands before it.
    QStringList kindTerms(const QString& typed)
    {
        const QString before = typed.first(std::max<qsizetype>(typed.lastIndexOf(u',') + 1, kindPrefix.size()));
        QStringList terms;
        for (const QString& kind : core::keys::queryKinds())
            terms << before + kind;
        return terms;
    }
}

SearchField::SearchField(QWidget* parent)
    : QWidget(parent)
    , m_field(makeSearchField(tr("Filter keys"), tr("Key contains… or class:Book ttl<60 (Ctrl+F)")))
    , m_case(makeIconButton(tr("Ignore case"), QStringLiteral("case"), ButtonKind::Normal))
    , m_help(makeIconButton(tr("How to search"), QStringLiteral("ring-question"), ButtonKind::Normal))
    , m_completer(new QCompleter(this))
    , m_offered(new QStringListModel(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_field, 1);
    row->addWidget(m_case);
    row->addWidget(m_help);
    m_case->setCheckable(true);
    connect(m_help, &QToolButton::clicked, this, &SearchField::showHelp);
    setupField();
    setupCompletion();
}

void SearchField::setupField()
{
    setFocusProxy(m_field);
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingPause);
    connect(&m_typing, &QTimer::timeout, this, &SearchField::searched);
    connect(m_field, &QLineEdit::textChanged, this, [this] {
        emit edited();
        m_typing.start();
    });
    connect(m_case, &QToolButton::toggled, this, &SearchField::searched);
}

void SearchField::setupCompletion()
{
    m_completer->setModel(m_offered);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setWidget(m_field);
    m_completer->popup()->setAccessibleName(tr("Terms"));
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &SearchField::take);
    connect(m_field, &QLineEdit::textEdited, this, &SearchField::offer);
}

bool SearchField::isEmpty() const
{
    return m_field->text().isEmpty();
}

void SearchField::clear()
{
    m_field->clear();
}

void SearchField::lookFor(const QByteArray& bytes)
{
    // A line takes 32,767 characters, quoted twice what it holds; what is longer is found by its beginning.
    m_field->setText(core::keys::queryQuoted(bytes.first(std::min(bytes.size(), mostLookedFor))));
}

void SearchField::setRoutes(const core::cache::RouteTable& routes)
{
    m_classes.clear();
    for (const core::cache::Route& route : routes.routes())
        m_classes << classPrefix + core::keys::queryQuoted(route.className);
    m_classes.removeDuplicates();
    m_classes.sort();
}

ParsedQuery SearchField::query()
{
    const ParsedQuery parsed = core::keys::parseKeyQuery(m_field->text(), m_case->isChecked());
    if (parsed)
        mark({}, {});
    else
        mark(parsed.error().place, core::oneLine(parsed.error().error));
    return parsed;
}

void SearchField::refuse(QueryPlace place, const QString& why)
{
    mark(place, why);
}

void SearchField::mark(std::optional<QueryPlace> place, const QString& why)
{
    if (place == m_marked && (!place || m_markedText == m_field->text()))
        return;
    m_marked = place;
    m_markedText = m_field->text();
    setFieldBad(m_field, place.has_value());
    m_field->setAccessibleDescription(why);
    QList<QInputMethodEvent::Attribute> formats;
    if (place) {
        QTextCharFormat bad;
        bad.setForeground(color(Token::Bad));
        bad.setUnderlineColor(color(Token::Bad));
        bad.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        // A line edit has no formats of its own; those of an input method count from the cursor.
        formats.append({QInputMethodEvent::TextFormat, int(place->from) - m_field->cursorPosition(), int(place->length), bad});
    }
    QInputMethodEvent event(QString(), formats);
    QCoreApplication::sendEvent(m_field, &event);
}

QueryPlace SearchField::typedTerm() const
{
    const int cursor = m_field->cursorPosition();
    const QueryPlace term = core::keys::queryTermAt(m_field->text(), cursor);
    return {term.from, std::max<qsizetype>(0, cursor - term.from)};
}

QStringList SearchField::completions() const
{
    const QueryPlace place = typedTerm();
    const QString typed = m_field->text().sliced(place.from, place.length);
    if (typed.isEmpty())
        return {};
    if (typed.startsWith(kindPrefix))
        return startingWith(kindTerms(typed), typed);
    if (typed.startsWith(classPrefix))
        return startingWith(m_classes, typed);
    return startingWith(core::keys::queryTermStarts() + m_classes, typed);
}

void SearchField::offer()
{
    const QStringList terms = completions();
    m_offered->setStringList(terms);
    if (terms.isEmpty())
        return m_completer->popup()->hide();
    m_completer->complete();
}

void SearchField::take(const QString& term)
{
    const QueryPlace place = typedTerm();
    const QString text = m_field->text();
    m_field->setText(text.first(place.from) + term + text.sliced(place.from + place.length));
    m_field->setCursorPosition(int(place.from + term.size()));
}

void SearchField::showHelp()
{
    auto* help = new SearchHelp(this);
    help->setAttribute(Qt::WA_DeleteOnClose);
    help->adjustSize();
    const QPoint corner = m_help->mapToGlobal(QPoint(m_help->width(), m_help->height() + 4));
    help->move(std::max(0, corner.x() - help->width()), corner.y());
    help->show();
}

}
