// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/audit.h"
#include "core/redis/session.h"
#include "ui/models/rowmodel.h"
#include "ui/shell/page.h"

#include <QPointer>

class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;

namespace ui {

class FaceStack;
class SegmentedControl;
class TableView;

// What Cachelight sent to the server (secrets masked), and the audit log of destructive acts.
class ActivityPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActivityPage)
public:
    explicit ActivityPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;

protected:
    void pageShown() override;
    void pageConnected() override;
    void pageDisconnected() override;

private:
    FaceStack* makeCommands();
    FaceStack* makeAudit();
    void onCommands(const QList<core::redis::SentCommand>& commands);
    void readAudit();
    void showCommands();
    void showCounts();
    void setPaused(bool paused);

    RowModel<core::redis::SentCommand>* m_commands;
    RowModel<core::invalidate::AuditEntry>* m_audit;
    QSortFilterProxyModel* m_commandFilter;
    QSortFilterProxyModel* m_auditFilter;
    SegmentedControl* m_choice;
    QLineEdit* m_filter;
    QPushButton* m_pause;
    QStackedWidget* m_stack;
    TableView* m_commandTable = nullptr; // before the faces: making these fills it
    FaceStack* m_commandFaces;
    FaceStack* m_auditFaces;
    qint64 m_errors = 0;
    bool m_paused = false;
    int m_damagedLines = 0;
};

}
