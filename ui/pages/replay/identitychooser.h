// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/identities.h"

#include <QSet>
#include <QWidget>

class QCheckBox;
class QVBoxLayout;

namespace ui {

class Workspace;

// Which of the connection's identities are compared, and whether nobody is, too.
class IdentityChooser final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentityChooser)
public:
    explicit IdentityChooser(Workspace* workspace, QWidget* parent = nullptr);

    bool withNobody() const;
    QList<Identities::Saved> chosen() const;

private:
    void rebuild();
    void add(const Identities::Saved& identity);
    void manage();

    Workspace* m_workspace;
    QVBoxLayout* m_column;
    QCheckBox* m_nobody;
    QList<QCheckBox*> m_boxes; // in the order of m_shown
    QList<Identities::Saved> m_shown;
    QSet<QString> m_left; // names of those that are not to be compared
};

}
