// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identity.h"
#include "core/settings/profile.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;

namespace ui {

class FormField;
class SegmentedControl;

// The fields of one identity. A secret that is kept is never shown; what is typed leaves with the form.
class IdentityForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentityForm)
public:
    struct Values {
        core::settings::SavedIdentity identity;
        QByteArray secret; // empty: the one that is kept
        bool lasts = false; // the secret goes into the key store
    };
    explicit IdentityForm(QWidget* parent = nullptr);

    // `isKept`: it is saved, and its secret with it. `mayLast`: the key store is offered.
    void show(const Values& values, bool isKept, bool mayLast);
    using QWidget::show;
    // Checked; errors are shown beside the fields too.
    core::Result<Values> values();
    // Typed by the user since show().
    bool isDirty() const { return m_isDirty; }
    QString name() const;
    void focusName();

signals:
    void edited();

private:
    QWidget* makeFields();
    void setSecret(const QByteArray& secret);
    void onEdited();
    void showMethod();
    core::replay::IdentityKind kind() const;
    QByteArray secret() const;

    QLineEdit* m_name;
    QComboBox* m_method;
    QLineEdit* m_user;
    QLineEdit* m_path;
    QLineEdit* m_secret;
    QPlainTextEdit* m_headers;
    SegmentedControl* m_place;
    FormField* m_nameField = nullptr;
    FormField* m_userField = nullptr;
    FormField* m_pathField = nullptr;
    FormField* m_secretField = nullptr;
    FormField* m_headersField = nullptr;
    FormField* m_placeField = nullptr;
    QString m_keptMethod; // of the secret that is kept; empty: none is
    bool m_mayLast = false;
    bool m_isDirty = false;
    bool m_isFilling = false;
};

}
