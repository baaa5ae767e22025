// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyreading.h"

#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

using core::cache::ParsedKey;

namespace ui {

namespace {
    constexpr qsizetype longestKey = 64 * 1024;

    // "seed-v1: class Book, path /books, query a=1"
    QString readingText(const ParsedKey& reading)
    {
        QStringList parts;
        const auto add = [&parts](const QString& name, const std::optional<QByteArray>& bytes) {
            if (bytes)
                parts << name + u' ' + core::shortDisplayText(*bytes);
        };
        add(KeyReadingNote::tr("class"), reading.className);
        add(KeyReadingNote::tr("path"), reading.path);
        add(KeyReadingNote::tr("user"), reading.user);
        add(KeyReadingNote::tr("id"), reading.id);
        if (!reading.query.isEmpty())
            add(KeyReadingNote::tr("query"), core::cache::encodeQuery(reading.query));
        return reading.scheme + QStringLiteral(": ") + (parts.isEmpty() ? KeyReadingNote::tr("nothing of the request is in the key") : parts.join(QStringLiteral(", ")));
    }

    QStringList readingLines(const ParsedKey& parsed, const QList<ParsedKey>& others)
    {
        QStringList lines {KeyReadingNote::tr("Read as %1").arg(readingText(parsed))};
        QStringList named;
        for (const ParsedKey& other : others) {
            lines << KeyReadingNote::tr("or as %1").arg(readingText(other));
            named << other.scheme;
        }
        for (const QString& scheme : parsed.alternatives) {
            if (!named.contains(scheme))
                lines << KeyReadingNote::tr("or as a key of %1").arg(scheme);
        }
        return lines;
    }
}

KeyReading readKey(const QByteArray& key, const core::cache::RouteTable& routes)
{
    if (key.size() > longestKey)
        return {};
    const ParsedKey parsed = core::cache::parsedInDetail(key, routes);
    if (parsed.kind != core::cache::Kind::Entry || parsed.confidence != core::cache::Confidence::Ambiguous)
        return {};
    QStringList lines = readingLines(parsed, core::cache::otherReadings(parsed, routes));
    const bool isOne = lines.size() == 1;
    for (const QString& note : parsed.notes)
        lines << core::shortened(core::displayText(note));
    lines << (isOne ? KeyReadingNote::tr("Marked: its own parts do not make it again.") : KeyReadingNote::tr("Marked as ambiguous: filters, plans and Replay take the first reading."));
    return {isOne ? KeyReadingNote::tr("unsure reading") : KeyReadingNote::tr("ambiguous"), lines.join(u'\n')};
}

KeyReadingNote::KeyReadingNote(QWidget* parent)
    : QWidget(parent)
    , m_badge(new Badge)
    , m_more(makeButton(tr("Readings"), QStringLiteral("chevron-down"), ButtonKind::Quiet))
    , m_text(new Label({}, Type::Small, Token::Text2))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_badge);
    row->addWidget(m_more);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(m_text);
    m_more->setCheckable(true);
    m_more->setAccessibleName(tr("How this key can be read"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->hide();
    connect(m_more, &QPushButton::toggled, m_text, &QWidget::setVisible);
    hide();
}

void KeyReadingNote::showKey(const QByteArray& key, const core::cache::RouteTable& routes)
{
    const KeyReading reading = readKey(key, routes);
    if (key != std::exchange(m_key, key))
        m_more->setChecked(false);
    setVisible(!reading.mark.isEmpty());
    if (reading.mark.isEmpty())
        return;
    m_badge->set(reading.mark, Tone::Warn, QStringLiteral("triangle"));
    m_badge->setAccessibleName(reading.mark);
    setPlainToolTip(m_badge, reading.text);
    m_text->setText(reading.text);
}

}
