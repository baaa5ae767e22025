// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/valuepane.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"
#include "core/invalidate/plan.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtMath>

#include <algorithm>
#include <chrono>

using core::cache::EntryValue;
using core::values::Value;
using core::values::ValueReader;

namespace ui {

namespace {
    constexpr int headMargin = 12;
    constexpr int actGap = 6;
    constexpr int cardFrame = 2;
    // What a text view can hold and a reader can look through; the rest is said to be left out.
    constexpr qint64 shownBytes = 1024 * 1024;
    constexpr qsizetype hexBytes = 64 * 1024;

    constexpr int offsetDigits = 4; // hexBytes are 64 KiB

    // "0010  68 65 6c 6c 6f  hello": characters of a row.
    constexpr int hexColumns(int row)
    {
        return offsetDigits + 2 + row * 3 - 1 + 2 + row;
    }

    // The scroll bar counts as shown: else it could come and go with the rows it changes.
    int hexRowFor(const JsonView& view)
    {
        const int room = view.width() - view.verticalScrollBar()->sizeHint().width() - 2 * qCeil(view.document()->documentMargin());
        const int columns = room / qMax(1, view.fontMetrics().horizontalAdvance(u'0'));
        return columns >= hexColumns(16) ? 16 : columns >= hexColumns(8) ? 8 : 4;
    }

    QString hexDump(const QByteArray& bytes, int row)
    {
        QString out;
        const QByteArray shown = bytes.left(hexBytes);
        for (qsizetype at = 0; at < shown.size(); at += row) {
            const QByteArray line = shown.mid(at, row);
            QString ascii;
            for (const char c : line)
                ascii += c >= 0x20 && c < 0x7F ? QLatin1Char(c) : QLatin1Char('.');
            out += QStringLiteral("%1  %2  %3\n").arg(at, offsetDigits, 16, QLatin1Char('0')).arg(QString::fromLatin1(line.toHex(' ')), 1 - row * 3).arg(ascii);
        }
        if (bytes.size() > hexBytes)
            out += ValuePane::tr("… %1 more").arg(core::formatBytes(bytes.size() - hexBytes));
        return out;
    }

    bool isJson(const EntryValue& entry)
    {
        return entry.form == EntryValue::Form::Json || entry.form == EntryValue::Form::Envelope;
    }

    QString expiryText(qint64 restMs)
    {
        return restMs == -1 ? ValuePane::tr("no expiry") : restMs <= 0 ? ValuePane::tr("gone") : core::formatDuration(restMs);
    }
}

ValuePane::ValuePane(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_name(new ElidedLabel(Type::Mono, Token::Text, Qt::ElideMiddle))
    , m_copy(makeIconButton(tr("Copy"), QStringLiteral("copy")))
    , m_badges(new QHBoxLayout)
    , m_note(new Label({}, Type::Small, Token::Warn))
    , m_expires(new Label({}, Type::Medium))
    , m_size(new Label({}, Type::Medium))
    , m_encoding(new Label({}, Type::Medium))
    , m_replay(makeButton(tr("Replay"), QStringLiteral("replay")))
    , m_warm(makeButton(tr("Warm"), QStringLiteral("warm")))
    , m_delete(makeButton(tr("Delete…"), QStringLiteral("trash"), ButtonKind::DangerText))
    , m_tabs(new QTabBar)
    , m_stack(new QStackedWidget)
    , m_formatted(new JsonView(tr("Value")))
    , m_raw(new JsonView(tr("Value as text")))
    , m_hex(new JsonView(tr("Value as bytes")))
{
    auto* filled = new QWidget;
    auto* column = new QVBoxLayout(filled);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead());
    column->addWidget(makeValue(), 1);
    m_faces = new FaceStack(filled);
    auto* card = new Card;
    card->body()->addWidget(m_faces, 1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(card);
    m_hex->setLineNumbers(false);
    m_hex->installEventFilter(this);
    m_tick.setInterval(std::chrono::milliseconds(500));
    connect(&m_tick, &QTimer::timeout, this, &ValuePane::showTimes);
    clear();
}

QWidget* ValuePane::makeHead()
{
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(headMargin, headMargin, headMargin, headMargin);
    column->setSpacing(10);
    auto* row = new QHBoxLayout;
    row->addWidget(m_name, 1);
    row->addWidget(m_copy);
    column->addLayout(row);
    m_badges->setSpacing(6);
    m_badges->addStretch(1);
    column->addLayout(m_badges);
    m_note->setWordWrap(true);
    column->addWidget(m_note);
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(20);
    facts->setVerticalSpacing(2);
    const QList<std::pair<QString, QWidget*>> pairs {{tr("Expires in"), m_expires}, {tr("Memory"), m_size}, {tr("Encoding"), m_encoding}};
    for (int i = 0; i < pairs.size(); ++i) {
        facts->addWidget(new Label(pairs.at(i).first, Type::Small, Token::Text2), 0, i);
        facts->addWidget(pairs.at(i).second, 1, i);
    }
    facts->setColumnStretch(3, 1);
    column->addLayout(facts);
    auto* acts = new QHBoxLayout;
    acts->setSpacing(actGap);
    for (QPushButton* button : {m_replay, m_warm, m_delete})
        acts->addWidget(button);
    acts->addStretch(1);
    column->addLayout(acts);
    connect(m_replay, &QPushButton::clicked, this, &ValuePane::replay);
    connect(m_warm, &QPushButton::clicked, this, &ValuePane::warm);
    connect(m_delete, &QPushButton::clicked, this, &ValuePane::plan);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        addCopyActions(menu, m_workspace, m_key);
        menu->popup(m_copy->mapToGlobal(QPoint(0, m_copy->height())));
    });
    return head;
}

QWidget* ValuePane::makeValue()
{
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (const QString& title : {tr("Value"), tr("Text"), tr("Hex")})
        m_tabs->addTab(title);
    m_tabs->setAccessibleName(tr("Forms of the value"));
    for (QWidget* view : QList<QWidget*> {m_formatted, m_raw, m_hex})
        m_stack->addWidget(view);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    return part;
}

void ValuePane::clear()
{
    if (m_reader)
        m_reader->cancel();
    forget();
    m_hasKey = false;
    m_key.clear();
    m_faces->showEmpty({QStringLiteral("eye"), tr("No key selected"), tr("Select a key to read its value. Reading resets its idle time in Redis.")});
}

void ValuePane::showKey(const QByteArray& key)
{
    if (m_hasKey && key == m_key) {
        if (m_gone)
            refresh(); // it may be back
        return;
    }
    forget();
    m_hasKey = true;
    m_key = key;
    refresh();
}

void ValuePane::forget()
{
    m_tick.stop();
    m_held = m_gone = m_checking = false;
    m_listed = true;
}

void ValuePane::refresh()
{
    if (m_reader)
        m_reader->cancel();
    if (!m_workspace->isOpen())
        return;
    if (!m_held)
        m_faces->showLoading(tr("Reading the value"));
    ValueReader::Options options;
    options.maxBytes = shownBytes;
    m_reader = new ValueReader(m_workspace->session(), m_key, options, this);
    connect(m_reader, &core::Job::finished, this, [this, reader = m_reader.data()] {
        if (reader == m_reader)
            onRead();
        reader->deleteLater();
    });
    m_reader->start();
}

void ValuePane::onRead()
{
    const ValueReader* reader = m_reader;
    m_reader = nullptr;
    if (!reader->outcome()) {
        m_faces->showError(reader->outcome().error(), [this] { refresh(); });
        return;
    }
    if (reader->value().isGone()) {
        showGone();
        return;
    }
    m_read.start();
    m_value = reader->value();
    m_held = true;
    m_gone = false;
    showValue(m_value);
    m_tick.start();
    m_faces->showFilled();
}

void ValuePane::check()
{
    if (!m_hasKey || m_gone || m_checking || m_reader || m_workspace->state() != Workspace::State::Connected)
        return;
    m_checking = true;
    core::onFinished(core::keys::readMeta(m_workspace->session(), {m_key}), this, [this, key = m_key](const core::Result<QList<core::keys::KeyMeta>>& metas) {
        if (key != m_key)
            return;
        m_checking = false;
        if (metas)
            onChecked(metas->first());
    });
}

void ValuePane::onChecked(const core::keys::KeyMeta& meta)
{
    if (meta.isGone() || meta.type == "none")
        showGone();
    else if (hasRunOut())
        refresh(); // somebody wrote it anew, or gave it more time
}

// What was read stays readable: to look at it may be why the key was selected.
void ValuePane::showGone()
{
    m_gone = true;
    m_tick.stop();
    if (!m_held) {
        m_faces->showEmpty({QStringLiteral("ring-clock"), tr("This key is gone"), tr("It expired or was deleted since the keys were read.")});
        return;
    }
    showBadges(m_value);
    showTimes();
    showActs();
    showNote();
    m_faces->showFilled();
}

void ValuePane::setListed(bool listed)
{
    m_listed = listed;
    showNote();
}

void ValuePane::showNote()
{
    m_note->setVisible(m_gone || !m_listed);
    m_note->setText(m_gone ? tr("This key is gone: it expired or was deleted. Below is what it held when it was read.") : tr("Not in the list: the filter or the tree hides it."));
}

void ValuePane::showValue(const Value& value)
{
    m_name->setColour(m_key.isEmpty() ? Token::Text3 : Token::Text);
    m_name->setText(m_key.isEmpty() ? tr("(empty key)") : core::displayText(m_key)); // not before: the value below was another key's until now
    showBadges(value);
    if (value.isString())
        showString(value);
    else
        showMembers(value);
    m_size->setText(value.memoryBytes ? core::formatBytes(*value.memoryBytes) : tr("not permitted"));
    m_encoding->setText(value.encoding ? core::displayText(*value.encoding) : tr("not permitted"));
    showTimes();
    showActs();
    showNote();
}

void ValuePane::showBadges(const Value& value)
{
    while (QLayoutItem* item = m_badges->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (m_gone)
        m_badges->addWidget(new Badge(tr("GONE"), Tone::Warn, QStringLiteral("ring-clock")));
    m_badges->addWidget(new Badge(QString::fromUtf8(value.type).toUpper(), Tone::Info));
    if (value.isString()) {
        const EntryValue entry = core::cache::decodeEntry(value.bytes);
        m_badges->addWidget(new Badge(core::cache::formName(entry.form), Tone::Neutral));
        if (entry.statusCode)
            m_badges->addWidget(new Badge(QString::number(*entry.statusCode), *entry.statusCode < 400 ? Tone::Ok : Tone::Warn, *entry.statusCode < 400 ? QStringLiteral("ring-check") : QStringLiteral("triangle")));
        if (entry.form == EntryValue::Form::Json && !entry.usableByLightApi)
            m_badges->addWidget(new Badge(tr("never a hit"), Tone::Warn, QStringLiteral("triangle")));
    }
    if (value.truncated)
        m_badges->addWidget(new Badge(tr("beginning only"), Tone::Warn, QStringLiteral("triangle")));
    m_badges->addStretch(1);
}

void ValuePane::showString(const Value& value)
{
    const EntryValue entry = core::cache::decodeEntry(value.bytes);
    const QString cut = value.truncated ? tr("\n… the first %1 of %2").arg(core::formatBytes(value.bytes.size()), core::formatBytes(value.length)) : QString();
    if (isJson(entry))
        m_formatted->setJson(QString::fromUtf8(core::cache::jsonIndented(value.bytes)));
    else
        m_formatted->setPlain((core::isUtf8(value.bytes) ? QString::fromUtf8(value.bytes) : core::displayText(value.bytes)) + cut);
    m_raw->setPlain(core::displayText(value.bytes) + cut);
    setHex(value.bytes, cut);
    m_tabs->setTabEnabled(2, true);
}

void ValuePane::showMembers(const Value& value)
{
    QStringList lines;
    QByteArray all;
    for (qsizetype i = 0; i + value.stride <= value.members.size(); i += value.stride) {
        const QString first = core::displayText(value.members.at(i));
        lines << (value.stride == 2 ? QString(first + QStringLiteral("  →  ") + core::displayText(value.members.at(i + 1))) : first);
        all += value.members.at(i) + '\n';
    }
    if (value.truncated)
        lines << (!value.isReadable() ? tr("This type cannot be read in this version.") : tr("… %1 elements in all").arg(core::formatCount(value.length)));
    m_formatted->setPlain(lines.join(u'\n'));
    m_raw->setPlain(lines.join(u'\n'));
    setHex(all, {});
}

void ValuePane::setHex(const QByteArray& bytes, const QString& rest)
{
    m_hexBytes = bytes;
    m_hexRest = rest;
    showHex();
}

void ValuePane::showHex()
{
    m_hexRow = hexRowFor(*m_hex);
    m_hex->setPlain(hexDump(m_hexBytes, m_hexRow) + m_hexRest);
}

bool ValuePane::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_hex && event->type() == QEvent::Resize && hexRowFor(*m_hex) != m_hexRow)
        showHex();
    return QWidget::eventFilter(object, event);
}

void ValuePane::showTimes()
{
    const qint64 rest = m_value.ttlMs < 0 ? m_value.ttlMs : std::max<qint64>(0, m_value.ttlMs - m_read.elapsed());
    m_expires->setText(m_gone ? tr("gone") : expiryText(rest));
    if (hasRunOut())
        check(); // the server's clock decides
}

bool ValuePane::hasRunOut() const
{
    return m_held && m_value.ttlMs >= 0 && m_read.elapsed() >= m_value.ttlMs;
}

void ValuePane::showActs()
{
    const bool hasTarget = targetOfKey(m_key, m_workspace->routes()).has_value();
    const bool hasApi = m_workspace->client() != nullptr;
    for (QPushButton* button : {m_replay, m_warm}) {
        button->setEnabled(hasTarget && hasApi && !m_gone);
        button->setToolTip(m_gone ? tr("This key is gone") : !hasTarget ? tr("No request target is known for this key") : !hasApi ? tr("The connection has no LightAPI address") : QString());
    }
    m_delete->setEnabled(!m_gone);
    m_delete->setToolTip(m_gone ? tr("This key is gone") : tr("Makes a plan; nothing is deleted yet"));
}

QString ValuePane::valueText() const
{
    return static_cast<const JsonView*>(m_stack->currentWidget())->toPlainText();
}

void ValuePane::replay()
{
    PageHint hint;
    hint.key = m_key;
    hint.targets = {targetOfKey(m_key, m_workspace->routes()).value_or(QByteArray())};
    m_workspace->openPage(PageId::Replay, hint);
}

void ValuePane::warm()
{
    PageHint hint;
    hint.key = m_key;
    hint.targets = {targetOfKey(m_key, m_workspace->routes()).value_or(QByteArray())};
    m_workspace->openPage(PageId::Warm, hint);
}

void ValuePane::plan()
{
    PageHint hint;
    hint.selection = {{core::invalidate::Selector::Kind::Key, m_key}};
    m_workspace->openPage(PageId::Invalidate, hint);
}

int ValuePane::actsWidth() const
{
    int width = 2 * (headMargin + actGap + cardFrame); // two gaps between three
    for (const QPushButton* button : {m_replay, m_warm, m_delete})
        width += button->sizeHint().width();
    return width;
}

}
