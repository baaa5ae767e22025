// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/locks/lockspage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/keys/prefixkeys.h"
#include "core/redis/session.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/tableview.h"

#include <QItemSelectionModel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

using core::cache::LockInfo;
using core::cache::Release;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds tickInterval {500};
    constexpr int ticksPerReading = 4; // every 2 s: a lock of the caching example lives 30 s
    constexpr qint64 policyMs = 30'000; // SET … EX 30 (LightAPI caching example)
    constexpr qsizetype maxLocks = 10'000;
    // Three commands a lock: more of them are read as a whole only now and then, those on screen at every reading.
    constexpr qsizetype fewLocks = 200;
    constexpr int readingsPerPass = 15; // 30 s, the life of a lock
    const QString releaseStrip = QStringLiteral("release");
}

qint64 LocksPage::Shown::restMs(qint64 nowMs) const
{
    return lock.ttlMs < 0 ? lock.ttlMs : std::max<qint64>(0, lock.ttlMs - (nowMs - readAtMs));
}

LocksPage::LocksPage(Workspace* workspace, QWidget* parent)
    : IndexedPage(PageId::Locks, tr("Locks"), QStringLiteral("locks"), workspace, parent)
    , m_model(new RowModel<Shown>(columns(), this))
    , m_table(new TableView(tr("Locks")))
    , m_releaseButton(makeButton(tr("Release lock…"), QStringLiteral("unlock"), ButtonKind::DangerText))
{
    addAction(m_releaseButton);
    connect(m_releaseButton, &QPushButton::clicked, this, &LocksPage::askRelease);
    m_table->setModel(m_model);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({300, 280, 150, 110, 260});
    m_table->setStretchColumn(0);
    m_table->setItemDelegateForColumn(2, new TtlDelegate(m_table));
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LocksPage::showActs);
    connect(workspace, &Workspace::readOnlyChanged, this, &LocksPage::showActs);
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    setFaces(new FaceStack(card));
    m_clock.start();
    m_tick.setInterval(tickInterval);
    connect(&m_tick, &QTimer::timeout, this, &LocksPage::onTick);
    showActs();
}

QList<RowModel<LocksPage::Shown>::Column> LocksPage::columns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    const auto bytes = [](QByteArray LockInfo::*member) {
        return [member](const Shown& s, int role) { return role == BytesRole ? QVariant(s.lock.*member) : QVariant(); };
    };
    const auto warnings = [](const Shown& s, int role) {
        if (role == ToneRole && !s.lock.warnings.isEmpty())
            return QVariant(static_cast<int>(Tone::Warn));
        return QVariant();
    };
    return {
        {tr("Guards"), left, [](const Shown& s) { return core::displayText(s.lock.inner); }, bytes(&LockInfo::inner)},
        {tr("Owner"), left, [](const Shown& s) { return core::displayText(s.lock.owner); }, bytes(&LockInfo::owner)},
        {tr("Expires in"), right, {},
            [this](const Shown& s, int role) {
                const qint64 rest = s.restMs(m_clock.elapsed());
                if (role == SortRole)
                    return QVariant(rest);
                if (role != TtlRole)
                    return QVariant();
                const auto state = rest == -2 || rest == 0 ? TtlCell::State::Gone : rest == -1 ? TtlCell::State::NoExpiry : TtlCell::State::Known;
                return QVariant::fromValue(TtlCell {state, rest, policyMs});
            }},
        {tr("Held (of 30 s)"), right,
            [](const Shown& s) { return s.lock.ageIfExampleMs < 0 ? QString() : core::formatDuration(s.lock.ageIfExampleMs); },
            [](const Shown& s, int role) { return role == SortRole ? QVariant(s.lock.ageIfExampleMs) : QVariant(); }},
        {tr("Caution"), left, [](const Shown& s) { return core::displayText(s.lock.warnings.join(QStringLiteral("; "))); }, warnings},
    };
}

void LocksPage::pageShown()
{
    m_tick.start();
    IndexedPage::pageShown();
    readLocks();
}

void LocksPage::pageHidden()
{
    m_tick.stop();
    IndexedPage::pageHidden();
}

void LocksPage::refresh()
{
    IndexedPage::refresh();
    readLocks();
}

bool LocksPage::cancel()
{
    if (!strips()->contains(releaseStrip))
        return false;
    strips()->remove(releaseStrip);
    return true;
}

void LocksPage::indexChanged()
{
    m_keys = core::keys::keysWithPrefix(index()->snapshot(), "lock:", maxLocks);
    readLocks();
}

void LocksPage::indexCleared()
{
    m_keys.clear();
    m_model->clear();
    strips()->remove(releaseStrip);
    showActs();
}

void LocksPage::onTick()
{
    m_model->touchColumn(2);
    if (++m_ticks % ticksPerReading != 0)
        return;
    if (m_keys.size() <= fewLocks || m_ticks % (ticksPerReading * readingsPerPass) == 0)
        readLocks();
    else
        readVisible();
}

void LocksPage::readLocks()
{
    if (m_reading || workspace()->state() != Workspace::State::Connected)
        return;
    if (m_keys.isEmpty()) {
        showLocks(QList<LockInfo>());
        return;
    }
    m_reading = true;
    core::onFinished(core::cache::readLocks(workspace()->session(), m_keys), this, [this](const auto& locks) {
        m_reading = false;
        showLocks(locks);
    });
}

void LocksPage::readVisible()
{
    const int first = m_table->rowAt(0);
    if (m_reading || first < 0 || workspace()->state() != Workspace::State::Connected)
        return;
    const int end = m_table->rowAt(m_table->viewport()->height() - 1);
    QList<QByteArray> keys;
    for (int row = first; row <= (end < 0 ? m_model->rowCount() - 1 : end); ++row)
        keys << m_model->row(row).lock.key;
    m_reading = true;
    core::onFinished(core::cache::readLocks(workspace()->session(), keys), this, [this](const core::Result<QList<LockInfo>>& locks) {
        m_reading = false;
        if (locks && workspace()->isOpen())
            showSome(*locks);
    });
}

void LocksPage::showLocks(const core::Result<QList<LockInfo>>& locks)
{
    if (!workspace()->isOpen() || !index() || index()->state() == core::keys::KeyIndex::State::Empty)
        return;
    if (!locks) {
        if (m_model->rowCount() == 0)
            faces()->showError(locks.error(), [this] { readLocks(); });
        return; // a lost line is said by the window; the rows stay, their age is in the connection bar
    }
    QList<Shown> rows;
    for (const LockInfo& lock : *locks) {
        if (lock.ttlMs != -2)
            rows << Shown {lock, m_clock.elapsed()};
    }
    showRows(std::move(rows));
    showFace();
}

void LocksPage::showRows(QList<Shown> rows)
{
    const auto sameKey = [](const Shown& a, const Shown& b) { return a.lock.key == b.lock.key; };
    if (std::ranges::equal(rows, m_model->rows(), sameKey)) {
        m_model->updateRows(std::move(rows));
        return;
    }
    const QByteArray chosen = selected() ? selected()->key : QByteArray();
    m_model->setRows(std::move(rows));
    const auto again = std::ranges::find_if(m_model->rows(), [&](const Shown& s) { return s.lock.key == chosen; });
    if (again != m_model->rows().end())
        m_table->selectRow(static_cast<int>(again - m_model->rows().begin()));
}

void LocksPage::showSome(const QList<LockInfo>& locks)
{
    for (const LockInfo& lock : locks) {
        const auto& rows = m_model->rows();
        const auto at = std::ranges::lower_bound(rows, lock.key, {}, [](const Shown& s) -> const QByteArray& { return s.lock.key; });
        if (at == rows.end() || at->lock.key != lock.key)
            continue;
        const int row = static_cast<int>(at - rows.begin());
        if (lock.ttlMs == -2)
            m_model->removeAt(row);
        else
            m_model->replace(row, {lock, m_clock.elapsed()});
    }
    showFace();
}

void LocksPage::showFace()
{
    const int held = m_model->rowCount();
    setBadge(held);
    setFact(isScanning() ? scanText() : tr("%1 held").arg(counted(held, tr("lock"), tr("locks"))));
    if (held > 0)
        faces()->showFilled();
    else if (isScanning())
        faces()->showLoading(scanText());
    else
        faces()->showEmpty({QStringLiteral("unlock"), tr("No lock is held"),
            tr("Looked for keys that start with \"lock:\". New ones are found by the next scan (F5)."), Tone::Ok,
            {{tr("Scan again"), [this] { startScan(); }}}});
    showActs();
}

const LockInfo* LocksPage::selected() const
{
    const QModelIndexList rows = m_table->selectionModel() ? m_table->selectionModel()->selectedRows() : QModelIndexList();
    return rows.isEmpty() ? nullptr : &m_model->row(rows.first().row()).lock;
}

void LocksPage::showActs()
{
    const bool readOnly = workspace()->isReadOnly();
    m_releaseButton->setEnabled(selected() && !readOnly);
    m_releaseButton->setToolTip(readOnly ? tr("This connection is read-only") : selected() ? QString() : tr("Select a lock first"));
}

// The strip is the preview: what goes, whose it is, and what a release of a live lock does.
void LocksPage::askRelease()
{
    const LockInfo* lock = selected();
    if (!lock)
        return;
    const QString left = lock->ttlMs < 0 ? tr("It has no expiry.") : tr("It ends by itself in %1.").arg(core::formatDuration(lock->ttlMs));
    strips()->show(releaseStrip,
        {Tone::Warn, tr("Release the lock on %1?").arg(core::displayText(lock->inner)),
            tr("Owner %1. %2 If its owner still works, a second worker will start.").arg(core::displayText(lock->owner), left),
            {{tr("Release this lock"), [this, copy = *lock] { release(copy); }}}});
}

void LocksPage::release(const LockInfo& lock)
{
    strips()->remove(releaseStrip);
    if (!workspace()->isOpen())
        return;
    core::onFinished(core::invalidate::releaseLogged(workspace()->session(), workspace()->audit(), workspace()->profile().name, lock.key, lock.owner), this,
        [this, lock](const core::Result<core::invalidate::LoggedRelease>& result) { onReleased(lock, result); });
}

void LocksPage::onReleased(const LockInfo& lock, const core::Result<core::invalidate::LoggedRelease>& result)
{
    if (!result)
        strips()->showError(releaseStrip, result.error());
    else
        showRelease(lock, result->release);
    if (result && result->unlogged)
        strips()->showError(QStringLiteral("audit"), *result->unlogged);
    else
        strips()->remove(QStringLiteral("audit"));
    readLocks();
}

void LocksPage::showRelease(const LockInfo& lock, Release release)
{
    const QString inner = core::displayText(lock.inner);
    switch (release) {
    case Release::Released:
        strips()->show(releaseStrip, {Tone::Ok, tr("The lock on %1 was released.").arg(inner), tr("Its owner was still %1.").arg(core::displayText(lock.owner))});
        return;
    case Release::OwnerChanged:
        strips()->show(releaseStrip, {Tone::Warn, tr("Nothing was released: the lock on %1 has another owner now.").arg(inner), tr("Look at the new owner and decide again.")});
        return;
    case Release::Gone:
        strips()->show(releaseStrip, {Tone::Info, tr("The lock on %1 had gone by itself.").arg(inner), {}});
        return;
    }
    Q_UNREACHABLE();
}

}
