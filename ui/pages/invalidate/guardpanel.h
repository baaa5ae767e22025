// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/guard.h"
#include "core/invalidate/plan.h"

#include <QFrame>

class QLineEdit;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace ui {

class FormField;
class Label;

// "Before it runs": what was checked, the pace, the name to type where the guard wants one, and the one red button.
class GuardPanel final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GuardPanel)
public:
    explicit GuardPanel(QWidget* parent = nullptr);

    void setPlan(const core::invalidate::Plan& plan, const core::invalidate::GuardInput& input, const core::Result<void>& sameServer);
    // While a run is under way.
    void setRunning(bool running);
    QString typedName() const;
    int keysPerS() const;

signals:
    void discarded();
    void confirmed();

private:
    struct Check {
        bool ok = true;
        bool blocks = false;
        QString title, text;
    };
    QList<Check> checks(const core::Result<void>& sameServer) const;
    void rebuildChecks(const QList<Check>& checks);
    void updateButton();

    core::invalidate::Plan m_plan;
    core::invalidate::GuardInput m_input;
    QString m_name; // that must be typed
    bool m_blocked = false;
    bool m_running = false;
    QWidget* m_checks;
    QVBoxLayout* m_checkList;
    QSpinBox* m_pace;
    QLineEdit* m_typed;
    FormField* m_typedField;
    QPushButton* m_discard;
    QPushButton* m_go;
};

}
