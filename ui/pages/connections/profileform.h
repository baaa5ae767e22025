// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/profile.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace ui {

class FormField;

// The fields of one connection. The password is for this session only and never part of the profile.
class ProfileForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProfileForm)
public:
    explicit ProfileForm(QWidget* parent = nullptr);

    // `profile` may hold a password (from the environment): it is kept for connecting and shown as dots.
    void setProfile(const core::settings::Profile& profile, bool saved);
    // The fields as a profile with its password inside the endpoint; errors are shown beside the fields too.
    core::Result<core::settings::Profile> profile();
    // Name under which it was saved before; empty for a new one.
    QString savedName() const { return m_savedName; }
    void setBusy(bool busy);

signals:
    void connectRequested();
    void testRequested();
    void saveRequested();
    void removeRequested();
    void edited();

private:
    void setupFields();
    void setupButtons();
    void clearErrors();
    core::Result<void> readAddress(core::settings::Profile& profile);
    core::Result<void> readApi(core::settings::Profile& profile);

    QString m_savedName;
    core::settings::Profile m_base; // what the form does not show stays as it was
    QLineEdit* m_name;
    QLineEdit* m_url;
    QLineEdit* m_password;
    QLineEdit* m_ca;
    QComboBox* m_environment;
    QLineEdit* m_api;
    QLineEdit* m_config;
    QLineEdit* m_endpoints;
    FormField* m_nameField;
    FormField* m_urlField;
    FormField* m_apiField;
    FormField* m_endpointsField;
    QPushButton* m_connect;
    QPushButton* m_test;
    QPushButton* m_save;
    QPushButton* m_remove;
};

}
