// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/indexed/indexedpage.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/base/job.h"
#include "core/keys/keytracking.h"
#include "ui/pages/indexed/livebutton.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"

#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

using core::keys::KeyIndex;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds deliverAfter {200};
    constexpr std::chrono::seconds ageEvery {10}; // ages are told in minutes
    const QString scanStrip = QStringLiteral("scan");
}

void IndexedPage::setFaces(FaceStack* faces)
{
    m_faces = faces;
    content()->addWidget(faces, 1);
    m_live = new LiveButton(workspace());
    addAction(m_live);
    connect(m_live, &LiveButton::liveChanged, this, [this] {
        if (m_scanWaits)
            scanWhenFollowed();
        if (isShown())
            emit aged();
    });
    m_deliver.setSingleShot(true);
    m_deliver.setInterval(deliverAfter);
    connect(&m_deliver, &QTimer::timeout, this, &IndexedPage::deliver);
    m_age.setInterval(ageEvery);
    connect(&m_age, &QTimer::timeout, this, &IndexedPage::aged);
    connect(workspace(), &Workspace::databaseChanged, this, [this] {
        m_hasDelivered = false;
        m_delivered = -1;
        indexCleared();
        strips()->remove(scanStrip);
        if (isShown())
            pageShown();
    });
    showDisconnected();
}

KeyIndex* IndexedPage::index() const
{
    return workspace()->keyIndex();
}

bool IndexedPage::isScanning() const
{
    return m_index && m_index->isScanning();
}

QString IndexedPage::scanText() const
{
    if (!m_index || m_index->state() == KeyIndex::State::Empty)
        return {};
    if (m_index->isScanning()) {
        const qint64 size = m_index->dbsize();
        if (!m_index->job()) // all have come, their order has not
            return tr("Sorting %1").arg(keysText(m_index->seen()));
        if (size <= 0)
            return tr("%1 seen").arg(keysText(m_index->seen()));
        // SCAN may return keys more than once, so what was seen can pass DBSIZE.
        const qint64 percent = std::min<qint64>(100, m_index->seen() * 100 / size);
        return tr("%1 % of the keyspace seen").arg(percent);
    }
    const KeyIndex::Snapshot snapshot = m_index->snapshot();
    const qint64 shown = shownKeys();
    const QString count = keysText(shown >= 0 ? shown : static_cast<qint64>(snapshot.order->size()));
    if (!snapshot.complete)
        return tr("%1, not all of them").arg(count);
    const QString where = tr("%1 in database %2").arg(count).arg(snapshot.database);
    if (m_live->isBehind())
        return tr("%1, list is behind (F5 reads again)").arg(where);
    return m_live->isLive() ? tr("%1, live").arg(where) : where;
}

QString IndexedPage::scannedAgo(qint64 ageMs)
{
    const qint64 minutes = ageMs / 60'000;
    if (minutes < 1)
        return {};
    if (minutes < 120)
        return tr("scanned %1 min ago").arg(minutes);
    if (minutes < 48 * 60)
        return tr("scanned %1 h ago").arg(minutes / 60);
    return tr("scanned %1 days ago").arg(minutes / (24 * 60));
}

QString IndexedPage::ageText() const
{
    if (!m_index || m_index->isScanning())
        return {};
    if (m_index->lineWasLost())
        return tr("scanned before the line was lost");
    return m_live->isLive() || m_live->isBehind() ? QString() : scannedAgo(m_index->ageMs());
}

void IndexedPage::refresh()
{
    startScan();
}

void IndexedPage::startScan()
{
    if (!m_index || m_index->isScanning() || workspace()->state() != Workspace::State::Connected)
        return;
    workspace()->tracking()->retry();
    scanWhenFollowed();
}

// Not another retry() here: where tracking is refused the scan goes on without it.
void IndexedPage::scanWhenFollowed()
{
    if (!m_index || m_index->isScanning()) {
        m_scanWaits = false;
        return;
    }
    if (workspace()->state() != Workspace::State::Connected)
        return; // what waits goes on waiting
    m_scanWaits = workspace()->tracking()->state() == core::keys::KeyTracking::State::Starting;
    if (!m_scanWaits)
        scan();
    if (m_index->snapshot().order->empty())
        showReading();
}

void IndexedPage::showReading()
{
    faces()->showLoading(tr("Reading the keys of database %1").arg(workspace()->session()->endpoint().database));
}

void IndexedPage::scan()
{
    strips()->remove(scanStrip);
    m_index->start(workspace()->isProduction());
}

void IndexedPage::pageConnected()
{
    m_index = workspace()->keyIndex();
    m_stale = true;
    m_hasDelivered = false;
    connect(m_index, &KeyIndex::orderChanged, this, [this] {
        m_stale = true;
        if (isShown() && !m_deliver.isActive())
            m_deliver.start();
    });
    connect(m_index, &KeyIndex::stateChanged, this, &IndexedPage::onIndexState);
    connect(m_index, &KeyIndex::progressed, this, &IndexedPage::scanProgressed);
    indexCleared();
    if (isShown())
        pageShown();
}

void IndexedPage::pageDisconnected()
{
    m_index = nullptr;
    m_scanWaits = false; // the next server may be one that is not scanned unasked
    m_deliver.stop();
    m_age.stop();
    strips()->clear();
    indexCleared();
    showDisconnected();
}

void IndexedPage::pageShown()
{
    if (!m_index)
        return;
    m_age.start();
    if (m_index->state() == KeyIndex::State::Empty) {
        if (workspace()->isProduction())
            offerScan();
        else
            startScan();
        return;
    }
    onIndexState();
    if (m_stale || (m_index->isScanning() && !m_hasDelivered))
        deliver();
}

void IndexedPage::pageHidden()
{
    m_deliver.stop();
    m_age.stop();
}

void IndexedPage::deliver()
{
    // An index that was cleared has an order, too: an empty one that nobody scanned.
    if (!m_index || !isShown() || m_index->state() == KeyIndex::State::Empty)
        return;
    m_stale = false;
    const KeyIndex::Snapshot snapshot = m_index->snapshot();
    const bool hasKeys = !snapshot.order->empty();
    m_delivered = static_cast<qint64>(snapshot.order->size());
    if (std::exchange(m_hasDelivered, hasKeys) || hasKeys || snapshot.complete)
        indexChanged();
    else
        showWithoutKeys();
}

void IndexedPage::showWithoutKeys()
{
    if (!m_index)
        return;
    const KeyIndex::Snapshot snapshot = m_index->snapshot();
    const QList<StripAction> again {{tr("Scan again"), [this] { startScan(); }}};
    const bool isUnread = m_index->state() == KeyIndex::State::Empty;
    if (isUnread && workspace()->isProduction() && !m_scanWaits)
        offerScan();
    else if (isUnread || m_index->isScanning())
        showReading();
    else if (snapshot.complete)
        faces()->showEmpty({QStringLiteral("keys"), tr("This database is empty"), tr("SCAN found no key in database %1.").arg(snapshot.database), Tone::Accent, again});
    else if (m_index->state() == KeyIndex::State::Interrupted)
        faces()->showError(scanError(), [this] { startScan(); });
    else
        faces()->showEmpty({QStringLiteral("keys"), tr("The scan was stopped"),
            tr("It did not get to its end, so whether database %1 holds keys is not known.").arg(snapshot.database), Tone::Warn, again});
}

core::Error IndexedPage::scanError() const
{
    return m_index->lastError().value_or(core::Error {core::Code::Lost});
}

void IndexedPage::onIndexState()
{
    trackScan();
    const KeyIndex::Snapshot snapshot = m_index->snapshot();
    const bool isSaidByFace = snapshot.order->empty() && !snapshot.complete;
    const QList<StripAction> again {{tr("Scan again"), [this] { startScan(); }}};
    if (m_index->state() == KeyIndex::State::Interrupted && !isSaidByFace) {
        strips()->show(scanStrip, stripForError(scanError(), again));
    } else if (m_index->state() == KeyIndex::State::Cancelled && !isSaidByFace) {
        const QString why = snapshot.complete ? tr("What was there before is shown.") : tr("%1, so lists and counts are not complete.").arg(scanText());
        strips()->show(scanStrip, {Tone::Warn, tr("The scan was stopped."), why, again});
    } else {
        strips()->remove(scanStrip);
    }
    if (!m_index->isScanning()) // also when no order changed: no key came, or a page waits for the end
        deliver();
    emit scanProgressed();
}

// One scan serves three pages: whichever sees it first puts it into the job strip.
void IndexedPage::trackScan()
{
    core::Job* job = m_index->job();
    if (!job || job == m_trackedScan)
        return;
    m_trackedScan = job;
    for (const JobList::Entry& entry : workspace()->jobs()->running()) {
        if (entry.job == job)
            return;
    }
    workspace()->jobs()->track(job, {tr("Scanning"), tr("database %1").arg(m_index->snapshot().database), tr("keys"), QStringLiteral("keys")});
}

void IndexedPage::offerScan()
{
    faces()->showEmpty({QStringLiteral("keys"), tr("The keys have not been read yet"),
        tr("This is a production server. Reading all keys sends SCAN with COUNT 100 and a pause as long as each call, so that others hardly notice."),
        Tone::Warn, {{tr("Read the keys gently"), [this] { startScan(); }}}});
}

void IndexedPage::showDisconnected()
{
    setFact({});
    setBadge(0);
    faces()->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to a Redis server to see what it holds."), Tone::Accent,
        {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
}

}
