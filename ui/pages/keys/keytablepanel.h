// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/keys/keyview.h"

#include <QWidget>

class QMenu;
class QPoint;

namespace core::redis {
class Session;
}

namespace ui {

class ElidedLabel;
class KeyColumns;
class KeyTableModel;
class ProgressBar;
class RowSelection;
class TableView;
class Workspace;

// The flat list of keys with its header, what is chosen in it, and a line below that says how many there are. What it lists is given.
class KeyTablePanel final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTablePanel)
public:
    explicit KeyTablePanel(Workspace* workspace, QWidget* parent = nullptr);

    void setSession(core::redis::Session* session);
    void setRoutes(const core::cache::RouteTable& routes);
    // With what is chosen in it. The first row is on top, or what was on top before.
    void show(const KeyView& view, bool keepsPlace);
    using QWidget::show;
    void clear();
    void setSort(const core::keys::KeySort& sort);
    // "412,806 keys"; a bar before it where work is going on (`total` -1: not known).
    void setFooter(const QString& text);
    void setFooter(const QString& text, qint64 done, qint64 total);
    QString columnName(core::keys::KeySort::By by) const;

    qint64 rowCount() const;
    bool lists(const QByteArray& key) const;
    // False where it is not listed.
    bool selectKey(const QByteArray& key, bool scrolls);
    qint64 selectedCount() const;
    // Of one that is chosen alone.
    QByteArray selectedKey() const;
    ChosenKeys chosen() const;

    // Rows that nobody sees are not asked about.
    void setSeen(bool seen);
    void refreshVisible();

signals:
    void selectionChanged();
    void sortChosen(const core::keys::KeySort& sort);
    // The chosen keys are to be planned.
    void planWanted(const core::keys::KeyList& keys);
    void exportWanted(const core::keys::KeyList& keys);
    void replayWanted(const QByteArray& key);
    // The chosen keys are to be compared with fresh answers.
    void compareWanted(const core::keys::KeyList& keys);
    // The server does not have them any more.
    void gone(const core::keys::KeyList& keys);
    // A question about rows was refused; none: not any more.
    void refused(const std::optional<core::Error>& error);
    void saveFailed(const core::Error& error);

public slots:
    // planWanted() follows where anything is chosen.
    void planSelected();
    // exportWanted() follows, of what is chosen or of all that is listed.
    void exportSelected();
    void exportListed();
    // compareWanted() follows where anything is chosen.
    void compareSelected();

private:
    void setupTable();
    void connectTable();
    QWidget* makeFooter();
    void onSortChosen();
    void addKeyActions(QMenu* menu, const QByteArray& key);
    void addSortActions(QMenu* menu);
    void reportVisible();
    void openMenu(const QPoint& at);
    void collect(const std::shared_ptr<const core::keys::RowSet>& rows, void (KeyTablePanel::*wanted)(const core::keys::KeyList&));
    void selectRows(const std::shared_ptr<const core::keys::RowSet>& rows);

    Workspace* m_workspace;
    KeyTableModel* m_model;
    TableView* m_table;
    RowSelection* m_selection;
    KeyColumns* m_columns;
    ProgressBar* m_progress = nullptr;
    ElidedLabel* m_footer = nullptr;
    core::keys::KeySort m_sort;
    bool m_isSeen = false;
    quint64 m_collected = 0; // counts the acts that keys were collected for
};

}
