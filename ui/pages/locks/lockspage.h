// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/locks.h"
#include "core/invalidate/loggedrelease.h"
#include "ui/models/rowmodel.h"
#include "ui/pages/indexed/indexedpage.h"

#include <QTimer>

class QPushButton;

namespace ui {

class TableView;

// Locks that LightAPI code holds around expensive work: key, inner key, owner, time left. A release is a compare-and-delete with
// the owner that is on screen.
class LocksPage final : public IndexedPage {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LocksPage)
public:
    explicit LocksPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;

protected:
    void indexChanged() override;
    void indexCleared() override;
    void pageShown() override;
    void pageHidden() override;

private:
    struct Shown {
        core::cache::LockInfo lock;
        qint64 readAtMs = 0; // of m_clock, so that TTLs count down between readings
        qint64 restMs(qint64 nowMs) const;
    };
    QList<RowModel<Shown>::Column> columns();
    void onTick();
    // All of them; between two such passes only those on screen, where there are many.
    void readLocks();
    void readVisible();
    void showLocks(const core::Result<QList<core::cache::LockInfo>>& locks);
    void showRows(QList<Shown> rows);
    void showSome(const QList<core::cache::LockInfo>& locks);
    void showFace();
    void askRelease();
    void release(const core::cache::LockInfo& lock);
    void onReleased(const core::cache::LockInfo& lock, const core::Result<core::invalidate::LoggedRelease>& result);
    void showRelease(const core::cache::LockInfo& lock, core::cache::Release release);
    void showActs();
    const core::cache::LockInfo* selected() const;

    RowModel<Shown>* m_model;
    TableView* m_table;
    QPushButton* m_releaseButton;
    QTimer m_tick; // counts down, and reads the locks anew: they come and go within seconds
    QElapsedTimer m_clock;
    QList<QByteArray> m_keys; // in byte order, as the rows are
    bool m_reading = false;
    int m_ticks = 0;
};

}
