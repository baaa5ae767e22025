// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/valuepane.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/invalidate/plan.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/pages/keys/keyeditor.h"
#include "ui/pages/keys/keyreading.h"
#include "ui/pages/keys/valueview.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <cstdlib>

using core::values::Decoded;
using core::values::Decoder;
using core::values::Value;
using core::values::ValueReader;

namespace ui {

namespace {
    constexpr int headMargin = 12;
    constexpr int actGap = 6;
    constexpr int cardFrame = 2;
    constexpr int roomBesideForm = 440; // head, tabs, some lines of the value
    constexpr qint64 firstBytes = 256 * 1024; // shown at once, however large the rest
    constexpr qint64 wholeBytes = 16 * 1024 * 1024; // read without being asked
    constexpr qint64 pageRows = 1000; // of a collection, at first
    constexpr qint64 mostRows = 50'000; // in one go
    constexpr std::chrono::seconds watchPace {5};
    constexpr qint64 ttlSlackMs = 2000; // between the server's answer and its arrival

    // Of a string that is stored anew with the same time and in the same memory nothing is seen.
    bool differs(const core::keys::KeyMeta& meta, const Value& value, qint64 sinceMs)
    {
        const bool knowsTtl = meta.ttlMs != core::keys::KeyMeta::unknown;
        if (!meta.type.isEmpty() && meta.type != value.type)
            return true;
        if (meta.memoryBytes && value.memoryBytes && *meta.memoryBytes != *value.memoryBytes)
            return true;
        if (!knowsTtl || (meta.ttlMs < 0 && value.ttlMs < 0))
            return false;
        return (meta.ttlMs < 0) != (value.ttlMs < 0) || std::abs(meta.ttlMs + sinceMs - value.ttlMs) > ttlSlackMs;
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
    , m_reading(new KeyReadingNote)
    , m_note(new Label({}, Type::Small, Token::Warn))
    , m_expires(new Label({}, Type::Medium))
    , m_size(new Label({}, Type::Medium))
    , m_encoding(new Label({}, Type::Medium))
    , m_replay(makeButton(tr("Replay"), QStringLiteral("replay")))
    , m_warm(makeButton(tr("Warm"), QStringLiteral("warm")))
    , m_delete(makeButton(tr("Delete…"), QStringLiteral("trash"), ButtonKind::DangerText))
    , m_view(new ValueView)
    , m_editor(new KeyEditor(workspace, m_view))
    , m_newKey(makeButton(tr("New key"), QStringLiteral("plus")))
{
    auto* filled = new QWidget;
    auto* column = new QVBoxLayout(filled);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead());
    column->addWidget(m_editor, 1);
    m_faces = new FaceStack(filled);
    auto* card = new Card;
    card->body()->addWidget(m_editor->panel());
    card->body()->addWidget(m_faces, 1);
    card->body()->addStretch(0);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(card);
    connect(m_view, &ValueView::moreWanted, this, &ValuePane::readMore);
    connect(m_view, &ValueView::chosenChanged, this, [this] {
        if (m_held && m_value.isString())
            decode(m_value);
    });
    connect(workspace, &Workspace::routesChanged, this, [this] {
        if (m_held)
            m_reading->showKey(m_value.key, m_workspace->routes());
    });
    setupEditor();
    m_tick.setInterval(std::chrono::milliseconds(500));
    connect(&m_tick, &QTimer::timeout, this, &ValuePane::showTimes);
    m_watch.setParent(this); // to be found by its name
    m_watch.setObjectName(QStringLiteral("watch"));
    m_watch.setInterval(watchPace);
    connect(&m_watch, &QTimer::timeout, this, &ValuePane::watch);
    clear();
}

ValuePane::~ValuePane()
{
    if (m_newKey && !m_newKey->parent())
        delete m_newKey;
}

void ValuePane::setupEditor()
{
    connect(m_editor, &KeyEditor::changed, this, [this] {
        if (m_hasKey)
            refresh();
    });
    connect(m_editor, &KeyEditor::keyWanted, this, [this](const QByteArray& key) {
        const bool isShown = m_hasKey && key == m_key;
        isShown ? refresh() : showKey(key);
        emit keyShown(key);
    });
    connect(m_editor, &KeyEditor::shapeChanged, this, &ValuePane::layoutEditor);
    connect(m_editor, &KeyEditor::shapeChanged, this, &ValuePane::shapeChanged);
    connect(m_newKey, &QPushButton::clicked, this, [this] {
        emit wanted();
        m_editor->createKey();
    });
    const auto showWhetherWritable = [this] {
        m_newKey->setEnabled(m_workspace->isOpen() && !m_workspace->isReadOnly());
        m_newKey->setToolTip(m_workspace->isOpen() && m_workspace->isReadOnly() ? tr("This connection is read-only") : QString());
    };
    for (const auto signal : {&Workspace::connected, &Workspace::disconnected})
        connect(m_workspace, signal, this, showWhetherWritable);
    connect(m_workspace, &Workspace::readOnlyChanged, this, showWhetherWritable);
    showWhetherWritable();
    auto* edit = new QShortcut(QKeySequence(Qt::Key_F2), this);
    connect(edit, &QShortcut::activated, this, &ValuePane::startEdit);
}

// A form takes the place of the key where both have no room; who is editing does not delete.
void ValuePane::layoutEditor()
{
    const bool hasRoom = height() >= m_editor->panel()->sizeHint().height() + scaled(roomBesideForm);
    m_faces->setVisible(!m_editor->hasForm() || (m_hasKey && hasRoom));
    m_actRow->setVisible(!m_editor->isEditing());
    m_toldChanged = m_toldChanged && (m_editor->isEditing() || m_editor->hasForm());
    showNote();
}

void ValuePane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layoutEditor();
}

bool ValuePane::hasForm() const
{
    return m_editor->hasForm();
}

void ValuePane::startEdit()
{
    if (m_hasKey)
        m_editor->startEdit();
}

bool ValuePane::cancel()
{
    return isVisible() && m_editor->cancel();
}

QString ValuePane::unsaved() const
{
    return m_editor->unsaved();
}

QWidget* ValuePane::makeHead()
{
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(headMargin, headMargin, headMargin, headMargin);
    column->setSpacing(10);
    auto* row = new QHBoxLayout;
    row->addWidget(m_name, 1);
    row->setSpacing(2);
    for (QToolButton* button : {m_editor->editButton(), m_copy, m_editor->moreButton()})
        row->addWidget(button);
    column->addLayout(row);
    m_badges->setSpacing(6);
    m_badges->addStretch(1);
    column->addLayout(m_badges);
    column->addWidget(m_reading);
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
    m_actRow = new QWidget;
    auto* acts = new QHBoxLayout(m_actRow);
    acts->setContentsMargins(0, 0, 0, 0);
    acts->setSpacing(actGap);
    for (QPushButton* button : {m_replay, m_warm, m_delete})
        acts->addWidget(button);
    acts->addStretch(1);
    column->addWidget(m_actRow);
    connect(m_replay, &QPushButton::clicked, this, [this] { emit replayWanted(m_key); });
    connect(m_warm, &QPushButton::clicked, this, &ValuePane::warm);
    connect(m_delete, &QPushButton::clicked, this, &ValuePane::plan);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        addCopyActions(menu, m_workspace, m_key);
        if (m_held)
            addCopyValueAction(menu, m_value, m_decoded);
        menu->popup(m_copy->mapToGlobal(QPoint(0, m_copy->height())));
    });
    return head;
}

void ValuePane::clear()
{
    forget();
    m_editor->leaveServer();
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
    stopReading();
    m_editor->leave();
    m_tick.stop();
    m_watch.stop();
    m_held = m_gone = m_checking = false;
    m_listed = true;
    m_view->resetChoice();
}

void ValuePane::stopReading()
{
    if (ValueReader* reader = m_reader.data()) {
        m_reader = nullptr; // first: it ends inside of this, which is no failure
        reader->cancel();
        m_view->setReading(false);
    }
    m_decoding.cancel();
}

void ValuePane::refresh()
{
    stopReading();
    if (!m_workspace->isOpen())
        return;
    if (!m_held)
        m_faces->showLoading(tr("Reading the value"));
    Value nothing;
    nothing.key = m_key;
    m_fresh = true;
    ++m_reads;
    read(nothing, firstBytes);
}

void ValuePane::read(Value soFar, qint64 maxBytes)
{
    ValueReader::Options options;
    options.maxBytes = maxBytes;
    options.maxMembers = static_cast<int>(std::clamp<qint64>(soFar.rows(), pageRows, mostRows));
    m_reader = new ValueReader(m_workspace->session(), std::move(soFar), options, this);
    connect(m_reader, &core::Job::finished, this, [this, reader = m_reader.data()] {
        if (reader == m_reader)
            onRead();
        reader->deleteLater();
    });
    m_view->setReading(true);
    m_reader->start();
}

// Each time four times as much of a string, or as many elements again as there are.
void ValuePane::readMore()
{
    if (m_held && m_value.truncated && !m_reader && m_workspace->isOpen())
        read(m_value, std::max(wholeBytes, m_value.bytes.size() * 4));
}

void ValuePane::onRead()
{
    const ValueReader* reader = m_reader;
    m_reader = nullptr;
    m_view->setReading(false);
    if (!reader->outcome()) {
        onReadFailed(reader->outcome().error());
        return;
    }
    const Value& value = reader->value();
    if (value.isGone())
        showGone();
    else if (value.isString())
        decode(value);
    else
        onDecoded(value, {});
}

// What was read of it before stays on screen, and is whole.
void ValuePane::onReadFailed(const core::Error& error)
{
    if (!m_held) {
        m_faces->showError(error, [this] { refresh(); });
        return;
    }
    m_view->setTrouble(core::oneLine(error));
    if (error.reason == core::Reason::ValueGone)
        showGone();
}

void ValuePane::decode(const Value& value)
{
    m_decoding.cancel();
    core::values::DecodeOptions options;
    options.forced = m_view->chosen();
    options.isBeginning = value.truncated;
    m_decoding = core::values::decodeAsync(value.bytes, options);
    core::onFinished(m_decoding, this, [this, value, decoding = m_decoding](const core::Result<Decoded>& decoded) {
        if (decoded && !decoding.isCanceled())
            onDecoded(value, *decoded);
    });
}

bool ValuePane::goesOn(const Value& value) const
{
    return m_held && value.key == m_value.key && value.type == m_value.type && value.bytes.startsWith(m_value.bytes);
}

void ValuePane::onDecoded(const Value& value, const Decoded& decoded)
{
    const bool more = goesOn(value) && (value.isString() || !m_fresh);
    if (m_fresh || !more || value.rows() != m_value.rows() || value.bytes.size() != m_value.bytes.size())
        m_view->setTrouble({});
    m_value = value;
    m_decoded = decoded;
    m_held = true;
    m_gone = false;
    if (m_fresh)
        m_read.start();
    m_fresh = false;
    if (value.isString())
        m_view->showString(value, decoded, more);
    else
        m_view->showCollection(value, more);
    showValue(value);
    m_editor->setValue(value, decoded, m_read);
    m_tick.start();
    m_watch.start();
    m_toldChanged = false;
    m_faces->showFilled();
    if (value.isString() && value.truncated && value.bytes.size() < wholeBytes && value.length <= wholeBytes && !m_reader)
        read(value, wholeBytes);
}

void ValuePane::check()
{
    if (!m_hasKey || m_gone || m_checking || m_reader || m_workspace->state() != Workspace::State::Connected)
        return;
    m_checking = true;
    core::onFinished(core::keys::readMeta(m_workspace->session(), {m_key}), this, [this, key = m_key, reads = m_reads](const core::Result<QList<core::keys::KeyMeta>>& metas) {
        if (key != m_key)
            return;
        m_checking = false;
        if (metas && reads == m_reads) // else it is of what was on screen before
            onChecked(metas->first());
    });
}

// Also where the list follows the server: that tells which keys there are, and not what they hold.
void ValuePane::watch()
{
    if (isVisible() && !window()->isMinimized() && m_held && !m_toldChanged && !m_editor->isWriting())
        check();
}

void ValuePane::onChanged()
{
    if (m_editor->isEditing() || m_editor->hasForm())
        m_toldChanged = m_editor->tellChanged();
    else
        refresh();
}

void ValuePane::onChecked(const core::keys::KeyMeta& meta)
{
    if (meta.isGone() || meta.type == "none")
        showGone();
    else if (hasRunOut())
        refresh(); // somebody wrote it anew, or gave it more time
    else if (m_held && differs(meta, m_value, m_read.elapsed()))
        onChanged();
}

// What was read stays readable: to look at it may be why the key was selected.
void ValuePane::showGone()
{
    m_gone = true;
    m_editor->setGone();
    m_tick.stop();
    m_watch.stop();
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
    m_note->setText(m_gone && m_editor->hasEditor() ? tr("This key is gone: it expired or was deleted. Your text is kept below; it is stored nowhere.")
            : m_gone ? tr("This key is gone: it expired or was deleted. Below is what it held when it was read.") : tr("Not in the list: the filter or the tree hides it."));
}

void ValuePane::showValue(const Value& value)
{
    m_name->setColour(m_key.isEmpty() ? Token::Text3 : Token::Text);
    m_name->setText(m_key.isEmpty() ? tr("(empty key)") : core::displayText(m_key)); // not before: the value below was another key's until now
    m_reading->showKey(m_key, m_workspace->routes());
    showBadges(value);
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
    if (const std::optional<int> status = m_decoded.statusCode)
        m_badges->addWidget(new Badge(QString::number(*status), *status < 400 ? Tone::Ok : Tone::Warn, *status < 400 ? QStringLiteral("ring-check") : QStringLiteral("triangle")));
    if (m_decoded.has(Decoder::Json) && !m_decoded.usableByLightApi)
        m_badges->addWidget(new Badge(tr("never a hit"), Tone::Warn, QStringLiteral("triangle")));
    if (m_decoded.isStopped)
        m_badges->addWidget(new Badge(tr("stopped"), Tone::Warn, QStringLiteral("triangle")));
    if (value.truncated)
        m_badges->addWidget(new Badge(tr("beginning only"), Tone::Warn, QStringLiteral("triangle")));
    m_badges->addStretch(1);
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
    return m_view->text();
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
