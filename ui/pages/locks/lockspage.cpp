// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/locks/lockspage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
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
#include <QJsonObject>
#include <QPushButton>
#include <QUuid>
#include <QVBoxLayout>
#include <QtConcurrentRun>

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
    connect(&m_tick, &QTimer::timeout, this, [this] {
        m_model->touchColumn(2);
        if (++m_ticks % ticksPerReading == 0)
            readLocks();
    });
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
        {tr("Held for"), right, [](const Shown& s) { return s.lock.ageMs < 0 ? QString() : core::formatDuration(s.lock.ageMs); },
            [](const Shown& s, int role) { return role == SortRole ? QVariant(s.lock.ageMs) : QVariant(); }},
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

void LocksPage::showLocks(const core::Result<QList<LockInfo>>& locks)
{
    if (!workspace()->isOpen() || !index() || index()->state() == core::keys::KeyIndex::State::Empty)
        return;
    if (!locks) {
        if (m_model->rowCount() == 0)
            faces()->showError(locks.error(), [this] { readLocks(); });
        return; // a lost line is said by the window; the rows stay, their age is in the connection bar
    }
    const QByteArray chosen = selected() ? selected()->key : QByteArray();
    QList<Shown> rows;
    for (const LockInfo& lock : *locks) {
        if (lock.ttlMs != -2)
            rows << Shown {lock, m_clock.elapsed()};
    }
    m_model->setRows(rows);
    for (int i = 0; i < rows.size(); ++i) {
        if (rows.at(i).lock.key == chosen)
            m_table->selectRow(i);
    }
    setBadge(static_cast<int>(rows.size()));
    setFact(isScanning() ? scanText() : tr("%1 held").arg(counted(rows.size(), tr("lock"), tr("locks"))));
    if (!rows.isEmpty())
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
    core::onFinished(core::cache::releaseLock(workspace()->session(), lock.key, lock.owner), this,
        [this, lock](const core::Result<Release>& result) { onReleased(lock, result); });
}

void LocksPage::onReleased(const LockInfo& lock, const core::Result<Release>& result)
{
    writeAudit(lock, result ? (*result == Release::Released ? QStringLiteral("done") : core::cache::releaseName(*result)) : QStringLiteral("failed: ") + core::describe(result.error()).what);
    const QString inner = core::displayText(lock.inner);
    if (!result)
        strips()->showError(releaseStrip, result.error());
    else if (*result == Release::Released)
        strips()->show(releaseStrip, {Tone::Ok, tr("The lock on %1 was released.").arg(inner), tr("Its owner was still %1.").arg(core::displayText(lock.owner))});
    else if (*result == Release::OwnerChanged)
        strips()->show(releaseStrip, {Tone::Warn, tr("Nothing was released: the lock on %1 has another owner now.").arg(inner), tr("Look at the new owner and decide again.")});
    else
        strips()->show(releaseStrip, {Tone::Info, tr("The lock on %1 had gone by itself.").arg(inner), {}});
    readLocks();
}

void LocksPage::writeAudit(const LockInfo& lock, const QString& outcome)
{
    core::invalidate::AuditEntry entry;
    entry.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    entry.at = QDateTime::currentDateTimeUtc();
    entry.act = QStringLiteral("release-lock");
    if (const core::redis::Session* session = workspace()->session()) {
        entry.server = core::endpointLabel(session->endpoint());
        entry.database = session->endpoint().database;
        entry.runId = session->facts().runId;
        entry.user = session->facts().aclUser;
    }
    entry.profile = workspace()->profile().name;
    entry.selectors = {QStringLiteral("key=") + core::argumentFromBytes(lock.key)};
    entry.outcome = outcome;
    // The line is synced to the disk, which may take its time.
    const core::invalidate::AuditLog log = workspace()->audit();
    core::onFinished(QtConcurrent::run([log, entry] { return log.append(entry); }), this, [this](const core::Result<void>& written) {
        if (!written)
            strips()->showError(QStringLiteral("audit"), written.error());
    });
}

}
