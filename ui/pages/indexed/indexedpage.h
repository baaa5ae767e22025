// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"
#include "ui/shell/page.h"

#include <QPointer>
#include <QTimer>

namespace ui {

class FaceStack;
class LiveButton;

// A page over the workspace's KeyIndex: starts the one scan when it is first shown (on production it names the cost first and
// waits for a click), shows how much of the keyspace was seen, offers a re-scan when the line was lost, and calls indexChanged().
class IndexedPage : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IndexedPage)
public:
    using Page::Page;

    // F5: scans again.
    void refresh() override;
    // "scanned 2 min ago"; empty within the first minute.
    static QString scannedAgo(qint64 ageMs);

protected:
    // Content of the page with its faces. Call once, in the constructor.
    void setFaces(FaceStack* faces);
    FaceStack* faces() const { return m_faces; }

    // Null while nothing is connected.
    core::keys::KeyIndex* index() const;
    // The snapshot has another order, the page was shown after one, or a scan has ended. Only while shown; at most about five times a
    // second; not as long as an unfinished scan has brought no key.
    virtual void indexChanged() = 0;
    // The connection or database is another: forget what is shown.
    virtual void indexCleared() = 0;
    // The face of a page whose index has no key to show: none was found, or why there is none yet.
    void showWithoutKeys();
    // "62 % of the keyspace seen" while scanning, "Sorting 412,806 keys" after it, "412,806 keys" when complete, with ", live" where they follow the server and ", list is behind" where they did; empty before the first scan.
    QString scanText() const;
    // Keys of the database as the page shows them: of the last indexChanged(), as the index may be ahead of that. -1: none yet.
    virtual qint64 shownKeys() const { return m_delivered; }
    // scannedAgo() of what is shown, or that the line was lost since; empty while scanning and where the list follows the server.
    QString ageText() const;
    bool isScanning() const;
    void startScan();

    void pageShown() override;
    void pageHidden() override;
    void pageConnected() override;
    void pageDisconnected() override;

signals:
    // scanText() or isScanning() changed.
    void scanProgressed();
    // ageText() may have changed. Only while shown.
    void aged();

private:
    void onIndexState();
    void deliver();
    void offerScan();
    void showDisconnected();
    void trackScan();
    void scanWhenFollowed();
    void scan();
    void showReading();
    core::Error scanError() const;

    FaceStack* m_faces = nullptr;
    QPointer<core::keys::KeyIndex> m_index;
    QPointer<core::Job> m_trackedScan;
    LiveButton* m_live = nullptr;
    QTimer m_deliver;
    QTimer m_age;
    bool m_stale = true; // an order came while hidden
    qint64 m_delivered = -1; // keys
    bool m_hasDelivered = false; // keys, which may have to be taken away again
    bool m_scanWaits = false; // for tracking, so that nothing is missed between its start and the scan's
};

}
