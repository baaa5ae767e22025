// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/requestsource.h"

#include <QDialog>

class QPlainTextEdit;
class QPushButton;

namespace ui {

class Label;
class MessageStrip;
class Workspace;

// Reads a curl command, a line of an access log or a URL as text (nothing of it is run) and says what would come of it before it is used.
// Deletes itself when it closes.
class PasteDialog final : public QDialog {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PasteDialog)
public:
    // `methods`: those that the request line has. While the workspace has an API.
    PasteDialog(Workspace* workspace, const QStringList& methods, QWidget* parent = nullptr);

signals:
    // Its method is one of those. Credentials of a request that was meant for another server are left out.
    void chosen(const core::replay::SourcedRequest& sourced);

private:
    void setupRows();
    void read();
    void take(const core::Result<core::replay::SourcedRequest>& sourced);
    void refuse(qsizetype length);
    void showProblem(const core::Error& error);
    QString account(const core::replay::SourcedRequest& sourced) const;
    QString baseUrl() const;

    Workspace* m_workspace;
    QStringList m_methods;
    QPlainTextEdit* m_text;
    Label* m_account;
    MessageStrip* m_problem;
    QPushButton* m_use;
    std::optional<core::replay::SourcedRequest> m_sourced;
    quint64 m_turn = 0; // counts what was typed: a reading that comes late is known by it
};

}
