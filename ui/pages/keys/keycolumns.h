// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/settings/profile.h"

#include <QList>
#include <QObject>
#include <QSet>
#include <QTimer>

class QMenu;

namespace ui {

class TableView;

// Which columns of the table of keys are shown, where and how wide: chosen by the header's menu and by dragging, remembered. Where the room
// is too small for the key more of them give way for that time.
class KeyColumns final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyColumns)
public:
    // `table` has its model; `store` outlives this. Restores what was remembered.
    KeyColumns(TableView* table, core::settings::Store* store, QObject* parent = nullptr);
    ~KeyColumns() override;

    // An entry for each column that can be hidden, and one that resets.
    void addTo(QMenu* menu);
    bool isHidden(int column) const { return m_hidden.contains(column); }
    void setHidden(int column, bool hidden);
    void reset();

signals:
    void saveFailed(const core::Error& error);

private:
    void restore();
    void layout();
    void place(const QList<int>& order);
    void onResized(int column, int width);
    void openMenu(const QPoint& at);
    QString text() const;
    void remember();
    void save();

    TableView* m_table;
    core::settings::Store* m_store;
    QSet<int> m_hidden; // by the user
    QList<int> m_widths; // without the font's scale
    QString m_changed; // to be saved
    QTimer m_save; // dragging tells of each pixel
};

}
