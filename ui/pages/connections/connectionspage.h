// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"
#include "ui/pages/connections/connectionlist.h"
#include "ui/shell/page.h"

#include <memory>

class QPushButton;

namespace ui {

class Card;
class ConnectionTest;
class ProfileForm;

// What was found by itself (offered, never connected by itself), saved connections, the demo; a form with a test step by step.
class ConnectionsPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectionsPage)
public:
    explicit ConnectionsPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void pageShown() override;
    void pageConnected() override;
    void pageDisconnected() override;

private:
    QWidget* makeChoices();
    QWidget* makeEditor();
    void findServers();
    void probeLocalhost();
    void showFound();
    void showSaved();
    void connectTo(const ConnectionChoice& choice);
    core::Result<core::settings::Profile> formProfile();
    void connectByForm();
    void test();
    void save();
    void askReplace(const core::settings::Profile& profile);
    void put(const core::settings::Profile& profile);
    void remove();
    void edit(const ConnectionChoice& choice);
    void onConnectFailed(const core::Error& error);
    void updateBusy();

    ConnectionList* m_found;
    ConnectionList* m_saved;
    Card* m_foundCard = nullptr;
    Card* m_savedCard = nullptr;
    Card* m_testCard = nullptr;
    ProfileForm* m_form;
    ConnectionTest* m_test;
    QPushButton* m_demo;
    QPushButton* m_disconnect;
    QList<ConnectionChoice> m_offers; // of environment and files
    bool m_localhost = false; // a Redis answers at localhost:6379
    std::unique_ptr<core::redis::Session> m_probe;
};

}
